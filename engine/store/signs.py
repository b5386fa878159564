"""What the store knows of how the engine itself is: who is alive, what came through, what waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import Connection, and_, func, select

from engine.store import canaries, meta
from engine.store.instant import from_micros, to_micros
from engine.store.tables import cases, instances, journal, outbox
from schemas.set_aside import SetAside

AUDITED = "audited_at"
"""In `meta`: when everything was last found in order, microseconds since 1970."""

BEATS = select(instances.c.roles, instances.c.beat_at, instances.c.started_at)
BACKLOG = select(func.count()).select_from(outbox)
OLDEST = (  # one row, by two primary keys
    select(outbox.c.body, journal.c.at)
    .outerjoin_from(
        outbox, journal, and_(journal.c.stream == outbox.c.key, journal.c.n == outbox.c.n)
    )
    .where(outbox.c.id == select(func.min(outbox.c.id)).scalar_subquery())
)
INCIDENTS = (
    select(cases.c.incident, func.min(cases.c.opened_at).label("at"))
    .where(  # whatever is open is due at some time: the small index, not all cases there ever were
        cases.c.kind == "incident", cases.c.status == "open", cases.c.due_at.is_not(None)
    )
    .group_by(cases.c.incident)
    .order_by(cases.c.incident)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One look."""

    alive: Mapping[str, datetime]
    """Role -> newest sign of life of a process that has it."""
    started_at: datetime | None
    """The newest start of any process."""
    canaries: Mapping[str, datetime]
    """Way -> when the newest that came through did so."""
    audited_at: datetime | None
    backlog: int
    """Facts that are not published yet."""
    oldest_waits_since: datetime | None
    """Since when the first of them waits."""
    incidents: Mapping[str, datetime]
    """Code of each kind that is open -> since when."""


def known(conn: Connection) -> Known:
    """Look."""
    alive: dict[str, datetime] = {}
    rows = conn.execute(BEATS).all()
    for row in rows:
        for role in row.roles.split():
            alive[role] = max(row.beat_at, alive.get(role, row.beat_at))
    audited = meta.read(conn, AUDITED)
    return Known(
        alive=alive,
        started_at=max((row.started_at for row in rows), default=None),
        canaries=canaries.newest(conn),
        audited_at=from_micros(int(audited)) if audited else None,
        backlog=conn.execute(BACKLOG).scalar_one(),
        oldest_waits_since=_oldest(conn),
        incidents={row.incident: row.at for row in conn.execute(INCIDENTS)},
    )


def _oldest(conn: Connection) -> datetime | None:
    """When the first fact that waits was written; None as well where that cannot be read."""
    row = conn.execute(OLDEST).one_or_none()
    if row is None or row.at is not None:
        return None if row is None else row.at
    try:  # what was put aside stands in no journal, and may have come before
        return SetAside.model_validate_json(row.body).at
    except ValidationError:  # how many wait is told all the same
        return None


def audited(conn: Connection, *, at: datetime) -> None:
    """Note that everything was found in order."""
    meta.write(conn, AUDITED, str(to_micros(at)))
