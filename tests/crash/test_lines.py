"""A crash run comes to every line and everything that can go wrong on it, as far as it has time."""

import random  # noqa: TID251 (seeded: the same number, the same faults)

import pytest

from tests.crash.faults import BLOCK, KINDS, LINES_A_BLOCK, schedule
from tests.crash.lines import BROKER, EVERYWHERE, MAIL, MARKS, STORE, TAKES_LONG
from tests.crash.lines import KINDS as LINES


def kinds(kills: int, *, seed: int, database: bool, hurried: bool = False) -> list[str]:
    rng = random.Random(seed)
    faults = schedule(kills, rng=rng, database=database, hurried=hurried)
    return [fault.kind for fault in faults]


def test_whatever_can_go_wrong_on_a_line_goes_wrong_on_each() -> None:
    assert set(EVERYWHERE) == {"slow", "cut", "half", "hole", "reset"}
    for line in (STORE, BROKER, MAIL):
        assert {f"{line}-{what}" for what in EVERYWHERE} <= set(LINES)
        assert MARKS[line], "what is said last of a thing that is then done"


@pytest.mark.parametrize("seed", range(5))
def test_a_long_run_comes_to_every_line_that_is_there(seed: int) -> None:
    assert set(KINDS) <= set(kinds(BLOCK * len(LINES), seed=seed, database=True))
    of_a_file = set(kinds(BLOCK * len(LINES), seed=seed, database=False))
    assert of_a_file.isdisjoint(one for one in LINES if one.startswith(STORE))
    assert of_a_file.issuperset(one for one in LINES if not one.startswith(STORE))


@pytest.mark.parametrize("seed", range(5))
def test_a_run_in_a_hurry_has_as_many_bad_lines_and_none_that_takes_long(seed: int) -> None:
    hurried = kinds(5 * BLOCK, seed=seed, database=True, hurried=True)
    assert len(hurried) == 5 * BLOCK
    assert sum(each in LINES for each in hurried) == 5 * LINES_A_BLOCK
    assert set(LINES) - TAKES_LONG <= set(kinds(6 * BLOCK, seed=seed, database=True, hurried=True))
    assert TAKES_LONG.isdisjoint(hurried)
