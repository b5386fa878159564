"""What is weak about a PostgreSQL server and our role there: said by `doctor`, and at a start."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from engine.store.dialect import is_sqlite


@dataclass(frozen=True, slots=True, kw_only=True)
class Weakness:
    """One thing that a person should change."""

    what: str
    next_step: str
    bad: bool
    """Whether a promise does not hold because of it; else it is worth a warning."""


_LOOK = text(
    "SELECT current_setting('fsync') AS fsync,"
    " current_setting('full_page_writes') AS full_page_writes,"
    " current_setting('synchronous_commit') AS synchronous_commit,"
    " current_setting('server_encoding') AS encoding,"
    " has_table_privilege('journal', 'UPDATE, DELETE, TRUNCATE') AS changes_the_past"
)


def weaknesses(conn: Connection) -> tuple[Weakness, ...]:
    """What is weak here; nothing on SQLite, which is ours alone."""
    return () if is_sqlite(conn) else judged(conn.execute(_LOOK).one()._asdict())


def judged(found: Mapping[str, Any]) -> tuple[Weakness, ...]:
    """What such answers of a server mean."""
    weak = []
    for name in ("fsync", "full_page_writes"):
        if found[name] != "on":
            weak.append(
                Weakness(
                    what=f"The database's server has {name} off: after a power cut, what was "
                    "accepted may be gone.",
                    next_step=f"Set {name} = on in postgresql.conf and reload the server.",
                    bad=True,
                )
            )
    if found["synchronous_commit"] == "off":  # each session of ours sets it: somebody unset it
        weak.append(
            Weakness(
                what="Our sessions have synchronous_commit off, though each sets it on: after a "
                "power cut, what was accepted may be gone.",
                next_step="Let no pooler between us and the server share or reset sessions.",
                bad=True,
            )
        )
    if found["encoding"] != "UTF8":
        weak.append(
            Weakness(
                what=f"The database is written in {found['encoding']}: some words cannot be kept.",
                next_step="Make a new database with ENCODING 'UTF8' and move there by pg_dump.",
                bad=True,
            )
        )
    if found["changes_the_past"]:
        weak.append(
            Weakness(
                what="The engine's role could change the journal; only a trigger forbids it.",
                next_step="Give it a role of its own: docs/howto/postgresql.md.",
                bad=False,
            )
        )
    return tuple(weak)
