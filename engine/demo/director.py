"""The director: publishes what happens, lets time leap when nobody is busy, sees the end."""

import asyncio
import hashlib
from dataclasses import dataclass, field

from engine.case.ids import event_id
from engine.clock import SystemClock
from engine.demo.cast import Cast, Telling
from engine.demo.desk_people import DeskPeople
from engine.demo.follower import Follower
from engine.demo.narrator import Narrator
from engine.demo.stage import Stage
from engine.demo.story_time import StoryTime
from engine.store.following import owed, ref_of_event
from engine.store.inbox import read as read_inbox

ARRIVES_WITHIN = 20.0  # seconds of the machine, from publishing to durable
SETTLES = 0.05
SHORTEST_LEAP = 2.0  # seconds of the story; less than that simply passes


@dataclass(kw_only=True)
class Director:
    """Runs one telling of the story."""

    cast: Cast
    stage: Stage
    story: StoryTime
    follower: Follower
    narrator: Narrator
    desk: DeskPeople
    tasks: asyncio.TaskGroup
    pace: float
    """Seconds of the machine between two looks, so that people can read along."""
    published: dict[tuple[str, str], str] = field(default_factory=dict)
    """(source, id) -> digest of everything that was published."""
    sent: int = 0
    """Records published, repeats counted."""
    ended: bool = False

    async def publish_all(self) -> None:
        """Publish every event at its time."""
        begin = self.story.clock.now()
        for telling in self.cast.events:
            passed = (self.story.clock.now() - begin).total_seconds()
            await self.story.pause(max(0.0, telling.after - passed))
            with self.story.acting():
                await self._publish(telling)

    async def run(self) -> None:
        """Let the story go on until its end: the last thing that happens is a case that ends."""
        wall = SystemClock()
        while not self.ended:
            fresh = await self.follower.look()
            await wall.sleep(self.pace if fresh else SETTLES)
            if fresh or self.story.busy:
                continue
            await self._leap()

    async def end(self, ref: str) -> None:
        """Two people end one case; then those told are stood down, and the story is over."""
        await self.desk.end_case(ref)
        await self.story.pause(5 * 60)
        with self.story.acting():
            await self._all_told()
        self.ended = True

    async def _publish(self, telling: Telling) -> None:
        await self.follower.look()
        self.narrator.tell(self.story.clock.now(), "", f"» {telling.tell}", tone="title")
        body = await self.stage.publish(telling)
        self.sent += 1
        identity = (telling.source, telling.id)
        self.published.setdefault(identity, hashlib.sha256(body).hexdigest())
        reader = self.stage.engine.parts.reader
        wall = SystemClock()
        until = wall.monotonic() + ARRIVES_WITHIN
        while wall.monotonic() < until:
            if await reader.run(lambda conn: read_inbox(conn, [identity])):
                break
            await wall.sleep(0.02)
        ref = await reader.run(lambda conn: ref_of_event(conn, event_id(*identity)))
        if ref and telling.situation:
            self.desk.plan(ref, telling.situation)
        if telling.id == self.cast.ending["after_event"]:
            self.tasks.create_task(self.end(ref))

    async def _leap(self) -> None:
        """Go to the next moment at which anybody does anything, and not beyond."""
        due = await self.stage.engine.parts.reader.run(owed)
        if due.sending or self.story.busy:
            return
        moments = [m for m in (due.next_at, self.story.next_wake) if m is not None]
        if not moments:
            return
        target = min(moments)
        if (target - self.story.clock.now()).total_seconds() > SHORTEST_LEAP:
            self.stage.clock.leap(target)

    async def _all_told(self) -> None:
        wall = SystemClock()
        until = wall.monotonic() + ARRIVES_WITHIN
        while wall.monotonic() < until:
            state = await self.stage.engine.parts.reader.run(owed)
            if not state.sending:
                return
            await wall.sleep(SETTLES)
