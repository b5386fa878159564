"""Following the journal from outside: which streams grew, and by which leaves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from engine.store.tables import alerts, cases, events, journal, notifications
from schemas.codes import Severity
from schemas.facts import Fact, load_fact

HEADS = select(cases.c.id, cases.c.ref, cases.c.version).order_by(cases.c.opened_at, cases.c.id)
LEAVES = (
    select(journal.c.n, journal.c.at, journal.c.body)
    .where(journal.c.stream == bindparam("stream"), journal.c.n > bindparam("after"))
    .order_by(journal.c.n)
)
NEXT_CASE = select(func.min(cases.c.due_at))
_WAITING = notifications.c.state.in_(("queued", "failed_temporary", "unknown"))
NEXT_NOTICE = select(func.min(notifications.c.next_at)).where(_WAITING)
WAITING = select(func.count()).where(_WAITING, notifications.c.next_at.is_not(None))
SENDING = select(func.count()).where(notifications.c.state == "sending")
OPEN = (
    select(cases.c.kind, cases.c.severity, func.count())
    .where(cases.c.status == "open")
    .group_by(cases.c.kind, cases.c.severity)
)
CASE_OF_EVENT = select(events.c.case_id).where(events.c.id == bindparam("event"))
REF_OF_CASE = select(cases.c.ref).where(cases.c.id == bindparam("case"))
BY_STATE = select(notifications.c.state, func.count()).group_by(notifications.c.state)
ALERTS = select(func.count()).select_from(alerts)
EVENTS = select(func.count()).select_from(events)
CASES = select(cases.c.status, func.count()).where(cases.c.kind == "case").group_by(cases.c.status)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFact:
    """One leaf that was not seen before."""

    case: str
    ref: str
    at: datetime
    fact: Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What the engine itself does next, and when."""

    next_at: datetime | None
    sending: int
    """Messages on their way right now."""
    waiting: int
    """Messages that still have to leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much there is of what."""

    events: int
    cases: Mapping[str, int]
    """By status; incidents are not counted."""
    alerts: int
    notifications: Mapping[str, int]
    """By delivery state."""


def new_facts(conn: Connection, *, seen: Mapping[str, int]) -> tuple[NewFact, ...]:
    """Facts of every case beyond the number seen of it, in the order of their time."""
    found: list[NewFact] = []
    for row in conn.execute(HEADS).all():
        after = seen.get(row.id, 0)
        if row.version > after:
            found.extend(
                NewFact(case=row.id, ref=row.ref, at=leaf.at, fact=load_fact(leaf.body))
                for leaf in conn.execute(LEAVES, {"stream": row.id, "after": after})
            )
    return tuple(sorted(found, key=lambda new: new.at))


def owed(conn: Connection) -> Owed:
    """When something falls due next."""
    moments = [conn.execute(statement).scalar() for statement in (NEXT_CASE, NEXT_NOTICE)]
    return Owed(
        next_at=min((moment for moment in moments if moment is not None), default=None),
        sending=conn.execute(SENDING).scalar_one(),
        waiting=conn.execute(WAITING).scalar_one(),
    )


def open_cases(conn: Connection) -> dict[tuple[str, str], int]:
    """How many are open, by kind (case or incident) and severity."""
    gravest_first = tuple(Severity)
    return {
        (kind, gravest_first[rank].value): count for kind, rank, count in conn.execute(OPEN).all()
    }


def ref_of_event(conn: Connection, event: str) -> str:
    """Reference of the case an event went to, or empty while it has none."""
    case = conn.execute(CASE_OF_EVENT, {"event": event}).scalar()
    return str(conn.execute(REF_OF_CASE, {"case": case}).scalar() or "") if case else ""


def counts(conn: Connection) -> Counts:
    """Count events, cases, alerts and notifications."""
    return Counts(
        events=conn.execute(EVENTS).scalar_one(),
        cases={row[0]: row[1] for row in conn.execute(CASES)},
        alerts=conn.execute(ALERTS).scalar_one(),
        notifications={row[0]: row[1] for row in conn.execute(BY_STATE)},
    )


def all_facts(conn: Connection) -> list[Fact]:
    """Every fact of every case. For a journal small enough to be read in one go."""
    return [new.fact for new in new_facts(conn, seen={})]
