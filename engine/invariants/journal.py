"""I19: the journal is whole, in order, and only grows."""

from collections.abc import Iterator

from sqlalchemy import Connection, bindparam, select

from engine.invariants.history import History
from engine.invariants.violation import Violation
from engine.invariants.world import Outside
from engine.store import journal
from engine.store.tables import cases
from engine.store.tables import journal as leaves

_HEADS = select(cases.c.id, cases.c.version, cases.c.head)
_LEAF = select(leaves.c.hash).where(
    leaves.c.stream == bindparam("stream"), leaves.c.n == bindparam("n")
)
_RESTORE = "Stop the engine, keep a copy of the database, and compare it with the newest backup."


def check(conn: Connection, history: History) -> Iterator[Violation]:
    """The chain of this case holds, from its first leaf to the head its row names."""
    yield from _faults(conn, history.id)


def check_system(conn: Connection) -> Iterator[Violation]:
    """The chain of what concerns no single case holds."""
    yield from _faults(conn, journal.SYSTEM)


def check_system_part(conn: Connection, *, after: int, most: int) -> tuple[list[Violation], int]:
    """The same for a part of it; returns also the leaf to go on after, 0 at its end."""
    faults, last = journal.verify_part(conn, stream=journal.SYSTEM, after=after, most=most)
    return [_of(fault) for fault in faults], last


def check_growth(conn: Connection, world: Outside) -> Iterator[Violation]:
    """No leaf seen at an earlier check has changed or gone since."""
    for stream, (n, head) in sorted(world.heads.items()):
        if conn.execute(_LEAF, {"stream": stream, "n": n}).scalar_one_or_none() != head:
            yield Violation(
                invariant="I19",
                row=stream,
                what=f"Leaf {n} is no longer what it was.",
                remedy=_RESTORE,
            )
    for row in conn.execute(_HEADS):
        world.heads[row.id] = (row.version, row.head)


def _faults(conn: Connection, stream: str) -> Iterator[Violation]:
    for fault in journal.verify(conn, stream=stream):
        yield _of(fault)


def _of(fault: journal.Fault) -> Violation:
    what = f"Leaf {fault.n}: {fault.what}."
    return Violation(invariant="I19", row=fault.stream, what=what, remedy=_RESTORE)
