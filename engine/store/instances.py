"""Running engines: who is alive, under which name, and whose work is nobody's any more.

A run is called `instance#epoch`. The epoch grows with every start, and when a run is given up: what
bears an older name belongs to nobody, and whoever still runs under one must leave.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from engine.store.dialect import insert_or_update
from engine.store.tables import instances, notifications

ID_MOST = 50
"""Characters of an instance's own name; the epoch follows."""

_i = instances.c

SAVE = insert_or_update(
    instances,
    keys=("id",),
    changes={"epoch": _i.epoch + 1, "roles": ..., "started_at": ..., "beat_at": ...},
)
EPOCH = select(_i.epoch).where(_i.id == bindparam("of_id"))
BEAT = (
    update(instances)
    .where(_i.id == bindparam("of_id"), _i.epoch == bindparam("of_epoch"))
    .values(beat_at=bindparam("now"))
)
BEATS = select(_i.id, _i.epoch, _i.beat_at).order_by(_i.id)
GIVE_UP = (
    update(instances)
    .where(_i.id == bindparam("of_id"), _i.epoch == bindparam("of_epoch"))
    .values(epoch=_i.epoch + 1)
)
GIVE_UP_OTHERS = update(instances).where(_i.id != bindparam("of_id")).values(epoch=_i.epoch + 1)
GIVE_UP_SILENT = GIVE_UP.where(_i.beat_at == bindparam("last"))
ROLES_SINCE = select(_i.roles).where(_i.beat_at >= bindparam("since"))
FORGET = delete(instances).where(_i.beat_at < bindparam("before"))
SENDERS = (
    select(notifications.c.instance)
    .where(notifications.c.state == "sending")
    .distinct()
    .order_by(notifications.c.instance)
)


def name_of(id: str, epoch: int) -> str:
    """What a run is called wherever it claims something."""
    return f"{id}#{epoch}"


def start(conn: Connection, *, id: str, roles: str, now: datetime) -> str:
    """Note that an instance starts; return the name of this run."""
    id = id[:ID_MOST]
    conn.execute(SAVE, {"id": id, "epoch": 1, "roles": roles, "started_at": now, "beat_at": now})
    return name_of(id, int(conn.execute(EPOCH, {"of_id": id}).scalar_one()))


def beat(conn: Connection, *, name: str, now: datetime) -> bool:
    """Note that this run is alive; False when it was given up, or another one took its name."""
    return conn.execute(BEAT, {**_parts(name), "now": now}).rowcount == 1


def beats(conn: Connection) -> dict[str, datetime]:
    """The runs that are in force, and when each last said that it is alive."""
    return {name_of(row.id, row.epoch): row.beat_at for row in conn.execute(BEATS)}


def lives(conn: Connection) -> dict[str, datetime]:
    """When each engine last said that it is alive, by the name that its restarts keep."""
    return {row.id: row.beat_at for row in conn.execute(BEATS)}


def has_role(conn: Connection, role: str, *, since: datetime) -> bool:
    """Whether a run with this role said since then that it lives, by its own clock."""
    found = conn.execute(ROLES_SINCE, {"since": since}).scalars()
    return any(role in roles.split() for roles in found)


def senders(conn: Connection) -> tuple[str, ...]:
    """The names under which messages are being sent."""
    return tuple(conn.execute(SENDERS).scalars())


def end(conn: Connection, *, name: str) -> None:
    """Note that this run is over: what it left half done is taken at once."""
    conn.execute(GIVE_UP, _parts(name))


def give_up(conn: Connection, *, name: str, last: datetime) -> bool:
    """Take a silent run out of force; False when it spoke since `last`, or is gone already."""
    return conn.execute(GIVE_UP_SILENT, {**_parts(name), "last": last}).rowcount == 1


def give_up_others(conn: Connection, *, name: str) -> None:
    """Take everybody else out of force: for whoever knows that it is alone."""
    conn.execute(GIVE_UP_OTHERS, {"of_id": _parts(name)["of_id"]})


def forget(conn: Connection, *, before: datetime) -> int:
    """Drop the rows of those that said nothing since; return how many. Take over first."""
    return conn.execute(FORGET, {"before": before}).rowcount


def not_in_force(names: Iterable[str], runs: Iterable[str]) -> tuple[str, ...]:
    """Those of these names under which nobody may work any more."""
    return tuple(sorted(set(names) - set(runs)))


def _parts(name: str) -> dict[str, object]:
    id, _, epoch = name.rpartition("#")
    return {"of_id": id, "of_epoch": int(epoch)}
