"""I8 and I11 to I14 of messages: none abandoned, duplicates bounded, states only forward."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, func, or_, select

from engine.invariants.accepting import AT_MOST
from engine.invariants.violation import Violation
from engine.invariants.world import Outside
from engine.store.instant import Instant
from engine.store.tables import alerts, attempts, notifications

TRIES_AT_MOST = 8
"""Tries after unknown outcomes, and so messages under one key (design section 9)."""

RETRY_WITHIN = timedelta(minutes=5, seconds=5)
"""No message waits longer for its next try, whatever a provider asks for."""

OVERDUE_AFTER = timedelta(minutes=5)
"""A message that should have been tried this long ago is an outage."""

HUNG_AFTER = timedelta(minutes=15)
"""No try takes longer than this: whoever made it is gone and nobody took over."""

ENDED = ("handed_off", "delivered", "failed_permanent", "superseded", "cancelled")
WAITING = ("queued", "failed_temporary", "unknown")

RANK = {
    "queued": 0,
    "sending": 1,
    "failed_temporary": 1,
    "unknown": 1,
    "failed_permanent": 2,
    "superseded": 2,
    "cancelled": 2,
    "handed_off": 3,
    "delivered": 4,
}
"""How far a message is. A try that failed goes back to waiting; an end is never taken back."""

_n, _a = notifications.c, attempts.c

_FORGOTTEN = (
    select(_n.key, _n.state)
    .where(
        or_(
            and_(_n.state.in_(WAITING), _n.next_at.is_(None)),
            and_(_n.state.in_(WAITING), _n.next_at > bindparam("latest", type_=Instant)),
            _n.state.not_in([*ENDED, *WAITING, "sending"]),
        )
    )
    .limit(AT_MOST)
)
_OVERDUE = (
    select(_n.key, _n.next_at, _n.lane)
    .where(_n.next_at < bindparam("latest", type_=Instant))
    .order_by(_n.next_at)
    .limit(AT_MOST)
)
_HUNG = (
    select(_n.key)
    .select_from(notifications.join(attempts, and_(_a.key == _n.key, _a.attempt_no == _n.attempts)))
    .where(_n.state == "sending", _a.at < bindparam("latest", type_=Instant))
    .limit(AT_MOST)
)
_MANY_TRIES = select(_n.key, _n.unknowns).where(_n.unknowns > TRIES_AT_MOST).limit(AT_MOST)
_COUNTED = (
    select(_a.key, func.count().label("tries"))
    .group_by(_a.key)
    .having(func.count().filter(_a.state == "handed_off") > 1)
    .limit(AT_MOST)
)
_TWO_AT_ONCE = (
    select(_a.key).where(_a.state == "sending").group_by(_a.key).having(func.count() > 1)
).limit(AT_MOST)
_CLAIMED_AFTER_STOP = (
    select(_n.key)
    .select_from(notifications.join(attempts, _a.key == _n.key))
    .where(_n.state.in_(("cancelled", "superseded")), _a.at > _n.settled_at)
    .distinct()
    .limit(AT_MOST)
)
_ENDLESS = (
    select(_n.key, _n.state).where(_n.state.in_(ENDED), _n.next_at.is_not(None)).limit(AT_MOST)
)
_NO_ALERT = (
    select(_n.key)
    .select_from(notifications.outerjoin(alerts, alerts.c.id == _n.alert_id))
    .where(or_(alerts.c.id.is_(None), _n.tell_no > alerts.c.tell_no))
    .limit(AT_MOST)
)
_STATES = select(_n.key, _n.state)
_MAYBE_SENT = select(_a.key, func.count().label("tries")).group_by(_a.key)
_WHOLE = (
    select(_a.key, func.count().label("clear"))
    .where(_a.state.in_(("failed_temporary", "failed_permanent")))
    .group_by(_a.key)
)

_LOOK = "Look at this message on its case's page, and phone the recipient if it is grave."


def check(
    conn: Connection,
    *,
    now: datetime,
    world: Outside | None,
    up_since: datetime | None,
    stopped: bool,
) -> Iterator[Violation]:
    """Check every message; lateness only where an engine has been up long enough."""
    for row in conn.execute(_FORGOTTEN, {"latest": now + RETRY_WITHIN}):
        yield _of("I11", row.key, f"It is {row.state} and nobody will try it in time.")
    for row in conn.execute(_ENDLESS):
        yield _of("I13", row.key, f"It is {row.state}, and yet it is to be tried again.")
    for row in conn.execute(_MANY_TRIES):
        yield _of("I12", row.key, f"{row.unknowns} tries had no clear outcome.")
    for row in conn.execute(_COUNTED):
        yield _of("I12", row.key, "It was handed on more than once although that was known.")
    for row in conn.execute(_TWO_AT_ONCE):
        yield _of("I14", row.key, "Two tries of it are under way at once.")
    for row in conn.execute(_CLAIMED_AFTER_STOP):
        yield _of("I8", row.key, "It was tried after it had been called off.")
    for row in conn.execute(_NO_ALERT):
        yield _of("I6", row.key, "It belongs to a round of telling that was never decided.")
    if up_since is not None and now - up_since >= OVERDUE_AFTER:
        yield from _late(conn, now, stopped=stopped)
    if world is not None:
        yield from _outside(conn, world)


def _late(conn: Connection, now: datetime, *, stopped: bool) -> Iterator[Violation]:
    for row in conn.execute(_OVERDUE, {"latest": now - OVERDUE_AFTER}):
        if not (stopped and row.lane >= 2):  # Stop outgoing holds outward messages back
            late = int((now - row.next_at).total_seconds())
            yield _of("I11", row.key, f"It should have been tried {late} s ago.")
    for row in conn.execute(_HUNG, {"latest": now - HUNG_AFTER}):
        yield _of("I11", row.key, "Whoever was sending it is gone and nobody took over.")


def _outside(conn: Connection, world: Outside) -> Iterator[Violation]:
    """Compare with what really left, and with the states seen before (I12, I13)."""
    tries = {row.key: row.tries for row in conn.execute(_MAYBE_SENT)}
    clear = {row.key: row.clear for row in conn.execute(_WHOLE)}
    for key, sent in sorted(world.sends.items()):
        may = tries.get(key, 0) - clear.get(key, 0)
        if sent > may:
            yield _of("I12", key, f"It left {sent} times in {may} tries that may have sent it.")
        if sent > TRIES_AT_MOST + 1:
            yield _of("I12", key, f"It left {sent} times.")
    for row in conn.execute(_STATES):
        before = world.states.get(row.key)
        if before is not None and RANK[row.state] < RANK[before]:
            again = before == "sending" and row.state == "queued"
            lost = before == "handed_off" and row.state == "failed_permanent"
            if not (again or lost):  # its provider took it and said later that it did not arrive
                yield _of("I13", row.key, f"It went back from {before} to {row.state}.")
        world.states[row.key] = row.state
        if row.state in ("handed_off", "delivered") and not world.sends.get(row.key):
            yield _of("I11", row.key, "It counts as handed on and never left.")


def _of(invariant: str, key: str, what: str) -> Violation:
    return Violation(invariant=invariant, row=key, what=what, remedy=_LOOK)
