"""Many runs of the engine beside its model.

    python -m tests.model --runs 10000

Whatever differs is shrunk and told as a story. The last line counts runs, steps and messages
compared, and the differences; 1 when there was one. With --seconds it stops after about so many.
"""

import argparse
import sys

from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from engine.clock import SystemClock
from tests.model.both import DifferenceError
from tests.model.machine import COUNTED, Machine

_AT_ONCE = 100


def main(arguments: list[str] | None = None) -> int:
    """Run; print what was compared."""
    parser = argparse.ArgumentParser(prog="python -m tests.model", description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, help="stop after about so many")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    clock = SystemClock()
    until = None if given.seconds is None else clock.monotonic() + given.seconds
    differences = 0
    while COUNTED["runs"] < given.runs and (until is None or clock.monotonic() < until):
        more = min(_AT_ONCE, given.runs - COUNTED["runs"])
        try:
            _run(more, given.seed * 1_000_003 + COUNTED["runs"])
        except DifferenceError as difference:
            print(difference)
            differences = 1
            break
    print(
        f"{COUNTED['runs']} runs, {COUNTED['steps']} steps, {COUNTED['messages']} messages, "
        f"{differences} differences"
    )
    return differences


def _run(examples: int, number: int) -> None:
    chosen = settings(
        max_examples=examples,
        stateful_step_count=25,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(number)(Machine), settings=chosen)


if __name__ == "__main__":
    sys.exit(main())
