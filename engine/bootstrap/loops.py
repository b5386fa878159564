"""Which loops a process runs, by its roles."""

from collections.abc import Coroutine, Iterator
from typing import Any

from engine.beat import keep_beating
from engine.bootstrap import limits
from engine.bootstrap.beside import BESIDE, run_beside
from engine.bootstrap.parts import Parts
from engine.bootstrap.refusals import CannotStartError
from engine.bootstrap.watching import Watch, log_watch
from engine.canary_sink import CanarySink
from engine.clock import SystemClock
from engine.consumers import ForConsumers
from engine.intake.answer_stream import AnswerHandler
from engine.intake.kafka_clients import member_name
from engine.intake.lane import Lane as LogLane
from engine.intake.runners import kafka_lanes
from engine.program_answers import ProgramAnswers
from engine.publisher import KafkaPublisher
from engine.relay import POLL_SECONDS as RELAY_POLL_SECONDS
from engine.relay import Relay
from engine.sender import POLL_SECONDS as SENDER_POLL_SECONDS
from engine.sender import Sender, Sign
from engine.settings import Role
from engine.stop_file import FileInDirectory, StopWatch
from engine.store import instances
from engine.store.threads import ThreadWriter
from engine.timers import POLL_SECONDS as TIMERS_POLL_SECONDS
from engine.timers import run_timers
from notifiers.registry import Channels

POLL_SECONDS = 0.25
"""Where others write to the same store their bells are not heard here: three indexed selects."""

Loop = tuple[str, Coroutine[Any, Any, None]]


def loops(
    parts: Parts, channels: Channels, roles: tuple[Role, ...], logs: tuple[LogLane, ...]
) -> Iterator[Loop]:
    """The loops of these roles, beside those that every process runs. The desk is the caller's."""
    yield "beat", _beat(parts)
    yield "stop watch", _stop_watch(parts).run()
    for side in BESIDE:
        if side.role is None or side.role in roles:
            yield side.name, run_beside(side, parts, machine=SystemClock())
    if "timers" in roles:
        timers = run_timers(
            parts.desk,
            clock=parts.clock,
            poll_seconds=_poll(parts, TIMERS_POLL_SECONDS),
            turns=parts.progress.loop("timers", limit=limits.TIMERS),
        )
        yield "timers", timers
    if "sender" in roles:
        yield "sender", _sender(parts, channels).run()
    if "auditor" in roles:
        watch = Watch(parts)
        yield "canaries", watch.let_canaries_go()
        yield "auditor", watch.auditor().run()
    if parts.settings.kafka.enabled and "relay" in roles:
        yield "relay", _relay(parts)
    for lane in logs:
        yield f"log {lane.name}", lane.run()
    if logs:
        yield "log watch", log_watch(parts, logs).run()


async def _beat(parts: Parts) -> None:
    """Over a connection of its own: a long transaction is no death, and takes no turn from it."""
    own = None if parts.database.sqlite else ThreadWriter(parts.database)
    try:
        await keep_beating(
            own or parts.writer,
            name=parts.desk.instance,
            clock=parts.clock,
            halt=parts.halt,
            turns=parts.progress.loop("beat", limit=limits.BEAT),
        )
    finally:
        if own is not None:
            own.close()


def _sender(parts: Parts, channels: Channels) -> Sender:
    url = str(parts.settings.http.public_url)
    sign = Sign(
        answer_url=url,
        board_url=url,
        phone=parts.settings.phone,
        zone=parts.settings.timezone,
        language=parts.settings.language,
    )
    return Sender(
        desk=parts.desk,
        channels=channels,
        clock=parts.clock,
        sign=sign,
        poll_seconds=_poll(parts, SENDER_POLL_SECONDS),
        turns=parts.progress.loop("sender", limit=limits.CLAIMING),
        settling=parts.progress.loop("settling", limit=limits.SETTLING),
        canaries=CanarySink(),
    )


def _stop_watch(parts: Parts) -> StopWatch:
    return StopWatch(
        file=FileInDirectory(parts.settings.data_dir),
        place=parts.instance[: instances.ID_MOST],
        desk=parts.desk,
        reader=parts.reader,
        clock=SystemClock(),
        alone=parts.database.sqlite,
        turns=parts.progress.loop("stop watch", limit=limits.STOPPING),
    )


def _poll(parts: Parts, alone: float) -> float:
    """Seconds between two looks: `alone` where every commit is ours and rings."""
    return alone if parts.database.sqlite else min(alone, POLL_SECONDS)


def _for_consumers(parts: Parts, publisher: KafkaPublisher) -> ForConsumers:
    return ForConsumers(
        publisher,
        topic=parts.settings.kafka.cases_topic,
        consumers=parts.settings.kafka.consumers,
        reader=parts.reader,
        writer=parts.writer,
        world=parts.world,
        clock=parts.clock,
    )


async def _relay(parts: Parts) -> None:
    kafka = parts.settings.kafka
    publisher = KafkaPublisher(kafka)
    relay = Relay(
        reader=parts.reader,
        writer=parts.writer,
        publisher=publisher if not kafka.consumers else _for_consumers(parts, publisher),
        clock=parts.clock,
        facts=parts.desk.facts,
        name=parts.desk.instance,
        machine=SystemClock(),
        poll_seconds=_poll(parts, RELAY_POLL_SECONDS),
        turns=lambda name: parts.progress.loop(name, limit=limits.RELAY),
    )
    try:
        await relay.run()
    finally:
        await publisher.aclose()


def log_lanes(parts: Parts, roles: tuple[Role, ...]) -> tuple[LogLane, ...]:
    """What reads Kafka here. Raises CannotStartError for a Faust that was not examined."""
    if not parts.settings.kafka.enabled or "intake" not in roles:
        return ()
    # Imported here: Faust takes a third of a second, and a small desk needs none.
    from engine.intake.faust_runner import UnfitError

    kafka = parts.settings.kafka
    if kafka.instance:  # several processes of one machine may share the settings of Kafka
        member = member_name(kafka.instance, parts.settings.instance)
        kafka = kafka.model_copy(update={"instance": member})
    try:
        return kafka_lanes(
            kafka,
            door=parts.door,
            desk=parts.desk,
            reader=parts.reader,
            writer=parts.writer,
            clock=parts.clock,
            halt=parts.halt,
            owner=parts.instance,
            metrics=parts.metrics,
            answers=AnswerHandler(
                answers=ProgramAnswers(
                    desk=parts.desk,
                    writer=parts.writer,
                    tokens=parts.answers,
                    clock=parts.clock,
                    world=parts.world,
                ),
                desk=parts.desk,
                vault=parts.vault,
                clock=parts.clock,
            ),
        )
    except UnfitError as error:
        raise CannotStartError(str(error), next_step="Correct this, then start again.") from None
