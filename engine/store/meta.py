"""Single values about the whole engine: versions in force, stopped, put back."""

from sqlalchemy import Connection, bindparam, select

from engine.store.dialect import insert_or_update
from engine.store.tables import meta

READ = select(meta.c.key, meta.c.value)
READ_ONE = select(meta.c.value).where(meta.c.key == bindparam("key"))
WRITE = insert_or_update(meta, keys=("key",), changes={"value": ...})


def read(conn: Connection, key: str) -> str:
    """The value, or empty."""
    return str(conn.execute(READ_ONE, {"key": key}).scalar() or "")


def write(conn: Connection, key: str, value: str) -> None:
    """Set a value."""
    conn.execute(WRITE, {"key": key, "value": value})


def read_all(conn: Connection) -> dict[str, str]:
    """Every value: there is a handful."""
    return {row.key: row.value for row in conn.execute(READ)}


def is_on(conn: Connection, key: str) -> bool:
    """Whether a switch (`stopped`) is on."""
    return read(conn, key) == "1"
