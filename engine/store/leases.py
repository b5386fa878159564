"""Who alone may do a thing, of all that run: a row that names its holder, changed by comparing."""

from sqlalchemy import Connection, bindparam, select, update

from engine.store.dialect import insert_or_ignore
from engine.store.tables import meta

RELAY = "relay_lease"
"""Publishing the outbox: two at once would mix up the order within a case."""

MAKE = insert_or_ignore(meta)
HOLDER = select(meta.c.value).where(meta.c.key == bindparam("of_key"))
HELD = HOLDER.with_for_update(read=True)
TAKE = (
    update(meta)
    .where(meta.c.key == bindparam("of_key"), meta.c.value == bindparam("instead_of"))
    .values(value=bindparam("name"))
)


def holder(conn: Connection, lease: str) -> str:
    """The name of the run that holds it; empty where nobody ever did."""
    return str(conn.execute(HOLDER, {"of_key": lease}).scalar() or "")


def is_held(conn: Connection, lease: str, *, by: str) -> bool:
    """Whether this run holds it, and will until the transaction ends."""
    return bool(conn.execute(HELD, {"of_key": lease}).scalar() == by)


def take(conn: Connection, lease: str, *, by: str, instead_of: str) -> bool:
    """Take it from whoever held it when we looked; False when somebody else was quicker."""
    conn.execute(MAKE, {"key": lease, "value": ""})
    given = {"of_key": lease, "instead_of": instead_of, "name": by}
    return conn.execute(TAKE, given).rowcount == 1
