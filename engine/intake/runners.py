"""Which runner reads which topic: two lanes, each with its group, so that neither waits for the
other's rebalance. Both on Faust share one app.
"""

from collections.abc import Callable

from engine.clock import Clock, SystemClock
from engine.intake import kafka_clients
from engine.intake.answer_stream import AnswerHandler
from engine.intake.door import Desk, Door
from engine.intake.lane import Lane
from engine.intake.ownership import Ownership
from engine.intake.positions import Positions
from engine.intake.scope import any_of, scope_from
from engine.intake.standing import Standing
from engine.intake.stream import LogIncidents, StreamHandler
from engine.metrics import Metrics
from engine.ports import Halt, Reader, Stream, Writer
from engine.settings import KafkaSettings


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
