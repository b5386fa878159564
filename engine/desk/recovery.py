"""What engines left half done is taken up as unknown, never as done: at a start, or of the dead."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from engine.desk.settling import called_off, pause_after
from engine.store import instances, journal, notifications
from engine.store.dialect import is_alone
from schemas.facts.system import EngineStarted, SendsTakenOver

FORGOTTEN_AFTER = timedelta(days=1)
"""A run that said nothing for so long is no longer shown."""

TAKEN_AT_ONCE = 500
"""Messages taken over in one transaction: short, so that nobody waits for it."""


def start(conn: Connection, *, instance: str, roles: str, now: datetime) -> str:
    """Note this start; return the name under which this very run claims work.

    On SQLite nobody else can be sending, so what is marked as being sent is nobody's any more.
    Elsewhere those that send take over from each other: `take_over`.
    """
    name = instances.start(conn, id=instance, roles=roles, now=now)
    unknown = 0
    if is_alone(conn):
        rows = list(conn.execute(notifications.ABANDONED, {"of_instance": name}))
        _take_up(conn, rows, now)
        unknown = len(rows)
        instances.give_up_others(conn, name=name)
        instances.forget(conn, before=now - FORGOTTEN_AFTER)
    journal.note(conn, EngineStarted(instance=name, unknown=unknown), now)
    return name


def abandoned(conn: Connection) -> tuple[tuple[str, ...], dict[str, datetime]]:
    """Names under which messages are being sent, and the runs in force with their last sign.

    In this order: whoever claimed before the first look has its own row in the second.
    """
    return instances.senders(conn), instances.beats(conn)


def take_over(
    conn: Connection, *, by: str, gone: Sequence[str], silent: dict[str, datetime], now: datetime
) -> int:
    """Take up what runs were sending that are gone, and those that are silent; return how many.

    `silent`: name -> the last sign that was seen; whoever spoke since keeps its work. The others
    are given up: a run that was only stopped finds that out with its next beat, and leaves.
    """
    given_up = [
        name
        for name, last in sorted(silent.items())
        if name != by and instances.give_up(conn, name=name, last=last)
    ]
    taken = 0
    for name in sorted({*gone, *given_up} - {by}):
        rows = list(
            conn.execute(notifications.LEFT_BY, {"of_instance": name, "most": TAKEN_AT_ONCE})
        )
        if rows:
            _take_up(conn, rows, now)
            journal.note(conn, SendsTakenOver(instance=by, of=name, unknown=len(rows)), now)
        taken += len(rows)
    return taken


def _take_up(conn: Connection, rows: Iterable[Any], now: datetime) -> None:
    changes: list[dict[str, Any]] = []
    tries: list[dict[str, Any]] = []
    for row in rows:
        again = now if row.unknowns == 0 else now + pause_after(row.unknowns)
        change: dict[str, Any] = {
            "of_key": row.key,
            "attempt_no": row.attempts,
            "so_many_unknowns": row.unknowns + 1,
        }
        ahead = {"to_state": "unknown", "again_at": again, "why": "", "ended_at": None}
        changes.append(change | (called_off(row.reason, now=now) if row.reason else ahead))
        tries.append(
            {
                "of_key": row.key,
                "no": row.attempts,
                "ended": "unknown",
                "why": "engine_ended",
                "now": now,
            }
        )
    if changes:
        conn.execute(notifications.RETRY, changes)
        conn.execute(notifications.SETTLE_ATTEMPT, tries)
