"""What stands still ends the process; what works, sleeps, or was stopped by somebody does not."""

import asyncio
from datetime import UTC, datetime

import pytest

from engine.clock import ManualClock
from engine.watchdog import Progress, Watch, Watchdog


def looks(watch: Watch, *, seconds: int) -> list[str]:
    """Look once a second for so long; return what is stuck at the end."""
    found = [one for _ in range(seconds) for one in watch.look(1.0)]
    return sorted({one.name for one in found if one.stuck})


def test_a_loop_that_stands_still_for_longer_than_its_limit_is_stuck() -> None:
    progress = Progress()
    timers = progress.loop("timers", limit=30)
    watch = Watch(progress)
    timers.turn("deciding")
    assert looks(watch, seconds=31) == []
    assert looks(watch, seconds=1) == ["timers"]


def test_a_loop_that_goes_round_however_slowly_is_left_alone() -> None:
    progress = Progress()
    timers = progress.loop("timers", limit=30)
    watch = Watch(progress)
    for _ in range(20):
        timers.turn()
        assert looks(watch, seconds=29) == []


def test_a_loop_that_waits_for_a_bell_may_wait_for_ever() -> None:
    progress = Progress()
    desk = progress.loop("desk", limit=30)
    watch = Watch(progress)
    desk.turn()
    desk.rest()
    assert looks(watch, seconds=10_000) == []


def test_a_loop_that_rests_while_work_waits_for_it_is_stuck_all_the_same() -> None:
    waiting = [False]
    progress = Progress()
    desk = progress.loop("desk", limit=30, owes=lambda: waiting[0])
    watch = Watch(progress)
    desk.rest()
    assert looks(watch, seconds=100) == []
    waiting[0] = True
    assert looks(watch, seconds=31) == ["desk"]


def test_a_process_that_was_stopped_for_hours_is_given_a_fresh_turn() -> None:
    progress = Progress()
    timers = progress.loop("timers", limit=30)
    watch = Watch(progress)
    timers.turn()
    watch.look(1.0)
    (still,) = watch.look(3 * 3_600.0)  # SIGSTOP, a sleeping laptop: we stood still ourselves
    assert not still.stuck and still.seconds <= 2
    timers.turn()
    assert looks(watch, seconds=29) == []


def test_a_clock_that_was_set_back_says_nothing_about_anybody() -> None:
    progress = Progress()
    progress.loop("timers", limit=30).turn()
    watch = Watch(progress)
    watch.look(1.0)
    (still,) = watch.look(-7_200.0)
    assert still.seconds == 0


def test_what_waits_is_named_and_nothing_else() -> None:
    progress = Progress()
    progress.loop("relay", limit=1).turn("waiting for the broker")
    watch = Watch(progress)
    looks(watch, seconds=3)
    (still,) = watch.look(1.0)
    assert str(still) == "relay has not moved for 3 s (waiting for the broker)"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2027, 3, 1, tzinfo=UTC))


async def test_the_process_ends_with_the_reason_and_says_so_to_nobody_before(
    clock: ManualClock,
) -> None:
    progress = Progress()
    progress.loop("sender", limit=30).turn("claiming")
    halted: list[str] = []
    alive: list[float] = []
    watchdog = Watchdog(
        progress, clock=clock, halt=halted.append, alive=lambda: alive.append(clock.monotonic())
    )
    running = asyncio.create_task(watchdog.run())
    await clock.advance(seconds=31)
    assert halted == [] and len(alive) == 31
    assert [one.name for one in watchdog.still] == ["sender"]  # shown before it is too late
    await clock.advance(seconds=2)
    running.cancel()
    assert halted[0].startswith("sender has not moved for 31 s (claiming)")
    assert len(alive) == 31
