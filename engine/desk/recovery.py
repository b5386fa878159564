"""Starting: what the engine before left half done is taken up as unknown, never as done."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.desk.settling import called_off, pause_after
from engine.store import instances, journal, notifications
from engine.store.dialect import is_sqlite
from schemas.facts.system import EngineStarted


def start(conn: Connection, *, instance: str, roles: str, now: datetime) -> str:
    """Note this start; return the name under which this very run claims work.

    On SQLite nobody else can be sending, so what is marked as being sent is nobody's any more.
    """
    epoch = instances.start(conn, id=instance, roles=roles, now=now)
    name = f"{instance[:50]}#{epoch}"
    unknown = _take_up(conn, name, now) if is_sqlite(conn) else 0
    journal.note(conn, EngineStarted(instance=name, unknown=unknown), now)
    return name


def _take_up(conn: Connection, name: str, now: datetime) -> int:
    rows = list(conn.execute(notifications.ABANDONED, {"of_instance": name}))
    changes: list[dict[str, Any]] = []
    for row in rows:
        again = now if row.unknowns == 0 else now + pause_after(row.unknowns)
        change: dict[str, Any] = {
            "of_key": row.key,
            "attempt_no": row.attempts,
            "so_many_unknowns": row.unknowns + 1,
        }
        ahead = {"to_state": "unknown", "again_at": again, "why": "", "ended_at": None}
        changes.append(change | (called_off(row.reason, now=now) if row.reason else ahead))
    if changes:
        conn.execute(notifications.RETRY, changes)
        conn.execute(
            notifications.SETTLE_ATTEMPT,
            [
                {
                    "of_key": row.key,
                    "no": row.attempts,
                    "ended": "unknown",
                    "why": "engine_ended",
                    "now": now,
                }
                for row in rows
            ],
        )
    return len(rows)
