"""I22: what cannot be read is put aside and told to a person, and the log goes on behind it."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import Connection, bindparam, func, select

from engine.invariants.violation import Violation
from engine.invariants.world import Outside
from engine.store.tables import instances, offsets, quarantine

_q, _o = quarantine.c, offsets.c
_ASIDE = (
    select(_q.id, _q.at, _q.offset, _o.next_offset)
    .select_from(
        quarantine.outerjoin(offsets, (_o.topic == _q.topic) & (_o.part == _q.part)),
    )
    .where(_q.id > bindparam("after"))
    .order_by(_q.id)
    .limit(bindparam("most"))
)
_DIGESTS = select(_q.digest)
_NEWEST = select(func.max(instances.c.beat_at))
STANDS_FOR = timedelta(hours=1)
"""A record put aside together with others stands before its log until they are read as well: a
process that dies between is started again, and another one reads on. Not for an hour."""


def of_quarantine(conn: Connection, after: str, most: int) -> tuple[list[Violation], str]:
    """A page of it: behind each record its log went on, within the hour."""
    newest = conn.execute(_NEWEST).scalar()
    rows = conn.execute(_ASIDE, {"after": after, "most": most}).all()
    found = [
        _of(row.id, "It was put aside, and its log still stands before it.")
        for row in rows
        if row.offset is not None and (row.next_offset is None or row.next_offset <= row.offset)
        if newest is not None and newest - row.at > STANDS_FOR
    ]
    return found, rows[-1].id if len(rows) == most else ""


def check_outside(conn: Connection, world: Outside) -> Iterator[Violation]:
    """Whatever was taken and is no report lies in quarantine."""
    if not world.poison:
        return
    aside = set(conn.execute(_DIGESTS).scalars())
    for digest in sorted(world.poison - aside):
        yield _of(digest, "It was taken, is no report, and is not in quarantine.")


def _of(row: str, what: str) -> Violation:
    return Violation(
        invariant="I22",
        row=row,
        what=what,
        remedy="Read the quarantine; ask the source what it meant to say.",
    )
