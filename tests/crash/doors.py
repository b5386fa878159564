"""Publishers: through HTTP and through both topics, each holding on until it is acknowledged."""

import asyncio
import contextlib
import random  # noqa: TID251 (seeded: the same number, the same pauses)
from collections.abc import Callable
from typing import Protocol

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from tests.crash.ledger import HTTP, Ledger, Reports, Sent
from tests.harness.posting import Poster

TAKEN = (200, 202)
EQUIVOCATION = 409
TRY_AGAIN = (429, 503)
PAUSE = 0.1
"""Seconds before what was not answered is sent again."""
PRODUCER_WITHIN_MS = 10_000
GARBAGE = 0.01
"""Share of records that are no report."""
OTHER = 0.01
"""Share of requests that bring other content under a known id."""


class Door(Protocol):
    """A way in. `give` returns once the report is acknowledged, however often it has to try."""

    name: str

    async def give(self, sent: Sent, *, partition: int | None = None) -> None: ...

    async def aclose(self) -> None: ...


class HttpDoor:
    """Acknowledged means 202."""

    name = HTTP

    def __init__(self, *, port: int, key: str, ledger: Ledger) -> None:
        self._poster = Poster(port=port, key=key, timeout=5.0)
        self._ledger = ledger

    async def give(self, sent: Sent, *, partition: int | None = None) -> None:
        """Post until it is taken."""
        await self._until(sent.body, *TAKEN)
        self._ledger.acknowledged.setdefault(sent.id, self.name)

    async def give_other(self, sent: Sent) -> None:
        """Post what is known with other content, until that is said."""
        await self._until(sent.body, EQUIVOCATION)
        self._ledger.other.add(sent.id)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._poster.aclose()

    async def _until(self, body: bytes, *wanted: int) -> None:
        while True:
            try:
                answer = await self._poster.post("/v1/events", body)
            except OSError:
                self._ledger.doubtful[self.name] += 1
            else:
                if answer.status in wanted:
                    return
                if answer.status not in TRY_AGAIN:
                    self._ledger.answers[answer.status] += 1
            await asyncio.sleep(PAUSE)


class LogDoor:
    """Acknowledged means that the broker said so to an idempotent producer with acks=all."""

    def __init__(
        self, *, bootstrap: tuple[str, ...], critical: str, normal: str, ledger: Ledger
    ) -> None:
        self.name = "log"
        self._bootstrap = bootstrap
        self._topics = {True: critical, False: normal}
        self._ledger = ledger
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()

    async def give(self, sent: Sent, *, partition: int | None = None) -> None:
        """Produce until confirmed; reports of one situation share a partition."""
        topic = self._topics[sent.critical]
        await self._until_confirmed(topic, sent.body, sent.situation, partition)
        self._ledger.acknowledged.setdefault(sent.id, self.name)

    async def give_garbage(self, body: bytes, *, critical: bool) -> None:
        """Produce what is no report."""
        topic = self._topics[critical]
        await self._until_confirmed(topic, body, body.decode("ascii"), None)
        self._ledger.refuse[body] = topic

    async def aclose(self) -> None:
        """Give the connections back."""
        producer, self._producer = self._producer, None
        if producer is not None:
            with contextlib.suppress(KafkaError, OSError):
                await producer.stop()

    async def _until_confirmed(
        self, topic: str, body: bytes, key: str, partition: int | None
    ) -> None:
        while True:
            try:
                producer = await self._started()
                await producer.send_and_wait(topic, body, key=key.encode(), partition=partition)
            except (KafkaError, OSError):
                self._ledger.doubtful[self.name] += 1
                await self.aclose()
                await asyncio.sleep(PAUSE)
            else:
                return

    async def _started(self) -> AIOKafkaProducer:
        async with self._starting:
            return await self._one()

    async def _one(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=list(self._bootstrap),
                enable_idempotence=True,
                acks="all",
                request_timeout_ms=PRODUCER_WITHIN_MS,
            )
            try:
                await producer.start()
            except (KafkaError, OSError):
                await producer.stop()
                raise
            self._producer = producer
        return self._producer


class Publisher:
    """Gives one report after another to its door until told to stop, and then ends that one."""

    def __init__(
        self,
        door: Door,
        reports: Reports,
        *,
        rng: random.Random,
        pause: float,
        stopping: Callable[[], bool],
    ) -> None:
        self._door = door
        self._reports = reports
        self._rng = rng
        self._pause = pause
        self._stopping = stopping

    async def run(self) -> None:
        """Publish."""
        try:
            while not self._stopping():
                if isinstance(self._door, LogDoor) and self._rng.random() < GARBAGE:
                    critical = self._rng.random() < 0.5
                    await self._door.give_garbage(self._reports.garbage(), critical=critical)
                if isinstance(self._door, HttpDoor) and self._rng.random() < OTHER:
                    other = self._reports.other()
                    if other is not None:
                        await self._door.give_other(other)
                await self._door.give(self._reports.next())
                await asyncio.sleep(self._pause * self._rng.random() * 2)
        finally:
            await self._door.aclose()
