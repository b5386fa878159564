"""What happens to the system, by a seeded schedule: each kind at least once in eleven."""

import asyncio
import random  # noqa: TID251 (seeded: the same number, the same faults)
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from engine.clock import SystemClock
from tests.crash.lines import KINDS as LINES
from tests.crash.lines import STORE, TAKES_LONG, Lines
from tests.crash.system import System
from tests.harness.failpoints import POINTS

_WALL = SystemClock()
KILL, ZOMBIE, BROKER, DATABASE = "kill", "zombie", "broker", "database"
KINDS = KILL, ZOMBIE, BROKER, DATABASE, *LINES
POINT = "point"
BLOCK = 11
"""Faults among which each kind comes at least once; those of lines take turns."""
LINES_A_BLOCK = 3
FROZEN = (6.5, 8.0)
"""Seconds: past the session time-out of a consumer, which is six."""
FROZEN_LONG = (10.5, 12.5)
"""Past take-over, where another process may take over."""
DOWN = (0.2, 2.0)
"""Seconds that a broker or a database server stays away."""
POINT_WITHIN = 15.0
"""Seconds in which somebody has to come to an armed point."""
NOT_REACHED = f"{KILL}:not-reached:"
"""Begins the name of a kill in the place of a point that nobody came to in time."""
PASS_BY = 6
"""Up to so many processes' turns pass a point before the one that is fatal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong."""

    kind: str
    point: str = ""

    @property
    def name(self) -> str:
        """As it is counted."""
        return self.point or self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Struck:
    """When a fault began and when nothing hindered the system any more, on the wall clock."""

    name: str
    began: float
    ended: float
    whom: str = ""
    """The process, where it was chosen by chance."""


Server = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """How to end and start what the engine stands on."""

    kill_broker: Server
    start_broker: Server
    kill_database: Server
    start_database: Server


def named(name: str) -> Fault:
    """The fault of this name: a kind, or a point."""
    return Fault(kind=name) if name in KINDS else Fault(kind=POINT, point=name)


def schedule(
    kills: int, *, rng: random.Random, database: bool, hurried: bool = False
) -> list[Fault]:
    """So many faults; points and lines take turns, so that a long run comes to each of them."""
    points = _in_turns(list(POINTS), rng)
    here = [one for one in LINES if database or not one.startswith(STORE)]
    lines = _in_turns([one for one in here if not (hurried and one in TAKES_LONG)], rng)
    faults: list[Fault] = []
    while len(faults) < kills:
        block = [Fault(kind=KILL), Fault(kind=KILL), Fault(kind=ZOMBIE), Fault(kind=BROKER)]
        if database:
            block.append(Fault(kind=DATABASE))
        block += [Fault(kind=next(lines)) for _ in range(LINES_A_BLOCK)]
        block += [Fault(kind=POINT, point=next(points)) for _ in range(BLOCK - len(block))]
        rng.shuffle(block)
        faults += block
    return faults[:kills]


def _of_a_start(point: str) -> bool:
    """Whether only a process that starts comes to this point."""
    return point.startswith(("start", "acquire"))


def _in_turns(names: list[str], rng: random.Random) -> Iterator[str]:
    while True:
        rng.shuffle(names)
        yield from list(names)


class Faults:
    """Carries faults out, one at a time."""

    def __init__(
        self,
        system: System,
        servers: Servers,
        lines: Lines,
        *,
        rng: random.Random,
        takes_over: bool,
    ) -> None:
        self._system = system
        self._servers = servers
        self._lines = lines
        self._rng = rng
        self._takes_over = takes_over

    async def strike(self, fault: Fault) -> Struck:
        """Let it happen; return once its cause is gone."""
        name, whom = fault.name, self._rng.choice(self._system.names)
        began = _WALL.now().timestamp()
        match fault.kind:
            case "kill":
                self._system.kill(whom)
            case "zombie":
                await self._freeze(whom)
            case "broker":
                whom = ""
                await self._away(self._servers.kill_broker, self._servers.start_broker)
            case "database":
                whom = ""
                await self._away(self._servers.kill_database, self._servers.start_database)
            case kind if kind in LINES:
                whom = ""
                await self._lines.strike(kind, self._rng)
            case _:
                if await self._reach(fault.point, whom):
                    whom = ""
                else:
                    name = f"{NOT_REACHED}{fault.point}"
                    self._system.kill(whom)
                if not _of_a_start(fault.point):  # nothing had happened before it was reached
                    began = _WALL.now().timestamp()
        return Struck(name=name, began=began, ended=_WALL.now().timestamp(), whom=whom)

    async def _freeze(self, one: str) -> None:
        self._system.pause(one)
        try:
            await asyncio.sleep(self._rng.uniform(*(FROZEN_LONG if self._takes_over else FROZEN)))
        finally:
            self._system.resume(one)

    async def _away(self, kill: Server, start: Server) -> None:
        await kill()
        await asyncio.sleep(self._rng.uniform(*DOWN))
        await start()

    async def _reach(self, point: str, whom: str) -> bool:
        """Arm the point and wait until somebody has died of it; False when nobody comes.

        To points of a start, `whom` is sent.
        """
        points = self._system.points
        most = 0 if _of_a_start(point) else PASS_BY
        points.arm(point, pass_by=self._rng.randint(0, most))
        if _of_a_start(point):  # only a process that starts comes here
            self._system.kill(whom)
        until = _WALL.monotonic() + POINT_WITHIN
        while not points.reached:
            if _WALL.monotonic() > until:
                points.disarm()
                return points.reached
            await asyncio.sleep(0.02)
        return True
