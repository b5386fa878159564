"""What cases are about, as digests: so that an act in one finds others that told somebody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from engine.store.among import among
from engine.store.dialect import chunks, insert_or_ignore
from engine.store.tables import cases, watched

INSERT = insert_or_ignore(watched)
SHARING = (
    select(watched.c.key, watched.c.case_id, cases.c.status, cases.c.outward_at)
    .join_from(watched, cases, watched.c.case_id == cases.c.id)
    .where(among(watched.c.key, "keys"))
)
TOLD = select(cases.c.id, cases.c.status, cases.c.outward_at).where(among(cases.c.id, "ids"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A case as another one sees it."""

    case: str
    status: str
    outward_at: datetime | None
    """When it last decided to tell somebody outward."""


def sharing(conn: Connection, keys: Iterable[str]) -> dict[str, tuple[Neighbour, ...]]:
    """The cases that are about each of these."""
    found: dict[str, list[Neighbour]] = {}
    for some in chunks(sorted(set(keys))):
        for row in conn.execute(SHARING, {"keys": some}):
            found.setdefault(row.key, []).append(
                Neighbour(case=row.case_id, status=row.status, outward_at=row.outward_at)
            )
    return {key: tuple(sorted(each, key=lambda n: n.case)) for key, each in found.items()}


def told(conn: Connection, ids: Iterable[str]) -> dict[str, Neighbour]:
    """The same of cases by their ids."""
    found = {}
    for some in chunks(sorted(set(ids))):
        for row in conn.execute(TOLD, {"ids": some}):
            found[row.id] = Neighbour(case=row.id, status=row.status, outward_at=row.outward_at)
    return found
