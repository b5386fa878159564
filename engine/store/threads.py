"""The writer and readers of production: the only threads of the engine."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection

from engine.clock import Clock, SystemClock
from engine.store.database import (
    Database,
    NotCommittedError,
    checkpoint,
    drop,
    open_for,
    read,
    transact,
)

T = TypeVar("T")

READERS = 2


AGAIN_AFTER = (0.01, 0.05, 0.2, 0.5, 1.0, 1.0)
"""Seconds before each further try of a transaction that a server undid: a restart takes about
three seconds, the winner of a deadlock some milliseconds."""


class ThreadWriter:
    """`engine.ports.Writer` on a thread of its own, over one connection that stays open.

    A transaction that the store is known to have undone is run again, a few times; one of unknown
    outcome never, since only its author can tell whether twice is harmless.
    """

    def __init__(self, database: Database, *, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tocsin-writer")
        self._conn: Connection | None = None

    async def run(self, fn: Callable[[Connection], T]) -> T:
        """Run `fn` inside BEGIN IMMEDIATE … COMMIT; durable when this returns.

        Raises NotCommittedError where the store undid it again and again.
        """
        loop = asyncio.get_running_loop()
        for pause in AGAIN_AFTER:
            try:
                return await loop.run_in_executor(self._executor, self._transact, fn)
            except NotCommittedError:
                await self._clock.sleep(pause)
        return await loop.run_in_executor(self._executor, self._transact, fn)

    def close(self) -> None:
        """End after the transaction that runs now; later ones are refused."""
        self._executor.submit(self._close)
        self._executor.shutdown(wait=True)

    def _transact(self, fn: Callable[[Connection], T]) -> T:
        if self._conn is None or self._conn.invalidated:
            self._close()
            self._conn = open_for(self._database.writer)
        with self._database.turn():
            return transact(self._conn, fn)

    def _close(self) -> None:
        conn, self._conn = self._conn, None
        if conn is not None:
            drop(conn)


class ThreadReader:
    """`engine.ports.Reader` on a small pool; also runs the passive checkpoint."""

    def __init__(self, database: Database, *, threads: int = READERS) -> None:
        self._database = database
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="tocsin-reader")
        self._own = threading.local()
        self._opened: list[Connection | PoolProxiedConnection] = []
        self._checkpointer: PoolProxiedConnection | None = None

    async def run(self, fn: Callable[[Connection], T]) -> T:
        """Run `fn` on one consistent view that cannot write."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, self._read, fn)

    async def checkpoint(self) -> None:
        """Keep the write-ahead log short; does nothing where there is none."""
        await asyncio.get_running_loop().run_in_executor(self._executor, self._checkpoint)

    def close(self) -> None:
        """End after the reads that run now."""
        self._executor.shutdown(wait=True)
        for conn in self._opened:
            drop(conn)

    def _read(self, fn: Callable[[Connection], T]) -> T:
        """Once more on a new connection where the old one was lost: a look twice is harmless."""
        try:
            return read(self._connection(), fn)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        return read(self._connection(), fn)

    def _connection(self) -> Connection:
        conn: Connection | None = getattr(self._own, "conn", None)
        if conn is None or conn.invalidated:
            if conn is not None:
                self._opened.remove(conn)
                drop(conn)
            self._own.conn = None
            conn = self._own.conn = self._database.reader()
            self._opened.append(conn)
        return conn

    def _checkpoint(self) -> None:
        if self._checkpointer is None:
            self._checkpointer = self._database.checkpointer()
            if self._checkpointer is None:
                return
            self._opened.append(self._checkpointer)
        with self._database.turn():
            checkpoint(self._checkpointer)
