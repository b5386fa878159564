"""A crash run comes to every line and everything that can go wrong on it, as far as it has time."""

import random  # noqa: TID251 (seeded: the same number, the same faults)

import pytest

from tests.crash.faults import KINDS, LINES_A_BLOCK, schedule
from tests.crash.lines import KINDS as LINES
from tests.crash.lines import STORE, TAKES_LONG


def kinds(kills: int, *, seed: int, database: bool, hurried: bool = False) -> list[str]:
    rng = random.Random(seed)
    faults = schedule(kills, rng=rng, database=database, hurried=hurried)
    return [fault.kind for fault in faults]


@pytest.mark.parametrize("seed", range(5))
def test_a_long_run_comes_to_every_line_that_is_there(seed: int) -> None:
    assert set(KINDS) <= set(kinds(10 * len(LINES), seed=seed, database=True))
    of_a_file = set(kinds(10 * len(LINES), seed=seed, database=False))
    assert of_a_file.isdisjoint(one for one in LINES if one.startswith(STORE))
    assert of_a_file.issuperset(one for one in LINES if not one.startswith(STORE))


@pytest.mark.parametrize("seed", range(5))
def test_one_in_five_faults_is_a_bad_line_and_in_a_hurry_none_that_takes_long(seed: int) -> None:
    hurried = kinds(50, seed=seed, database=True, hurried=True)
    assert len(hurried) == 50
    assert sum(each in LINES for each in hurried) == 5 * LINES_A_BLOCK
    assert TAKES_LONG.isdisjoint(hurried)
