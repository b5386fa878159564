"""Messages that wait because their reader had many lately: whose, how many, until when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from engine.store.instant import Instant
from engine.store.tables import notifications

_n = notifications.c
READ = (
    select(_n.party, func.count().label("messages"), func.max(_n.next_at).label("until"))
    .where(
        _n.state == "queued",
        _n.attempts == 0,  # what was tried waits for its channel, which the board says elsewhere
        _n.next_at > bindparam("now", type_=Instant),
    )
    .group_by(_n.party)
    .order_by(func.max(_n.next_at).desc(), _n.party)
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """Of one reader: a person of ours, or a party."""

    party: str
    messages: int
    until: datetime


def held_back(conn: Connection, *, now: datetime, most: int) -> tuple[HeldBack, ...]:
    """Whose messages wait for their turn, those that wait longest first."""
    rows = conn.execute(READ, {"now": now, "most": most})
    return tuple(HeldBack(party=row.party, messages=row.messages, until=row.until) for row in rows)
