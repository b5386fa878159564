"""Messages of a few cases with every try of them, read for checking. By the index of their case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select

from engine.store.tables import alerts, attempts, notifications

_n, _a = notifications.c, attempts.c
_OF_CASES = (
    select(
        _n.key,
        _n.case_id,
        _n.alert_id,
        _n.tell_no,
        _n.purpose,
        _n.party,
        _n.contact,
        _n.lane,
        _n.decided_at,
        _n.state,
        _n.next_at,
        _n.unknowns,
        _n.settled_at,
        alerts.c.tell_no.label("decided_no"),
    )
    .select_from(notifications.outerjoin(alerts, alerts.c.id == _n.alert_id))
    .where(_n.case_id.in_(bindparam("ids", expanding=True)))
    .order_by(_n.case_id, _n.key)
)
_TRIES = (
    select(_a.key, _a.attempt_no, _a.at, _a.state, _a.reason, _a.settled_at)
    .select_from(attempts.join(notifications, _n.key == _a.key))
    .where(_n.case_id.in_(bindparam("ids", expanding=True)))
    .order_by(_a.key, _a.attempt_no)
)
CLOCKS_DIFFER = timedelta(seconds=1)
"""By which the clocks of two machines that are kept by NTP may differ: what one writes down a
moment later may bear an earlier time. Whoever compares times of two machines allows for it."""
CLEAR = ("failed_temporary", "failed_permanent")
"""Tries of which the sender knew that nothing had left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One try to hand it on."""

    no: int
    at: datetime
    """When it was claimed."""
    state: str
    reason: str
    settled_at: datetime | None

    @property
    def began(self) -> datetime:
        """When it was claimed, at the latest: by a clock that was set back it ended before."""
        return self.at if self.settled_at is None else min(self.at, self.settled_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message as its row tells it."""

    key: str
    alert: str
    tell_no: int
    decided_no: int | None
    """How many rounds of telling its alert counts; None: there is no such alert."""
    purpose: str
    party: str
    contact: str
    lane: int
    decided_at: datetime
    state: str
    next_at: datetime | None
    unknowns: int
    settled_at: datetime | None
    tries: tuple[Try, ...]

    @property
    def tried_at(self) -> datetime | None:
        """When the newest try of it was claimed."""
        return max((each.began for each in self.tries), default=None)

    @property
    def may_have_left(self) -> int:
        """Tries after which it may lie with somebody."""
        return sum(each.state not in CLEAR for each in self.tries)


Messages = Mapping[str, Message]
"""By key."""


def of_cases(conn: Connection, ids: Sequence[str]) -> dict[str, dict[str, Message]]:
    """Case -> key -> message, of every message of these cases; a handful of them at a time."""
    found: dict[str, dict[str, Message]] = {id_: {} for id_ in ids}
    if not ids:
        return found
    tries: dict[str, list[Try]] = {}
    for each in conn.execute(_TRIES, {"ids": list(ids)}):
        one = Try(
            no=each.attempt_no,
            at=each.at,
            state=each.state,
            reason=each.reason,
            settled_at=each.settled_at,
        )
        tries.setdefault(each.key, []).append(one)
    for row in conn.execute(_OF_CASES, {"ids": list(ids)}):
        found[row.case_id][row.key] = Message(
            key=row.key,
            alert=row.alert_id,
            tell_no=row.tell_no,
            decided_no=row.decided_no,
            purpose=row.purpose,
            party=row.party,
            contact=row.contact,
            lane=row.lane,
            decided_at=row.decided_at,
            state=row.state,
            next_at=row.next_at,
            unknowns=row.unknowns,
            settled_at=row.settled_at,
            tries=tuple(tries.get(row.key, ())),
        )
    return found
