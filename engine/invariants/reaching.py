"""I23: of every open case somebody on duty has been told, lately enough, or has it in hand.

Whoever took a case knows of it, whatever a network says afterwards about the text that told them.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Connection,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    type_coerce,
)

from engine.invariants.accepting import AT_MOST
from engine.invariants.violation import Violation
from engine.store.instant import Instant
from engine.store.tables import alerts, cases, journal, notifications

REACHED_WITHIN = timedelta(minutes=5)
"""Longer than this from deciding to handing on is an outage (reliability reference, section 3)."""

_SAME_CALL = 60 * 1_000_000
"""Microseconds. Who is called because another one's phone refused, so soon after a third was
reached, belongs to the call that reached them."""

_n = notifications.c
_EVER = (
    select(
        _n.case_id,
        func.max(_n.decided_at)
        .filter(_n.decided_at <= bindparam("latest", type_=Instant), _n.state != "cancelled")
        .label("asked"),
        func.max(_n.settled_at).filter(_n.state.in_(("handed_off", "delivered"))).label("reached"),
    )
    .select_from(notifications.join(alerts, alerts.c.id == _n.alert_id))
    .where(
        alerts.c.track == "duty",
        _n.case_id.in_(  # of the cases that are open now, however many there ever were
            select(cases.c.id).where(
                cases.c.due_at.is_not(None), cases.c.status.in_(("open", "standing"))
            )
        ),
    )
    .group_by(_n.case_id)
    .subquery()
)
_owned, _woken = journal.alias("owned"), journal.alias("woken")
_WOKEN_SINCE = exists().where(
    _woken.c.stream == _owned.c.stream,
    _woken.c.n > _owned.c.n,
    _woken.c.kind == "track_woken",
    _woken.c.at <= bindparam("latest", type_=Instant),
)
_TAKEN = exists().where(  # after the page, not with it: one decision can take and ask anew
    _owned.c.stream == cases.c.id,
    _owned.c.kind == "owned",
    _owned.c.at > func.coalesce(_EVER.c.asked, cases.c.opened_at),
    ~_WOKEN_SINCE,
)
_UNREACHED = (
    select(cases.c.id, cases.c.incident)
    .select_from(cases.outerjoin(_EVER, _EVER.c.case_id == cases.c.id))
    .where(
        cases.c.due_at.is_not(None),  # I7 looks for an open case that owes nothing
        cases.c.status.in_(("open", "standing")),
        cases.c.opened_at <= bindparam("latest", type_=Instant),
        or_(
            _EVER.c.case_id.is_(None),
            and_(_EVER.c.reached.is_(None), _EVER.c.asked.is_not(None)),
            type_coerce(_EVER.c.reached, BigInteger) + _SAME_CALL
            < type_coerce(_EVER.c.asked, BigInteger),
        ),
        ~_TAKEN,
    )
    .order_by(cases.c.severity, cases.c.opened_at)
    .limit(AT_MOST)
)


def check(conn: Connection, *, now: datetime, up_since: datetime | None) -> Iterator[Violation]:
    """List open cases that nobody has in hand and nobody on duty was told of in time.

    Silent while the engine has not been up for that long: it may be catching up.
    """
    if up_since is None or now - up_since < REACHED_WITHIN:
        return
    for row in conn.execute(_UNREACHED, {"latest": now - REACHED_WITHIN}):
        yield Violation(
            invariant="I23",
            row=row.id,
            what="Nobody on duty has been reached about this case.",
            remedy="Take it on the board now, and look which channels fail.",
        )
