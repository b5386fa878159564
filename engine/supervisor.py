"""A small supervisor: starts the processes of an engine, and each again whenever it ends.

Without limit, since a desk that gave up at four in the morning would be found at nine. It knows
nothing of cases and opens no store, so that nothing which ends them can end it. Whatever ends the
supervisor ends them too: an engine that nobody started again would be a night without one.
"""

import asyncio
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from engine.clock import Clock
from engine.processes import Group

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
HEALTHY_AFTER = 60.0
"""Seconds of running after which a process that ends starts again as quickly as at first."""
CANNOT_START = frozenset({2, 3})
"""Exit codes of a process that refused to start (`engine.cli.exits`: usage, unreachable)."""
REFUSED_MOST = 3
SLOWLY = 30.0
"""Seconds between starts of one that refused so often: a person has to correct something."""
ENDS_WITHIN = 20.0
"""Seconds that processes have to end when they are told to; longer than an engine takes."""


class Patience:
    """How long to wait before a process that ended is started again."""

    def __init__(self) -> None:
        self._pause = FIRST_PAUSE
        self.refused = 0
        """Times in a row that it refused to start."""
        self.ever_ran = False

    def ended(self, *, code: int, ran_for: float) -> float:
        """Take how it ended; return the seconds to wait."""
        if code in CANNOT_START:
            self.refused += 1
            if self.refused >= REFUSED_MOST:
                return SLOWLY
        else:
            self.refused = 0
            self.ever_ran = True
        if ran_for >= HEALTHY_AFTER:
            self._pause = FIRST_PAUSE
        pause, self._pause = self._pause, min(2 * self._pause, LONGEST_PAUSE)
        return pause

    @property
    def hopeless(self) -> bool:
        """Whether it refused so often, and never ran."""
        return self.refused >= REFUSED_MOST and not self.ever_ran


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened to a process: a line for people, an object for machines."""

    line: str
    told: Mapping[str, object]


Say = Callable[[Event], None]
Command = Callable[[Group], tuple[Sequence[str], Mapping[str, str]]]
"""What starts a group: arguments and environment."""


class Supervisor:
    """Keeps these groups running until `stop`. Belongs to one event loop."""

    def __init__(
        self, groups: Sequence[Group], *, command: Command, clock: Clock, say: Say
    ) -> None:
        self._groups = tuple(groups)
        self._command = command
        self._clock = clock
        self._say = say
        self._stopping = asyncio.Event()
        self._patience = {group.name: Patience() for group in self._groups}
        self._codes: list[int] = []
        self.running: dict[str, asyncio.subprocess.Process] = {}
        """Name -> process, of those that run now."""

    async def run(self) -> int:
        """Return 0 once told to stop and everything has ended.

        When every process refused to start, several times, and none ever ran, returns the exit code
        of the last one: then something is wrong that a person has to see.
        """
        async with asyncio.TaskGroup() as tasks:
            for group in self._groups:
                tasks.create_task(self._keep(group))
        return 0 if not self._hopeless() else self._codes[-1]

    def stop(self) -> None:
        """Tell everything to end."""
        self._stopping.set()
        for process in self.running.values():
            _send(process, signal.SIGTERM)

    async def _keep(self, group: Group) -> None:
        patience = self._patience[group.name]
        while not self._stopping.is_set():
            began = self._clock.monotonic()
            code = await self._once(group)
            if self._stopping.is_set():
                return
            ran_for = self._clock.monotonic() - began
            pause = patience.ended(code=code, ran_for=ran_for)
            self._codes.append(code)
            if self._hopeless():
                self._stopping.set()
                return
            self._say(_ended(group, code=code, ran_for=ran_for, pause=pause, patience=patience))
            await self._sleep(pause)

    async def _once(self, group: Group) -> int:
        arguments, environment = self._command(group)
        process = await asyncio.create_subprocess_exec(
            *arguments, env=dict(environment), stdin=asyncio.subprocess.DEVNULL
        )
        self.running[group.name] = process
        if self._stopping.is_set():  # told to stop while it was being started
            _send(process, signal.SIGTERM)
        ending = asyncio.create_task(process.wait())
        told = asyncio.create_task(self._stopping.wait())
        await asyncio.wait((ending, told), return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        if not ending.done():
            await self._insist(group, process, ending)
        code = await ending
        self.running.pop(group.name, None)
        return code

    async def _insist(
        self, group: Group, process: asyncio.subprocess.Process, ending: "asyncio.Task[int]"
    ) -> None:
        await asyncio.wait((ending,), timeout=ENDS_WITHIN)
        if not ending.done():
            line = f"{group.name} did not end within {ENDS_WITHIN:.0f} s and is killed."
            self._say(Event(line=line, told={"event": "killed", "process": group.name}))
            _send(process, signal.SIGKILL)

    async def _sleep(self, seconds: float) -> None:
        pause = asyncio.create_task(self._clock.sleep(seconds))
        told = asyncio.create_task(self._stopping.wait())
        await asyncio.wait((pause, told), return_when=asyncio.FIRST_COMPLETED)
        pause.cancel()
        told.cancel()

    def _hopeless(self) -> bool:
        return not self.running and all(each.hopeless for each in self._patience.values())


def _ended(group: Group, *, code: int, ran_for: float, pause: float, patience: Patience) -> Event:
    how = f"killed by signal {-code}" if code < 0 else f"exit code {code}"
    told = {
        "event": "ended",
        "process": group.name,
        "code": code,
        "ran_s": round(ran_for, 1),
        "again_in_s": pause,
        "refused": patience.refused,
    }
    if patience.refused >= REFUSED_MOST:
        line = (
            f"{group.name} could not start, {patience.refused} times in a row; it said why. "
            f"It is tried again every {pause:.0f} s."
        )
    else:
        line = f"{group.name} ended ({how}) after {ran_for:.0f} s; it starts again in {pause:g} s."
    return Event(line=line, told=told)


def _send(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    if process.returncode is None:
        process.send_signal(number)
