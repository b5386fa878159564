"""Looking into the store from outside while the engine runs: what has arrived, what is owed."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from engine.clock import Clock, SystemClock
from engine.invariants.delivering import ENDED
from engine.invariants.lateness import LATE_AFTER, WARM_UP
from engine.store.database import Database, read
from engine.store.dialect import chunks
from engine.store.tables import cases, inbox, notifications, outbox

T = TypeVar("T")

_WALL = SystemClock()
POLL = 0.05
HEALS_WITHIN = (WARM_UP + LATE_AFTER).total_seconds()
"""Seconds after which an engine that serves again has no excuse for what is late."""


class NotInTimeError(AssertionError):
    """The system did not come back, or did not do what it owes."""


class Watch:
    """A reader of its own, by URL."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def arrived(self, ids: Collection[str], *, within: float) -> None:
        """Wait until these reports are in the inbox.

        Raises NotInTimeError when for `within` seconds none came.
        """
        missing = set(ids)
        patience = Patience(within)
        while missing:
            missing -= await self._look(partial(_known, ids=sorted(missing)), set())
            if patience.ends(len(missing)):
                raise NotInTimeError(f"not in a case after {within:g} s: {sorted(missing)[:5]}")
            await asyncio.sleep(POLL if missing else 0)

    async def at_rest(self, *, within: float) -> None:
        """Wait until nothing is owed to anybody.

        Raises NotInTimeError, which says what is owed, when for `within` seconds it became no less.
        """
        patience = Patience(within)
        while True:
            owed = await self._look(_owed, None)
            if owed is not None and owed.total() == 0:
                return
            if patience.ends(None if owed is None else owed.total()):
                raise NotInTimeError(f"{_said(owed)} after {within:g} s without faults")
            await asyncio.sleep(4 * POLL)

    async def in_time(self, *, within: float = HEALS_WITHIN) -> None:
        """Wait until no step is late by more than I4 allows: what piled up has been decided.

        Raises NotInTimeError when for `within` seconds it became no less.
        """
        patience = Patience(within)
        while True:
            late = await self._look(_late, None)
            if late == 0:
                return
            if patience.ends(late):
                raise NotInTimeError(f"{late} steps are late {within:g} s after a fault (I4)")
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


class Patience:
    """Waits while there is less and less to wait for: a slow machine is not a stuck one."""

    def __init__(self, seconds: float, *, clock: Clock = _WALL) -> None:
        self._seconds = seconds
        self._clock = clock
        self._fewest: int | None = None
        self._until = clock.monotonic() + seconds

    def ends(self, left: int | None) -> bool:
        """Whether so much is left and nothing moved for too long; None when nobody could look."""
        now = self._clock.monotonic()
        if left is not None and (self._fewest is None or left < self._fewest):
            self._fewest, self._until = left, now + self._seconds
        return left != 0 and now > self._until


def _owed(conn: Connection) -> Counter[str]:
    """What is due by now: a grave case calls again every fifteen minutes, and never rests."""
    counts = {
        "messages": select(func.count()).where(notifications.c.state.not_in(ENDED)),
        "facts": select(func.count()).select_from(outbox),
        "steps": select(func.count()).where(cases.c.due_at <= _WALL.now()),
    }
    return Counter({name: conn.execute(query).scalar_one() for name, query in counts.items()})


def _late(conn: Connection) -> int:
    late = select(func.count()).where(cases.c.due_at < _WALL.now() - LATE_AFTER)
    return int(conn.execute(late).scalar_one())


def _said(owed: Counter[str] | None) -> str:
    if owed is None:
        return "the store does not answer"
    return ", ".join(f"{n} {name} are still owed" for name, n in owed.items() if n)
