"""One life of an engine's process, and everything that may befall it."""

import asyncio
import hashlib
import random  # noqa: TID251 (seeded: the same number, the same schedule)
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from engine.store.database import Database, read, transact
from engine.store.dialect import SHARED
from tests.simulation.faults import NO_FAULTS as NO_FAULTS
from tests.simulation.faults import Faults as Faults

T = TypeVar("T")

POINTS: Mapping[str, str] = MappingProxyType(
    {"send": "crash_having_sent", "poll": "crash_having_read", "publish": "crash_having_published"}
)
"""Effect -> the fault of dying right after it: rare paths, forced open."""


class Dead(BaseException):
    """Raised at the next effect of a process that was killed. Nothing may catch it."""


@dataclass(slots=True)
class Trace:
    """A running digest of everything that happened, and on demand the lines themselves."""

    keep: bool = False
    lines: list[str] = field(default_factory=list)
    ios: int = 0
    _digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def add(self, line: str) -> None:
        self._digest.update(line.encode() + b"\n")
        if self.keep:
            self.lines.append(line)

    @property
    def hash(self) -> str:
        return self._digest.hexdigest()


def _nothing() -> None:
    return


class Process:
    """A process of the simulated machine: its effects pass through here, one by one."""

    def __init__(
        self,
        number: int,
        *,
        rng: random.Random,
        faults: Faults,
        trace: Trace,
        counts: Counter[str],
        now: Callable[[], float],
        changed: Callable[[], None] = _nothing,
    ) -> None:
        """`changed`: called when it stops to move, moves again, or dies."""
        self.number = number
        self.faults = faults
        self.rng = rng
        self.counts = counts
        self.dead = False
        self.died = asyncio.Event()
        self._trace = trace
        self._now = now
        self._changed = changed
        self._resume: asyncio.Event | None = None
        self.main: asyncio.Task[None] | None = None

    @property
    def still(self) -> bool:
        """Whether nothing of it moves: dead, or stopped by a signal."""
        return self.dead or self._resume is not None

    async def effect(self, kind: str, do: Callable[[], T], *, seconds: float | None = None) -> T:
        """Take part in the world once. Raises Dead where the process does not live through it."""
        mean = self.faults.slow if seconds is None else seconds
        await asyncio.sleep(self.rng.expovariate(1 / mean))
        await self.stand_still(self.faults.pause)
        if self.dead:
            raise Dead
        if self.rng.random() < self.faults.crash_before:
            self.kill(f"before {kind}")
            raise Dead
        result = do()
        self._trace.ios += 1
        self._trace.add(f"{self._now():.6f} p{self.number} {kind}")
        point = POINTS.get(kind.partition(" ")[0])
        chance = self.faults.crash_after + (getattr(self.faults, point) if point else 0.0)
        if self.rng.random() < chance:
            self.kill(f"after {kind}")
            raise Dead
        return result

    async def stand_still(self, chance: float, *, having: str = "") -> None:
        """With this chance stop for a while; whoever comes meanwhile waits as well.

        `having`: what it has in hand, for the counters.
        """
        if self._resume is None and self.rng.random() < chance:
            self._resume = asyncio.Event()
            self.counts["pauses"] += 1
            self.counts[f"pauses having {having}"] += bool(having)
            resume, after = self._resume, self.rng.expovariate(1 / self.faults.pause_for)
            asyncio.get_running_loop().call_later(after, resume.set)
            self._trace.add(f"{self._now():.6f} p{self.number} stands still for {after:.3f}")
            self._changed()
        while self._resume is not None:
            resume = self._resume
            await resume.wait()
            if self._resume is resume:
                self._resume = None
                self._changed()

    def wake(self) -> None:
        """Let it go on, if it stands still."""
        if self._resume is not None:
            self._resume.set()

    def kill(self, where: str) -> None:
        """End the process: nothing of it has an effect any more."""
        if self.dead:
            return
        self.dead = True
        self.died.set()
        self.counts["crashes"] += 1
        # Its kind alone: "after publish", whatever was published.
        self.counts[f"crash {' '.join(where.partition(':')[0].split()[:2])}"] += 1
        self._trace.add(f"{self._now():.6f} p{self.number} dies {where}")
        self._changed()
        if self.main is not None:
            self.main.cancel()


class SimWriter:
    """The writer port: each transaction is one effect.

    `full`: whether the disk is, now. `shared`: several engines write to this store.
    """

    def __init__(
        self,
        database: Database,
        process: Process,
        *,
        full: Callable[[], bool] = lambda: False,
        shared: bool = False,
    ) -> None:
        self._conn = database.writer()
        if shared:
            self._conn = self._conn.execution_options(**SHARED)
        self._process = process
        self._full = full

    async def run(self, fn: Callable[[Connection], T]) -> T:
        process = self._process
        doubt = process.rng.random() < process.faults.unknown_commit
        if doubt and process.rng.random() < 0.5:
            await process.effect("commit that is lost", _nothing)
            process.counts["a commit was lost unheard"] += 1
            raise _away(invalidated=True)
        result = await process.effect("commit", lambda: self._commit(fn))
        if doubt:
            process.counts["a commit went through unheard"] += 1
            raise _away(invalidated=True)
        return result

    def _commit(self, fn: Callable[[Connection], T]) -> T:
        if self._full():
            self._process.counts["the disk was full"] += 1
            raise _away(invalidated=False)
        return transact(self._conn, fn)

    def close(self) -> None:
        self._conn.close()


def _away(*, invalidated: bool) -> OperationalError:
    """What the store raises: the connection is gone, or there is no room."""
    return OperationalError("", None, OSError(), connection_invalidated=invalidated)


class SimReader:
    """The reader port: each read is one effect."""

    def __init__(self, database: Database, process: Process) -> None:
        self._conn = database.reader()
        self._process = process

    async def run(self, fn: Callable[[Connection], T]) -> T:
        return await self._process.effect("read", lambda: read(self._conn, fn))

    async def checkpoint(self) -> None:
        return

    def close(self) -> None:
        self._conn.close()
