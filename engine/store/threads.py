"""The writer and readers of production: the only threads of the engine."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.pool import PoolProxiedConnection

from engine.store.database import Database, checkpoint, read, transact

T = TypeVar("T")

READERS = 2


class ThreadWriter:
    """`engine.ports.Writer` on a thread of its own, over one connection that stays open."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tocsin-writer")
        self._conn: Connection | None = None

    async def run(self, fn: Callable[[Connection], T]) -> T:
        """Run `fn` inside BEGIN IMMEDIATE … COMMIT; durable when this returns."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, self._transact, fn)

    def close(self) -> None:
        """End after the transaction that runs now; later ones are refused."""
        self._executor.submit(self._close)
        self._executor.shutdown(wait=True)

    def _transact(self, fn: Callable[[Connection], T]) -> T:
        if self._conn is None or self._conn.invalidated:
            self._close()
            self._conn = self._database.writer()
        return transact(self._conn, fn)

    def _close(self) -> None:
        if self._conn is not None:
            self._conn.close()
            self._conn = None


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
            conn.close()

    def _read(self, fn: Callable[[Connection], T]) -> T:
        conn: Connection | None = getattr(self._own, "conn", None)
        if conn is None or conn.invalidated:
            conn = self._own.conn = self._database.reader()
            self._opened.append(conn)
        return read(conn, fn)

    def _checkpoint(self) -> None:
        if self._checkpointer is None:
            self._checkpointer = self._database.checkpointer()
            if self._checkpointer is None:
                return
            self._opened.append(self._checkpointer)
        checkpoint(self._checkpointer)
