"""What cases are about, as digests: so that an act in one finds others that told somebody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from engine.case.state import CaseStatus
from engine.store.among import among
from engine.store.dialect import chunks, insert_or_ignore
from engine.store.instant import Instant
from engine.store.tables import alerts, cases, events, notifications, watched
from schemas.codes import TrackName
from schemas.projection import Purpose

INSERT = insert_or_ignore(watched)
SHARING = (
    select(watched.c.key, watched.c.case_id, cases.c.status, cases.c.outward_at)
    .join_from(watched, cases, watched.c.case_id == cases.c.id)
    .where(among(watched.c.key, "keys"))
)
TOLD_LATELY = SHARING.where(cases.c.outward_at >= bindparam("since", type_=Instant))
ALIKE = (
    select(watched.c.key, watched.c.case_id, cases.c.ref, events.c.source, cases.c.opened_at)
    .join_from(watched, cases, watched.c.case_id == cases.c.id)
    .join(events, events.c.case_id == cases.c.id)
    .where(among(watched.c.key, "keys"), cases.c.opened_at >= bindparam("since", type_=Instant))
    .where(cases.c.status.in_([status.value for status in CaseStatus if status.alive]))
    .distinct()
    .order_by(cases.c.opened_at.desc(), watched.c.case_id)
    .limit(200)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """A case that a new one may be the same as."""

    case: str
    ref: str
    source: str


def alike(
    conn: Connection, keys: Iterable[str], *, since: datetime
) -> dict[str, tuple[Likeness, ...]]:
    """The cases that run and were opened since then, by each of these keys, the newest first."""
    found: dict[str, list[Likeness]] = {}
    for some in chunks(sorted(set(keys))):
        for row in conn.execute(ALIKE, {"keys": some, "since": since}):
            each = Likeness(case=row.case_id, ref=row.ref, source=row.source)
            found.setdefault(row.key, []).append(each)
    return {key: tuple(each) for key, each in found.items()}


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
