"""One schedule: a seed decides everything, production engines run, the promises are checked."""

import asyncio
import random  # noqa: TID251 (seeded: the same number, the same schedule)
import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, event, func, select

from engine import invariants
from engine.clock import Clock
from engine.invariants import Violation
from engine.ports import Record
from engine.registry.world import World as InForce
from engine.store import instances
from engine.store.database import Database, read
from engine.store.tables import (
    cases,
    journal,
    notifications,
    offsets,
    quarantine,
    situations,
    vault,
)
from tests.simulation.beside import Beside
from tests.simulation.copies import Copies
from tests.simulation.faults import NO_FAULTS, drawn, without
from tests.simulation.loop import HostClock, VirtualClock, VirtualLoop
from tests.simulation.machine import Machine
from tests.simulation.oracle import Ledger, Seen, differences
from tests.simulation.outside import Log, World
from tests.simulation.process import Trace
from tests.simulation.town import START, new_town

CHAOS_FOR = (timedelta(minutes=30), timedelta(minutes=60), timedelta(hours=2))
HEAL_FOR = timedelta(minutes=25)
"""After the faults end, every obligation has to be met within this."""
LOOK_EVERY = timedelta(minutes=30)
TEN_MINUTES = 600.0
OUTWARD = ("promised", "promise_asked", "answer_expired", "contact_silent")
"""Facts of those outside, which are counted."""
GOES_OUT = (0.21, 0.48)
"""Lives whose draw lies between. Seeds that are known to find something rare lie outside."""
SLOW_CLOCK = 15.0
"""How much slower the machines' own clocks run than the town's: see `VirtualClock`."""
LEAVES_WITHIN = timedelta(minutes=2)
"""Who was given up while it stood still finds out by its next sign of life."""
SESSION = 10.0
"""Seconds after which a group notices that a reader is gone."""


@dataclass(slots=True)
class Result:
    """What one schedule came to."""

    seed: int
    violations: list[Violation] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    ios: int = 0
    virtual: timedelta = timedelta()
    trace: str = ""
    lines: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> list[str]:
        """Everything that is, a line each."""
        return [*map(str, self.violations), *(f"oracle: {each}" for each in self.differences)]


class Simulation:
    """The machines, their disk, their clock, and the world around them."""

    def __init__(
        self,
        seed: int,
        *,
        directory: Path,
        loop: VirtualLoop,
        keep: bool,
        off: frozenset[str] = frozenset(),
    ) -> None:
        self.seed, self.directory = seed, directory
        self.rng = random.Random(f"{seed}/people")
        chosen = random.Random(f"{seed}/chosen")
        self.faults = without(drawn(chosen, seed), off)
        self.relays = chosen.random() < 0.4
        count = chosen.choice((1, 1, 2, 3))
        self.shared = count > 1
        self.chaos_until = START + chosen.choice(CHAOS_FOR[: 3 if count == 1 else 2])
        self.counts: Counter[str] = Counter()
        self.counts["several engines over one store"] = int(self.shared)
        self.trace = Trace(keep=keep)
        self.loop = loop
        self.clock = VirtualClock(loop, START)
        self.machine_clock = VirtualClock(loop, START, factor=SLOW_CLOCK)
        self.world = World()
        self.log = Log(random.Random(f"{seed}/log"))
        self.poison: list[Record] = []
        self.outside = invariants.Outside()
        self.ledger = Ledger()
        least, most = GOES_OUT
        self.goes_out = least < random.Random(f"{seed}/goes out").random() < most
        self.counts["a life that goes outward"] = int(self.goes_out)
        self._stand_on(new_town(directory / f"seed-{seed}.sqlite", brisk=self.goes_out))
        self.copies = Copies(self, directory) if self.faults.restore else None
        self.forgotten: dict[str, Row[Any]] = {}
        self.stopping = asyncio.Lock()
        """Held from a stop of everything outgoing until two people let it go on."""
        self.may_boot = asyncio.Event()
        self.may_boot.set()
        self.beside = Beside(self)
        self.machines = [Machine(n + 1, self) for n in range(count)]
        self.healed = asyncio.Event()
        self.healed_at: datetime | None = None
        self.violations: list[Violation] = []
        self._full = False

    def _stand_on(self, database: Database) -> None:
        self.database = database
        event.listen(database.engine, "connect", _fast)  # a crash here is not a power cut
        self.looking: Connection = database.reader()

    def swap(self, database: Database) -> None:
        """From here on this is the store; nobody has the other one open any more."""
        self.looking.close()
        self.database.close()
        self._stand_on(database)

    def clock_of(self, machine: int) -> Clock:
        """As wrong as this seed lets the clock of a machine be."""
        if not self.faults.skew:
            return self.clock
        rng = random.Random(f"{self.seed}/clock {machine}")
        self.counts["clocks of machines that differ"] += self.shared
        return HostClock(self.clock, off=self.faults.skew, rng=rng)

    # What people and machines ask

    def now(self) -> datetime:
        """The true time."""
        return self.clock.true_now()

    def say(self, line: str) -> None:
        """Into the trace."""
        self.trace.add(f"{self.loop.time():.6f} {line}")

    def disk_full(self) -> bool:
        return self._full

    def changed(self) -> None:
        """Some engine stopped, moves again, began or ended; or what all of them stand on did."""
        right = not self._full and not self.clock.skew
        self.ledger.sound.append((self.now(), sum(m.sound for m in self.machines) * right))
        self.loop.call_later(SESSION, self.log.rebalance)

    async def somebody_up(self) -> Machine:
        """A machine on which an engine runs."""
        while True:
            up = [machine for machine in self.machines if machine.up.is_set()]
            if up:
                return self.rng.choice(up)
            waiting = [asyncio.ensure_future(machine.up.wait()) for machine in self.machines]
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for each in waiting:
                each.cancel()

    def look_at(self, query: Any) -> list[Any]:
        """Read the store as it is on disk."""
        return list(read(self.looking, lambda conn: conn.execute(query).all()))

    def epoch_of(self, record: Record) -> int:
        """Under which its partition is read by now: who began under an older one has lost it."""
        o = offsets.c
        of = (o.topic == record.topic) & (o.part == record.partition)
        return int(self.look_at(select(o.epoch).where(of))[0].epoch)

    def broke(self, invariant: str, row: str, what: str) -> None:
        """Something was seen that no table tells afterwards."""
        self.violations.append(Violation(invariant=invariant, row=row, what=what, remedy=""))
        self.say(f"BROKEN {self.violations[-1]}")

    # What happens to all machines at once

    async def weather(self) -> None:
        """Full disks and wrong clocks, for minutes."""
        while True:
            await asyncio.sleep(self.rng.expovariate(1 / TEN_MINUTES))
            if self.rng.random() < self.faults.disk_full:
                self._full = True
                self.changed()
                await self._minutes()
                self._full = False
            if self.rng.random() < self.faults.clock_back:
                back = timedelta(seconds=self.rng.choice((30, 3_600, 7_200)))
                soon = cases.c.due_at.between(self.now() - back, self.now() + back)
                due = self.look_at(select(func.count()).where(soon))[0][0]
                self.counts["the clock went back while a step was due"] += bool(due)
                self.say(f"the clock goes back by {back}")
                self.clock.skew = -back
                self.changed()
                await self._minutes()
                self.clock.skew = timedelta()
            self.changed()

    async def _minutes(self) -> None:
        await asyncio.sleep(self.rng.expovariate(1 / 240))

    def heal(self) -> None:
        """No more faults from here on; whoever is down boots, whoever stands still moves."""
        self.faults, self._full, self.clock.skew = NO_FAULTS, False, timedelta()
        self.healed_at = self.now()
        self.say("everything heals")
        self.healed.set()
        for machine in self.machines:
            machine.heal()
        self.changed()

    # Looking

    def loaded(self, world: InForce) -> None:
        """An engine goes by this from now on: it must wake somebody at any hour."""
        for violation in invariants.check_config(world.rulebook, world.roster):
            self.violations.append(violation)
            self.say(f"BROKEN {violation}")

    def _ask_around(self) -> None:
        """What was seen outside, for the judge."""
        for machine in self.machines:
            if machine.parts is not None:
                self.loaded(machine.parts.world.current)
                self.world.witness.heard("metrics", machine.parts.metrics.exposed())
        read_to = {(row.topic, row.part): row.next_offset for row in self.look_at(select(offsets))}
        self.outside.sends = self.world.sends
        self.world.witness.tell(
            self.outside,
            directory=self.directory,
            reports=[noted.report for noted in self.ledger.reports.values()],
            poison=self.poison,
            passed=lambda r: r.offset < (read_to.get((r.topic, r.partition)) or 0),
        )

    def look(self) -> None:
        """Check every promise as things stand."""
        self._ask_around()
        for letter in self.world.letters:
            self.outside.left_at.setdefault(letter.key, letter.at)
        calm = self.faults is NO_FAULTS and all(machine.sound for machine in self.machines)
        up_since = self.ledger.sound[-1][0] if calm else None
        found = read(
            self.looking,
            lambda conn: invariants.check(
                conn, now=self.now(), world=self.outside, up_since=up_since
            ),
        )
        self.counts["looks"] += 1
        if self.shared and up_since is not None and self.now() - up_since > LEAVES_WITHIN:
            self._in_force()
        for violation in found:
            self.say(f"BROKEN {violation}")
        self.violations += found

    def _in_force(self) -> None:
        """Whoever was given up for dead has noticed by now, and left."""
        beats = read(self.looking, instances.beats)
        for machine in self.machines:
            if machine.engine.desk.instance not in beats:
                self.broke("I14", machine.engine.desk.instance, "It was given up, and goes on.")

    def seen(self) -> Seen:
        """What there is at the end, for the oracle."""
        return Seen(
            now=self.now(),
            journal=self.look_at(select(journal).order_by(journal.c.stream, journal.c.n)),
            quarantine=self.look_at(select(quarantine)),
            notifications=self.messages(),
            forgotten=self.forgotten,
            poison=self.poison,
            letters=[*self.world.forgotten, *self.world.letters],
            published=self.world.facts if self.relays else None,
        )

    def messages(self) -> list[Row[Any]]:
        """All that the store has of messages."""
        n = notifications.c
        of_case = notifications.outerjoin(situations, situations.c.case_id == n.case_id)
        known = (n.key, n.state, n.contact, n.case_id, n.decided_at, situations.c.situation)
        return self.look_at(select(*known).select_from(of_case))

    def digest(self) -> str:
        """What the schedule came to, in one hash: what happened, and what lies on disk."""
        for row in self.look_at(
            select(cases.c.id, cases.c.version, cases.c.head).order_by(cases.c.id)
        ):
            self.trace.add(f"{row.id} {row.version} {row.head}")
        so_many = select(journal.c.kind, func.count().label("so_many")).group_by(journal.c.kind)
        for row in self.look_at(so_many.where(journal.c.stream == "system")):
            self.counts[f"system {row.kind}"] += row.so_many
        for row in self.look_at(so_many.where(journal.c.kind.in_(OUTWARD))):
            self.counts[f"fact {row.kind}"] += row.so_many
        self.counts["letters"] = len(self.world.letters)
        self.counts["sealed words"] = self.look_at(select(func.count()).select_from(vault))[0][0]
        before = {letter.key for letter in self.world.forgotten}
        for letter in self.world.letters:
            self.counts[f"letter {letter.purpose}"] += 1
            self.counts["told again after a backup"] += letter.key in before
        return self.trace.hash

    def close(self) -> None:
        """Give everything back."""
        for machine in self.machines:
            machine.close()
        self.looking.close()
        self.database.close()


def run(
    seed: int, *, keep: bool = False, off: frozenset[str] = frozenset(), stop: bool = False
) -> Result:
    """Run one schedule from its seed alone; `off`: kinds of faults that are switched off.

    `stop`: end at the first look that finds something wrong.
    """
    from tests.simulation.people import People

    loop = VirtualLoop(random.Random(f"{seed}/ties"))
    result = Result(seed=seed)
    with tempfile.TemporaryDirectory(prefix="tocsin-sim-") as directory:
        asyncio.set_event_loop(loop)
        try:
            sim = Simulation(seed, directory=Path(directory), loop=loop, keep=keep, off=off)
            with closing(sim), sim.world.witness.listening():
                try:
                    loop.run_until_complete(_schedule(sim, People(sim), stop=stop))
                    result.differences = differences(sim.ledger, sim.seen())
                    result.trace = sim.digest()
                finally:
                    _end(loop)
            result.violations, result.counts = sim.violations, sim.counts
            result.ios, result.virtual = sim.trace.ios, sim.now() - START
            result.lines = sim.trace.lines
        finally:
            asyncio.set_event_loop(None)
            loop.close()
    return result


async def _schedule(sim: Simulation, people: Any, *, stop: bool) -> None:
    running = [asyncio.ensure_future(machine.keep_running()) for machine in sim.machines]
    running.append(asyncio.ensure_future(sim.weather()))
    live = asyncio.ensure_future(people.live(until=sim.chaos_until))
    try:
        while sim.now() < sim.chaos_until:
            await asyncio.sleep(LOOK_EVERY.total_seconds())
            sim.look()
            _still(running)
            if stop and sim.violations:
                return
        running.pop().cancel()
        sim.heal()
        await live  # whatever they began to say, they say to the end
        await people.flood.live()
        await asyncio.sleep(HEAL_FOR.total_seconds())
        _still(running)
        sim.look()
        sim.beside.look()
    finally:
        for task in (*running, live):
            task.cancel()
        await asyncio.gather(*running, live, return_exceptions=True)


def _still(running: "list[asyncio.Future[None]]") -> None:
    for each in running:
        if each.done():
            raise each.exception() or AssertionError("a machine stopped")


def _end(loop: VirtualLoop) -> None:
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))


def _fast(connection: Any, record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")
