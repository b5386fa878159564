"""What cases are about, as digests: so that an act in one finds others that told somebody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, or_, select, update

from engine.case.state import CaseStatus
from engine.store.among import among
from engine.store.dialect import chunks, insert_or_ignore
from engine.store.instant import Instant
from engine.store.tables import alerts, cases, likenesses, notifications, watched
from schemas.codes import TrackName
from schemas.projection import Purpose

ALIKE_AT_MOST = 50

INSERT = insert_or_ignore(watched)
INSERT_LIKENESS = insert_or_ignore(likenesses)
TELL = (
    update(watched)
    .where(watched.c.case_id == bindparam("of_id"))
    .values(told_at=bindparam("last_told_at"))
)
SHARING = (
    select(watched.c.key, watched.c.case_id, cases.c.status, cases.c.outward_at)
    .join_from(watched, cases, watched.c.case_id == cases.c.id)
    .where(among(watched.c.key, "keys"))
)
TOLD_LATELY = SHARING.where(watched.c.told_at >= bindparam("since", type_=Instant))
_NEWEST = (
    select(likenesses.c.case_id, likenesses.c.opened_at)
    .where(
        likenesses.c.key == bindparam("of_key"),
        # Two ranges of the index instead of `!=`: a flood from the same publisher is not read.
        or_(
            likenesses.c.source < bindparam("source"),
            likenesses.c.source > bindparam("source"),
        ),
        likenesses.c.opened_at >= bindparam("since", type_=Instant),
    )
    .order_by(likenesses.c.opened_at.desc(), likenesses.c.case_id)
    .limit(ALIKE_AT_MOST)
    .subquery()
)
ALIKE = (
    select(cases.c.id, cases.c.ref)
    .join_from(_NEWEST, cases, _NEWEST.c.case_id == cases.c.id)
    .where(cases.c.status.in_([status.value for status in CaseStatus if status.alive]))
    .order_by(_NEWEST.c.opened_at.desc(), _NEWEST.c.case_id)
)
TOLD = select(cases.c.id, cases.c.status, cases.c.outward_at).where(among(cases.c.id, "ids"))
NOTICES = (
    select(notifications.c.case_id, notifications.c.decided_at, notifications.c.settled_at)
    .join_from(notifications, alerts, notifications.c.alert_id == alerts.c.id)
    .where(
        among(notifications.c.case_id, "ids"),
        alerts.c.track.in_([track.value for track in TrackName if track.outward]),
        notifications.c.purpose == Purpose.TELL.value,
        notifications.c.state.in_(("sending", "handed_off", "delivered", "unknown")),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A case as another one sees it."""

    case: str
    status: str
    outward_at: datetime | None
    """When it last decided to tell somebody outward."""


def alike(conn: Connection, key: str, *, source: str, since: datetime) -> dict[str, str]:
    """Case id -> reference of what others than `source` said alike since then, while it runs.

    Of a crackdown's thousands only the newest.
    """
    asked = {"of_key": key, "source": source, "since": since}
    return {row.id: row.ref for row in conn.execute(ALIKE, asked)}


def sharing(conn: Connection, keys: Iterable[str]) -> dict[str, tuple[Neighbour, ...]]:
    """The cases that are about each of these: of a large company, thousands."""
    return _by_key(conn, SHARING, keys, {})


def told_lately(
    conn: Connection, keys: Iterable[str], *, since: datetime
) -> dict[str, tuple[Neighbour, ...]]:
    """Those of them that told somebody outward since then."""
    return _by_key(conn, TOLD_LATELY, keys, {"since": since})


def _by_key(
    conn: Connection, query: Select[Any], keys: Iterable[str], more: dict[str, object]
) -> dict[str, tuple[Neighbour, ...]]:
    found: dict[str, list[Neighbour]] = {}
    for some in chunks(sorted(set(keys))):
        for row in conn.execute(query, {"keys": some, **more}):
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


def notices(conn: Connection, ids: Iterable[str]) -> dict[str, list[datetime]]:
    """When these cases told somebody outward: as decided, and as it left."""
    found: dict[str, list[datetime]] = {}
    for some in chunks(sorted(set(ids))):
        for row in conn.execute(NOTICES, {"ids": some}):
            at = (row.decided_at, row.settled_at)
            found.setdefault(row.case_id, []).extend(each for each in at if each is not None)
    return found
