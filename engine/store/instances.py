"""Running engines: who is alive, and what the dead left half done."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from engine.store.dialect import insert_or_update
from engine.store.tables import instances

SAVE = insert_or_update(
    instances,
    keys=("id",),
    changes={"epoch": instances.c.epoch + 1, "roles": ..., "started_at": ..., "beat_at": ...},
)
EPOCH = select(instances.c.epoch).where(instances.c.id == bindparam("id"))
BEAT = (
    update(instances).where(instances.c.id == bindparam("of_id")).values(beat_at=bindparam("now"))
)


def start(conn: Connection, *, id: str, roles: str, now: datetime) -> int:
    """Note that an instance starts; returns its epoch, which grows with every start."""
    conn.execute(SAVE, {"id": id, "epoch": 1, "roles": roles, "started_at": now, "beat_at": now})
    return int(conn.execute(EPOCH, {"id": id}).scalar_one())


def beat(conn: Connection, *, id: str, now: datetime) -> None:
    """Note that it is alive."""
    conn.execute(BEAT, {"of_id": id, "now": now})
