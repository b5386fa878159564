"""Whom a message was for, by its key: what an answer by mail names."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from engine.store.among import among
from engine.store.tables import alerts, notifications
from schemas.codes import TrackName

FOR_WHOM = (
    select(
        notifications.c.key,
        notifications.c.alert_id,
        notifications.c.contact,
        notifications.c.endpoint,
        alerts.c.track,
    )
    .select_from(notifications.outerjoin(alerts, alerts.c.id == notifications.c.alert_id))
    .where(among(notifications.c.key, "keys"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailed:
    """One message of ours."""

    key: str
    alert: str
    contact: str
    endpoint: str
    """`channel:endpoint id`."""
    ours: bool
    """Whether it went to one of our own people."""


def mailed(conn: Connection, keys: Iterable[str]) -> dict[str, Mailed]:
    """The messages of these keys, as far as they are ours."""
    rows = conn.execute(FOR_WHOM, {"keys": list(keys)})
    return {
        row.key: Mailed(
            key=row.key,
            alert=row.alert_id,
            contact=row.contact,
            endpoint=row.endpoint,
            ours=row.track in (None, TrackName.DUTY),
        )
        for row in rows
    }
