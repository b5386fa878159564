"""Whether everything that must move does move. What stands still for too long ends the process.

A restart is always harmless; a loop that hangs is a night in which nobody is told. Each loop only
counts its turns, with no clock and at no cost; the watchdog looks once a second and remembers how
long each count has stood still. It measures with its own looks, and a look that came late counts
for one: after a machine was asleep, a process stopped, or a clock set, everybody gets a fresh turn.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from engine.clock import Clock
from engine.ports import Halt

LOOK_EVERY = 1.0
LONGEST_LOOK = 2.0
"""Seconds that one look counts for at most: a late one says that we stood still ourselves."""
SUSPICIOUS_PART = 0.5
"""Of its limit: from there on a loop that stands still is shown as such."""

_log = structlog.get_logger(__name__)


class Turns:
    """The turns of one loop. It says `turn` when it goes round, `rest` when it waits for a bell."""

    def __init__(
        self, name: str, *, limit: float, owes: Callable[[], bool] = lambda: False
    ) -> None:
        self.name = name
        self.limit = limit
        """Seconds without a turn after which it counts as stuck."""
        self.count = 0
        self.resting = True
        """Also before its first turn: it has not begun."""
        self.waits = ""
        """What it does or waits for, in a word or two: for the log, never about a case."""
        self._owes = owes

    def turn(self, waits: str = "") -> None:
        """It goes round."""
        self.count += 1
        self.resting = False
        self.waits = waits

    def rest(self) -> None:
        """Nothing is to be done until a bell rings."""
        self.count += 1
        self.resting = True
        self.waits = ""

    @property
    def quiet(self) -> bool:
        """Whether standing still is right: it rests, and nothing waits for it."""
        return self.resting and not self._owes()


def unwatched() -> Turns:
    """Turns that nobody looks at, for a part that is run without a watchdog."""
    return Turns("", limit=float("inf"))


class Progress:
    """The loops of one process."""

    def __init__(self) -> None:
        self.loops: dict[str, Turns] = {}

    def loop(self, name: str, *, limit: float, owes: Callable[[], bool] = lambda: False) -> Turns:
        """Begin to watch a loop. `owes`: whether something waits for it even while it rests."""
        turns = self.loops[name] = Turns(name, limit=limit, owes=owes)
        return turns


@dataclass(frozen=True, slots=True, kw_only=True)
class Still:
    """A loop that stands still."""

    name: str
    seconds: float
    limit: float
    waits: str

    @property
    def stuck(self) -> bool:
        """For so long that the process has to end."""
        return self.seconds > self.limit

    def __str__(self) -> str:
        what = f" ({self.waits})" if self.waits else ""
        return f"{self.name} has not moved for {self.seconds:.0f} s{what}"


@dataclass(slots=True)
class _Seen:
    count: int = -1
    still: float = 0.0


@dataclass(slots=True)
class Watch:
    """What was seen of each loop, look by look. Pure: told how long ago the last look was."""

    progress: Progress
    _seen: dict[str, _Seen] = field(default_factory=dict)

    def look(self, elapsed: float) -> tuple[Still, ...]:
        """Every loop that stands still, by name, whether or not it is too long already."""
        counted = min(max(elapsed, 0.0), LONGEST_LOOK)
        found = []
        for name, turns in sorted(self.progress.loops.items()):
            seen = self._seen.setdefault(name, _Seen())
            if turns.quiet or turns.count != seen.count:
                seen.count, seen.still = turns.count, 0.0
                continue
            seen.still += counted
            found.append(Still(name=name, seconds=seen.still, limit=turns.limit, waits=turns.waits))
        return tuple(found)


class Watchdog:
    """Looks until cancelled; halts when a loop is stuck, tells `alive` when none is."""

    def __init__(
        self,
        progress: Progress,
        *,
        clock: Clock,
        halt: Halt,
        alive: Callable[[], None] = lambda: None,
        every: float = LOOK_EVERY,
    ) -> None:
        self._watch = Watch(progress)
        self._clock = clock
        self._halt = halt
        self._alive = alive
        self._every = every
        self.still: Sequence[Still] = ()
        """Loops that have stood still for a suspicious while."""

    async def run(self) -> None:
        """One look after another. `clock` is the machine's own time, whatever the engine's is."""
        before = self._clock.monotonic()
        while True:
            await self._clock.sleep(self._every)
            now = self._clock.monotonic()
            self.look(now - before)
            before = now

    def look(self, elapsed: float) -> None:
        """Look once, that many seconds after the last time."""
        found = self._watch.look(elapsed)
        stuck = [one for one in found if one.stuck]
        self.still = tuple(one for one in found if one.seconds > one.limit * SUSPICIOUS_PART)
        if stuck:
            for one in stuck:
                _log.critical("watchdog.stuck", loop=one.name, waits=one.waits)
            self._halt("; ".join(map(str, stuck)))
        else:
            self._alive()
