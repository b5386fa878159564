"""I1 to I3: what was accepted is in exactly one case, or with a human; never twice."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, and_, bindparam, or_, select

from engine.case.ids import event_id
from engine.invariants.history import History
from engine.invariants.violation import Violation
from engine.invariants.world import Outside
from engine.store.tables import cases, events, inbox, quarantine, situations
from schemas import facts as f

AT_MOST = 100
"""Violations listed of one kind: more tell a reader nothing new."""

_EVENTS_OF = select(events.c.id, events.c.case_id).where(
    events.c.case_id.in_(bindparam("ids", expanding=True))
)
_KNOWN_EVENTS = select(events.c.id)
_INBOX = select(inbox.c.source, inbox.c.id, inbox.c.digest, inbox.c.equivocations)
_QUARANTINED = select(quarantine.c.source, quarantine.c.digest)
_INCIDENTS = (  # three short stretches of a key
    select(cases.c.id)
    .select_from(situations.join(cases, cases.c.id == situations.c.case_id))
    .where(
        situations.c.source == "!incident",
        or_(
            *(
                and_(situations.c.situation >= f"{code}:", situations.c.situation < f"{code};")
                for code in ("quarantine", "equivocation", "record_parked")
            )
        ),
        cases.c.version > 0,
    )
    .limit(1)
)
_ANY_QUARANTINED = select(quarantine.c.id).limit(1)


def events_of(conn: Connection, ids: Sequence[str]) -> dict[str, set[str]]:
    """Case -> ids of the reports that lie with it."""
    found: dict[str, set[str]] = {id_: set() for id_ in ids}
    for row in conn.execute(_EVENTS_OF, {"ids": list(ids)}) if ids else ():
        found[row.case_id].add(row.id)
    return found


def check(history: History, stored: set[str]) -> Iterator[Violation]:
    """The reports of a case are those its journal took in, each once (I1).

    A report lies with one case only, so one that two journals took in is missing in one of them.
    """
    seen: set[str] = set()
    for leaf in history.leaves:
        if isinstance(leaf.fact, f.EventJoined):
            if leaf.fact.event in seen:
                what = f"Case {history.id} took this report in twice."
                yield _of("I1", leaf.fact.event, what, _DECIDE)
            seen.add(leaf.fact.event)
    for event in sorted(seen - stored):
        yield _of("I1", event, f"Case {history.id} took this report in and lost it.", _AGAIN)
    for event in sorted(stored - seen):
        yield _of("I1", event, f"Nobody ever read this report in case {history.id}.", _AGAIN)


def check_quarantine(conn: Connection) -> Iterator[Violation]:
    """Of what lies in quarantine somebody was told (I1)."""
    if conn.execute(_ANY_QUARANTINED).first() and not conn.execute(_INCIDENTS).first():
        yield _of(
            "I1",
            "quarantine",
            "Something lies in quarantine and no incident tells a human.",
            "Look at the quarantine on the board.",
        )


def check_answers(conn: Connection, world: Outside) -> Iterator[Violation]:
    """Every 202 is kept, once, with its first content; other content was noted (I2, I3)."""
    known = {row.id for row in conn.execute(_KNOWN_EVENTS)}
    entries = {(row.source, row.id): row for row in conn.execute(_INBOX)}
    parked = {(row.source, row.digest) for row in conn.execute(_QUARANTINED)}
    for (source, id_), digest in sorted(world.accepted.items()):
        entry = entries.get((source, id_))
        if event_id(source, id_) not in known and (source, digest) not in parked:
            yield _of(
                "I2",
                f"{source}/{id_}",
                "This report was answered with 202 and is nowhere.",
                "Ask its publisher to send it again, and check the disk and the backups.",
            )
        elif digest and entry is not None and entry.digest != digest:
            yield _of(
                "I3",
                f"{source}/{id_}",
                "Under this id lies other content than was accepted first.",
                "Ask its publisher which report is right.",
            )
    for source, id_ in sorted(world.refused_content):
        entry = entries.get((source, id_))
        if entry is None or not entry.equivocations:
            yield _of(
                "I3",
                f"{source}/{id_}",
                "Other content came under this id and nobody wrote that down.",
                "Ask its publisher which report is right.",
            )


_AGAIN = "Ask its source to send it again, and work the case by hand meanwhile."
_DECIDE = "Decide on the board which case goes on."


def _of(invariant: str, row: str, what: str, remedy: str) -> Violation:
    return Violation(invariant=invariant, row=row, what=what, remedy=remedy)
