"""Schedules of crashes, silence and unclear outcomes, and every promise is kept."""

from collections import Counter
from random import Random  # noqa: TID251 (seeded: the same number, the same faults)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.simulation import core
from tests.simulation.__main__ import SOMETIMES, Total, once_broken, quiet
from tests.simulation.faults import KINDS, NO_FAULTS, drawn, without
from tests.simulation.loop import (
    HiddenThreadError,
    HostClock,
    HungError,
    VirtualClock,
    VirtualLoop,
)
from tests.simulation.run import run
from tests.simulation.town import START

TOGETHER = 8


@pytest.fixture(autouse=True)
def _quiet() -> None:
    quiet()


@pytest.mark.parametrize("seed", once_broken())
def test_what_once_went_wrong_stays_right(seed: int) -> None:
    assert not run(seed).wrong


@pytest.mark.parametrize("first", range(0, 16, TOGETHER))
def test_whatever_befalls_the_machines_everybody_is_told(first: int) -> None:
    total = Total()
    broken = []
    for seed in range(first, first + TOGETHER):
        result = run(seed)
        total.add(result)
        broken += [f"seed {seed}: {wrong}" for wrong in result.wrong]

    assert not broken, "\n".join(broken)
    assert total.counts["reports"] > 0
    assert total.counts["letters"] > 0
    print(total.line())


def test_the_same_seed_comes_to_the_same_twice_though_a_backup_was_put_back() -> None:
    result = run(6)

    assert result.counts["a backup was put back"]
    assert result.trace == run(6).trace


def test_a_hundred_nights_of_the_core_alone_lose_nothing() -> None:
    for seed in range(100):
        schedule = core.Schedule(seed)
        schedule.live()
        assert not schedule.wrong, f"seed {seed}: {schedule.wrong}"


def test_a_hundred_nights_of_the_core_have_been_everywhere() -> None:
    counts: Counter[str] = Counter(schedules=core.ENOUGH)
    for seed in range(core.ENOUGH):
        counts += core.lived(seed).counts

    assert not core.missed(counts)


@pytest.mark.parametrize("name", core.SOMETIMES)
def test_nights_of_the_core_that_never_went_somewhere_are_a_failure(name: str) -> None:
    counts = Counter(dict.fromkeys(core.SOMETIMES, 10 * core.ENOUGH), schedules=core.ENOUGH)
    counts[name] = 0
    assert [line.partition(":")[0] for line in core.missed(counts)] == [name]

    counts["schedules"] -= 1
    assert not core.missed(counts), "so few nights cannot tell"


def test_a_night_of_the_core_without_its_faults_has_none_of_them() -> None:
    wild, calm = core.lived(3), core.lived(3, off=core.CHAOS)
    faults = ("crashes", "zombies", "left and nobody knew")

    assert any(wild.counts[name] for name in faults)
    assert not any(calm.counts[name] for name in faults)
    assert not calm.wrong
    assert calm.counts["answers"]


def test_shrinking_a_night_in_which_nothing_is_wrong_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert core.main(["--seed", "3", "--shrink"]) == 0
    assert capsys.readouterr().out == "seed 3: nothing is wrong\n"


def test_every_fault_can_be_left_out() -> None:
    faults = without(drawn(Random(7)), frozenset(KINDS))

    assert all(getattr(faults, kind) == getattr(NO_FAULTS, kind) for kind in KINDS)


def test_a_kind_that_came_later_leaves_older_lives_as_they_were() -> None:
    lives = [drawn(Random(7), seed) for seed in range(40)]

    assert {bool(life.restore) for life in lives} == {True, False}
    assert len({without(life, frozenset(("restore", "skew"))) for life in lives}) == 1


@given(off=st.floats(0.01, 10.0), at=st.lists(st.floats(0.0, 1e5), min_size=2, max_size=2))
def test_a_clock_kept_by_ntp_is_slewed_and_never_set(off: float, at: list[float]) -> None:
    loop = VirtualLoop()
    try:
        town = VirtualClock(loop, START)
        clock, shown = HostClock(town, off=off, rng=Random(7)), []
        for seconds in sorted(at):
            loop.call_at(seconds, loop.stop)
            loop.run_forever()
            shown.append((clock.now() - town.now()).total_seconds())
    finally:
        loop.close()

    assert all(abs(each) <= off + 1e-5 for each in shown)
    assert abs(shown[1] - shown[0]) <= HostClock.SLEW * (max(at) - min(at)) + 1e-5


@pytest.mark.parametrize(
    ("schedules", "met", "wrong"),
    [(29, 0, False), (30, 0, True), (30, 1, False), (99, 1, False), (100, 99, True)],
)
def test_a_sweep_that_did_not_go_where_it_had_to_is_a_failure_however_short_it_was(
    schedules: int, met: int, wrong: bool
) -> None:
    """A sweep of half an hour lives fewer than a hundred: it was never asked where it went."""
    total = Total()
    total.schedules = schedules
    total.counts.update(dict.fromkeys(SOMETIMES, 10 * schedules))
    total.counts["died between send and record"] = met

    assert total.wrong is wrong
    assert any("died between" in line for line in total.missed()) is wrong


def test_a_hidden_thread_is_found_at_once() -> None:
    loop = VirtualLoop()
    try:
        with pytest.raises(HiddenThreadError):
            loop.run_in_executor(None, print)
    finally:
        loop.close()


def test_a_deadlock_is_an_error_and_not_a_long_night() -> None:
    loop = VirtualLoop()
    try:
        with pytest.raises(HungError):
            loop.run_until_complete(loop.create_future())
    finally:
        loop.close()
