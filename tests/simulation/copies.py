"""Copies of the store, and a store that is put back from one of them: life goes on from there.

What people do then is what `docs/howto/backup.md` asks of them: the desk is held; the logs are read
again by themselves; publishers send again what came since; then two people let everything go on.
"""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random  # noqa: TID251 (seeded: the same number, the same schedule)
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.backup import Archive, Mark, put_back, take
from engine.backup.went_back import COUNTED
from engine.store import meta, stopping
from engine.store.database import Database, read
from engine.store.tables import notifications, offsets, situations

if TYPE_CHECKING:
    from tests.simulation.run import Simulation

EVERY, A_MOMENT = 360.0, 5.0
"""Seconds between copies, on average; and between two looks of whoever waits."""
HELD_WITHIN = timedelta(hours=4)
"""By then a desk that was put back has started: the longest that machines are down, and more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """The store as it was once, and what the world outside had seen of it."""

    at: datetime
    desk: Path
    """A backup, or the copied file itself."""
    keys: Path | None
    """None for a copied file: nothing in it says that it was put back."""
    counted: int
    accepted: dict[tuple[str, str], str]
    refused: set[tuple[str, str]]
    states: dict[str, str]
    heads: dict[str, tuple[int, str]]
    facts: int


class Copies:
    """Whoever keeps copies of the store, and has to put one back."""

    def __init__(self, sim: "Simulation", directory: Path) -> None:
        self._sim = sim
        self._directory = directory
        self._rng = Random(f"{sim.seed}/copies")
        self._kept: list[Copy] = []
        self._made = 0

    def mark(self, machine: int) -> Mark:
        """What this machine has seen, beside its keys."""
        directory = self._directory / f"machine-{machine}"
        directory.mkdir(exist_ok=True)
        return Mark(directory)

    async def live(self, until: datetime, went_back: Callable[[datetime], Awaitable[None]]) -> None:
        """Take copies and put them back until then. `went_back`: what people do meanwhile,
        told since when all is held."""
        while True:
            await asyncio.sleep(self._rng.expovariate(1 / EVERY))
            if self._sim.now() >= until:
                return
            usable = [copy for copy in self._kept if self._noticed(copy)]
            if usable and self._rng.random() < self._sim.faults.restore:
                await self._put_back(self._rng.choice(usable), went_back)
            else:
                self._take()

    def _noticed(self, copy: Copy) -> bool:
        """A copied file is noticed by machines that were up since: see the page on backups."""
        machines = [machine.number for machine in self._sim.machines]
        return copy.keys is not None or all(self.mark(n).read() > copy.counted for n in machines)

    def _take(self) -> None:
        sim, outside = self._sim, self._sim.outside
        self._made += 1
        desk, keys = self._directory / f"copy-{self._made}", None
        if self._rng.random() < 0.5:
            keys = desk.with_suffix(".keys")
            take(sim.database, file=desk, keys_file=keys, now=sim.now())
        else:
            with closing(sqlite3.connect(desk)) as file:
                sim.looking.connection.dbapi_connection.backup(file)  # type: ignore[union-attr]
        self._kept.append(
            Copy(
                at=sim.now(),
                desk=desk,
                keys=keys,
                counted=int(read(sim.looking, lambda conn: meta.read(conn, COUNTED)) or 0),
                accepted=dict(outside.accepted),
                refused=set(outside.refused_content),
                states=dict(outside.states),
                heads=dict(outside.heads),
                facts=len(sim.world.facts),
            )
        )

    def _open(self, copy: Copy) -> Database:
        self._made += 1
        path = self._directory / f"store-{self._made}.sqlite"
        if copy.keys is None:
            path.write_bytes(copy.desk.read_bytes())
            path.chmod(0o600)
            return Database(f"sqlite:///{path}")
        database = Database(f"sqlite:///{path}")
        put_back(database, Archive.open(copy.desk), case_keys=Archive.open(copy.keys))
        return database

    async def _put_back(self, copy: Copy, went_back: Callable[[datetime], Awaitable[None]]) -> None:
        """Stop every engine, put it back, start them; wait until people have let it go on."""
        sim = self._sim
        async with sim.stopping:  # else the two who end another stop would end this one
            sim.may_boot.clear()
            for machine in sim.machines:
                await machine.shut_down()
            began = sim.now()
            sim.say(f"put back as of {copy.at}")
            sim.counts["a backup was put back"] += 1
            sim.counts["a file was copied back"] += copy.keys is None
            self._kept = [each for each in self._kept if each.at <= copy.at]
            self._forget(copy, began)
            sim.swap(self._open(copy))
            sim.may_boot.set()
            await self._held(began)
            await self._logs_read()
            await went_back(began)

    def _forget(self, copy: Copy, now: datetime) -> None:
        """What came after the copy binds nobody any more, but those who know of it."""
        sim, outside = self._sim, self._sim.outside
        sim.forgotten |= {row.key: row for row in sim.messages()}
        sim.world.forget(copy.at, facts=copy.facts)
        sim.ledger.forget(copy.at, now)
        outside.accepted, outside.refused_content = dict(copy.accepted), set(copy.refused)
        outside.states, outside.heads = dict(copy.states), dict(copy.heads)
        outside.left_at = {key: at for key, at in outside.left_at.items() if at <= copy.at}
        outside.left_before_restore = Counter(sim.world.sends)
        outside.left_since_copy = {letter.key for letter in sim.world.forgotten}

    async def _held(self, began: datetime) -> None:
        """The first thing a desk that was put back does is to hold itself, and to call duty."""
        while not (stop := read(self._sim.looking, stopping.read)).on or not self._called(began):
            if self._sim.now() - began > HELD_WITHIN:
                return self._sim.broke("I24", "stop", f"It was put back, and this is set: {stop}")
            await self._sim.clock.sleep(A_MOMENT)
        if stop.by != stopping.BY_RESTORE:
            self._sim.broke("I24", "stop", f"It was put back, and {stop.by} counts as who stopped.")
        return None

    def _called(self, began: datetime) -> bool:
        """Whether duty was told of it since then."""
        of_case = notifications.join(situations, situations.c.case_id == notifications.c.case_id)
        told = (
            select(notifications.c.key)
            .select_from(of_case)
            .where(situations.c.source == "!incident")
            .where(situations.c.situation.like("put_back:%"))
        )
        keys = {row.key for row in self._sim.look_at(told)}
        letters = self._sim.world.letters
        return any(letter.key in keys and letter.at > began for letter in letters)

    async def _logs_read(self) -> None:
        """What came over a log comes again by itself; whoever says things again waits for it."""
        while any(
            self._sim.log.range((row.topic, row.part)).end > row.next_offset
            for row in self._sim.look_at(select(offsets))
        ):
            await self._sim.clock.sleep(A_MOMENT)
