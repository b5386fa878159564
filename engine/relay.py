"""The relay: facts from the outbox to Kafka, in the order of their case, forgotten when confirmed.

Rows are deleted after the broker's answer; a crash in between publishes again, and consumers drop
repeats by (case, n). Facts are of the open class; by default nobody outside the desk reads them.
Each topic has a lane of its own: one that is missing, refused or flooded holds up no other.

Of several processes one relays, or the order within a case would be lost. The others look every
second whether it still lives. One that was stopped for long may publish again what its successor
published already: a repeat; it never deletes what it does not hold any more.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from sqlalchemy import Connection, Row
from sqlalchemy.exc import SQLAlchemyError

from engine.bell import Bell
from engine.clock import Clock
from engine.ports import Publisher, Reader, Writer
from engine.relay_lane import Lane
from engine.silence import Silence
from engine.store import instances, leases, outbox
from engine.watchdog import Turns, unwatched

_log = structlog.get_logger(__name__)

ROWS_AT_ONCE = 500
"""Of one topic."""
POLL_SECONDS = 5.0
WITHOUT_STORE = 1.0
"""Seconds after which a store that did not answer is asked again."""
LOOK_EVERY = 1.0
"""Seconds between two looks whether the one that relays still lives."""


def _nobody_looks(_: str) -> Turns:
    return unwatched()


class Relay:
    """Publishes until cancelled, while it holds the lease. A broker or store that is away only
    makes it wait.

    `name`: of this very run. `machine`: a clock on the machine's own time, by which others die.
    `turns`: begins to watch a loop of this name; each topic has one beside the relay's own.
    """

    def __init__(
        self,
        *,
        reader: Reader,
        writer: Writer,
        publisher: Publisher,
        clock: Clock,
        facts: Bell,
        name: str,
        machine: Clock,
        poll_seconds: float = POLL_SECONDS,
        turns: Callable[[str], Turns] = _nobody_looks,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._publisher = publisher
        self._clock = clock
        self._facts = facts
        self._name = name
        self._machine = machine
        self._poll_seconds = poll_seconds
        self._watched = turns
        self._turns = turns("relay")
        self._silence = Silence()
        self._lanes: dict[str, Lane] = {}

    async def run(self) -> None:
        """Look what waits, again and again, and wake the lane of each topic."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._turns.turn("reading the outbox")
                try:
                    await self._turn(group)
                except SQLAlchemyError as error:
                    _log.warning("relay_without_store", error=type(error).__name__)
                    await self._clock.sleep(WITHOUT_STORE)

    async def _turn(self, group: asyncio.TaskGroup) -> None:
        topics = await self._reader.run(self._topics)
        if topics is None:
            if not await self._take():
                await self._machine.sleep(LOOK_EVERY)
            return
        for topic in topics:
            if topic not in self._lanes:
                self._lanes[topic] = self._lane(topic)
                group.create_task(self._lanes[topic].run(), name=f"relay {topic}")
            self._lanes[topic].facts.ring()
        await self._facts.wait(self._clock, self._poll_seconds)

    def _topics(self, conn: Connection) -> list[str] | None:
        """Topics that something waits for; None when this run may not publish it."""
        if not self._holds(conn):
            return None
        return outbox.topics(conn)

    def _lane(self, topic: str) -> Lane:
        def oldest(conn: Connection, apart: Iterable[str]) -> list[Row[Any]] | None:
            if not self._holds(conn):
                return None
            return outbox.read(conn, topic=topic, apart=apart, most=ROWS_AT_ONCE)

        return Lane(
            read=lambda apart: self._reader.run(lambda conn: oldest(conn, apart)),
            remove=lambda done: self._writer.run(lambda conn: self._remove(conn, done)),
            publisher=self._publisher,
            clock=self._clock,
            turns=self._watched(f"relay {topic}"),
        )

    def _holds(self, conn: Connection) -> bool:
        return leases.holder(conn, leases.RELAY) == self._name

    def _remove(self, conn: Connection, done: list[int]) -> None:
        if leases.is_held(conn, leases.RELAY, by=self._name):
            outbox.remove(conn, done)

    async def _take(self) -> bool:
        """Take the lease when nobody alive holds it."""
        holder, beats = await self._reader.run(
            lambda conn: (leases.holder(conn, leases.RELAY), instances.beats(conn))
        )
        silent = self._silence.look(beats, at=self._machine.monotonic())
        if holder in beats and holder not in silent:
            return False
        taken = await self._writer.run(
            lambda conn: leases.take(conn, leases.RELAY, by=self._name, instead_of=holder)
        )
        if taken:
            _log.info("relays_now", instead_of=holder or "nobody")
        return taken
