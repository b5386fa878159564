"""Canaries on their way: rows of their own, beside everything that is about somebody.

No case, no event, no entry of the journal, nothing in the outbox: whoever counts or shows those
cannot meet a canary. A row is forgotten an hour after it arrived, whatever became of it, by the
next one that arrives; so there are never more than an hour's.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, or_, select, update

from engine.store.dialect import insert_or_ignore
from engine.store.instant import Instant
from engine.store.tables import canaries

FORGOTTEN_AFTER = timedelta(hours=1)
TAKEN_OVER_AFTER = timedelta(seconds=10)
"""One that was claimed this long ago and not settled is claimed again: its sender ended."""
PREFIX = "canary-"
"""Of the keys of its messages, so that no other outcome is ever looked for here."""
AT_ONCE = 8

_c = canaries.c
INSERT = insert_or_ignore(canaries)
MOVE = (
    update(canaries)
    .where(_c.id == bindparam("of_id"))
    .values(
        state=bindparam("to_state"),
        due_at=bindparam("new_due_at", type_=Instant),
        key=bindparam("new_key"),
        tried_at=bindparam("new_tried_at", type_=Instant),
        settled_at=bindparam("new_settled_at", type_=Instant),
        body=bindparam("new_body"),
    )
)
FORGET = delete(canaries).where(_c.arrived_at < bindparam("before", type_=Instant))
DUE = (
    select(canaries)
    .where(_c.due_at <= bindparam("now", type_=Instant))
    .order_by(_c.due_at, _c.id)
    .limit(AT_ONCE)
    .with_for_update(skip_locked=True)
)
CLAIMABLE = (
    select(canaries)
    .where(
        or_(
            _c.state == "queued",
            (_c.state == "sending") & (_c.tried_at <= bindparam("before", type_=Instant)),
        )
    )
    .order_by(_c.arrived_at, _c.id)
    .limit(AT_ONCE)
    .with_for_update(skip_locked=True)
)
BY_KEYS = (
    select(canaries)
    .where(_c.key.in_(bindparam("keys", expanding=True)))
    .order_by(_c.id)
    .with_for_update()
)
SETTLED = select(_c.settled_at).where(_c.id == bindparam("id"), _c.state == "handed_off")
NEWEST = (
    select(_c.way, func.max(_c.settled_at).label("at"))
    .where(_c.state == "handed_off")
    .group_by(_c.way)
    .order_by(_c.way)
)


@dataclass(slots=True)
class Rows:
    """Those that a batch deals with, locked."""

    due: list[Row[Any]] = field(default_factory=list)
    claimable: list[Row[Any]] = field(default_factory=list)
    tried: dict[str, Row[Any]] = field(default_factory=dict)
    """By the key of their message."""


def row(*, id: str, way: str, at: datetime, due_at: datetime | None, body: bytes) -> dict[str, Any]:
    """A canary that arrived."""
    return {
        "id": id,
        "way": way,
        "arrived_at": at,
        "due_at": due_at,
        "state": "open",
        "key": "",
        "tried_at": None,
        "settled_at": None,
        "body": body,
    }


def moved(row: Row[Any], **changes: Any) -> dict[str, Any]:
    """The parameters of `MOVE`: as it is, but for these columns."""
    return {"of_id": row.id} | {
        "to_state" if name == "state" else f"new_{name}": changes.get(name, getattr(row, name))
        for name in ("state", "due_at", "key", "tried_at", "settled_at", "body")
    }


def due(conn: Connection, *, now: datetime) -> list[Row[Any]]:
    """Those that owe something now."""
    return list(conn.execute(DUE, {"now": now}))


def claimable(conn: Connection, *, now: datetime) -> list[Row[Any]]:
    """Those whose message may be sent now."""
    return list(conn.execute(CLAIMABLE, {"before": now - TAKEN_OVER_AFTER}))


def by_keys(conn: Connection, keys: Iterable[str]) -> dict[str, Row[Any]]:
    """Those whose message was tried, by its key."""
    return {found.key: found for found in conn.execute(BY_KEYS, {"keys": sorted(keys)})}


def settled(conn: Connection, id: str) -> bool:
    """Whether this one was handed to its sink."""
    return conn.execute(SETTLED, {"id": id}).first() is not None


def newest(conn: Connection) -> dict[str, datetime]:
    """When the newest that came through did so, by the way it went."""
    return {found.way: found.at for found in conn.execute(NEWEST) if found.at is not None}
