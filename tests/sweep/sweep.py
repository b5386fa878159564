"""One check after the other, each for its share of what time is left; none can take the others'."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.clock import Clock
from tests.sweep.checks import Check

STOPS_EARLIER = 0.95
"""Of its share, that a check is told: whoever is asked for a minute takes a little longer."""
OVERTIME = 300.0
"""Seconds beyond its share, or beyond the sweep's end, after which a check is killed and failed.
None should need them: on a slow disk it takes minutes until everything owed is sent."""
ENDS = 2
TAIL = 60
"""Lines of a failed check that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What one check came to."""

    name: str
    passed: bool
    took: float
    said: str
    """Its last line."""


def shares(checks: Sequence[Check], seconds: float) -> tuple[list[Check], list[Check]]:
    """Those that fit into so many seconds, and those that are left out: the hungriest go first."""
    kept = list(checks)
    out: list[Check] = []
    while kept and sum(check.least for check in kept) > seconds:
        hungriest = max(kept, key=lambda check: check.least)
        kept.remove(hungriest)
        out.append(hungriest)
    return kept, out


async def sweep(
    checks: Sequence[Check],
    *,
    seconds: float,
    seed: int,
    logs: Path,
    clock: Clock,
    say: Callable[[str], None],
    overtime: float = OVERTIME,
) -> list[Came]:
    """Run them all. Each writes to a file in `logs`; of one that failed, the end is said."""
    until = clock.monotonic() + seconds
    left, out = shares(checks, seconds)
    for check in out:
        say(f"{check.name}: left out, it needs {check.least:g} s")
    came = []
    while left:
        check, remaining = left[0], until - clock.monotonic()
        share = _share(left, remaining)
        most = min(share, remaining) + overtime
        come = await _run(check, share, seed=seed, logs=logs, clock=clock, most=most)
        came.append(come)
        say(f"{check.name}: {'passed' if come.passed else 'FAILED'} after {come.took:.0f} s")
        for line in _ends(_log(logs, check)):
            say(f"  {line}")
        if not come.passed:
            say(_tail(_log(logs, check)))
        left = left[1:]
    return came


def table(came: Sequence[Came]) -> list[str]:
    """A line for each, and the count alone as the last one."""
    wide = max((len(one.name) for one in came), default=0)
    lines = [
        f"{one.name:<{wide}}  {'passed' if one.passed else 'FAILED'}  {one.took:5.0f} s  {one.said}"
        for one in came
    ]
    passed = sum(one.passed for one in came)
    return [*lines, f"{passed} passed, {len(came) - passed} failed"]


def _share(left: Sequence[Check], remaining: float) -> float:
    """Seconds for the first of these: what it needs at least, and its part of the rest."""
    spare = max(0.0, remaining - sum(check.least for check in left))
    return left[0].least + spare * left[0].weight / sum(check.weight for check in left)


async def _run(
    check: Check, share: float, *, seed: int, logs: Path, clock: Clock, most: float
) -> Came:
    began = clock.monotonic()
    log = _log(logs, check)
    command = check.command(max(1, int(share * STOPS_EARLIER)), seed)
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    try:
        async with asyncio.timeout(most):
            await process.wait()
        said = _last(log)
    except TimeoutError:
        said = "it did not stop in time"
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    took = clock.monotonic() - began
    return Came(name=check.name, passed=process.returncode == 0, took=took, said=said)


def _log(logs: Path, check: Check) -> Path:
    return logs / f"{check.name.replace(', ', '-')}.log"


def _last(log: Path) -> str:
    return next(reversed(_ends(log)), "it said nothing")


def _ends(log: Path) -> list[str]:
    """Its last lines: what was done, and what it came to."""
    lines = log.read_text("utf-8", "replace").splitlines()
    return [line for line in lines if line.strip()][-ENDS:]


def _tail(log: Path) -> str:
    return "\n".join(log.read_text("utf-8", "replace").splitlines()[-TAIL:])
