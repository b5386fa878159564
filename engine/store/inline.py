"""The same writer and reader without threads: for the simulator and for tests."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from engine.store.database import Database, checkpoint, open_for, read, transact

T = TypeVar("T")


class InlineWriter:
    """`engine.ports.Writer` that blocks its caller: one interpreter, one order of everything."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._conn: Connection | None = None

    async def run(self, fn: Callable[[Connection], T]) -> T:
        """Run `fn` inside BEGIN IMMEDIATE … COMMIT; durable when this returns."""
        if self._conn is None or self._conn.invalidated:
            self._conn = open_for(self._database.writer)
        return transact(self._conn, fn)

    def close(self) -> None:
        """Close the connection."""
        if self._conn is not None:
            self._conn.close()
            self._conn = None


class InlineReader:
    """`engine.ports.Reader` that blocks its caller."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._conn: Connection | None = None

    async def run(self, fn: Callable[[Connection], T]) -> T:
        """Run `fn` on one consistent view that cannot write."""
        if self._conn is None or self._conn.invalidated:
            self._conn = self._database.reader()
        return read(self._conn, fn)

    async def checkpoint(self) -> None:
        """Keep the write-ahead log short."""
        conn = self._database.checkpointer()
        if conn is not None:
            try:
                checkpoint(conn)
            finally:
                conn.close()

    def close(self) -> None:
        """Close the connection."""
        if self._conn is not None:
            self._conn.close()
            self._conn = None
