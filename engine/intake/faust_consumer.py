"""Faust's reader with our books: the store says where to read, and nothing undone is seen.

Faust has no setting for either, so its consumer and its consumer's thread are extended here. Faust
calls the consumer in our loop; the thread has a loop of its own.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import faust
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError, NoOffsetForPartitionError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from engine.intake.faust_books import Books, Place
from engine.intake.kafka_clients import ISOLATION, let_go
from engine.intake.trouble import named
from engine.store.offsets import Range

_A_MOMENT = 0.05
"""Seconds between looks whether a seek has ended."""
SOONER = 2.0
"""Seconds before Faust's own limit, the request time-out, at which we give up on a seek ourselves.

Faust takes a seek that lasted longer for the end of itself (`Recovery._wait`: nothing done means
stopped). It then neither reads nor heeds another rebalance, for good and without a word."""


def transport_of(app: faust.App, books: Books) -> driver.Transport:
    """Faust's transport, with our consumer for this run."""

    class OurConsumer(SqlConsumer):
        _books = books

    made = type("SqlTransport", (driver.Transport,), {"Consumer": OurConsumer})
    transport: driver.Transport = made(app.conf.broker_consumer, app)
    return transport


class SqlConsumer(driver.Consumer):
    """Faust's consumer, with the store deciding where to read."""

    _books: Books
    _taken_over: tuple[int, frozenset[TP]] | None = None
    _seeks: int = 0
    """Begun so far."""
    _sought: int = 0
    """Number of the last that came to its end."""
    _shown: int = 0
    """Number of the seek after which the records at hand were fetched."""
    _missed: int | None = None
    """Seeks begun when records were last not shown."""

    def _new_consumer_thread(self) -> driver.AIOKafkaConsumerThread:
        self._books.thread = _Thread(self, loop=self.loop, beacon=self.beacon)
        return self._books.thread

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Somebody else may read these now; what is in flight is fenced by its epoch."""
        self._books.ownership.release([(tp.topic, tp.partition) for tp in sorted(revoked)])
        self._taken_over = None  # a member with a lasting name comes back in the same generation
        await super().on_partitions_revoked(revoked)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Go on from the store. A deleted topic is assigned as no partitions, without a word.

        Only the member that assigned for the whole group knows how many a topic has; it says none
        of one that is gone. To the others it is unknown, and that is no reason to leave.
        """
        for topic in sorted(self.app.topics.acking_topics):
            if self.topic_partitions(topic) == 0:
                self._books.trouble = f"{topic}: there is no such topic."
        await super().on_partitions_assigned(assigned, generation_id)
        if not assigned:  # others read all there is; Faust seeks nothing then
            self._books.standing.reads()

    async def getmany(
        self,
        timeout: float,  # noqa: ASYNC109 (Faust's own signature)
    ) -> AsyncIterator[tuple[TP, Any]]:
        """As Faust's, without what is left over when a seek begins.

        Faust takes the first record after a seek for the place where it is, and drops all before
        it. It looks at the group's generation alone, and a member with a lasting name comes back
        in the same one.
        """
        async for tp, message in super().getmany(timeout):
            if self._shown != self._seeks:
                return
            yield tp, message

    async def _wait_next_records(self, timeout: float) -> Any:  # noqa: ASYNC109 (as Faust's)
        """As Faust's, but what came while the store said where to read is not shown, and is read
        again: nobody knows whether it lies before that place or behind it. Faust drops it in
        silence while its flow is stopped.
        """
        await self._go_back()
        seek = self._seeks
        records, active = await super()._wait_next_records(timeout)
        if records and not (self.flow_active and seek == self._seeks == self._sought):
            self._missed = self._seeks
            return {}, active
        self._shown = seek
        return records, active

    async def _go_back(self) -> None:
        """Seek once more after something was not shown, unless a seek begun since then did; and
        after a stream held something from before a rebalance."""
        if self._books.ownership.astray:
            self._missed = self._seeks
        if self._missed is None:
            return
        while (self._seeks != self._sought or not self.flow_active) and not self.should_stop:
            await self.sleep(_A_MOMENT)
        missed, self._missed = self._missed, None
        if missed == self._seeks and not self.should_stop:
            await self.seek_to_committed()

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Called after every assignment, and again whenever Faust is in doubt."""
        self._seeks += 1
        seek = self._seeks
        within = self._books.settings.request_timeout - SOONER
        try:
            async with asyncio.timeout(within):
                found = await self._from_store()
        except TimeoutError:
            self._books.trouble = f"where to read from was not found within {within:g} s"
            raise
        except KafkaError as error:  # Faust would log it and read from nowhere
            self._books.trouble = f"the broker says {type(error).__name__}"
            raise
        except Exception as error:
            self._books.halt(f"cannot take over partitions: {named(error)}")
            raise
        self._sought = max(seek, self._sought)
        self._books.standing.reads()
        return found

    async def _from_store(self) -> Mapping[TP, int]:
        mine = frozenset(
            tp for tp in self.assignment() if tp.topic in self.app.topics.acking_topics
        )
        ownership = self._books.ownership
        generation = (self.app.consumer_generation_id, mine)
        if generation == self._taken_over:
            found = await ownership.positions()
        else:
            self._books.places.clear()
            found = await ownership.acquire(await self._ranges_of(mine))
            self._taken_over = generation
        places = {TP(topic, part): offset for (topic, part), offset in found.items()}
        if places:
            await self.seek_wait(places)
        return places

    async def _ranges_of(self, mine: frozenset[TP]) -> dict[tuple[str, int], Range]:
        if not mine:
            return {}
        begins = await self.earliest_offsets(*sorted(mine))
        ends = await self.highwaters(*sorted(mine))
        return {
            (tp.topic, tp.partition): Range(begin=begins[tp], end=ends[tp]) for tp in sorted(mine)
        }


class _Thread(driver.AIOKafkaConsumerThread):
    """Faust's thread around aiokafka's consumer."""

    consumer: SqlConsumer

    def _create_worker_consumer(self, transport: driver.Transport) -> AIOKafkaConsumer:
        """Faust reads what was never committed unless it manages transactions itself."""
        consumer = super()._create_worker_consumer(transport)
        if consumer._isolation_level != "read_uncommitted":
            raise TypeError("this aiokafka keeps its isolation level elsewhere")
        consumer._isolation_level = ISOLATION
        return consumer

    async def on_thread_stop(self) -> None:
        """As Faust's, but what aiokafka raises while it closes leaves no connection behind."""
        await super(driver.AIOKafkaConsumerThread, self).on_thread_stop()
        if self._consumer is not None:
            await let_go(self._consumer)

    async def _fetch_records(
        self,
        consumer: AIOKafkaConsumer,
        active_partitions: set[TP],
        timeout: float | None = None,  # noqa: ASYNC109 (Faust's own signature)
        max_records: int | None = None,
    ) -> Any:
        books = self.consumer._books
        try:
            found = await super()._fetch_records(
                consumer, active_partitions, timeout=timeout, max_records=max_records
            )
        except NoOffsetForPartitionError:  # assigned, and not yet sought
            return {}
        except KafkaError as error:
            books.trouble = f"the broker says {type(error).__name__}"
            raise
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or not task.cancelling():
                books.trouble = "the broker took a topic away while it was read"
            raise
        self._note(consumer, found)
        return found

    def _note(self, consumer: AIOKafkaConsumer, found: Any) -> None:
        """Remember how far was fetched, for whoever counts how far behind we are."""
        subscription = consumer._subscription.subscription
        if subscription is None or subscription.assignment is None:
            return
        places = self.consumer._books.places
        for tp in subscription.assignment.tps:
            state = subscription.assignment.state_value(tp)
            if state is None or not state.has_valid_position or state.highwater is None:
                continue
            key = (tp.topic, tp.partition)
            records = found.get(tp)
            before = places.get(key)
            last = records[-1].offset if records else before.last if before else -1
            places[key] = Place(
                position=state.position,
                last=last,
                end=state.highwater,
                answered=state.timestamp or 0,
            )
