"""Many schedules, or one told step by step.

python -m tests.simulation --seeds 200
python -m tests.simulation --seed 7 --trace
"""

import argparse
import logging
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

import structlog

from engine.clock import SystemClock
from tests.simulation.run import Result, run

_WALL = SystemClock()
TWICE_EVERY = 100
"""One in so many seeds runs twice and must come to the same."""


def main(arguments: list[str] | None = None) -> int:
    """Run; the last line is for machines. 1 when a promise was broken or a seed differed."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--seconds", type=float, help="begin no schedule after so many")
    parser.add_argument("--trace", action="store_true")
    given = parser.parse_args(arguments)
    quiet()
    if given.seed is not None:
        seeds: Iterable[int] = (given.seed,)
    else:
        seeds = range(given.first, given.first + given.seeds)
    total = Total()
    until = _WALL.monotonic() + (given.seconds or float("inf"))
    for seed in seeds:
        if _WALL.monotonic() > until:
            break
        result = run(seed, keep=given.trace)
        if given.trace:
            print("\n".join(result.lines))
        total.add(result)
        if seed % TWICE_EVERY == 0 and run(seed).trace != result.trace:
            total.differing.append(seed)
            print(f"seed {seed} came to something else the second time")
        for violation in result.violations[:5]:
            print(f"seed {seed}: {violation}")
    print(total.sometimes())
    print(total.line())
    return 1 if total.violations or total.differing else 0


class Total:
    """What all schedules came to together."""

    def __init__(self) -> None:
        self.schedules = 0
        self.violations = 0
        self.ios = 0
        self.virtual = timedelta()
        self.counts: Counter[str] = Counter()
        self.differing: list[int] = []

    def add(self, result: Result) -> None:
        """Take in one schedule."""
        self.schedules += 1
        self.violations += len(result.violations)
        self.ios += result.ios
        self.virtual += result.virtual
        self.counts += result.counts

    def sometimes(self) -> str:
        """How often the rare things happened that a sweep must have seen."""
        return " ".join(f"{name.replace(' ', '_')}={n}" for name, n in sorted(self.counts.items()))

    def line(self) -> str:
        """The last line."""
        hours = self.virtual.total_seconds() / 3_600
        return (
            f"schedules={self.schedules} virtual_time={hours:.0f}h "
            f"crashes={self.counts['crashes']} ios={self.ios} violations={self.violations}"
        )


def quiet() -> None:
    """The engine's own log is not what a sweep is read for."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


if __name__ == "__main__":
    sys.exit(main())
