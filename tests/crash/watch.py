"""Looking into the store from outside while the engine runs: what has arrived, what is owed."""

import asyncio
from collections.abc import Callable, Collection
from datetime import timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection, and_, func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from engine.clock import SystemClock
from engine.invariants.delivering import ENDED
from engine.store.database import Database, read
from engine.store.dialect import chunks
from engine.store.tables import cases, inbox, notifications, outbox

T = TypeVar("T")

_WALL = SystemClock()
POLL = 0.05
SOON = timedelta(minutes=10)
"""What is due later than this does not belong to a run: repeats come after an hour. Of an incident
they come every fifteen minutes, for as long as it stands: it owes what is due by now."""


class NotInTimeError(AssertionError):
    """The system did not come back, or did not do what it owes."""


class Watch:
    """A reader of its own, by URL."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def arrived(self, ids: Collection[str], *, within: float) -> None:
        """Wait until these reports are in the inbox. Raises NotInTimeError."""
        missing = set(ids)
        until = _WALL.monotonic() + within
        while missing:
            missing -= await self._look(partial(_known, ids=sorted(missing)), set())
            if missing and _WALL.monotonic() > until:
                raise NotInTimeError(f"not in a case after {within:g} s: {sorted(missing)[:5]}")
            await asyncio.sleep(POLL if missing else 0)

    async def at_rest(self, *, within: float) -> None:
        """Wait until nothing is owed to anybody. Raises NotInTimeError, which says what is."""
        until = _WALL.monotonic() + within
        while True:
            owed = await self._look(_owed, "the store does not answer")
            if not owed:
                return
            if _WALL.monotonic() > until:
                raise NotInTimeError(f"{owed} after {within:g} s without faults")
            await asyncio.sleep(4 * POLL)

    async def _look(self, fn: Callable[[Connection], T], otherwise: T) -> T:
        return await asyncio.to_thread(self._read, fn, otherwise)

    def _read(self, fn: Callable[[Connection], T], otherwise: T) -> T:
        database = Database(self._url, exclusive=False)
        try:
            conn = database.reader()
            try:
                return read(conn, fn)
            finally:
                conn.close()
        except SQLAlchemyError:  # the server is away, or the file is busy
            return otherwise
        finally:
            database.close()


def _known(conn: Connection, *, ids: list[str]) -> set[str]:
    found: set[str] = set()
    for some in chunks(ids):
        found |= set(conn.execute(select(inbox.c.id).where(inbox.c.id.in_(some))).scalars())
    return found


def _owed(conn: Connection) -> str:
    now = _WALL.now()
    soon = and_(cases.c.kind != "incident", cases.c.due_at < now + SOON)
    counts = {
        "messages": select(func.count()).where(notifications.c.state.not_in(ENDED)),
        "facts": select(func.count()).select_from(outbox),
        "steps": select(func.count()).where(or_(cases.c.due_at <= now, soon)),
    }
    found = {name: conn.execute(query).scalar_one() for name, query in counts.items()}
    return ", ".join(f"{n} {name} are still owed" for name, n in found.items() if n)
