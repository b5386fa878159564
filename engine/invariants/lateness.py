"""I4: what is due is decided in time, while the engine has been up long enough."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select

from engine.invariants.accepting import AT_MOST
from engine.invariants.violation import Violation
from engine.store.instant import Instant
from engine.store.tables import cases

LATE_AFTER = timedelta(seconds=30)
"""How late a step may be (reliability reference, section 3)."""

WARM_UP = timedelta(seconds=60)
"""An engine that has just started may still be catching up."""

_LATE = (
    select(cases.c.id, cases.c.due_at)
    .where(cases.c.due_at < bindparam("latest", type_=Instant))
    .order_by(cases.c.due_at)
    .limit(AT_MOST)
)


def check(conn: Connection, *, now: datetime, up_since: datetime | None) -> Iterator[Violation]:
    """List cases overdue by more than `LATE_AFTER`. Silent while the engine warms up."""
    if up_since is None or now - up_since < WARM_UP + LATE_AFTER:
        return
    for row in conn.execute(_LATE, {"latest": now - LATE_AFTER}):
        late = int((now - row.due_at).total_seconds())
        yield Violation(
            invariant="I4",
            row=row.id,
            what=f"This case should have been looked at {late} s ago.",
            remedy="Look whether the timers run: `tocsin doctor`; then restart the engine.",
        )
