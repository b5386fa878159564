"""What watches the engine from inside: turns of loops, canaries, and the sign of life outside."""

from collections.abc import Awaitable, Callable, Sequence

from engine import canary
from engine.auditor import Auditor
from engine.bootstrap import limits
from engine.bootstrap.parts import Parts
from engine.calling import raising
from engine.canary_watch import CanaryWatch, LetGo, Timing
from engine.clock import SystemClock
from engine.heartbeat import (
    FileHeartbeat,
    Heartbeat,
    Heartbeats,
    NotedHeartbeat,
    PingHeartbeat,
)
from engine.publisher import KafkaPublisher
from engine.signs import Sign, expects, read
from engine.store import signs as stored_signs
from engine.watchdog import Watchdog
from engine.watchdog_log import Lane, LogWatch
from rules.rulebook import Rulebook
from schemas.roster import Roster

HEARTBEAT = "heartbeat"
"""In the data directory; touched while every promise is kept. A watch outside looks at its age."""
_STRUCTURED = {"content-type": "application/cloudevents+json"}


def watchdog(parts: Parts, *, alive: Callable[[], None]) -> Watchdog:
    """Ends this process when one of its loops is stuck."""
    return Watchdog(parts.progress, clock=SystemClock(), halt=parts.halt, alive=alive)


def log_watch(parts: Parts, lanes: Sequence[Lane]) -> LogWatch:
    """Notes whether the logs that are read here move."""
    return LogWatch(
        lanes,
        turns={
            lane.name: parts.progress.loop(f"log {lane.name}", limit=limits.LOG) for lane in lanes
        },
        rounds={
            lane.name: parts.progress.loop(f"a partition of {lane.name}", limit=limits.PARTITION)
            for lane in lanes
        },
        reader=parts.reader,
        clock=SystemClock(),
    )


def canaries_fly(parts: Parts) -> bool:
    """Not where the engine's time runs fast: there a canary would be of another hour."""
    return parts.clock is parts.people_clock and parts.settings.time_factor == 1


def signs_of(parts: Parts) -> Callable[[], Awaitable[tuple[Sign, ...]]]:
    """How the engine is, asked of the store: of all processes over it."""
    wanted = expects(parts.settings, live=canaries_fly(parts))
    up_since = parts.clock.now()

    async def look() -> tuple[Sign, ...]:
        known = await parts.reader.run(stored_signs.known)
        return read(known, wanted, now=parts.clock.now(), up_since=up_since)

    return look


class Watch:
    """The auditor and its canaries: they alone decide whether a sign of life is given."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._publisher = KafkaPublisher(parts.settings.kafka) if self._by_log else None
        self._canaries = self._watch() if self._lets_go else None

    @property
    def _by_log(self) -> bool:
        return self._parts.settings.kafka.enabled and self._lets_go

    @property
    def _lets_go(self) -> bool:
        return self._parts.settings.canary.enabled and canaries_fly(self._parts)

    async def let_canaries_go(self) -> None:
        """Until cancelled."""
        if self._canaries is None:
            return
        try:
            await self._canaries.run()
        finally:
            if self._publisher is not None:
                await self._publisher.aclose()

    def auditor(self) -> Auditor:
        """The one place from which the heartbeat beats."""
        parts = self._parts

        def config() -> tuple[Rulebook | None, Roster]:
            world = parts.world.current
            return world.rulebook, world.roster

        return Auditor(
            reader=parts.reader,
            raise_incident=raising(parts.desk),
            heartbeat=_heartbeat(parts),
            clock=parts.clock,
            config=config,
            up_since=parts.clock.now(),
            now=parts.desk.now,
            every=parts.settings.heartbeat.every,
            turns=parts.progress.loop("auditor", limit=limits.auditor(parts.settings)),
            also=lambda: () if self._canaries is None else self._canaries.troubles(),
        )

    def _watch(self) -> CanaryWatch:
        parts, settings = self._parts, self._parts.settings.canary
        ways = self._ways()
        return CanaryWatch(
            ways,
            key=parts.keys.receipt,
            reader=parts.reader,
            raise_incident=raising(parts.desk),
            metrics=parts.metrics,
            clock=SystemClock(),
            stamp=parts.clock,
            entropy=parts.entropy,
            timing=Timing(every=settings.every, within=settings.within),
            turns={
                way: parts.progress.loop(
                    f"canary {way}", limit=settings.every + 2 * settings.within
                )
                for way in ways
            },
        )

    def _ways(self) -> dict[str, LetGo]:
        kafka = self._parts.settings.kafka
        if self._publisher is None:
            return {canary.DOOR: lambda raw, _: self._parts.door.take_canary(raw)}
        return {
            "critical": self._produce(self._publisher, kafka.critical_topic),
            "normal": self._produce(self._publisher, kafka.normal_topic),
        }

    def _produce(
        self, publisher: KafkaPublisher, topic: str
    ) -> Callable[[bytes, str], Awaitable[None]]:
        async def produce(raw: bytes, id: str) -> None:
            # By its id each goes to another partition; in time all of them are tried.
            await publisher.publish(topic=topic, key=id, value=raw, headers=_STRUCTURED)

        return produce


def _heartbeat(parts: Parts) -> Heartbeat:
    settings = parts.settings.heartbeat
    beats: list[Heartbeat] = [FileHeartbeat(parts.settings.data_dir / HEARTBEAT)]
    if settings.url is not None:
        beats.append(PingHeartbeat(settings.url, ca_file=settings.ca_file))
    beats.append(NotedHeartbeat(parts.writer, clock=parts.clock))
    return Heartbeats(beats)
