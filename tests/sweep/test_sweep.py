"""A sweep keeps to its time, whatever its checks do, and says which of them failed."""

import sys
from pathlib import Path

from engine.clock import SystemClock
from tests.sweep.checks import CHECKS, Check
from tests.sweep.sweep import Came, shares, sweep, table

CLOCK = SystemClock()


def a_check(name: str, code: str, *, least: float = 0.1, weight: float = 1) -> Check:
    def command(seconds: int, seed: int) -> list[str]:
        return [sys.executable, "-c", code, str(seconds), str(seed)]

    return Check(name=name, weight=weight, least=least, command=command)


async def swept(tmp_path: Path, *checks: Check, seconds: float = 5) -> tuple[list[Came], list[str]]:
    said: list[str] = []
    came = await sweep(
        checks, seconds=seconds, seed=7, logs=tmp_path, clock=CLOCK, say=said.append, overtime=0.3
    )
    return came, said


async def test_the_last_line_counts_what_passed_and_what_failed(tmp_path: Path) -> None:
    good = a_check("good", "import sys; print('seed', sys.argv[2])")
    bad = a_check("bad", "print('one is lost'); raise SystemExit(1)")

    came, said = await swept(tmp_path, good, bad)

    assert table(came)[-1] == "1 passed, 1 failed"
    assert came[0].said == "seed 7"
    assert "one is lost" in "\n".join(said)


async def test_a_check_that_does_not_stop_is_ended_and_has_failed(tmp_path: Path) -> None:
    hangs = a_check("hangs", "import signal; signal.pause()")

    came, _ = await swept(tmp_path, hangs, a_check("good", "print('done')"), seconds=2)

    assert [one.passed for one in came] == [False, True]
    assert came[0].said == "it did not stop in time"


async def test_a_check_that_ends_early_leaves_its_time_to_the_others(tmp_path: Path) -> None:
    first = a_check("first", "print('done')")
    second = a_check("second", "import sys; print(sys.argv[1])")

    came, _ = await swept(tmp_path, first, second, seconds=60)

    assert int(came[1].said) > 45


async def test_with_little_time_the_hungriest_checks_are_left_out_and_named(
    tmp_path: Path,
) -> None:
    slow, quick = a_check("slow", "print(1)", least=100), a_check("quick", "print(1)")

    came, said = await swept(tmp_path, slow, quick, seconds=3)

    assert [one.name for one in came] == ["quick"]
    assert said[0] == "slow: left out, it needs 100 s"


def test_three_minutes_are_enough_for_every_kind_of_crash() -> None:
    kept, _ = shares(CHECKS, 180)

    assert sum(check.name.startswith("crash") for check in kept) == 4
