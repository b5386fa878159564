"""The property tests with other examples than every day's, one room after the other.

python -m tests.sweep.examples --seconds 60 --seed 7
"""

import argparse
import subprocess
import sys

from engine.clock import SystemClock

PLACES = ("tests/unit/rules", "tests/unit/schemas", "tests/unit/engine")
_WALL = SystemClock()


def main(arguments: list[str] | None = None) -> int:
    """Run; 1 when a property does not hold. The command that failed is printed."""
    parser = argparse.ArgumentParser(prog="python -m tests.sweep.examples", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    until = _WALL.monotonic() + given.seconds
    runs, took = 0, 0.0
    while runs == 0 or _WALL.monotonic() + took < until:
        rounds, place = divmod(runs, len(PLACES))
        command = _command(PLACES[place], given.seed + rounds)
        began = _WALL.monotonic()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        took = max(took, _WALL.monotonic() - began)
        runs += 1
        if done.returncode != 0:
            print(done.stdout)  # all of it: each property that failed has its own example
            print(f"Repeat: {' '.join(command)}")
            print(f"runs={runs} seed={given.seed + rounds} failures=1")
            return 1
    print(f"runs={runs} seed={given.seed} failures=0")
    return 0


def _command(place: str, seed: int) -> list[str]:
    asked = f"-q -m hypothesis -p no:cacheprovider --hypothesis-profile=sweep {place}"
    return [sys.executable, "-m", "pytest", *asked.split(), f"--hypothesis-seed={seed}"]


if __name__ == "__main__":
    sys.exit(main())
