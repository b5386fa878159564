"""One life of the engine's process, and everything that may befall it."""

import asyncio
import hashlib
import random  # noqa: TID251 (seeded: the same number, the same schedule)
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import Connection

from engine.store.database import Database, read, transact

T = TypeVar("T")


class Dead(BaseException):
    """Raised at the next effect of a process that was killed. Nothing may catch it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """How much goes wrong in one schedule; each seed draws its own (swarm testing)."""

    crash_before: float = 0.0
    """Chance of dying before an effect takes place."""
    crash_after: float = 0.0
    """Chance of dying after it took place and before anybody hears of it."""
    pause: float = 0.0
    """Chance of standing still (SIGSTOP) before an effect."""
    pause_for: float = 0.0
    """Seconds, on average."""
    slow: float = 0.004
    """Seconds an effect takes, on average."""
    unknown: float = 0.0
    """Chance that a message's outcome stays unknown, left or not."""
    temporary: float = 0.0
    permanent: float = 0.0
    hang: float = 0.0
    """Chance that a send takes minutes."""
    down_for: float = 5.0
    """Seconds between a death and the next start, on average."""


def drawn(rng: random.Random) -> Faults:
    """One seed's faults: each kind is on for about half of the seeds, none for some."""

    def maybe(value: float) -> float:
        return rng.choice((0.0, value, value / 5)) if rng.random() < 0.7 else 0.0

    return Faults(
        crash_before=maybe(0.02),
        crash_after=maybe(0.02),
        pause=maybe(0.005),
        pause_for=rng.choice((2.0, 30.0, 120.0)),
        slow=rng.choice((0.001, 0.004, 0.05)),
        unknown=maybe(0.15),
        temporary=maybe(0.15),
        permanent=maybe(0.05),
        hang=maybe(0.05),
        down_for=rng.choice((0.5, 5.0, 120.0, 1_800.0)),
    )


NO_FAULTS = Faults()


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
    ) -> None:
        self.number = number
        self.faults = faults
        self.dead = False
        self.died = asyncio.Event()
        self._rng = rng
        self._trace = trace
        self._counts = counts
        self._now = now
        self._resume: asyncio.Event | None = None
        self.main: asyncio.Task[None] | None = None

    async def effect(self, kind: str, do: Callable[[], T], *, seconds: float | None = None) -> T:
        """Take part in the world once. Raises Dead where the process does not live through it."""
        mean = self.faults.slow if seconds is None else seconds
        await asyncio.sleep(self._rng.expovariate(1 / mean))
        await self._stand_still()
        if self.dead:
            raise Dead
        if self._rng.random() < self.faults.crash_before:
            self.kill(f"before {kind}")
            raise Dead
        result = do()
        self._trace.ios += 1
        self._trace.add(f"{self._now():.6f} p{self.number} {kind}")
        if self._rng.random() < self.faults.crash_after:
            self.kill(f"after {kind}")
            raise Dead
        return result

    async def _stand_still(self) -> None:
        if self._resume is None and self._rng.random() < self.faults.pause:
            self._resume = asyncio.Event()
            self._counts["pauses"] += 1
            resume, after = self._resume, self._rng.expovariate(1 / self.faults.pause_for)
            asyncio.get_running_loop().call_later(after, resume.set)
            self._trace.add(f"{self._now():.6f} p{self.number} stands still for {after:.3f}")
        if self._resume is not None:
            await self._resume.wait()
            self._resume = None

    def kill(self, where: str) -> None:
        """End the process: nothing of it has an effect any more."""
        if self.dead:
            return
        self.dead = True
        self.died.set()
        self._counts["crashes"] += 1
        self._counts[f"crash {where}"] += 1
        self._trace.add(f"{self._now():.6f} p{self.number} dies {where}")
        if self.main is not None:
            self.main.cancel()


class SimWriter:
    """The writer port: each transaction is one effect."""

    def __init__(self, database: Database, process: Process) -> None:
        self._conn = database.writer()
        self._process = process

    async def run(self, fn: Callable[[Connection], T]) -> T:
        return await self._process.effect("commit", lambda: transact(self._conn, fn))

    def close(self) -> None:
        self._conn.close()


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
