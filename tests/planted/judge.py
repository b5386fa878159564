"""Whether a check finds what was planted: a copy of the code, the change, the check run there.

A copy is a directory of its own; nothing of the checkout is touched. What the check said decides,
and not that it failed: one that could not run at all has found nothing.
"""

import asyncio
import contextlib
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.planted.bugs import Bug, DoesNotApplyError, Finder, plant

ROOT = Path(__file__).parents[2]
ROOMS = ("schemas", "rules", "notifiers", "engine", "tests")
"""What checks are made of; they run over a copy of these."""
LONGEST, EACH = 300.0, 30.0
"""Seconds for one run of a check on a busy machine, and more for each schedule; one that takes
longer did not end."""

_ENDED = {
    Finder.SIMULATION: re.compile(r"schedules=(?P<n>\d+) .*violations=\d+ oracle_differences=\d+ "),
    Finder.CORE: re.compile(r"core_schedules=(?P<n>\d+) crashes=\d+ violations=\d+"),
    Finder.TESTS: re.compile(r"=* ?(\d+ failed|\d+ passed)\b.* in [\d.]+s"),
}
"""The last line of a check that came to its end."""
_FOUND = {
    Finder.SIMULATION: re.compile(r"seed (?P<seed>\d+): (?P<what>(oracle|I\d+)\b.*)"),
    Finder.CORE: re.compile(r"seed (?P<seed>\d+): (?P<what>.*)"),
    Finder.TESTS: re.compile(r"FAILED (?P<seed>)(?P<what>\S+)"),
}


class Verdict(StrEnum):
    """What came of one bug."""

    FOUND = "found"
    MISSED = "MISSED"
    BROKE = "BROKE"
    """The check did not come to its end: nothing is known."""
    DOES_NOT_APPLY = "DOES NOT APPLY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What one run of a check over one copy came to."""

    verdict: Verdict
    said: str
    """What was found; else its last line."""
    seed: int | None = None
    """Which found it."""
    lived: int = 0
    """Schedules, that one included."""


@contextlib.contextmanager
def copied(bug: Bug | None, *, root: Path = ROOT) -> Iterator[Path]:
    """A copy of the code with this bug in it, for as long as it is looked at."""
    with tempfile.TemporaryDirectory(prefix="tocsin-planted-") as directory:
        copy = Path(directory)
        for room in ROOMS:
            if (root / room).is_dir():
                shutil.copytree(root / room, copy / room, symlinks=True)
        shutil.copy2(root / "pyproject.toml", copy)
        if bug is not None:
            plant(bug, copy)
        yield copy


async def judge(bug: Bug, *, first: int | None = None, most: int = 1, root: Path = ROOT) -> Came:
    """Plant it in a copy and ask its finder. `first`, `most`: which seeds, where there are any."""
    try:
        with copied(bug, root=root) as copy:
            return await ask(bug.finder, copy, first=first or 0, most=most, tests=bug.tests)
    except DoesNotApplyError as error:
        return Came(verdict=Verdict.DOES_NOT_APPLY, said=str(error))


async def ask(
    finder: Finder, copy: Path, *, first: int = 0, most: int = 1, tests: Sequence[str] = ()
) -> Came:
    """Run one check over a copy, up to the first thing that is wrong."""
    if finder is Finder.TESTS:
        asked = ["pytest", "-q", "-x", "-rf", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]
    else:
        module = "tests.simulation" + (".core" if finder is Finder.CORE else "")
        asked = [module, "--from", str(first), "--seeds", str(most), "--stop"]
    code, lines = await _run([sys.executable, "-m", *asked], copy, LONGEST + EACH * most)
    last = lines[-1] if lines else "it said nothing"
    ended = next((m for m in map(_ENDED[finder].match, reversed(lines)) if m), None)
    found = next((m for m in map(_FOUND[finder].match, lines) if m), None)
    lived = int(ended["n"]) if ended is not None and finder is not Finder.TESTS else 0
    if ended is not None and code == 1 and found is not None:
        seed = int(found["seed"]) if found["seed"] else None
        return Came(verdict=Verdict.FOUND, said=found["what"], seed=seed, lived=lived)
    if ended is not None and code == 0:
        return Came(verdict=Verdict.MISSED, said=last, lived=lived)
    return Came(verdict=Verdict.BROKE, said=last)


async def _run(
    command: Sequence[str], directory: Path, longest: float
) -> tuple[int | None, list[str]]:
    """Its exit code, None where it did not end in time, and the lines it said."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=directory,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        # Here and nowhere else: where the package was installed from, the code is as it was.
        env={**os.environ, "PYTHONPATH": str(directory)},
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(longest):
            said, _ = await process.communicate()
    except TimeoutError:
        return None, [f"it did not end within {longest:g} s"]
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    lines = said.decode("utf-8", "replace").splitlines()
    return process.returncode, [line for line in lines if line.strip()]
