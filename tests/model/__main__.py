"""Many runs of the engine beside its model.

    python -m tests.model --runs 10000

Whatever differs is shrunk and told as a story, and what repeats it is printed. The last line counts
runs, steps and messages compared, and the differences. 1 when there was one, or when in many runs
some kind of step was never played. With --seconds it stops after about so many.
"""

import argparse
import sys
import traceback

from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from engine.clock import SystemClock
from tests.model.both import PLAYED, DifferenceError
from tests.model.machine import COUNTED, Machine

_AT_ONCE = 100
ENOUGH = 1000
"""Runs after which every kind of step has been played, or something keeps the machine from it."""
KINDS = """
    AddDate AddRecipient AddTask BeLinked Claimed ClockSetBack ConfirmResolution ConfirmStanding
    ConsentChanged DeadWay DeadWayOfDuty DecideNecessity EndRound EndStanding Escalate
    EventArrived FinishTask Freeze HandOver JumpStep Lift LowerMode LowerSeverity PlaceHold
    ProposeResolution ProposeStanding RaiseMode Release RemoveDate Reopen Replan Respond
    ReviewCase SetRound Settled SkipStep Stop TakeTask Tick UnlinkCase WithdrawNecessity
    WithdrawRelease
""".split()
"""Commands that are played, and what befalls them."""


def main(arguments: list[str] | None = None) -> int:
    """Run; print what was compared."""
    parser = argparse.ArgumentParser(prog="python -m tests.model", description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, help="stop after about so many")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--from", type=int, default=0, dest="first", help="the run to begin with")
    given = parser.parse_args(arguments)
    clock = SystemClock()
    until = None if given.seconds is None else clock.monotonic() + given.seconds
    print(f"seed={given.seed}", flush=True)
    differences = 0
    while COUNTED["runs"] < given.runs and (until is None or clock.monotonic() < until):
        done = COUNTED["runs"]
        more, first = min(_AT_ONCE, given.runs - done), given.first + done
        again = f"python -m tests.model --seed {given.seed} --from {first} --runs {more}"
        try:
            _run(more, given.seed * 1_000_003 + first)
        except Exception as fault:  # Whatever it is, it has to be repeated.
            print(fault if isinstance(fault, DifferenceError) else traceback.format_exc())
            print(f"Repeat: {again}")
            differences = 1
            break
    never = [kind for kind in KINDS if not PLAYED[kind]]
    if never and not differences and COUNTED["runs"] >= ENOUGH:
        print(f"never played: {', '.join(never)}")
        differences = 1
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
