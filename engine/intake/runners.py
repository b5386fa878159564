"""Which runner reads which topic: two lanes, each with its group, so that neither waits for the
other's rebalance. Both on Faust share one app.
"""

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from aiokafka.errors import KafkaConnectionError

from engine.clock import Clock
from engine.intake import kafka_clients
from engine.intake.door import Desk, Door
from engine.intake.durability import NotDurableError, check_durability
from engine.intake.ownership import Ownership
from engine.intake.positions import Positions
from engine.intake.scope import any_of, scope_from
from engine.intake.stream import LogIncidents, StreamHandler
from engine.ports import Halt, Handler, Reader, Stream, Writer
from engine.settings import KafkaSettings
from schemas.codes import IncidentCode

NOT_DURABLE = IncidentCode.LOG_NOT_DURABLE
UNREACHABLE_PAUSE = 5.0  # seconds

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A stream with what takes its records."""

    name: str
    settings: KafkaSettings
    stream: Stream
    handler: Handler
    incident: LogIncidents
    clock: Clock

    async def run(self) -> None:
        """Read until cancelled; while no broker answers, try again and again.

        Topics that may lose what they acknowledged are an incident here, not a reason to stop
        reading: refusing them is for the start, where somebody is looking (`check_durability`).
        """
        while True:
            try:
                await self._check()
                await self.stream.run(self.handler)
                return
            except KafkaConnectionError as error:
                log.warning("intake.no_broker", lane=self.name, error=type(error).__name__)
                await self.clock.sleep(UNREACHABLE_PAUSE)

    async def _check(self) -> None:
        try:
            await check_durability(self.settings)
        except NotDurableError as error:
            log.error("intake.log_not_durable", lane=self.name, what=str(error))
            await self.incident(NOT_DURABLE, self.settings.group)


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
) -> tuple[Lane, ...]:
    """Everything that reads Kafka here. Raises `faust_runner.UnfitError` for a Faust not examined.

    Each source that may speak on the topics is listed in the settings; others go to quarantine.
    """
    scopes = any_of(
        scope_from(source=one.source, words=one.types, ceiling=one.severity_ceiling)
        for one in settings.sources
    )
    critical = frozenset({settings.critical_topic})
    handler = StreamHandler(door=door, scopes=scopes, critical=critical, clock=clock)
    incident = LogIncidents(desk)

    async def probe(topic: str, partition: int, offset: int) -> int | None:
        return await kafka_clients.probe(settings, topic, partition, offset)

    def lane(name: str, runner: str, topics: tuple[str, ...]) -> Lane:
        ownership = Ownership(
            positions=Positions(reader=reader, writer=writer, owner=owner[:64]),
            incident=incident,
            probe=probe,
            park=handler.park,
            halt=halt,
        )
        stream = _stream(runner)(
            settings,
            topics,
            group=f"{settings.group}.{name}",
            ownership=ownership,
            clock=clock,
            halt=halt,
        )
        return Lane(
            name=name,
            settings=settings,
            stream=stream,
            handler=handler,
            incident=incident,
            clock=clock,
        )

    if settings.critical_runner == settings.normal_runner == "faust":
        return (lane("all", "faust", (settings.critical_topic, settings.normal_topic)),)
    return (
        lane("critical", settings.critical_runner, (settings.critical_topic,)),
        lane("normal", settings.normal_runner, (settings.normal_topic,)),
    )


def _stream(runner: str) -> Callable[..., Stream]:
    """Faust takes a third of a second to import: only where it is used."""
    if runner == "faust":
        from engine.intake.faust_runner import FaustStream

        return FaustStream
    from engine.intake.kafka_runner import KafkaStream

    return KafkaStream
