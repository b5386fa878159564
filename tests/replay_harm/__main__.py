"""Many lives, judged: was anybody told who must not know?

python -m tests.replay_harm --events 10000 --seed 1
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor

from engine.clock import SystemClock
from tests.replay_harm.harm import BESIDES
from tests.replay_harm.life import Result, live
from tests.replay_harm.total import EVENTS_A_LIFE, Total

_WALL = SystemClock()
SHOWN_AT_MOST = 20


def main(arguments: list[str] | None = None) -> int:
    """Run; the last line is for machines. 1 when anybody was harmed, or the replay was too tame."""
    parser = argparse.ArgumentParser(prog="python -m tests.replay_harm", description=__doc__)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, help="begin no life after so many")
    parser.add_argument("--workers", type=int, default=2, help="processes at a time")
    given = parser.parse_args(arguments)
    total = Total()
    lives = max(1, -(-given.events // EVENTS_A_LIFE))
    seeds = [given.seed * 100_000 + n for n in range(lives)]
    each = min(given.events, EVENTS_A_LIFE)
    for result in _all(seeds, each, workers=given.workers, seconds=given.seconds):
        total.add(result)
        for line in result.said[:SHOWN_AT_MOST]:
            print(line)
        _bar(total.counts["events"], lives * each)
    print(file=sys.stderr)
    missing = total.missing(asked=given.seconds is None)
    for name in missing:
        print(f"never happened: {name}")
    print(total.sometimes())
    for name in BESIDES:
        if total.counts[name]:
            print(f"{name}={total.counts[name]}")
    print(total.line())
    return 1 if total.harmed or missing else 0


def _all(seeds: list[int], events: int, *, workers: int, seconds: float | None) -> Iterator[Result]:
    """The lives in the order of their seeds."""
    until = _WALL.monotonic() + (seconds or float("inf"))
    with ProcessPoolExecutor(max_workers=workers) as pool:
        for some in _groups(seeds, workers):
            if _WALL.monotonic() > until:
                return
            yield from pool.map(_live, [(seed, events) for seed in some])


def _groups(seeds: list[int], size: int) -> Iterable[list[int]]:
    return (seeds[at : at + size] for at in range(0, len(seeds), size))


def _live(given: tuple[int, int]) -> Result:
    seed, events = given
    return live(seed, events=events)


def _bar(done: int, of: int) -> None:
    filled = 30 * min(done, of) // of
    print(
        f"\r[{'#' * filled}{'.' * (30 - filled)}] {done} events",
        end="",
        file=sys.stderr,
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
