"""One schedule: a seed decides everything, the production engine runs, the promises are checked."""

import asyncio
import contextlib
import random  # noqa: TID251 (seeded: the same number, the same schedule)
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, event, select

from engine import invariants
from engine.desk import Desk
from engine.entropy import SeededEntropy
from engine.invariants import Violation
from engine.registry.world import World as EngineWorld
from engine.sender import Sender
from engine.store.tables import cases, journal
from engine.timers import run_timers
from notifiers.message import ChannelKind
from tests.harness.assembly import SIGN, HaltedError, Parts, parts
from tests.harness.files import new_database
from tests.harness.people import duty
from tests.harness.towns import EVERYTHING, loto, rulebook
from tests.simulation.loop import VirtualClock, VirtualLoop
from tests.simulation.outside import SimChannel, World
from tests.simulation.process import NO_FAULTS, Dead, Faults, Process, SimWriter, Trace, drawn

START = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
CHAOS_FOR = timedelta(hours=3)
HEAL_FOR = timedelta(hours=1)
"""After the faults end, every obligation has to be met within this."""
POLL_SECONDS = 60.0
"""Rarer than in production: bells and due times wake the loops, and a seed is over sooner."""
LOOK_EVERY = timedelta(minutes=30)


@dataclass(slots=True)
class Result:
    """What one schedule came to."""

    seed: int
    violations: list[Violation] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    ios: int = 0
    virtual: timedelta = timedelta()
    trace: str = ""
    lines: list[str] = field(default_factory=list)


class Simulation:
    """The machine, its disk, its clock, and the people around it."""

    def __init__(self, seed: int, *, directory: Path, loop: VirtualLoop, keep: bool) -> None:
        self.seed = seed
        self.rng = random.Random(seed)
        self.faults = drawn(self.rng)
        self.counts: Counter[str] = Counter()
        self.trace = Trace(keep=keep)
        self.loop = loop
        self.clock = VirtualClock(loop, START)
        self.world = World()
        self.outside = invariants.Outside()
        self.place = loto()
        self.roster = duty(
            handlers=("Ana", "Eve"), seconds=("Ben",), shift_leads=("Chi",), directors=("Dia",)
        )
        self.rulebook = rulebook(EVERYTHING)
        self.database = new_database(directory / f"seed-{seed}.sqlite")
        event.listen(self.database.engine, "connect", _fast)  # a crash here is not a power cut
        self.looking: Connection = self.database.reader()
        self.process: Process | None = None
        self.parts: Parts | None = None
        self.up = asyncio.Event()
        self.up_since: datetime | None = None
        self.violations: list[Violation] = []
        self._writers: list[SimWriter] = []
        self._boots = 0

    # The machine

    async def keep_running(self) -> None:
        """Boot, live, die, boot again: for ever."""
        while True:
            process = self._boot()
            with contextlib.suppress(Dead, asyncio.CancelledError, BaseExceptionGroup):
                await asyncio.gather(self._live(process), return_exceptions=False)
            if not process.dead:
                raise AssertionError("the engine left although nobody killed it")
            self.up.clear()
            self.up_since = None
            await asyncio.sleep(self.rng.expovariate(1 / self.faults.down_for))

    def _boot(self) -> Process:
        self._boots += 1
        self.counts["boots"] += 1
        return Process(
            self._boots,
            rng=self.rng,
            faults=self.faults,
            trace=self.trace,
            counts=self.counts,
            now=self.loop.time,
        )

    async def _live(self, process: Process) -> None:
        writer = SimWriter(self.database, process)
        self._writers.append(writer)
        made = parts(
            writer=writer,
            clock=self.clock,
            entropy=SeededEntropy(f"{self.seed}/{process.number}"),
            world=EngineWorld(
                rulebook=self.rulebook,
                registry=self.place.with_duty(self.roster),
                roster=self.roster,
            ),
            halt=lambda reason: process.kill(f"halt: {reason}"),
            instance="simulated",
        )
        kinds = {"email": ChannelKind.EMAIL, "sms": ChannelKind.SMS}
        channels = [
            SimChannel(
                name,
                kind=kind,
                process=process,
                world=self.world,
                rng=self.rng,
                now=self.clock.true_now,
            )
            for name, kind in kinds.items()
        ]
        self.process, self.parts = process, made
        process.main = asyncio.ensure_future(self._loops(made.desk, channels))
        self.up_since = self.clock.true_now()
        self.up.set()
        self.trace.add(f"{self.loop.time():.6f} p{process.number} boots")
        await process.main

    async def _loops(self, desk: Desk, channels: list[SimChannel]) -> None:
        sender = Sender(
            desk=desk, channels=channels, clock=self.clock, sign=SIGN, poll_seconds=POLL_SECONDS
        )
        async with asyncio.TaskGroup() as group:
            group.create_task(desk.run())
            group.create_task(run_timers(desk, clock=self.clock, poll_seconds=POLL_SECONDS))
            group.create_task(sender.run())

    def heal(self) -> None:
        """No more faults from here on."""
        self.faults = NO_FAULTS
        if self.process is not None:
            self.process.faults = NO_FAULTS

    # Looking

    def look(self) -> None:
        """Check every promise as things stand."""
        self.outside.sends = self.world.sends
        self.outside.unclear = self.world.unclear
        view = self.looking.begin()
        try:
            found = invariants.check(
                self.looking,
                now=self.clock.true_now(),
                world=self.outside,
                up_since=self.up_since if self.faults is NO_FAULTS else None,
            )
        finally:
            view.rollback()
        self.counts["looks"] += 1
        for violation in found:
            self.trace.add(f"{self.loop.time():.6f} BROKEN {violation}")
        self.violations += found

    def close(self) -> None:
        """Give everything back."""
        for writer in self._writers:
            writer.close()
        self.looking.close()
        self.database.close()

    def digest(self) -> str:
        """What the schedule came to, in one hash: what happened, and what lies on disk."""
        view = self.looking.begin()
        try:
            for row in self.looking.execute(
                select(cases.c.id, cases.c.version, cases.c.head).order_by(cases.c.id)
            ):
                self.trace.add(f"{row.id} {row.version} {row.head}")
            leaves = self.looking.execute(select(journal.c.stream)).all()
        finally:
            view.rollback()
        self.counts["facts"] = len(leaves)
        return self.trace.hash


def run(seed: int, *, keep: bool = False) -> Result:
    """Run one schedule from its seed alone."""
    from tests.simulation.people import People

    loop = VirtualLoop()
    result = Result(seed=seed)
    with tempfile.TemporaryDirectory(prefix="tocsin-sim-") as directory:
        asyncio.set_event_loop(loop)
        try:
            sim = Simulation(seed, directory=Path(directory), loop=loop, keep=keep)
            try:
                loop.run_until_complete(_schedule(sim, People(sim)))
                result.trace = sim.digest()
            finally:
                _end(loop)
                sim.close()
            result.violations = sim.violations
            result.counts = sim.counts
            result.counts["letters"] = len(sim.world.letters)
            result.ios = sim.trace.ios
            result.virtual = sim.clock.true_now() - START
            result.lines = sim.trace.lines
        finally:
            asyncio.set_event_loop(None)
            loop.close()
    return result


async def _schedule(sim: Simulation, people: "object") -> None:
    from tests.simulation.people import People

    assert isinstance(people, People)
    running = asyncio.ensure_future(sim.keep_running())
    live = asyncio.ensure_future(people.live(until=START + CHAOS_FOR))
    try:
        while sim.clock.true_now() < START + CHAOS_FOR:
            await asyncio.sleep(LOOK_EVERY.total_seconds())
            sim.look()
            _still(running)
        sim.heal()
        await live  # whatever they began to say, they say to the end
        await asyncio.sleep(HEAL_FOR.total_seconds())
        _still(running)
        sim.look()
        sim.violations += people.unmet()
    finally:
        for task in (running, live):
            task.cancel()
        await asyncio.gather(running, live, return_exceptions=True)


def _still(running: "asyncio.Future[None]") -> None:
    if running.done():
        error = running.exception()
        raise error if error is not None else AssertionError("the machine stopped")


def _end(loop: VirtualLoop) -> None:
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))


def _fast(connection: object, record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]


__all__ = ["Faults", "HaltedError", "Result", "Simulation", "run"]
