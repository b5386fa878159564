"""What was put aside because it is no report: what may be said of each, without opening it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from engine.store.case_keys import ERASED
from engine.store.tables import quarantine

_q = quarantine.c
_LIST = (
    select(_q.id, _q.at, _q.source, _q.reason, _q.topic, _q.part, _q.offset, _q.key_id)
    .order_by(_q.at.desc(), _q.id)
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
_COUNT = select(func.count()).select_from(quarantine)


@dataclass(frozen=True, slots=True, kw_only=True)
class PutAside:
    """One piece of bytes that came and was no report."""

    id: str
    at: datetime
    source: str
    reason: str
    """Code and path of what is wrong with it, or the code of the incident."""
    place: str
    """`topic/partition@offset`, where it came by a log; else empty."""
    kept: bool
    """Whether it is still there; whether its key is, opening it shows."""


def put_aside(conn: Connection, *, most: int, skip: int = 0) -> Sequence[PutAside]:
    """The newest first."""
    return [
        PutAside(
            id=row.id,
            at=row.at,
            source=row.source,
            reason=row.reason,
            place=f"{row.topic}/{row.part}@{row.offset}" if row.topic else "",
            kept=row.key_id != ERASED,
        )
        for row in conn.execute(_LIST, {"most": most, "skip": skip})
    ]


def count(conn: Connection) -> int:
    """How many there are."""
    return int(conn.execute(_COUNT).scalar_one())
