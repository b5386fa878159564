"""Each loop of the engine, when what it waits for never answers: the watchdog names it."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection

from engine import canary
from engine.auditor import Auditor
from engine.beat import keep_beating
from engine.bell import Bell
from engine.bootstrap import limits
from engine.canary_watch import CanaryWatch, Timing
from engine.entropy import SeededEntropy
from engine.metrics import Metrics
from engine.relay import Relay
from engine.sender import Sender
from engine.settings import Settings
from engine.stop_file import FileInDirectory, StopWatch
from engine.store.inline import InlineWriter
from engine.timers import run_timers
from engine.vault.secret import Secret
from engine.watchdog import Progress, Watch
from notifiers.message import ChannelKind, Message
from tests.harness.assembly import SIGN
from tests.harness.recording import Post, RecordingChannel
from tests.integration.engine.desk.room import START, Room, a_room, halt, report
from tests.unit.engine.case import builders as b

T = TypeVar("T")
LOOKS = 90
"""Two seconds each: longer than the longest limit."""


class Hanging:
    """A store, or half of one, that may stop answering for ever."""

    def __init__(self) -> None:
        self.inner: Any = None
        self.hangs = False

    async def run(self, fn: Callable[[Connection], T]) -> T:
        if self.hangs:
            await asyncio.Event().wait()
        result: T = await self.inner.run(fn)
        return result


class Broker:
    """A broker that may stop answering for ever."""

    hangs = False

    async def publish(self, **record: Any) -> None:
        if self.hangs:
            await asyncio.Event().wait()


class Heart:
    """An outside watch that may stop answering for ever."""

    hangs = False

    async def beat(self) -> None:
        if self.hangs:
            await asyncio.Event().wait()


class House:
    """Every loop over one room."""

    def __init__(
        self, room: Room, progress: Progress, writer: Hanging, bell: Bell, folder: Path
    ) -> None:
        self.progress = progress
        self.writer = writer
        self.reader = Hanging()
        self.reader.inner = room.reader
        self.broker, self.heart = Broker(), Heart()
        self.at_hand_over: Callable[[], None] = lambda: None
        clock = room.clock

        async def handing(message: Message) -> None:
            self.at_hand_over()

        post = Post()
        sender = Sender(
            desk=room.desk,
            channels=[
                RecordingChannel(
                    kind, kind=ChannelKind(kind), post=post, now=clock.now, before_send=handing
                )
                for kind in ("email", "sms")
            ],
            clock=clock,
            sign=SIGN,
            turns=progress.loop("sender", limit=limits.CLAIMING),
            settling=progress.loop("settling", limit=limits.SETTLING),
        )
        relay = Relay(
            reader=self.reader,
            writer=self.writer,
            publisher=self.broker,
            clock=clock,
            facts=bell,
            name=room.desk.instance,
            machine=clock,
            turns=lambda name: progress.loop(name, limit=limits.RELAY),
        )

        async def nobody(incident: object) -> None:
            return

        auditor = Auditor(
            reader=self.reader,
            raise_incident=nobody,
            heartbeat=self.heart,
            clock=clock,
            config=lambda: (None, b.ROSTER),
            up_since=START,
            turns=progress.loop("auditor", limit=limits.auditor(Settings())),
        )
        timers = run_timers(
            room.desk, clock=clock, turns=progress.loop("timers", limit=limits.TIMERS)
        )
        canaries = CanaryWatch(
            {canary.DOOR: self._let_go},
            key=Secret(bytes(32)),
            reader=self.reader,
            raise_incident=nobody,
            metrics=Metrics(),
            clock=clock,
            stamp=clock,
            entropy=SeededEntropy("canary"),
            timing=Timing(every=60, within=10),
            turns={canary.DOOR: progress.loop("canary", limit=60 + 2 * 10)},
        )
        stop = StopWatch(
            file=FileInDirectory(folder),
            place="test",
            desk=room.desk,
            reader=self.reader,
            clock=clock,
            turns=progress.loop("stop watch", limit=limits.STOPPING),
        )
        beating = keep_beating(
            self.writer,
            name=room.desk.instance,
            clock=clock,
            halt=halt,
            turns=progress.loop("beat", limit=limits.BEAT),
        )
        loops = (sender.run(), relay.run(), auditor.run(), canaries.run(), stop.run())
        self.tasks = [asyncio.create_task(loop) for loop in (timers, beating, *loops)]

    async def _let_go(self, raw: bytes, id: str) -> None:
        """A canary, out of hand at once."""

    async def end(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


def _store(house: House) -> None:
    house.writer.hangs = True


def _reading(house: House) -> None:
    house.reader.hangs = True


def _broker(house: House) -> None:
    house.broker.hangs = True


def _heart(house: House) -> None:
    house.heart.hangs = True


def _after_a_hand_over(house: House) -> None:
    house.at_hand_over = lambda: _store(house)


@pytest.mark.parametrize(
    ("wedge", "stuck"),
    [
        (lambda house: None, set()),
        (_store, {"desk", "timers", "sender", "beat"}),
        (_after_a_hand_over, {"desk", "settling"}),
        (_reading, {"auditor", "relay", "canary", "stop watch"}),
        (_broker, {"relay facts"}),
        (_heart, {"auditor"}),
    ],
    ids=[
        "nothing",
        "the store",
        "the store after a hand-over",
        "reading",
        "the broker",
        "the watch",
    ],
)
async def test_a_loop_whose_other_side_never_answers_is_named(
    tmp_path: Path, wedge: Callable[[House], None], stuck: set[str]
) -> None:
    progress, writer, bell = Progress(), Hanging(), Bell()
    async with a_room(
        tmp_path / "wedged.sqlite",
        writer=writer,
        publish="facts",
        turns=progress.loop("desk", limit=limits.DESK),
    ) as room:
        writer.inner = InlineWriter(room.database)
        await room.desk.fire_due(limit=1)  # it has begun, under the name by which it beats
        house = House(room, progress, writer, bell, tmp_path)
        await room.clock.advance(seconds=1)
        wedge(house)
        reporting = asyncio.create_task(room.submit(report()))
        watch, named = Watch(progress), set[str]()
        for _ in range(LOOKS):
            await room.clock.advance(seconds=2)
            named |= {still.name for still in watch.look(2.0) if still.stuck}
        reporting.cancel()
        await asyncio.gather(reporting, return_exceptions=True)
        await house.end()
        writer.inner.close()

    assert stuck <= named if stuck else not named
