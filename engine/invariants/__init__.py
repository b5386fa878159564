"""The promises of the engine as code: used by tests, simulator, crash test and auditor alike.

What lives here: one module per noun a promise is about (`promises` says which), each a pure reading
of the tables; `check` runs them all. What may not: writing, repairing, deciding.
Add one: a generator of `Violation` beside its kin, called below, and a test that plants its breach.

Three ways to ask. `check` looks at every row, and against what somebody wrote down outside: for
tests and a machine at rest. `check_now` looks at what is late or owed this minute, by small
indexes, and `check_cases` and `strays` at a page of rows: for the auditor, which walks everything
in turns and never scans a table.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection

from engine.invariants import (
    accepting,
    causes,
    clear_text,
    config,
    decided,
    delivering,
    departures,
    erased,
    journal,
    lanes,
    lateness,
    messages,
    poison,
    projected,
    reaching,
    reading,
    restored,
    strays,
)
from engine.invariants.history import AT_ONCE, every_case, histories
from engine.invariants.replay import replay
from engine.invariants.violation import Violation
from engine.invariants.world import Letter, Outside
from engine.store import meta
from rules.rulebook import Rulebook
from schemas.roster import Roster

__all__ = [
    "Letter",
    "Outside",
    "Violation",
    "check",
    "check_cases",
    "check_config",
    "check_now",
    "every_case",
]


def check(
    conn: Connection,
    *,
    now: datetime,
    world: Outside | None = None,
    up_since: datetime | None = None,
) -> list[Violation]:
    """Every invariant over every row. `up_since`: since when one engine has run without a break.

    Time grows with the journal: for tests and for a machine at rest.
    """
    ids = every_case(conn)
    return [
        *check_now(conn, now=now, up_since=up_since),
        *check_cases(conn, ids, now=now),
        *strays.check_all(conn),
        *journal.check_system(conn),
        *(() if world is None else _check_outside(conn, ids, world)),
    ]


def check_config(rulebook: Rulebook | None, roster: Roster) -> list[Violation]:
    """What is loaded can wake somebody at any hour (I25)."""
    return [*config.check_rulebook(rulebook), *config.check_roster(roster)]


def check_now(conn: Connection, *, now: datetime, up_since: datetime | None) -> list[Violation]:
    """What is late, or nobody knows of, at this moment: small indexes, whatever the tables hold."""
    return [
        *lateness.check(conn, now=now, up_since=up_since),
        *delivering.check_late(
            conn, now=now, up_since=up_since, stopped=meta.is_on(conn, "stopped")
        ),
        *reaching.check(conn, now=now, up_since=up_since),
        *accepting.check_quarantine(conn),
    ]


def check_cases(conn: Connection, ids: Sequence[str], *, now: datetime) -> list[Violation]:
    """Everything about these cases: their journals lived again, and every row that is theirs."""
    found: list[Violation] = []
    for start in range(0, len(ids), AT_ONCE):
        some = list(ids[start : start + AT_ONCE])
        owed = messages.of_cases(conn, some)
        rows = projected.of_cases(conn, some)
        reports = accepting.events_of(conn, some)
        readers = reading.of_cases(conn, some)
        for history in histories(conn, some):
            found += replay(history)
            found += causes.check(history)
            found += decided.check(history, owed[history.id])
            found += delivering.check(owed[history.id], now=now)
            found += projected.check(history, rows[history.id])
            found += accepting.check(history, reports[history.id])
            found += reading.check(readers[history.id], owed[history.id])
            found += erased.check(conn, history)
            found += journal.check(conn, history)
    return found


def _check_outside(conn: Connection, ids: Sequence[str], world: Outside) -> Iterator[Violation]:
    """What only somebody who watched outside can judge."""
    every: dict[str, messages.Message] = {}
    events: dict[str, set[str]] = {}
    for start in range(0, len(ids), AT_ONCE):
        some = list(ids[start : start + AT_ONCE])
        reports = accepting.events_of(conn, some)
        for case, owed in messages.of_cases(conn, some).items():
            every |= owed
            events |= dict.fromkeys(owed, reports[case])
    yield from accepting.check_answers(conn, world)
    yield from delivering.check_outside(every, world)
    yield from departures.check(every, world, events)
    yield from clear_text.check(conn, world)
    yield from lanes.check(world)
    yield from poison.check_outside(conn, world)
    yield from restored.check(conn, every, world)
    yield from journal.check_growth(conn, world)
