"""Two desks over one PostgreSQL, stepped: one is stopped where it matters while the other acts."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Connection, event

from engine.clock import ManualClock
from engine.store.database import Database
from tests.harness.postgres import PostgresServer
from tests.harness.stores import postgres_url
from tests.integration.engine.desk.room import START, Room, a_room

T = TypeVar("T")

COMMIT = "COMMIT"
WITHIN = 20.0
"""Seconds after which a step that does not come is a failure."""


class Gate:
    """Stops a process right before it sends a statement, or its commit, until it is let through."""

    def __init__(self, database: Database) -> None:
        self._at = ""
        self._reached = threading.Event()
        self._open = threading.Event()
        event.listen(database.engine, "before_cursor_execute", self._statement)
        event.listen(database.engine, "commit", self._commit)

    def shut(self, at: str) -> None:
        """Stop at the next statement that contains this, or before the next COMMIT."""
        self._reached.clear()
        self._open.clear()
        self._at = at

    async def reached(self) -> None:
        """Return when the process stands there."""
        assert await asyncio.to_thread(self._reached.wait, WITHIN), f"never came to {self._at}"

    def open(self) -> None:
        """Let it go on."""
        self._at = ""
        self._open.set()

    def _statement(self, conn: Connection, cursor: Any, statement: str, *_: Any) -> None:
        if self._at and self._at in statement:
            self._stop()

    def _commit(self, conn: Connection) -> None:
        if self._at == COMMIT:
            self._stop()

    def _stop(self) -> None:
        self._at = ""
        self._reached.set()
        assert self._open.wait(WITHIN), "nobody opened the gate"


class Two:
    """Two processes, `a` and `b`, and what the server says about them."""

    def __init__(self, a: Room, b: Room, url: str) -> None:
        self.a, self.b = a, b
        self.gate = Gate(a.database)
        self._url = url

    async def while_a(
        self, doing: Awaitable[T], at: str, then: Awaitable[Any], *, waits: bool
    ) -> tuple[T, Any]:
        """Stop A there, let B act, let A go on. `waits`: whether B has to wait for A."""
        self.gate.shut(at)
        of_a = asyncio.ensure_future(doing)
        await self.gate.reached()
        of_b = asyncio.ensure_future(then)
        if waits:
            await self.somebody_waits()
            assert not of_b.done()
        else:
            await asyncio.wait_for(asyncio.shield(of_b), WITHIN)
        self.gate.open()
        async with asyncio.timeout(WITHIN):
            return await of_a, await of_b

    async def somebody_waits(self) -> None:
        """Until a process waits for a lock of another one."""
        await somebody_waits(self._url)

    def ask(self, question: str) -> Any:
        """One value of the server."""
        return ask(self._url, question)


def ask(url: str, question: str) -> Any:
    """One value of the server of a database."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as conn:
        row = conn.execute(question).fetchone()
        return None if row is None else row[0]


async def somebody_waits(url: str) -> None:
    """Until a process waits for a lock of another one."""
    async with asyncio.timeout(WITHIN):
        while not await asyncio.to_thread(ask, url, _WAITING):  # noqa: ASYNC110 (the server's)
            await asyncio.sleep(0.01)


_WAITING = (
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@contextlib.asynccontextmanager
async def two_desks(server: PostgresServer, **changes: Any) -> AsyncIterator[Two]:
    """Two desks that run until the block ends."""
    url = postgres_url(server)
    clock = ManualClock(START)
    async with (
        a_room(url, clock=clock, threads=True, instance="a", **changes) as a,
        a_room(url, clock=clock, threads=True, instance="b", **changes) as b,
    ):
        for room in (a, b):
            await room.desk.fire_due(limit=1)  # it has started
        yield Two(a, b, url)
    server.drop(url)
