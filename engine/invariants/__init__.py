"""The promises of the engine as code: used by tests, simulator, crash test and auditor alike.

What lives here: one module per family of invariants (reliability reference, section 5), each a
pure reading of the tables; `check` runs them all. What may not: writing, repairing, deciding.
Add one: a generator of `Violation` beside its kin, called below, and a test that plants its breach.

I1 I2 I3: accepting. I4: lateness. I5 to I10, I14, I15, I17: replay. I6 I8 I11 I12 I13 I14:
delivering, decided. I19: journal, replay. I23: reaching, replay. I25: config, replay.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from engine.invariants import (
    accepting,
    config,
    decided,
    delivering,
    journal,
    lateness,
    reaching,
)
from engine.invariants.history import every_case, histories, some_cases
from engine.invariants.replay import replay
from engine.invariants.violation import Violation
from engine.invariants.world import Outside
from engine.store import meta
from rules.rulebook import Rulebook
from schemas import facts as f
from schemas.roster import Roster

__all__ = [
    "Outside",
    "Violation",
    "check",
    "check_config",
    "check_histories",
    "check_tables",
    "every_case",
    "some_cases",
]


def check(
    conn: Connection,
    *,
    now: datetime,
    world: Outside | None = None,
    up_since: datetime | None = None,
) -> list[Violation]:
    """Every invariant over every row. `up_since`: since when one engine has run without a break.

    Time grows with the journal: for tests and for a machine at rest. The auditor takes the tables
    each round and the histories in turns.
    """
    return [
        *check_tables(conn, now=now, world=world, up_since=up_since),
        *check_histories(conn, every_case(conn), whole=True),
        *journal.check_system(conn),
    ]


def check_config(rulebook: Rulebook | None, roster: Roster) -> list[Violation]:
    """What is loaded can wake somebody at any hour (I25)."""
    return [*config.check_rulebook(rulebook), *config.check_roster(roster)]


def check_tables(
    conn: Connection,
    *,
    now: datetime,
    world: Outside | None = None,
    up_since: datetime | None = None,
) -> list[Violation]:
    """What the tables say by themselves: a handful of selects, each bounded."""
    return [
        *accepting.check(conn, now=now, world=world),
        *lateness.check(conn, now=now, up_since=up_since),
        *delivering.check(
            conn,
            now=now,
            world=world,
            up_since=up_since,
            stopped=meta.is_on(conn, "stopped"),
        ),
        *reaching.check(conn, now=now, up_since=up_since),
        *(journal.check_growth(conn, world) if world is not None else ()),
    ]


def check_histories(
    conn: Connection, ids: Sequence[str], *, whole: bool = False
) -> list[Violation]:
    """Replay these cases and compare. `whole`: they are all there are, so events can be counted."""
    found: list[Violation] = []
    joined: dict[str, list[str]] = {}
    messages = decided.messages_of(conn, ids) if ids else {}
    for history in histories(conn, ids):
        found += replay(history)
        found += decided.check(history, messages[history.id])
        found += journal.check(conn, history)
        for leaf in history.leaves:
            if isinstance(leaf.fact, f.EventJoined):
                joined.setdefault(leaf.fact.event, []).append(history.id)
    if whole:
        found += accepting.joined_twice(joined)
    return found
