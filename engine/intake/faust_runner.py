"""Faust behind the stream port: it brings topics, group membership, assignment and agents.

What it must not do is keep the books (kafka reference, sections 1.2 and 5): positions come from the
store, an exception never leaves an agent, and Kafka's committed offset is a metric. Raw bytes in,
one agent per topic, one at a time, and the process ends rather than let a record slip by.
"""

import asyncio
import importlib
import importlib.metadata
from collections.abc import Mapping
from typing import Any

import faust
from faust.contrib.asgi import bind_to_running_loop

from engine.clock import Clock
from engine.intake.faust_books import Books
from engine.intake.faust_consumer import transport_of
from engine.intake.kafka_clients import METADATA_EVERY_MS, closed, password, tls
from engine.intake.ownership import Ownership
from engine.intake.standing import Standing
from engine.intake.trouble import LogTroubleError, named
from engine.ports import Halt, Handler, Record
from engine.settings import REQUEST_MARGIN, KafkaSettings

FAUST_VERSION = "0.15.3"
BATCH = 500
_WITHIN = 0.02  # seconds Faust waits to fill a batch
_LOOK_EVERY = 0.2  # seconds between looks whether Faust still lives
_STOP_WITHIN = 10  # seconds; un-acked records would let it hang for ever
_COUNT_EVERY = 1.0  # seconds between looks how far we are behind
_BUFFER = 16_384  # records; below it Faust sleeps a second whenever it is full


class UnfitError(Exception):
    """What is installed or set cannot keep the promises; the message says what to do."""


def check_fit(settings: KafkaSettings) -> None:
    """Refuse to start with another Faust, without its compiled streams, or with times that trap.

    Raises UnfitError.
    """
    found = importlib.metadata.version("faust-streaming")
    if found != FAUST_VERSION:
        raise UnfitError(
            f"faust-streaming {found} is installed; {FAUST_VERSION} is what was examined."
            " Install from the lock file."
        )
    try:
        importlib.import_module("faust._cython.streams")
    except ImportError:
        raise UnfitError(
            "Faust's compiled streams are missing; its plain ones acknowledge records that nobody"
            " has seen. Install the wheel and leave NO_CYTHON unset."
        ) from None
    least = max(settings.session_timeout, settings.rebalance_timeout) + REQUEST_MARGIN
    if settings.request_timeout < least:
        raise UnfitError(
            f"request_timeout {settings.request_timeout:g} s must be at least {least:g} s."
        )


class FaustStream:
    """`engine.ports.Stream` on Faust."""

    def __init__(
        self,
        settings: KafkaSettings,
        topics: tuple[str, ...],
        *,
        group: str,
        ownership: Ownership,
        standing: Standing,
        clock: Clock,
        halt: Halt,
    ) -> None:
        check_fit(settings)
        self._settings = settings
        self._topics = topics
        self._group = group
        self._ownership = ownership
        self._standing = standing
        self._clock = clock
        self._halt = halt
        self._books = Books(settings, ownership=ownership, standing=standing, halt=halt)

    async def run(self, handler: Handler) -> None:
        """Feed the handler until cancelled; halts on what only a restart would mend.

        Raises LogTroubleError when Faust cannot read the log, or ended by itself: nothing is lost
        then, and reading may begin anew at once.
        """
        app = self._app()
        for topic in self._topics:
            self._add_agent(app, topic, handler)
        app.finalize()
        try:
            await app.maybe_start()
            await self._watch(app)
        finally:
            self._ownership.release(self._ownership.partitions)
            if not await closed(app.stop(), within=_STOP_WITHIN) or self._books.reads_on:
                # Its thread may read on, and be given what we then never see; only the end of the
                # process ends it for sure.
                self._halt(f"Faust did not stop within {_STOP_WITHIN} s")

    async def _watch(self, app: faust.App) -> None:
        counted = self._clock.monotonic()
        while self._books.trouble is None and not (app.crashed or app.should_stop):
            await self._clock.sleep(_LOOK_EVERY)
            if self._clock.monotonic() - counted >= _COUNT_EVERY:
                counted = self._clock.monotonic()
                self._books.count(app.consumer.assignment())
        trouble, self._books.trouble = self._books.trouble, None
        raise LogTroubleError(trouble or _why_crashed(app))

    def _app(self) -> faust.App:
        settings = self._settings
        app = _Worker(
            self._group,
            broker=[f"kafka://{broker}" for broker in settings.brokers],
            broker_credentials=_credentials(settings),
            broker_session_timeout=settings.session_timeout,
            broker_heartbeat_interval=settings.heartbeat_interval,
            broker_request_timeout=settings.request_timeout,
            broker_rebalance_timeout=settings.rebalance_timeout,
            broker_max_poll_interval=settings.batch_within,
            consumer_auto_offset_reset="none",
            consumer_metadata_max_age_ms=METADATA_EVERY_MS,
            consumer_group_instance_id=settings.instance or None,
            key_serializer="raw",
            value_serializer="raw",
            store="memory://",
            stream_buffer_maxsize=_BUFFER,
            stream_recovery_delay=0,
            stream_wait_empty=False,  # what is in flight is fenced by its epoch, not waited for
            table_standby_replicas=1,
            topic_allow_declare=False,
            topic_disable_leader=True,
            web_enabled=False,
        )
        bind_to_running_loop(app)
        app.transport = transport_of(app, self._books)
        return app

    def _add_agent(self, app: faust.App, topic: str, handler: Handler) -> None:
        channel = app.topic(topic, key_type=bytes, value_type=bytes)

        async def take(stream: Any) -> None:
            async for events in stream.noack_take(BATCH, within=_WITHIN):
                try:
                    await self._ownership.deliver([_record(event) for event in events], handler)
                except Exception as error:  # a record must not slip by: stop, read it again
                    self._halt(f"records of {topic} were not taken: {named(error)}")
                    await asyncio.get_running_loop().create_future()  # never finalise this agent
                for event in events:
                    event.ack()

        app.agent(channel, name=f"take-{topic}", concurrency=1)(take)


class _Worker(faust.App):
    """Faust without tables: it needs no folder, and may run where none can be made."""

    def _create_directories(self) -> None:
        return None


def _why_crashed(app: faust.App) -> str:
    reason = getattr(app, "crash_reason", None)
    return f"Faust ended by itself ({named(reason)})" if reason else "Faust ended by itself"


def _record(event: Any) -> Record:
    message = event.message
    headers = message.headers or ()
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return Record(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        key=message.key,
        value=message.value,
        headers=tuple((name, value) for name, value in pairs if value is not None),
    )


def _credentials(settings: KafkaSettings) -> Any:
    if settings.security == "plaintext":
        return None
    if settings.security == "ssl":
        return faust.SSLCredentials(tls(settings))
    return faust.SASLCredentials(
        username=settings.username,
        password=password(settings),
        mechanism="SCRAM-SHA-512",
        ssl_context=tls(settings),
    )
