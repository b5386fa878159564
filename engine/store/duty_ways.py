"""How the ways to our own people did lately, by what was sent on them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from engine.store.tables import cases, notifications, situations
from schemas.codes import IncidentCode

_OPEN_CASES = 200
"""The newest open ones: what was sent for others is older than what is asked."""
_DUTY_LANES = (0, 1)
_ENDED = ("handed_off", "delivered", "failed_permanent")

_NEWEST = (
    select(cases.c.id)
    .where(cases.c.due_at.is_not(None))
    .order_by(cases.c.opened_at.desc())
    .limit(_OPEN_CASES)
    .subquery()
)
LATELY = (
    select(notifications.c.endpoint, notifications.c.state, notifications.c.settled_at)
    .join_from(_NEWEST, notifications, notifications.c.case_id == _NEWEST.c.id)
    .where(
        notifications.c.lane.in_(_DUTY_LANES),
        notifications.c.state.in_(_ENDED),
        notifications.c.settled_at >= bindparam("since"),
    )
    .order_by(notifications.c.settled_at, notifications.c.key)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """The newest message that ended on a way."""

    failed: bool
    at: datetime


def lately(conn: Connection, *, since: datetime) -> Mapping[str, Tried]:
    """`channel:endpoint id` -> how the newest message to one of ours on it ended."""
    found: dict[str, Tried] = {}
    for row in conn.execute(LATELY, {"since": since}):
        found[row.endpoint] = Tried(failed=row.state == "failed_permanent", at=row.settled_at)
    return found


FAILING = (
    select(situations.c.situation)
    .join_from(situations, cases, cases.c.id == situations.c.case_id)
    .where(
        situations.c.source == "!incident",  # as `engine.desk.gather.incident_of` keeps them
        situations.c.situation.in_(bindparam("keys", expanding=True)),
        cases.c.status == "open",
    )
)


def failing(conn: Connection, channels: Iterable[str]) -> frozenset[str]:
    """Those of these channels of which an incident is open that says they fail as a whole."""
    begin = f"{IncidentCode.CHANNEL_FAILING.value}:"
    keys = [begin + channel for channel in channels]
    found = conn.execute(FAILING, {"keys": keys}) if keys else ()
    return frozenset(row.situation.removeprefix(begin) for row in found)
