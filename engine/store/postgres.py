"""PostgreSQL: how each session must be set, so that none waits for ever and none is in doubt.

A process that was stopped holds its locks until the server ends its idle transaction; whoever waits
for them is told after the lock time-out that nothing happened, and tries again. A server behind a
dead network is noticed by the driver, not after the hours that TCP would take.
"""

import hashlib
from typing import Any

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.types import BigInteger

DRIVER = "postgresql+psycopg"
NAMES = ("postgresql", "postgresql+psycopg")
"""URL schemes that mean PostgreSQL by psycopg 3."""

ROLLED_BACK = frozenset(("40001", "40P01", "55P03", "25P03", "57014"))
"""SQLSTATEs after which nothing of the transaction is left and the same one may succeed:
serialization failure, deadlock, lock time-out, idle for too long, statement time-out."""

DISK_FULL = "53100"
"""SQLSTATE of a server without room."""
READ_ONLY = "25006"
"""SQLSTATE of a server that became a standby under a session that outlived it."""

SETTINGS = {
    "lock_timeout": "4s",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "10s",
    # Whoever was killed while it waited for a lock gives back those it had.
    "client_connection_check_interval": "1s",
    "default_transaction_isolation": "read committed",
    "default_transaction_read_only": "off",
    "timezone": "UTC",
    # A statement that was planned while a table was empty must not scan it when it is full.
    "enable_seqscan": "off",
    # Ours are short reads and writes by key: compiling them costs more than running them.
    "jit": "off",
}
READER = {
    "default_transaction_isolation": "repeatable read",
    "default_transaction_read_only": "on",
    "enable_seqscan": "on",
    "lock_timeout": "2s",
}
"""What differs for a connection that only reads: one snapshot for each look, and no writing."""

CONNECT = {
    "application_name": "tocsin",
    "connect_timeout": "5",
    "keepalives": "1",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
    # Among several hosts the one that takes writes; never a standby that lags behind.
    "target_session_attrs": "read-write",
}

PREPARED_AT_MOST = 400
"""Statements a session keeps prepared: all of ours, in each of the sizes their lists come in."""

LOCK = text("SELECT pg_advisory_xact_lock(k) FROM unnest(:keys) AS k").bindparams(
    bindparam("keys", type_=ARRAY(BigInteger))
)

TEXT_AS_BYTES = text(
    """
    DO $$ DECLARE each record; BEGIN
      FOR each IN
        SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = current_schema() AND data_type = 'character varying'
          AND table_name <> 'alembic_version'
      LOOP
        EXECUTE format('ALTER TABLE %I ALTER COLUMN %I TYPE text COLLATE "C"',
                       each.table_name, each.column_name);
      END LOOP;
    END $$
    """
)
"""Makes text what it is on SQLite: ordered by its bytes, as our locks are, whatever the server's
language, so that no upgrade of its libraries breaks an index; and of any length. What is too long
is refused where it comes in: a name that is one letter too long must not cost an alert."""


_PRIMARY = {
    "23505": "UNIQUE constraint failed",
    "23502": "NOT NULL constraint failed",
    READ_ONLY: "cannot write: readonly",
    "40001": "could not be serialized",
    "40P01": "deadlock",
    "55P03": "a lock was not given in time",
    "57014": "took too long",
    "P0001": "the journal only grows",
}


def connect_arguments(url: URL) -> dict[str, Any]:
    """Arguments of the driver; what the URL says itself stays."""
    given = {name: value for name, value in CONNECT.items() if name not in url.query}
    return {**given, "prepare_threshold": 3}


def set_up(connection: Any, settings: dict[str, str]) -> None:
    """Set a new session, in one round trip. `connection`: the driver's, idle.

    Raises OperationalError when it is lost meanwhile: below SQLAlchemy the driver's own error would
    come up, which nobody who waits for a store knows as such.
    """
    try:
        _set_up(connection, settings)
    except connection.Error as error:
        raise OperationalError(None, None, error, connection_invalidated=True) from error


def _set_up(connection: Any, settings: dict[str, str]) -> None:
    connection.prepared_max = PREPARED_AT_MOST
    was, connection.autocommit = connection.autocommit, True
    values = ", ".join("set_config(%s, %s, false)" for _ in settings)
    pairs = [part for pair in settings.items() for part in pair]
    connection.execute(f"SELECT {values}", pairs)
    # A server may trade durability for speed; what we accepted is on disk all the same.
    connection.execute(
        "SELECT set_config('synchronous_commit', 'on', false) "
        "WHERE current_setting('synchronous_commit') = 'off'"
    )
    connection.autocommit = was


def judge(context: ExceptionContext) -> None:
    """Take what could not be stored out of an error: the server quotes it, and logs are read.

    A session that may only read is given up: the next one finds the server that takes writes.
    """
    error = context.original_exception
    state = getattr(error, "sqlstate", None)
    if state is None:  # the driver's own words, about a connection
        return
    if state == READ_ONLY:
        context.is_disconnect = True
    diagnosis = getattr(error, "diag", None)
    broken = getattr(diagnosis, "constraint_name", None) or getattr(diagnosis, "table_name", None)
    error.args = (f"{_PRIMARY.get(state, 'refused')} ({state}{f', {broken}' if broken else ''})",)
    if context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = error.args


def advisory_key(kind: str, name: str) -> int:
    """The number under which PostgreSQL locks something that has no row, by its name."""
    digest = hashlib.sha256(f"{kind}\0{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def lock_names(conn: Connection, kind: str, names: set[str]) -> None:
    """Hold these names until the transaction ends; waits for whoever holds them, in one order."""
    conn.execute(LOCK, {"keys": sorted(advisory_key(kind, name) for name in names)})


def rolled_back(error: DBAPIError) -> bool:
    """Whether the server says that nothing of this transaction is left, and that it may succeed."""
    return getattr(error.orig, "sqlstate", None) in ROLLED_BACK
