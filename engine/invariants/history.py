"""One case as its journal tells it, read for checking."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import Connection, bindparam, select

from engine.case.state import Case, load_case
from engine.store.tables import cases, journal
from schemas.facts import Fact, load_fact

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
_SOME_CASES = _EVERY_CASE.where(cases.c.id > bindparam("after")).limit(bindparam("most"))


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


def some_cases(conn: Connection, *, after: str, limit: int) -> list[str]:
    """The next ids after this one, at most `limit` of them."""
    return [row.id for row in conn.execute(_SOME_CASES, {"after": after, "most": limit})]


def histories(conn: Connection, ids: Sequence[str]) -> Iterator[History]:
    """Read these cases, a few at a time. Ids that name no case are left out."""
    for start in range(0, len(ids), AT_ONCE):
        some = list(ids[start : start + AT_ONCE])
        leaves: dict[str, list[Leaf]] = {}
        for row in conn.execute(_LEAVES, {"ids": some}):
            leaves.setdefault(row.stream, []).append(Leaf(n=row.n, at=row.at, fact=_fact(row.body)))
        for case in conn.execute(_ROWS, {"ids": some}).all():
            yield History(
                id=case.id,
                version=case.version,
                status=case.status,
                due_at=case.due_at,
                state=load_case(case.state),
                leaves=tuple(leaves.get(case.id, ())),
            )


def _fact(body: bytes) -> Fact | None:
    try:
        return load_fact(body)
    except ValidationError:
        return None
