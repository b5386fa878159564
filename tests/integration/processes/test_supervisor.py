"""Whatever ends is started again; whatever is told to end, ends; nobody is left behind."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from engine.cli.exits import Exit
from engine.clock import SystemClock
from engine.processes import Group
from engine.supervisor import REFUSED_MOST, Event, Supervisor
from tests.harness.waiting import until

HERE = Path(__file__).parents[3]

WAITS = "import signal; signal.sigwait([signal.SIGTERM])"
REFUSES = f"raise SystemExit({Exit.UNREACHABLE.value})"
A = Group(name="a", roles=("web",))
B = Group(name="b", roles=("sender",))


class Watched:
    """A supervisor over small processes, and what it said."""

    def __init__(self, scripts: dict[Group, str]) -> None:
        self.events: list[Event] = []
        self.supervisor = Supervisor(
            tuple(scripts),
            command=lambda group: ((sys.executable, "-c", scripts[group]), os.environ),
            clock=SystemClock(),
            say=self.events.append,
        )

    def pid(self, name: str) -> int | None:
        process = self.supervisor.running.get(name)
        return None if process is None else process.pid


@asynccontextmanager
async def watched(scripts: dict[Group, str]) -> AsyncIterator[Watched]:
    each = Watched(scripts)
    running = asyncio.create_task(each.supervisor.run())
    try:
        yield each
    finally:
        each.supervisor.stop()
        assert await asyncio.wait_for(running, 30) == 0


async def test_one_that_is_killed_is_back_and_the_others_never_noticed() -> None:
    async with watched({A: WAITS, B: WAITS}) as each:
        await until(lambda: each.pid("a") is not None and each.pid("b") is not None)
        before, other = each.pid("a"), each.pid("b")
        os.kill(before or 0, signal.SIGKILL)
        await until(lambda: each.pid("a") not in (None, before))

        assert each.pid("b") == other
        (event,) = each.events
        assert event.told["code"] == -9
        assert event.line.startswith("a ended (killed by signal 9)")


async def test_told_to_end_it_ends_everything() -> None:
    async with watched({A: WAITS, B: WAITS}) as each:
        await until(lambda: len(each.supervisor.running) == 2)

    assert each.supervisor.running == {}
    assert each.events == []


async def test_when_nothing_can_start_it_ends_with_the_reason_of_the_last() -> None:
    each = Watched({A: REFUSES})

    assert await asyncio.wait_for(each.supervisor.run(), 30) == Exit.UNREACHABLE
    assert len(each.events) == REFUSED_MOST - 1


async def test_one_that_cannot_start_is_reported_while_the_others_go_on() -> None:
    async with watched({A: REFUSES, B: WAITS}) as each:
        await until(lambda: len(each.events) == REFUSED_MOST)

        assert each.pid("b") is not None
        assert "could not start" in each.events[-1].line
        assert each.events[-1].told["refused"] == REFUSED_MOST


async def test_a_supervisor_that_is_killed_leaves_nobody_behind(tmp_path: Path) -> None:
    """An orphan would keep port and database, and nobody would start it again."""
    told = tmp_path / "pid"
    child = (
        "import os, sys; from engine.cli.parent import live_no_longer_than;"
        "live_no_longer_than(int(sys.argv[1]));"
        f"open({str(told)!r}, 'w').write(str(os.getpid()));"
        f"{WAITS}"
    )
    parent = (
        "import os, subprocess, sys;"
        f"subprocess.run([sys.executable, '-c', {child!r}, str(os.getpid())])"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", parent, cwd=HERE)
    await until(lambda: told.exists() and bool(told.read_text()))
    orphan = int(told.read_text())
    process.kill()
    await process.wait()
    await until(lambda: not _runs(orphan))


def _runs(pid: int) -> bool:
    """Whether it has not ended; what nobody waited for yet has ended all the same."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
