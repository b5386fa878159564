"""What waits for one topic: its own window of the outbox and its own pace.

A key that failed is set apart and tried again later, alone, while the others go on. Only when many
fail and none gets through does the lane itself pause. No other topic hears of either.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from math import inf
from typing import Any

import orjson
import structlog
from sqlalchemy import Row
from sqlalchemy.exc import SQLAlchemyError

from engine.bell import Bell
from engine.clock import Clock
from engine.ports import Publisher
from engine.watchdog import Turns
from schemas.envelope import CASE_FACT_TYPE
from schemas.set_aside import SET_ASIDE_TOPIC, SET_ASIDE_TYPE

_log = structlog.get_logger(__name__)

KEYS_AT_ONCE = 50
"""Published at the same time. When so many failed and none got through, the lane itself pauses
after every try."""
SLOW_AFTER = 1.0
"""Seconds after which the others do not wait any more for a record without an answer."""
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
MOST_APART = 800
"""Keys set apart. Of more, the one that failed longest ago counts as new."""
SOURCE = "tocsin/desk"
_TYPES = {SET_ASIDE_TOPIC: SET_ASIDE_TYPE}

Read = Callable[[Iterable[str]], Awaitable[list[Row[Any]] | None]]
Remove = Callable[[list[int]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Apart:
    """A key that failed. Seconds, on the relay's clock."""

    due: float
    pause: float


class Lane:
    """Publishes what `read` returns until cancelled; rows leave the outbox through `remove`.

    `read`: the oldest rows without these keys; None when this run may not publish any.
    """

    def __init__(
        self, *, read: Read, remove: Remove, publisher: Publisher, clock: Clock, turns: Turns
    ) -> None:
        self.facts = Bell()
        """Rung when something may be waiting."""
        self._read = read
        self._remove = remove
        self._publisher = publisher
        self._clock = clock
        self._turns = turns
        self._slots = asyncio.Semaphore(KEYS_AT_ONCE)
        self._flying: dict[str, asyncio.Task[list[int]]] = {}
        self._apart: dict[str, _Apart] = {}
        self._in_vain = 0
        """New keys that failed since any got through."""
        self._pause = FIRST_PAUSE

    async def run(self) -> None:
        """One window after another."""
        async with asyncio.TaskGroup() as group:
            while True:
                try:
                    await self._turn(group)
                except SQLAlchemyError as error:
                    _log.warning("relay_without_store", error=type(error).__name__)
                    await self._wait_longer()

    async def _turn(self, group: asyncio.TaskGroup) -> None:
        await self._forget_published()
        if not self._flying:
            self._turns.turn("reading the outbox")
        again = self._longest_due()
        rows = await self._read({*self._flying, *self._apart} - {again})
        if rows is None:
            self._apart.clear()
        if not rows:
            self._apart.pop(again, None)  # what it failed with is gone
            await self._wait_for_facts()
            return
        await self._publish(rows, group)
        await self._forget_published()
        if self._in_vain >= KEYS_AT_ONCE:
            await self._wait_longer()

    def _longest_due(self) -> str:
        """The key set apart that is tried again now; empty when there is none.

        One at a time: a broker refuses a whole batch for one bad record, and no two of these ever
        share one.
        """
        due, key = min(self._dues(), default=(inf, ""))
        return key if due <= self._clock.monotonic() else ""

    def _dues(self) -> list[tuple[float, str]]:
        return [(apart.due, key) for key, apart in self._apart.items() if key not in self._flying]

    async def _wait_for_facts(self) -> None:
        """Until the bell rings, a slow record has its answer, or a key set apart is due."""
        dues = self._dues()
        if dues:
            await self.facts.wait(self._clock, max(0.0, min(dues)[0] - self._clock.monotonic()))
            return
        if not self._flying:
            self._turns.rest()
        await self.facts.heard()

    async def _publish(self, rows: list[Row[Any]], group: asyncio.TaskGroup) -> None:
        by_key: defaultdict[str, list[Row[Any]]] = defaultdict(list)
        for row in rows:
            by_key[row.key].append(row)
        before = self._in_vain
        for key, of_key in by_key.items():
            await self._slots.acquire()
            if self._in_vain - before >= KEYS_AT_ONCE:
                self._slots.release()
                break
            task = self._flying[key] = group.create_task(self._publish_key(key, of_key))
            task.add_done_callback(self._landed)
        if self._flying:
            await asyncio.wait(self._flying.values(), timeout=SLOW_AFTER)

    def _landed(self, _: object) -> None:
        self._slots.release()
        self.facts.ring()

    async def _publish_key(self, key: str, rows: list[Row[Any]]) -> list[int]:
        """Return the rows that the broker confirmed; after one that failed, none is tried."""
        done: list[int] = []
        for row in rows:
            self._turns.turn("waiting for the broker")
            try:
                await self._publisher.publish(
                    topic=row.topic, key=row.key, value=row.body, headers=_headers(row)
                )
            except Exception as error:  # whatever the client raises: it is published again
                _log.warning("relay_waits", topic=row.topic, error=type(error).__name__)
                self._set_apart(key)
                return done
            done.append(row.id)
            self._in_vain, self._pause = 0, FIRST_PAUSE
        self._apart.pop(key, None)
        return done

    def _set_apart(self, key: str) -> None:
        before = self._apart.pop(key, None)
        if before is None:
            self._in_vain += 1
        pause = FIRST_PAUSE if before is None else min(2 * before.pause, LONGEST_PAUSE)
        self._apart[key] = _Apart(self._clock.monotonic() + pause, pause)
        if len(self._apart) > MOST_APART:
            del self._apart[next(iter(self._apart))]

    async def _forget_published(self) -> None:
        """Take rows out of the outbox. Where that fails they are published again: a repeat."""
        landed = [key for key, task in self._flying.items() if task.done()]
        done = [id for key in landed for id in self._flying.pop(key).result()]
        if done:
            await self._remove(done)

    async def _wait_longer(self) -> None:
        await self._clock.sleep(self._pause)
        self._pause = min(2 * self._pause, LONGEST_PAUSE)


def _headers(row: Row[Any]) -> dict[str, str]:
    """CloudEvents in binary mode: the value stays the exact bytes that the journal hashed."""
    return {
        "ce_specversion": "1.0",
        "ce_type": _TYPES.get(row.topic, CASE_FACT_TYPE),
        "ce_source": SOURCE,
        "ce_id": f"{row.key}.{row.n}",
        "ce_kind": str(orjson.loads(row.body)["kind"]),
        "content-type": "application/json",
    }
