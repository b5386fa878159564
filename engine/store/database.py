"""Opening the database: how SQLite must be set so that what it says is durable, is.

How PostgreSQL must be set is said in `engine.store.postgres`. Figures: core reference section 2.
The write-ahead log is kept short by both a large automatic checkpoint and a passive one every half
second; either alone gives gigabyte logs or long pauses.

A checkpoint and a transaction that writes never run at once (`Database.turn`): up to SQLite 3.51.2,
a commit that begins the log anew during a checkpoint may leave the file malformed, or lose what was
committed (the "WAL-reset bug", sqlite.org/wal.html; systems ship such versions for years). Only one
process writes to a file, so that nobody else can meet it either.
"""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from sqlite3 import SQLITE_FULL
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool, PoolProxiedConnection

from engine.store import postgres
from engine.store.locks import FileLock

T = TypeVar("T")

BUSY_TIMEOUT_MS = 5_000
"""How long a connection waits for another one's lock before it says so."""
AUTOCHECKPOINT_PAGES = 20_000
READER = {"tocsin_begin": "BEGIN"}
"""Execution options of a connection that only reads."""

__all__ = ["Database", "NotCommittedError", "StoreError", "is_full", "read", "transact"]


class StoreError(Exception):
    """The store cannot be used; the message says why and what to do."""


class NotCommittedError(SQLAlchemyError):
    """The store undid a transaction that may succeed when it is run again: nothing of it is left.

    Its cause says why: a deadlock, a lock that was not given, a connection that was lost before the
    commit was asked for.
    """


class Database:
    """One database, by SQLAlchemy URL: `sqlite:///file` or `postgresql://user@host/name`.

    `exclusive` takes the file lock of a running engine; a server needs none. Raises StoreError for
    an URL that cannot work, and `locks.FileInUseError` when another engine runs on the same file.
    """

    def __init__(self, url: str, *, exclusive: bool = True) -> None:
        self.url = _url(url)
        self._lock: FileLock | None = None
        self._turn = Lock() if self.sqlite else None
        arguments: dict[str, Any] = {}
        more: dict[str, Any] = {}
        if self.sqlite:
            if not self.url.database or self.url.database == ":memory:":
                raise StoreError(
                    "A database in memory keeps no promise: name a file, for example "
                    "sqlite:///var/tocsin.sqlite"
                )
            path = Path(self.url.database)
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if exclusive:
                self._lock = FileLock(path)
            _make_private(path)
            arguments = {
                "isolation_level": None,  # ours are BEGIN and COMMIT, never the driver's
                "check_same_thread": False,
                "cached_statements": 512,
                "timeout": BUSY_TIMEOUT_MS / 1000,
            }
        else:
            arguments = postgres.connect_arguments(self.url)
            more = {"use_native_hstore": False}  # its look at the types costs a start a round trip
        self.engine: Engine = create_engine(
            self.url,
            poolclass=NullPool,
            connect_args=arguments,
            query_cache_size=1_000,
            hide_parameters=True,  # an error must not carry into a log what it failed to store
            **more,
        )
        if self.sqlite:
            event.listen(self.engine, "connect", _set_up)
            event.listen(self.engine, "begin", _begin)
        else:
            event.listen(self.engine, "connect", _set_up_session)
            event.listen(self.engine, "handle_error", postgres.judge)

    @property
    def sqlite(self) -> bool:
        """Whether it is one file of one process."""
        return self.url.get_backend_name() == "sqlite"

    def turn(self) -> AbstractContextManager[object]:
        """Held while a transaction writes, and while a checkpoint runs: see the module's words."""
        return self._turn if self._turn is not None else nullcontext()

    def writer(self) -> Connection:
        """A connection whose transactions begin by taking the write lock."""
        return self.engine.connect()

    def reader(self) -> Connection:
        """A connection that cannot write."""
        conn = self.engine.connect().execution_options(**READER)
        if self.sqlite:
            conn.exec_driver_sql("PRAGMA query_only=ON")
            conn.rollback()
        else:
            try:
                postgres.set_up(conn.connection.dbapi_connection, postgres.READER)
            except OperationalError:
                drop(conn)
                raise
        return conn

    def checkpointer(self) -> PoolProxiedConnection | None:
        """A driver's connection for `checkpoint`; None where the server looks after itself."""
        return self.engine.raw_connection() if self.sqlite else None

    def close(self) -> None:
        """Give the file back. Connections are closed by those who opened them."""
        self.engine.dispose()
        if self._lock is not None:
            self._lock.release()


def transact(conn: Connection, fn: Callable[[Connection], T]) -> T:
    """Run `fn` in a transaction, durable when this returns; whatever it raises undoes it.

    Raises NotCommittedError where the store itself undid it and may take it the next time. Any
    other error of a lost connection says that nobody knows whether it was committed.
    """
    try:
        with conn.begin():
            try:
                return fn(conn)
            except DBAPIError as error:
                if error.connection_invalidated:
                    raise NotCommittedError("the connection was lost before the commit") from error
                raise
    except DBAPIError as error:
        if postgres.rolled_back(error):
            raise NotCommittedError("the store undid the transaction") from error
        raise


def is_full(error: BaseException) -> bool:
    """Whether the store refused because its disk has no room."""
    said = error.orig if isinstance(error, DBAPIError) else None
    return (
        getattr(said, "sqlstate", None) == postgres.DISK_FULL
        or getattr(said, "sqlite_errorcode", None) == SQLITE_FULL
    )


def open_for(connect: Callable[[], Connection]) -> Connection:
    """A connection to write with. Raises NotCommittedError while the server is away."""
    try:
        return connect()
    except OperationalError as error:
        raise NotCommittedError("the store does not answer") from error


def drop(conn: Connection | PoolProxiedConnection) -> None:
    """Close a connection, also one that was lost: whatever that says concerns nobody."""
    with suppress(DBAPIError):
        conn.close()


def read(conn: Connection, fn: Callable[[Connection], T]) -> T:
    """Run `fn` on one consistent view, and end that view."""
    view = conn.begin()
    try:
        return fn(conn)
    finally:
        view.rollback()


def checkpoint(conn: PoolProxiedConnection) -> None:
    """Move what is committed from the log into the file, as far as nobody is in the way.

    Below SQLAlchemy, which would begin a transaction: inside one there is no checkpoint.
    """
    cursor = conn.cursor()
    cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
    cursor.fetchall()
    cursor.close()


def _url(url: str) -> URL:
    try:
        made = make_url(url)
    except ArgumentError:
        made = None
    if made is not None and made.drivername in postgres.NAMES:
        return made.set(drivername=postgres.DRIVER)
    if made is None or made.get_backend_name() != "sqlite":
        raise StoreError(
            "A database is named like sqlite:///var/tocsin.sqlite or "
            "postgresql://user@host/name (settings: database)"
        )
    return made


def _set_up_session(connection: Any, record: Any) -> None:
    postgres.set_up(connection, postgres.SETTINGS)


def _set_up(connection: Any, record: Any) -> None:
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"wal_autocheckpoint={AUTOCHECKPOINT_PAGES}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(conn: Connection) -> None:
    begin = conn.get_execution_options().get("tocsin_begin", "BEGIN IMMEDIATE")
    conn.exec_driver_sql(begin)


def _make_private(path: Path) -> None:
    """A new database file is its owner's alone; what was there keeps its mode."""
    if not path.exists():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
