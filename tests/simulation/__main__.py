"""Many schedules, or one told step by step.

python -m tests.simulation --seeds 200
python -m tests.simulation --seed 7 --trace
python -m tests.simulation --seed 7 --shrink
"""

import argparse
import logging
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import structlog

from engine.clock import SystemClock
from tests.simulation.faults import KINDS
from tests.simulation.run import Result, run

_WALL = SystemClock()
TWICE_EVERY = 100
"""One in so many seeds runs twice and must come to the same."""
ENOUGH, SOME = 100, 30
"""Schedules from which on a sweep must have been everywhere as often as it says; and from which on
at all, wherever it should have been `SURELY` times."""
SURELY = 3
ONCE_BROKEN = Path(__file__).with_name("once_broken.txt")
"""Seeds that found something, one a line, and what: they run first."""

SOMETIMES = {
    "died between send and record": 1.0,
    "crash before commit": 0.3,
    "crash after commit": 0.3,
    "crash before publish": 0.1,
    "crash after publish": 1.0,
    "crash after poll": 1.0,
    "a batch was taken in part before death": 0.02,
    "crash after send": 1.0,
    "a commit went through unheard": 0.1,
    "a commit was lost unheard": 0.05,
    "pauses": 0.2,
    "pauses having claimed": 0.5,
    "pauses having read": 0.1,
    "halted: given up": 0.01,
    "halted: fenced": 0.01,
    "system sends_taken_over": 0.05,
    "several engines over one store": 0.1,
    "a rebalance in the midst of a batch": 0.05,
    "a record came twice": 0.1,
    "a report was published twice": 0.05,
    "a report overtook another": 0.05,
    "bytes that are no report": 0.02,
    "the same id with other content": 0.01,
    "the clock went back while a step was due": 0.03,
    "the disk was full": 0.1,
    "a send hung": 0.1,
    "outcome rate_limited": 0.1,
    "outcome server_error": 0.1,
    "outcome refused": 0.1,
    "outcome unknown, and it left": 0.2,
    "accepted, and then it bounced": 0.2,
    "a storm of callbacks": 0.1,
    "an answer raced a step": 0.2,
    "consent taken back with a message in hand": 0.05,
    "the rulebook was edited": 0.05,
    "the registry was edited": 0.05,
    "everything outgoing was stopped": 0.02,
    "a fact was published twice": 0.1,
    "a backup was put back": 0.1,
    "a file was copied back": 0.05,
    "a consent taken back was said again": 0.02,
    "told again after a backup": 0.1,
    "clocks of machines that differ": 0.1,
    "an answer from outside": 2.0,
    "fact promised": 1.0,
    "fact promise_asked": 0.5,
    "fact answer_expired": 0.5,
    "fact contact_silent": 0.5,
    "letter round": 0.1,
    "letter stand_down": 0.5,
    "sealed words": 3.0,
    "a life with an auditor": 0.05,
    "a sign of life": 1.0,
    "a conflict was declared": 0.02,
    "a flood": 0.05,
}
"""What a sweep must have met, and how often in a schedule on average, at least."""


def main(arguments: list[str] | None = None) -> int:
    """Run; the last line is for machines. 1 when anything is wrong, or was not met."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--seconds", type=float, help="begin no schedule after so many")
    parser.add_argument("--trace", action="store_true")
    parser.add_argument("--off", default="", help="kinds of faults to leave out: a,b")
    parser.add_argument("--shrink", action="store_true", help="leave out all that need not be")
    parser.add_argument("--stop", action="store_true", help="go no further than what is wrong")
    given = parser.parse_args(arguments)
    quiet()
    off = frozenset(filter(None, given.off.split(",")))
    if given.seed is not None and given.shrink:
        return shrink(given.seed)
    total = Total()
    until = _WALL.monotonic() + (given.seconds or float("inf"))
    for seed in _seeds(given):
        if _WALL.monotonic() > until:
            break
        result = run(seed, keep=given.trace, off=off, stop=given.stop)
        if given.trace:
            print("\n".join(result.lines))
        total.add(result)
        if not given.stop and seed % TWICE_EVERY == 0 and run(seed, off=off).trace != result.trace:
            total.differing.append(seed)
            print(f"seed {seed} came to something else the second time")
        for wrong in result.wrong[:5]:
            print(f"seed {seed}: {wrong}")
        if result.wrong and given.stop:
            break
        if result.wrong and given.seed is None:
            print(f"Repeat: make sim SEED={seed} TRACE=1", flush=True)
            remember(seed, result.wrong[0])
    for line in total.missed():
        print(f"not met often enough: {line}")
    print(total.line())
    return 1 if total.wrong else 0


def _seeds(given: argparse.Namespace) -> Iterable[int]:
    """Those asked for; before many, those that once found something."""
    if given.seed is not None:
        return (given.seed,)
    many = range(given.first, given.first + given.seeds)
    return many if given.stop else (*once_broken(), *many)


def once_broken() -> list[int]:
    """Seeds that found something."""
    lines = ONCE_BROKEN.read_text("utf-8").splitlines()
    return [int(line.partition("#")[0]) for line in lines if line.partition("#")[0].strip()]


def remember(seed: int, what: str) -> None:
    """Let a seed run first from now on. What it found is mended, and said there by hand."""
    if seed not in once_broken():
        with ONCE_BROKEN.open("a", encoding="utf-8") as file:
            file.write(f"{seed}  # {what}\n")


def shrink(seed: int) -> int:
    """Switch off one kind of fault after the other, as long as it still goes wrong."""
    off: frozenset[str] = frozenset()
    result = run(seed)
    if not result.wrong:
        print(f"seed {seed}: nothing is wrong")
        return 0
    for kind in KINDS:
        less = run(seed, off=off | {kind})
        if less.wrong:
            off, result = off | {kind}, less
    print(f"seed {seed}: {result.wrong[0]}")
    print(f"It takes: {', '.join(kind for kind in KINDS if kind not in off)}")
    print(f"python -m tests.simulation --seed {seed} --trace --off {','.join(sorted(off))}")
    return 1


class Total:
    """What all schedules came to together."""

    def __init__(self) -> None:
        self.schedules = 0
        self.violations = 0
        self.differences = 0
        self.ios = 0
        self.virtual = timedelta()
        self.counts: Counter[str] = Counter()
        self.differing: list[int] = []

    def add(self, result: Result) -> None:
        """Take in one schedule."""
        self.schedules += 1
        self.violations += len(result.violations)
        self.differences += len(result.differences)
        self.ios += result.ios
        self.virtual += result.virtual
        self.counts += result.counts

    @property
    def wrong(self) -> bool:
        """Whether a promise was broken, a seed differed, or a long sweep missed something."""
        return bool(self.violations or self.differences or self.differing or self.missed())

    def missed(self) -> list[str]:
        """What was to be met and was not, as far as so few schedules can tell."""
        if self.schedules < SOME:
            return []
        return [
            f"{name}: {self.counts[name]} times in {self.schedules} schedules"
            for name, least in SOMETIMES.items()
            if self.counts[name] < self._least(least * self.schedules)
        ]

    def _least(self, expected: float) -> float:
        if self.schedules >= ENOUGH:
            return expected
        return 1 if expected >= SURELY else 0

    def line(self) -> str:
        """The last line."""
        hours = self.virtual.total_seconds() / 3_600
        met = sum(self.counts[name] >= n * self.schedules for name, n in SOMETIMES.items())
        return (
            f"schedules={self.schedules} virtual_time={hours:.0f}h "
            f"crashes={self.counts['crashes']} ios={self.ios} violations={self.violations} "
            f"oracle_differences={self.differences} sometimes={met}/{len(SOMETIMES)}"
        )


def quiet() -> None:
    """The engine's own log is not what a sweep is read for."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


if __name__ == "__main__":
    sys.exit(main())
