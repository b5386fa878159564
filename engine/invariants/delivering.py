"""I6, I8 and I11 to I14 of messages: none abandoned, duplicates bounded, states only forward."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import Connection, and_, bindparam, select

from engine.invariants.accepting import AT_MOST
from engine.invariants.messages import CLOCKS_DIFFER, Message, Messages
from engine.invariants.violation import Violation
from engine.invariants.world import Outside
from engine.store.instant import Instant
from engine.store.tables import attempts, notifications

LEAST_PAUSE = timedelta(seconds=5)
"""Between a try that failed for now and the next one: whoever refuses in a crowd is not stormed."""

NEVER_BEGAN = "not_handed_out"
"""Reason of a try that nobody made: the next one may be at once."""

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
_OVERDUE = (  # whatever waits is in the small index; what has ended is not
    select(_n.key, _n.next_at, _n.lane)
    .where(_n.next_at.is_not(None), _n.next_at < bindparam("latest", type_=Instant))
    .order_by(_n.next_at)
    .limit(AT_MOST)
)
_HUNG = (
    select(_n.key)
    .select_from(notifications.join(attempts, and_(_a.key == _n.key, _a.attempt_no == _n.attempts)))
    .where(_n.state == "sending", _a.at < bindparam("latest", type_=Instant))
    .limit(AT_MOST)
)
_LOOK = "Look at this message on its case's page, and phone the recipient if it is grave."


def check(messages: Messages, *, now: datetime) -> Iterator[Violation]:
    """What each message of a case says of itself, whatever its journal says."""
    for key, message in messages.items():
        for invariant, what in _wrong(message, now):
            yield _of(invariant, key, what)


def _wrong(message: Message, now: datetime) -> Iterator[tuple[str, str]]:
    state, next_at = message.state, message.next_at
    if state in WAITING and (next_at is None or next_at > now + RETRY_WITHIN):
        yield "I11", f"It is {state} and nobody will try it in time."
    elif state not in RANK:
        yield "I11", f"It is {state}, which nobody knows."
    if state in ENDED and next_at is not None:
        yield "I13", f"It is {state}, and yet it is to be tried again."
    if message.unknowns > TRIES_AT_MOST:
        yield "I12", f"{message.unknowns} tries had no clear outcome."
    if sum(each.state == "handed_off" for each in message.tries) > 1:
        yield "I12", "It was handed on more than once although that was known."
    if sum(each.state == "sending" for each in message.tries) > 1:
        yield "I14", "Two tries of it are under way at once."
    for one, following in pairwise(message.tries):
        again = one.state == "failed_temporary" and one.reason != NEVER_BEGAN
        if again and one.settled_at is not None and following.at < one.settled_at + LEAST_PAUSE:
            yield "I12", f"Try {following.no} came at once after one that had failed."
    ended = message.settled_at if state in ("cancelled", "superseded") else None
    if ended is not None and any(each.began > ended + CLOCKS_DIFFER for each in message.tries):
        yield "I8", "It was tried after it had been called off."
    if message.decided_no is None or message.tell_no > message.decided_no:
        yield "I6", "It belongs to a round of telling that was never decided."


def check_late(
    conn: Connection, *, now: datetime, up_since: datetime | None, stopped: bool
) -> Iterator[Violation]:
    """What should have been tried by now, where an engine has been up long enough."""
    if up_since is None or now - up_since < OVERDUE_AFTER:
        return
    for row in conn.execute(_OVERDUE, {"latest": now - OVERDUE_AFTER}):
        if not (stopped and row.lane >= 2):  # Stop outgoing holds outward messages back
            late = int((now - row.next_at).total_seconds())
            yield _of("I11", row.key, f"It should have been tried {late} s ago.")
    if now - up_since < HUNG_AFTER:
        return
    for row in conn.execute(_HUNG, {"latest": now - HUNG_AFTER}):
        yield _of("I11", row.key, "Whoever was sending it is gone and nobody took over.")


def check_outside(messages: Messages, world: Outside) -> Iterator[Violation]:
    """Compare with what really left, and with the states seen before (I6, I12, I13)."""
    for key, sent in sorted(world.sends.items()):
        message = messages.get(key)
        if message is None:
            if sent:
                yield _of("I6", key, "It left and nobody decided it.")
            continue
        if sent > message.may_have_left:
            may = message.may_have_left
            yield _of("I12", key, f"It left {sent} times in {may} tries that may have sent it.")
        if sent > TRIES_AT_MOST + 1:
            yield _of("I12", key, f"It left {sent} times.")
    for key, message in sorted(messages.items()):
        before, state = world.states.get(key), message.state
        if before is not None and RANK.get(state, 0) < RANK.get(before, 0):
            again = before == "sending" and state == "queued"
            lost = before == "handed_off" and state == "failed_permanent"
            if not (again or lost):  # its provider took it and said later that it did not arrive
                yield _of("I13", key, f"It went back from {before} to {state}.")
        world.states[key] = state
        left = world.sends.get(key) or key in world.left_since_copy
        if state in ("handed_off", "delivered") and not left:
            yield _of("I11", key, "It counts as handed on and never left.")


def _of(invariant: str, key: str, what: str) -> Violation:
    return Violation(invariant=invariant, row=key, what=what, remedy=_LOOK)
