"""I1 to I3: what was accepted is in exactly one case, or with a human; never twice."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, func, select

from engine.case.ids import event_id
from engine.invariants.violation import Violation
from engine.invariants.world import Outside
from engine.store.tables import cases, events, inbox, quarantine

AT_MOST = 100
"""Violations listed of one kind: more tell a reader nothing new."""

_NO_CASE = (
    select(events.c.id, events.c.case_id)
    .select_from(events.outerjoin(cases, cases.c.id == events.c.case_id))
    .where(cases.c.id.is_(None))
    .limit(AT_MOST)
)
_KNOWN_EVENTS = select(events.c.id)
_INBOX = select(inbox.c.source, inbox.c.id, inbox.c.digest)
_QUARANTINED = select(quarantine.c.source, quarantine.c.digest)
_INCIDENTS = select(func.count()).where(
    cases.c.incident.in_(("quarantine", "equivocation")), cases.c.version > 0
)
_QUARANTINE_COUNT = select(func.count()).select_from(quarantine)


def check(conn: Connection, *, now: datetime, world: Outside | None) -> Iterator[Violation]:
    """Compare events, cases, inbox and quarantine, and what publishers were answered."""
    for row in conn.execute(_NO_CASE):
        yield Violation(
            invariant="I1",
            row=row.id,
            what=f"This event belongs to case {row.case_id}, which does not exist.",
            remedy="Send the event again from its source, and look for a half-restored backup.",
        )
    if conn.execute(_QUARANTINE_COUNT).scalar_one() and not conn.execute(_INCIDENTS).scalar_one():
        yield Violation(
            invariant="I1",
            row="quarantine",
            what="Something lies in quarantine and no incident tells a human.",
            remedy="Look at the quarantine on the board.",
        )
    if world is not None:
        yield from _answers(conn, world)


def _answers(conn: Connection, world: Outside) -> Iterator[Violation]:
    """Every 202 is kept, once, with its first content (I1, I2, I3)."""
    known = {row.id for row in conn.execute(_KNOWN_EVENTS)}
    digests = {(row.source, row.id): row.digest for row in conn.execute(_INBOX)}
    parked = {(row.source, row.digest) for row in conn.execute(_QUARANTINED)}
    for (source, id_), digest in sorted(world.accepted.items()):
        if event_id(source, id_) not in known and (source, digest) not in parked:
            yield Violation(
                invariant="I2",
                row=f"{source}/{id_}",
                what="This report was answered with 202 and is nowhere.",
                remedy="Ask its publisher to send it again, and check the disk and the backups.",
            )
        elif digest and digests.get((source, id_)) not in (None, digest):
            yield Violation(
                invariant="I3",
                row=f"{source}/{id_}",
                what="Under this id lies other content than was accepted first.",
                remedy="Ask its publisher which report is right.",
            )


def joined_twice(joined: dict[str, list[str]]) -> Iterator[Violation]:
    """I1: `joined` maps an event to the cases whose journals say that it joined them."""
    for event, its_cases in sorted(joined.items()):
        if len(its_cases) > 1:
            yield Violation(
                invariant="I1",
                row=event,
                what=f"This event joined {len(its_cases)} cases: {', '.join(its_cases)}.",
                remedy="Decide on the board which case goes on.",
            )
