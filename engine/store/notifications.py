"""Notification rows: what is due on each channel, claiming, trying and settling.

States only move forward; the WHERE of each update says from where.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    bindparam,
    case,
    func,
    insert,
    literal_column,
    or_,
    select,
    text,
    union_all,
    update,
)

from engine.store.among import among
from engine.store.dialect import chunks
from engine.store.instant import Instant
from engine.store.tables import attempts, notifications
from schemas.projection import Purpose

PENDING = ("queued", "failed_temporary", "unknown")
"""States in which a message may still leave."""
UNSETTLED = (*PENDING, "sending")

# Written out: a list as a parameter cannot be used with executemany.
_is_pending = notifications.c.state.in_([literal_column(f"'{state}'") for state in PENDING])
_is_unsettled = notifications.c.state.in_([literal_column(f"'{state}'") for state in UNSETTLED])

DUTY_LANES = (0, 1)
GRAVE_DUTY_LANE = 0
ALL_LANES = (0, 1, 2, 3)

_n = notifications.c

INSERT = insert(notifications)
CANCEL = (
    update(notifications)
    .where(
        _n.alert_id == bindparam("of_alert"),
        _n.purpose == bindparam("of_purpose"),
        or_(_n.contact == bindparam("of_contact"), bindparam("of_contact") == ""),
        _is_unsettled,
    )
    .values(
        # One that is being sent is only marked: what became of it decides. One that may have left
        # comes to the claim once more, which sends nothing and tells its case.
        state=case(
            (_n.state == "sending", "sending"), (_n.unknowns > 0, _n.state), else_="cancelled"
        ),
        settled_at=case(
            (or_(_n.state == "sending", _n.unknowns > 0), None),
            else_=bindparam("now", type_=Instant),
        ),
        next_at=case(
            (_n.state == "sending", None),
            (_n.unknowns > 0, bindparam("now", type_=Instant)),
            else_=None,
        ),
        reason=bindparam("why"),
    )
)
SETTLE = (
    update(notifications)
    .where(_n.key == bindparam("of_key"), _is_unsettled)
    .values(
        state=bindparam("ended"),
        settled_at=bindparam("now"),
        next_at=None,
        reason=bindparam("why"),
    )
)
CLAIM = (
    update(notifications)
    .where(_n.key == bindparam("of_key"), _is_pending)
    .values(
        state="sending",
        next_at=None,
        attempts=bindparam("attempt_no"),
        instance=bindparam("of_instance"),
        reason="",
    )
)
RETRY = (  # only the try that is under way decides when the next one is
    update(notifications)
    .where(
        _n.key == bindparam("of_key"),
        _n.state == "sending",
        _n.attempts == bindparam("attempt_no"),
    )
    .values(
        state=bindparam("to_state"),
        next_at=bindparam("again_at"),
        unknowns=bindparam("so_many_unknowns"),
        reason=bindparam("why"),
        settled_at=bindparam("ended_at"),
    )
)
POSTPONE = (
    update(notifications)
    .where(_n.key == bindparam("of_key"), _is_pending)
    .values(next_at=bindparam("again_at"))
)
NAME_PROVIDER = (
    update(notifications)
    .where(_n.key == bindparam("of_key"))
    .values(provider_id=bindparam("known_as"))
)
INSERT_ATTEMPT = insert(attempts)
SETTLE_ATTEMPT = (
    update(attempts)
    .where(
        attempts.c.key == bindparam("of_key"),
        attempts.c.attempt_no == bindparam("no"),
        attempts.c.settled_at.is_(None),
    )
    .values(state=bindparam("ended"), reason=bindparam("why"), settled_at=bindparam("now"))
)

CHANNELS = text(  # a loose scan of the index: one probe per channel, however many are waiting
    """
    WITH RECURSIVE waiting(channel) AS (
      SELECT min(channel) FROM notifications WHERE next_at IS NOT NULL
      UNION ALL
      SELECT (SELECT min(n.channel) FROM notifications n
              WHERE n.next_at IS NOT NULL AND n.channel > waiting.channel)
      FROM waiting WHERE waiting.channel IS NOT NULL
    )
    SELECT channel FROM waiting WHERE channel IS NOT NULL
    """
)


def _due_in(lane: int, rank: int) -> Select[Any]:
    due = (
        select(_n.key, _n.case_id, _n.lane, _n.tell_rank, _n.next_at, _n.purpose, _n.endpoint)
        .where(
            _n.channel == bindparam("channel"),
            _n.lane == literal_column(str(lane)),
            _n.tell_rank == literal_column(str(rank)),
            _n.next_at <= bindparam("now"),
        )
        .order_by(_n.next_at, _n.case_id)
        .limit(bindparam("slots"))
        .subquery()
    )
    return select(due)


def _due(lanes: tuple[int, ...]) -> Any:
    return (
        union_all(*(_due_in(lane, rank) for lane in lanes for rank in (0, 1)))
        .order_by("lane", "tell_rank", "next_at", "case_id", "key")
        .limit(bindparam("slots"))
    )


def _next(lanes: tuple[int, ...]) -> Any:
    return union_all(
        *(
            select(func.min(_n.next_at).label("next_at")).where(
                _n.channel == bindparam("channel"),
                _n.lane == literal_column(str(lane)),
                _n.tell_rank == literal_column(str(rank)),
                _n.next_at > bindparam("now"),
            )
            for lane in lanes
            for rank in (0, 1)
        )
    )


ALONG_AT_MOST = 200
"""Overdue messages that one claim takes beside those it has slots for: they leave as one."""
ALONG = (
    select(_n.key, _n.case_id)
    .where(
        _n.channel == bindparam("channel"),
        _n.lane.in_([literal_column(str(lane)) for lane in DUTY_LANES]),
        _n.next_at <= bindparam("now"),
        _n.purpose == literal_column("'overdue'"),
        among(_n.endpoint, "endpoints"),
    )
    .order_by(_n.next_at, _n.case_id, _n.key)
    .limit(ALONG_AT_MOST)
)
DUE = _due(ALL_LANES)
DUE_DUTY = _due(DUTY_LANES)
NEXT = _next(ALL_LANES)
NEXT_DUTY = _next(DUTY_LANES)
_BY_KEYS = select(notifications).where(among(_n.key, "keys")).order_by(_n.key)
BY_KEYS = _BY_KEYS.with_for_update()
BY_KEYS_FREE = _BY_KEYS.with_for_update(skip_locked=True)
LANES = select(_n.key, _n.lane).where(among(_n.key, "keys"))
CASES = select(_n.key, _n.case_id).where(among(_n.key, "keys"))
ABANDONED = (
    select(_n.key, _n.attempts, _n.unknowns, _n.reason)
    .where(_n.state == "sending", _n.instance != bindparam("of_instance"))
    .order_by(_n.key)
)
LEFT_BY = (  # whoever holds one of these is settling it, and knows better
    select(_n.key, _n.attempts, _n.unknowns, _n.reason)
    .where(_n.state == "sending", _n.instance == bindparam("of_instance"))
    .order_by(_n.key)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)


def channels(conn: Connection) -> list[str]:
    """Channels on which something waits, now or later."""
    return list(conn.execute(CHANNELS).scalars())


def due(
    conn: Connection, *, channel: str, slots: int, now: datetime, stopped: bool
) -> list[tuple[str, str]]:
    """(key, case) of what may be sent now on a channel: duty and grave first, first tells first.

    With somebody's overdue page come all of theirs, however few the slots: they leave as one.
    """
    statement = DUE_DUTY if stopped else DUE
    rows = list(conn.execute(statement, {"channel": channel, "slots": slots, "now": now}))
    found = {row.key: row.case_id for row in rows}
    overdue = {row.endpoint for row in rows if row.purpose == Purpose.OVERDUE}
    for some in chunks(sorted(overdue)):
        along = conn.execute(ALONG, {"channel": channel, "endpoints": some, "now": now})
        found.update((row.key, row.case_id) for row in along)
    return list(found.items())


def duty_among(conn: Connection, keys: Iterable[str]) -> int:
    """How many of these are messages to duty."""
    return sum(
        row.lane in DUTY_LANES
        for some in chunks(sorted(set(keys)))
        for row in conn.execute(LANES, {"keys": some})
    )


def next_at(
    conn: Connection, waiting: Iterable[str], *, now: datetime, stopped: bool
) -> datetime | None:
    """When the next message on one of these channels may be sent that may not be sent yet."""
    statement = NEXT_DUTY if stopped else NEXT
    found = [
        row.next_at
        for channel in waiting
        for row in conn.execute(statement, {"channel": channel, "now": now})
        if row.next_at is not None
    ]
    return min(found, default=None)


def cases_of(conn: Connection, keys: Iterable[str]) -> dict[str, str]:
    """The case of each of these notifications."""
    found = {}
    for some in chunks(sorted(set(keys))):
        for row in conn.execute(CASES, {"keys": some}):
            found[row.key] = row.case_id
    return found


def by_keys(conn: Connection, keys: Iterable[str], *, wait: bool = True) -> dict[str, Row[Any]]:
    """These notifications, locked. Without `wait`, those another process holds are left out."""
    found = {}
    for some in chunks(sorted(set(keys))):
        for row in conn.execute(BY_KEYS if wait else BY_KEYS_FREE, {"keys": some}):
            found[row.key] = row
    return found
