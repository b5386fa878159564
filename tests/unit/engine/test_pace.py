"""A desk full of reports reads what it can think about, and no more."""

from hypothesis import given
from hypothesis import strategies as st

from engine.desk.pace import Pace

MOST, LEAST = 96, 16


def test_a_desk_that_reached_seventeen_does_not_read_ninety_six_again() -> None:
    pace = Pace(most=MOST, least=LEAST)

    pace.reached(17, of=MOST)

    assert 17 <= pace.room <= 24


def test_when_reports_become_easy_again_whole_batches_come_back_soon() -> None:
    pace = Pace(most=MOST, least=LEAST)
    pace.reached(3, of=MOST)

    for _ in range(4):
        pace.reached(pace.room, of=pace.room)

    assert pace.room == MOST


def test_a_quiet_desk_says_nothing_about_a_full_one() -> None:
    pace = Pace(most=MOST, least=LEAST)
    pace.reached(17, of=MOST)
    before = pace.room

    pace.reached(1, of=1)

    assert pace.room == before


@given(st.lists(st.tuples(st.integers(1, 200), st.integers(0, 200))))
def test_a_batch_is_never_empty_and_never_too_large(batches: list[tuple[int, int]]) -> None:
    pace = Pace(most=MOST, least=LEAST)
    for read, reached in batches:
        pace.reached(min(read, reached), of=read)
        assert LEAST <= pace.room <= MOST
