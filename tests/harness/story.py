"""A scenario as a coordinator would tell it, driving the production engine on a real SQLite file.

    async with given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro(),
                     at="2027-03-01 22:00") as story:
        await story.publish(report("arrest", id="r1", ...))
        await story.phone("Ana").expects("HIGH").replies("1")
        await story.advance(hours=2)
        story.nothing_else_sent()

Time stands still until `advance` or `until`. Every message has to be spoken of: one that nobody
expected fails the test, and so does a broken promise, both at the latest where the story ends.
"""

import asyncio
import contextlib
import hashlib
import tempfile
from collections import deque
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from engine import invariants
from engine.case import commands as c
from engine.clock import ManualClock
from engine.demo.stories.inbox import Unread
from engine.demo.stories.moments import moment, next_moment
from engine.demo.stories.teller import Teller
from engine.desk import Lane
from engine.desk.pacing import Pacing
from engine.intake.door import Outcome, Taken
from engine.registry.world import World
from engine.store.inline import InlineWriter
from notifiers.message import ChannelKind
from notifiers.outcome import OutcomeReason
from rules.rulebook import Rulebook
from schemas.responses import Result
from schemas.roster import Roster
from tests.harness.assembly import Engine, entropy_of, halting, parts
from tests.harness.files import new_database
from tests.harness.people import Place
from tests.harness.recording import Post, RecordingChannel, Sent
from tests.harness.reports import Report


@contextlib.asynccontextmanager
async def given(
    *,
    registry: Place,
    rulebook: Rulebook | None,
    roster: Roster,
    at: str = "2027-03-01 22:00",
    storm: int = 0,
) -> AsyncIterator["Story"]:
    """Begin a story; at its end nothing may be unread and every promise must be kept.

    `storm`: how many messages one recipient gets in a quarter of an hour; 0: as many as there are.
    """
    with tempfile.TemporaryDirectory(prefix="tocsin-story-") as directory:
        story = Story(
            registry=registry,
            rulebook=rulebook,
            roster=roster,
            at=at,
            directory=Path(directory),
            storm=storm,
        )
        await story.start()
        try:
            yield story
            if not story.planted:
                await story.settle()
                story.nothing_else_sent()
                await story.keeps_every_promise()
        finally:
            await story.stop()
            await story.close()


@dataclass(slots=True)
class _Told:
    """What the story remembers of the outside."""

    world: invariants.Outside = field(default_factory=invariants.Outside)
    broken: frozenset[str] = frozenset()
    planted: bool = False


class Story(Teller):
    """One engine, its people and its time."""

    def __init__(
        self,
        *,
        registry: Place,
        rulebook: Rulebook | None,
        roster: Roster,
        at: str,
        directory: Path,
        storm: int = 0,
    ) -> None:
        super().__init__()
        self.registry = registry.with_duty(roster)
        self.rulebook = rulebook
        self.roster = roster
        self.storm = storm
        self.post = Post()
        self.clock = ManualClock(moment(at), settle=_at_rest)
        self.database = new_database(directory / "story.sqlite")
        self.engine: Engine | None = None
        self._unread = Unread(lambda: self.post.sent)
        self._told = _Told()
        self.began = self.clock.now()
        """When the story began."""
        self._up_since = self.began
        self._beside: list[asyncio.Task[None]] = []

    # The engine

    async def start(self) -> None:
        """Start the engine, as after a boot."""
        self._up_since = self.clock.now()
        writer = InlineWriter(self.database)
        clock = self.clock
        made = parts(
            writer=writer,
            clock=clock,
            entropy=entropy_of(f"story {clock.now()}"),
            world=World(rulebook=self.rulebook, registry=self.registry, roster=self.roster),
            halt=halting,
            instance="story",
            pacing=Pacing(messages=self.storm),
        )
        kinds = {"email": ChannelKind.EMAIL, "sms": ChannelKind.SMS}
        self.engine = Engine(
            made,
            clock=clock,
            channels=[
                RecordingChannel(name, kind=kind, post=self.post, now=clock.now)
                for name, kind in kinds.items()
            ],
            close=writer.close,
        )
        self.engine.start()
        await self.settle()

    async def stop(self) -> None:
        """Stop it in order."""
        if self.engine is not None:
            await self.engine.stop()
            self.engine = None

    async def restart(self, **after: float) -> None:
        """Stop, let this much time pass, start again: `restart(hours=6)`."""
        await self.stop()
        await self.clock.advance(**after)
        await self.start()

    async def down(self) -> None:
        await self.stop()

    async def up(self) -> None:
        await self.start()

    async def crash(self, **after: float) -> None:
        """As `restart`, but nothing is said goodbye to: what was under way is lost."""
        await self.stop()  # what was being sent stays marked as being sent, as after a kill
        await self.clock.advance(**after)
        await self.start()

    def beside(self, loop: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run this beside the engine until the story ends."""
        task = asyncio.get_running_loop().create_task(loop)
        self._beside.append(task)
        return task

    async def close(self) -> None:
        """Give everything back."""
        for task in self._beside:
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)
        self.database.close()

    async def settle(self) -> None:
        """Let everything happen that needs no time."""
        await _at_rest()
        for error in self._engine.failed() if self.engine else ():
            raise AssertionError("a loop of the engine ended") from error

    # Time

    async def advance(self, **span: float) -> None:
        """Let time pass: `advance(hours=2, minutes=5)`."""
        await self._pass(self.now + timedelta(**span))

    async def until(self, said: str) -> None:
        """Let time pass until then: `until("Tue 08:30")`."""
        await self._pass(next_moment(said, after=self.now))

    async def _pass(self, until: datetime) -> None:
        await self.settle()
        await self.clock.advance(seconds=(until - self.now).total_seconds())
        await self.settle()

    @property
    def planted(self) -> bool:
        """Whether this story planted a breach."""
        return self._told.planted

    @property
    def now(self) -> datetime:
        return self.clock.now()

    # What comes in

    async def publish(self, report: Report, *, times: int = 1) -> Taken:
        """Send a report through the door, as often as said; the last answer."""
        taken = None
        self.remember(report)
        for _ in range(times):
            taken = await self._engine.publish(report.bytes(), source=report.source)
            await self.settle()
            key = (report.source, report.id)
            if taken.outcome is Outcome.TAKEN:
                digest = hashlib.sha256(report.bytes()).hexdigest()
                self._told.world.accepted[key] = digest
            elif taken.outcome is Outcome.EQUIVOCATION:
                self._told.world.refused_content.add(key)
        assert taken is not None
        return taken

    async def publish_together(self, reports: Sequence[Report]) -> None:
        """Send all of these at once; returns when every one is durable."""
        taken = await asyncio.gather(
            *(self._engine.publish(each.bytes(), source=each.source) for each in reports)
        )
        for each, answer in zip(reports, taken, strict=True):
            assert answer.outcome is Outcome.TAKEN, answer
            digest = hashlib.sha256(each.bytes()).hexdigest()
            self._told.world.accepted[(each.source, each.id)] = digest

    async def do(self, command: c.Command) -> Result:
        """Give the desk a command, as the console would."""
        (result,) = await self._engine.desk.submit(command, lane=Lane.STOP)
        await self.settle()
        return result

    # People

    def bounces(self, endpoint: str, *, times: int = 1) -> None:
        """The next tries to this address are refused for good: `bounces("lea.email")`."""
        self._mood(endpoint, OutcomeReason.REFUSED_ADDRESS, times)

    def mood(self, endpoint: str, reason: OutcomeReason, *, times: int = 1) -> None:
        """The next tries to this address come to this."""
        self._mood(endpoint, reason, times)

    async def reported(self, sent: Sent, *, delivered: bool) -> Result:
        """The provider says what became of this message after it took it."""
        return await self.do(
            c.DeliveryReported(channel=sent.channel, key=sent.message.key, delivered=delivered)
        )

    @contextlib.asynccontextmanager
    async def sending_stopped(self) -> AsyncIterator[None]:
        """While this lasts nothing is claimed: what is decided waits in its queue."""
        await self._engine.stop_sender()
        try:
            yield
        finally:
            self._engine.start_sender()
            await self.settle()

    @contextlib.contextmanager
    def every_send_hangs(self) -> Iterator[None]:
        """While this lasts a message that is being sent never gets an answer."""
        self.post.hangs = True
        try:
            yield
        finally:
            self.post.hangs = False

    def ends_broken(self) -> None:
        """This story plants a breach: its end is not looked at."""
        self._told.planted = True

    def expects_broken(self, *names: str) -> None:
        """This story breaks these promises on purpose."""
        self._told.broken = frozenset(names)

    # Looking

    def sent(self, endpoint: str) -> list[Sent]:
        """Everything that ever left for this address."""
        return [sent for sent in self.post.sent if sent.endpoint == endpoint]

    def left_for(self, endpoint: str) -> int:
        return len(self.sent(endpoint))

    async def keeps_every_promise(self) -> None:
        """All invariants hold, on the tables and against what really left."""
        world = self._told.world
        world.sends = self.post.counts
        broken = self.run(
            lambda conn: invariants.check(conn, now=self.now, world=world, up_since=self._up_since)
        )
        unexpected = [each for each in broken if each.invariant not in self._told.broken]
        assert not unexpected, "\n".join(map(str, unexpected))
        missing = self._told.broken - {each.invariant for each in broken}
        assert not missing, f"not broken, as was expected: {sorted(missing)}"

    # Inside

    @property
    def _engine(self) -> Engine:
        assert self.engine is not None, "the engine is down"
        return self.engine

    def _mood(self, endpoint: str, reason: OutcomeReason, times: int) -> None:
        self.post.moods.setdefault(endpoint, deque()).extend([reason] * times)


async def _at_rest() -> None:
    """Return when nobody can go on without time passing."""
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    quiet = 0
    while quiet < 3:
        await asyncio.sleep(0)
        quiet = 0 if ready else quiet + 1
