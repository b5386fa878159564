"""I4: what is due is decided in time, while the engine has been up long enough."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select

from engine.invariants.accepting import AT_MOST
from engine.invariants.violation import Violation
from engine.store.instant import Instant
from engine.store.tables import cases, instances

LATE_AFTER = timedelta(seconds=30)
"""How late a step may be (reliability reference, section 3)."""

WARM_UP = timedelta(seconds=60)
"""An engine that has just started may still be catching up."""

OUTAGE_AFTER = timedelta(minutes=5)
"""So late is an outage, whoever has just been started."""

SILENT_AFTER = timedelta(seconds=30)
"""A process that said nothing for so long is gone."""

_LATE = (
    select(cases.c.id, cases.c.due_at)
    .where(cases.c.due_at < bindparam("latest", type_=Instant))
    .order_by(cases.c.due_at)
    .limit(AT_MOST)
)
_ALIVE = select(instances.c.roles, instances.c.started_at).where(
    instances.c.beat_at >= bindparam("since", type_=Instant)
)


def check(conn: Connection, *, now: datetime, up_since: datetime | None) -> Iterator[Violation]:
    """List cases overdue by more than `LATE_AFTER`. Silent while the engine warms up."""
    if up_since is None or now - up_since < WARM_UP + LATE_AFTER:
        return
    patience = LATE_AFTER
    if now - max(up_since, _timers_since(conn, now) or up_since) < WARM_UP + LATE_AFTER:
        patience = OUTAGE_AFTER
    for row in conn.execute(_LATE, {"latest": now - patience}):
        late = int((now - row.due_at).total_seconds())
        yield Violation(
            invariant="I4",
            row=row.id,
            what=f"This case should have been looked at {late} s ago.",
            remedy="Look whether the timers run: `tocsin doctor`; then restart the engine.",
        )


def _timers_since(conn: Connection, now: datetime) -> datetime | None:
    """When the longest of the living processes with timers began; None: nobody says so."""
    alive = conn.execute(_ALIVE, {"since": now - SILENT_AFTER})
    return min((row.started_at for row in alive if "timers" in row.roles.split()), default=None)
