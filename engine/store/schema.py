"""Which version of the tables a database has, and bringing it to the one this release needs."""

from pathlib import Path

from sqlalchemy import Connection, Select, column, select, table
from sqlalchemy.exc import OperationalError, ProgrammingError

from engine.store.database import Database, StoreError, transact
from engine.store.dialect import hold, is_sqlite
from engine.store.postgres import TEXT_AS_BYTES

NEEDED = "0012"
"""The newest migration; a test compares it with the files."""

_VERSION: Select[str] = select(column("version_num")).select_from(table("alembic_version"))


class SchemaVersionError(StoreError):
    """The tables are not those of this release; the message says what to do."""


def upgrade(database: Database) -> None:
    """Make or change the tables until they are those of this release; all of it or nothing."""
    conn = database.writer()
    try:
        if version(conn) != NEEDED:
            transact(conn, migrate)
    finally:
        conn.close()


def check_version(conn: Connection) -> None:
    """Raises SchemaVersionError unless the tables are those of this release."""
    found = version(conn)
    if found == NEEDED:
        return
    if found is None:
        raise SchemaVersionError("This database has no tables yet. Run `tocsin init`.")
    raise SchemaVersionError(
        f"The tables are of version {found}, this release needs {NEEDED}. "
        + (
            "Run `tocsin init` to bring them up."
            if found < NEEDED
            else "Start the newer release that made them, or restore a backup."
        )
    )


def version(conn: Connection) -> str | None:
    """The version of the tables, or None where there are none. Ends its own read."""
    try:
        found = conn.execute(_VERSION).scalar_one_or_none()
    except ProgrammingError:
        found = None
    except OperationalError:
        if not is_sqlite(conn):  # a server that is away says nothing about its tables
            raise
        found = None
    conn.rollback()
    return found


def migrate(conn: Connection, *, to: str = "head") -> None:
    """Make or change the tables until they are of version `to`, in the caller's transaction."""
    # Imported here: 0.2 s that no other command has to pay.
    from alembic import command
    from alembic.config import Config

    if not is_sqlite(conn):  # two that start at once: the second finds it done
        conn.exec_driver_sql("SET LOCAL statement_timeout = 0")
        hold(conn, "schema", {"migration"})
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = conn
    command.upgrade(config, to)
    if not is_sqlite(conn):
        conn.execute(TEXT_AS_BYTES)
