"""I22: what cannot be read is put aside and told to a person, and the log goes on behind it."""

from collections.abc import Iterator

from sqlalchemy import Connection, bindparam, select

from engine.invariants.violation import Violation
from engine.invariants.world import Outside
from engine.store.tables import offsets, quarantine

_q, _o = quarantine.c, offsets.c
_ASIDE = (
    select(_q.id, _q.offset, _o.next_offset)
    .select_from(
        quarantine.outerjoin(offsets, (_o.topic == _q.topic) & (_o.part == _q.part)),
    )
    .where(_q.id > bindparam("after"))
    .order_by(_q.id)
    .limit(bindparam("most"))
)
_DIGESTS = select(_q.digest)


def of_quarantine(conn: Connection, after: str, most: int) -> tuple[list[Violation], str]:
    """A page of it: behind each record, its log went on in the same transaction."""
    rows = conn.execute(_ASIDE, {"after": after, "most": most}).all()
    found = [
        _of(row.id, "It was put aside, and its log still stands before it.")
        for row in rows
        if row.offset is not None and (row.next_offset is None or row.next_offset <= row.offset)
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
