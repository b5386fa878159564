"""The property tests with other examples than every day's, round after round.

python -m tests.sweep.examples --seconds 60 --seed 7
"""

import argparse
import subprocess
import sys

from engine.clock import SystemClock

PLACES = ("tests/unit/rules", "tests/unit/schemas", "tests/unit/engine")
_WALL = SystemClock()


def main(arguments: list[str] | None = None) -> int:
    """Run; 1 when a property does not hold. The seed of the round that failed is printed."""
    parser = argparse.ArgumentParser(prog="python -m tests.sweep.examples", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    until = _WALL.monotonic() + given.seconds
    rounds, took = 0, 0.0
    while rounds == 0 or _WALL.monotonic() + took < until:
        seed = given.seed + rounds
        command = _command(seed)
        began = _WALL.monotonic()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        took = max(took, _WALL.monotonic() - began)
        rounds += 1
        if done.returncode != 0:
            print(done.stdout[-6000:])
            print(f"Repeat: {' '.join(command)}")
            print(f"rounds={rounds} failed_with_seed={seed}")
            return 1
    print(f"rounds={rounds} seeds={given.seed}..{given.seed + rounds - 1} failures=0")
    return 0


def _command(seed: int) -> list[str]:
    asked = f"-q -m hypothesis -p no:cacheprovider --hypothesis-profile=sweep {' '.join(PLACES)}"
    return [sys.executable, "-m", "pytest", *asked.split(), f"--hypothesis-seed={seed}"]


if __name__ == "__main__":
    sys.exit(main())
