"""Plant every known bug in a copy of the code, one at a time, and see each found.

    python -m tests.planted                     with the seeds that are known
    python -m tests.planted --only fence        those whose name holds this
    python -m tests.planted --search --most 60  find the seeds anew, and keep them

The last line counts them: `caught=N/M`. 1 when one was not found, does not apply any more, or
where something was found although nothing was planted.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from engine.clock import SystemClock
from tests.planted.bugs import Bug, Finder, Known, read_bugs, read_seeds, write_seeds
from tests.planted.judge import Came, Verdict, ask, copied, judge

_WALL = SystemClock()
SEARCHED = {Finder.SIMULATION: 60, Finder.CORE: 3_000, Finder.TESTS: 1}
"""Schedules a search lives at most for one bug."""
MORE = {Finder.SIMULATION: 12, Finder.CORE: 600, Finder.TESTS: 0}
"""Others that are lived where the known one has lost its meaning: a change of the code may do that.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One of the table."""

    bug: Bug
    came: Came
    needed: int | None
    """Schedules that a search lived until it was found; None where no seed is drawn."""
    known: bool
    """Whether by the seed that was known, or by a test."""


def main(arguments: list[str] | None = None) -> int:
    """Run; the last line is the count alone."""
    parser = argparse.ArgumentParser(prog="python -m tests.planted", description=__doc__)
    parser.add_argument("--only", default="", help="bugs whose name holds one of these: a,b")
    parser.add_argument("--search", action="store_true", help="find the seeds anew")
    parser.add_argument("--most", type=int, help="schedules a search lives for one bug")
    parser.add_argument("--from", dest="first", type=int, default=0, help="first of a search")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, help="taken from the sweep; the seeds are known")
    given = parser.parse_args(arguments)
    wanted = given.only.split(",")
    bugs = [bug for bug in read_bugs() if any(each in bug.name for each in wanted)]
    lines, quiet = asyncio.run(_all(bugs, given))
    print("\n".join(table(lines)))
    if given.search:
        _keep(lines, given.first)
    for came in quiet:
        print(f"Nothing was planted, and yet: {came.verdict}, {came.said}")
    return 0 if lines and all(_caught(line) for line in lines) and not quiet else 1


async def _all(bugs: Sequence[Bug], given: argparse.Namespace) -> tuple[list[Line], list[Came]]:
    """Each of them, so many at a time; and what was found where nothing was planted."""
    gate, known = asyncio.Semaphore(given.workers), read_seeds()

    async def one(bug: Bug) -> Line:
        async with gate:
            if given.search:
                most = given.most or SEARCHED[bug.finder]
                came = await judge(bug, first=given.first, most=most)
                line = Line(bug=bug, came=came, needed=came.lived or None, known=True)
            else:
                line = await _known(bug, known.get(bug.name))
            print(f"{bug.name}: {line.came.verdict}: {line.came.said}", flush=True)
            return line

    lines = await asyncio.gather(*map(one, bugs))
    if given.search:
        return lines, []
    return lines, await _unplanted(lines, gate)


async def _known(bug: Bug, known: Known | None) -> Line:
    """By the seed that is known; where it does not show the bug any more, by a few others."""
    if bug.finder is Finder.TESTS:
        return Line(bug=bug, came=await judge(bug), needed=None, known=True)
    if known is None:
        said = f"no seed is known: python -m tests.planted --search --only {bug.name}"
        return Line(bug=bug, came=Came(verdict=Verdict.MISSED, said=said), needed=None, known=False)
    came = await judge(bug, first=known.seed)
    if came.verdict is not Verdict.MISSED:
        return Line(bug=bug, came=came, needed=known.needed, known=True)
    came = await judge(bug, most=MORE[bug.finder])
    return Line(bug=bug, came=came, needed=came.lived, known=False)


async def _unplanted(lines: Sequence[Line], gate: asyncio.Semaphore) -> list[Came]:
    """The same checks over the code as it is: they must have nothing to say."""
    asked = sorted(
        {(line.bug.finder, line.came.seed) for line in lines if line.came.seed is not None}
    )
    tests = sorted({test for line in lines for test in line.bug.tests})
    with copied(None) as copy:

        async def one(finder: Finder, seed: int, tests: Sequence[str]) -> Came:
            async with gate:
                return await ask(finder, copy, first=seed, tests=tests)

        wanted = [one(finder, seed, ()) for finder, seed in asked if seed is not None]
        wanted += [one(Finder.TESTS, 0, tests)] if tests else []
        came = await asyncio.gather(*wanted)
    print(f"nothing planted: {len(came)} checks", flush=True)
    return [each for each in came if each.verdict is not Verdict.MISSED]


def _caught(line: Line) -> bool:
    return line.came.verdict is Verdict.FOUND


def table(lines: Sequence[Line]) -> list[str]:
    """bug, found by, seeds needed; the count as the last line."""
    rows = [("planted bug", "found by", "seeds needed")]
    for line in lines:
        by = line.bug.finder.value if _caught(line) else line.came.verdict.value
        rows.append((line.bug.name, by, "-" if line.needed is None else str(line.needed)))
    wide = [max(len(row[n]) for row in rows) for n in range(3)]
    said = ["", *(line.came.said for line in lines)]
    told = [
        f"{row[0]:<{wide[0]}}  {row[1]:<{wide[1]}}  {row[2]:>{wide[2]}}  {what[:90]}".rstrip()
        for row, what in zip(rows, said, strict=True)
    ]
    anew = [line.bug.name for line in lines if _caught(line) and not line.known]
    if anew:
        told.append(f"Found by other seeds than those kept: {', '.join(anew)}. Search anew.")
    return [*told, f"caught={sum(map(_caught, lines))}/{len(lines)}"]


def _keep(lines: Sequence[Line], first: int) -> None:
    found = {
        line.bug.name: Known(seed=line.came.seed, needed=line.came.seed - first + 1)
        for line in lines
        if line.came.seed is not None
    }
    write_seeds({**read_seeds(), **found})


if __name__ == "__main__":
    sys.exit(main())
