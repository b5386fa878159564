"""Which runner reads which topic: two lanes, each with its group, so that neither waits for the
other's rebalance. Both on Faust share one app.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    KafkaError,
    TopicAuthorizationFailedError,
)

from engine.clock import Clock, SystemClock
from engine.intake import kafka_clients
from engine.intake.answer_stream import AnswerHandler
from engine.intake.door import Desk, Door
from engine.intake.durability import (
    NotDurableError,
    examine,
    forgetful,
    judge,
    refuse,
    unreadable,
)
from engine.intake.ownership import Ownership
from engine.intake.positions import Positions
from engine.intake.scope import any_of, scope_from
from engine.intake.session_limits import session_refused
from engine.intake.standing import SILENT_AFTER, Standing, State
from engine.intake.stream import LogIncidents, StreamHandler
from engine.intake.trouble import LogTroubleError, why_unreached
from engine.metrics import Metrics
from engine.ports import Halt, Handler, Reader, Stream, Writer
from engine.settings import KafkaSettings
from schemas.codes import IncidentCode

NOT_DURABLE = IncidentCode.LOG_NOT_DURABLE
UNREADABLE = IncidentCode.LOG_UNREADABLE
TELL_AFTER = 60.0
"""Seconds after which a log that is not read is a human's, though a broker may yet come back."""
LOOK_EVERY = 1.0
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 5.0
_REFUSALS = (GroupAuthorizationFailedError, TopicAuthorizationFailedError)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A stream with what takes its records."""

    name: str
    settings: KafkaSettings
    topics: tuple[str, ...]
    stream: Stream
    handler: Handler
    incident: LogIncidents
    standing: Standing
    clock: Clock
    forgetful: set[str]
    """Topics of this lane that drop records by themselves, as last seen; the runner looks too."""

    async def run(self) -> None:
        """Read until cancelled; while the log cannot be read, say why and try again and again.

        Topics that may lose what they acknowledged are an incident here, not a reason to stop
        reading: refusing them is for the start, where somebody is looking (`check_durability`).
        """
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch())
            await self._read()

    async def _read(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                await self._check()
                await self.stream.run(self.handler)
                raise LogTroubleError("the reader ended by itself")
            except (KafkaError, LogTroubleError, OSError) as error:
                if self.standing.now.state is State.READING:
                    pause = FIRST_PAUSE
                self.standing.ends()
                await self._say(*await self._why(error))
                await self.clock.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    async def _watch(self) -> None:
        """Say that no broker answers, and when one does again: a reader only waits."""
        quiet = False
        while True:
            await self.clock.sleep(LOOK_EVERY)
            if self.standing.silent:
                reach = await why_unreached(self.settings)
                quiet = True
                await self._say(
                    str(reach) if reach else f"no broker has answered for {SILENT_AFTER:g} s",
                    reach is not None and reach.kind.lasting,
                )
            elif quiet and self.standing.listens:
                quiet = False
                self.standing.reads()

    async def _check(self) -> None:
        found = await examine(self.settings, self.topics)
        if faults := unreadable(found):
            raise LogTroubleError(" ".join(faults))
        if refused := await session_refused(self.settings):
            raise LogTroubleError(refused)
        self.forgetful.clear()
        self.forgetful.update(topic for topic, state in found.items() if state.compacted)
        try:
            refuse(judge(found) if self.settings.durability == "replicated" else forgetful(found))
        except NotDurableError as error:
            log.error("intake.log_not_durable", lane=self.name, what=str(error))
            await self.incident(NOT_DURABLE, self.settings.group)

    async def _say(self, why: str, lasting: bool) -> None:
        """Why it is not read; a human is told when only a human can end it, or when it lasts."""
        self.standing.waits(why)
        if lasting or self.standing.now.seconds >= TELL_AFTER:
            await self.incident(UNREADABLE, self.name)

    async def _why(self, error: Exception) -> tuple[str, bool]:
        """In one line, and whether only a person can end it."""
        if isinstance(error, LogTroubleError):
            return str(error), False
        if isinstance(error, KafkaConnectionError | OSError):
            reach = await why_unreached(self.settings)
            if reach is not None:
                return str(reach), reach.kind.lasting
        return f"the broker says {type(error).__name__}", isinstance(error, _REFUSALS)


def kafka_lanes(
    settings: KafkaSettings,
    *,
    door: Door,
    desk: Desk,
    reader: Reader,
    writer: Writer,
    clock: Clock,
    halt: Halt,
    owner: str,
    metrics: Metrics | None = None,
    answers: AnswerHandler | None = None,
) -> tuple[Lane, ...]:
    """Everything that reads Kafka here. Raises `faust_runner.UnfitError` for a Faust not examined.

    Each source that may speak on the topics is listed in the settings; others go to quarantine.
    """
    scopes = any_of(
        scope_from(
            source=one.source, words=one.types, ceiling=one.severity_ceiling, party=one.party
        )
        for one in settings.sources
    )
    critical = frozenset({settings.critical_topic})
    machine = SystemClock()  # a broker lives on the machine's time, however fast ours runs
    handler = StreamHandler(door=door, scopes=scopes, critical=critical, clock=clock)
    incident = LogIncidents(desk)

    async def probe(topic: str, partition: int, offset: int) -> int | None:
        return await kafka_clients.probe(settings, topic, partition, offset)

    def lane(
        name: str,
        runner: str,
        topics: tuple[str, ...],
        handler: StreamHandler | AnswerHandler = handler,
    ) -> Lane:
        forgetting: set[str] = set()
        ownership = Ownership(
            positions=Positions(reader=reader, writer=writer, owner=owner[:64]),
            incident=incident,
            probe=probe,
            forgets=forgetting.__contains__,
            park=handler.park,
            halt=halt,
        )
        standing = Standing(name, clock=machine, metrics=metrics)
        stream = _stream(runner)(
            settings,
            topics,
            group=f"{settings.group}.{name}",
            ownership=ownership,
            standing=standing,
            clock=machine,
            halt=halt,
        )
        return Lane(
            name=name,
            settings=settings,
            topics=topics,
            stream=stream,
            handler=handler,
            incident=incident,
            standing=standing,
            clock=machine,
            forgetful=forgetting,
        )

    said: tuple[Lane, ...] = ()
    if answers is not None and settings.answers_topic:
        said = (lane("answers", "aiokafka", (settings.answers_topic,), answers),)
    if settings.critical_runner == settings.normal_runner == "faust":
        return (lane("all", "faust", (settings.critical_topic, settings.normal_topic)), *said)
    return (
        lane("critical", settings.critical_runner, (settings.critical_topic,)),
        lane("normal", settings.normal_runner, (settings.normal_topic,)),
        *said,
    )


def _stream(runner: str) -> Callable[..., Stream]:
    """Faust takes a third of a second to import: only where it is used."""
    if runner == "faust":
        from engine.intake.faust_runner import FaustStream

        return FaustStream
    from engine.intake.kafka_runner import KafkaStream

    return KafkaStream
