"""One case as its journal tells it, read for checking."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import Connection, bindparam, select

from engine.case.state import Case, load_case
from engine.store import closures
from engine.store.tables import cases, journal
from schemas.facts import ExclusionsJoined, Fact, load_fact
from schemas.plan import Closure

AT_ONCE = 50
"""Cases read in one select: keeps the read short."""

_ROWS = select(cases.c.id, cases.c.version, cases.c.status, cases.c.due_at, cases.c.state).where(
    cases.c.id.in_(bindparam("ids", expanding=True))
)
_LEAVES = (
    select(journal.c.stream, journal.c.n, journal.c.at, journal.c.body)
    .where(journal.c.stream.in_(bindparam("ids", expanding=True)))
    .order_by(journal.c.stream, journal.c.n)
)
_EVERY_CASE = select(cases.c.id).order_by(cases.c.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One journal row; `fact` is None where the body is of no known kind."""

    n: int
    at: datetime
    fact: Fact | None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A case's row and everything its journal says."""

    id: str
    version: int
    status: str
    due_at: datetime | None
    state: Case
    leaves: tuple[Leaf, ...]


def every_case(conn: Connection) -> list[str]:
    """The ids of all cases, in order."""
    return [row.id for row in conn.execute(_EVERY_CASE)]


def histories(conn: Connection, ids: Sequence[str]) -> Iterator[History]:
    """Read these cases, a few at a time. Ids that name no case are left out."""
    for start in range(0, len(ids), AT_ONCE):
        some = list(ids[start : start + AT_ONCE])
        leaves: dict[str, list[Leaf]] = {}
        for row in conn.execute(_LEAVES, {"ids": some}):
            leaves.setdefault(row.stream, []).append(Leaf(n=row.n, at=row.at, fact=_fact(row.body)))
        known = closures.read(conn, _digests(leaves.values()))
        for case in conn.execute(_ROWS, {"ids": some}).all():
            yield History(
                id=case.id,
                version=case.version,
                status=case.status,
                due_at=case.due_at,
                state=load_case(case.state),
                leaves=tuple(_whole(leaf, known) for leaf in leaves.get(case.id, ())),
            )


def _fact(body: bytes) -> Fact | None:
    try:
        return load_fact(body)
    except ValidationError:
        return None


def _digests(histories: Iterable[Sequence[Leaf]]) -> Iterator[str]:
    for leaves in histories:
        for leaf in leaves:
            if isinstance(leaf.fact, ExclusionsJoined):
                yield leaf.fact.digest


def _whole(leaf: Leaf, known: Mapping[str, Closure]) -> Leaf:
    """With who is kept out: a fact names them by digest only, many cases share them."""
    if isinstance(leaf.fact, ExclusionsJoined) and leaf.fact.digest in known:
        return replace(leaf, fact=replace(leaf.fact, closure=known[leaf.fact.digest]))
    return leaf
