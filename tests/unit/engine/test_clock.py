"""Time as the engine sees it: real, fast for the demo, by hand for tests."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from engine.clock import Clock, FastClock, ManualClock, SystemClock

NIGHT = datetime(2031, 3, 2, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "clock", [SystemClock(), FastClock(factor=60, start=NIGHT), ManualClock(NIGHT)]
)
async def test_every_clock_tells_aware_utc_and_never_runs_backwards(clock: Clock) -> None:
    first, second = clock.monotonic(), clock.monotonic()
    await clock.sleep(0)
    await clock.sleep(-5)

    assert clock.now().tzinfo is UTC
    assert first <= second <= clock.monotonic()


@pytest.mark.parametrize("start", [datetime(2031, 3, 2, 3, 0)])  # noqa: DTZ001
def test_a_naive_start_is_refused(start: datetime) -> None:
    with pytest.raises(ValueError, match="aware"):
        ManualClock(start)
    with pytest.raises(ValueError, match="aware"):
        FastClock(factor=60, start=start)


def test_a_start_elsewhere_is_the_same_instant_in_utc() -> None:
    somewhere = timezone(timedelta(hours=-5))

    clock = ManualClock(NIGHT.astimezone(somewhere))

    assert (clock.now(), clock.now().tzinfo) == (NIGHT, UTC)


@pytest.mark.parametrize("factor", [0, -1, float("nan")])
def test_fast_time_must_run_forward(factor: float) -> None:
    with pytest.raises(ValueError, match="factor"):
        FastClock(factor=factor, start=NIGHT)


async def test_an_hour_of_the_demo_passes_in_a_blink() -> None:
    clock = FastClock(factor=3_600_000, start=NIGHT)

    await clock.sleep(3600)

    assert clock.now() - NIGHT >= timedelta(hours=1)


async def test_standing_time_moves_only_when_told() -> None:
    clock = ManualClock(NIGHT)

    await clock.advance(days=1, hours=2, minutes=3, seconds=4)

    assert clock.now() == NIGHT + timedelta(days=1, hours=2, minutes=3, seconds=4)
    assert clock.monotonic() == 93_784.0


async def test_time_does_not_go_back() -> None:
    clock = ManualClock(NIGHT)

    with pytest.raises(ValueError, match="does not go back"):
        await clock.advance(hours=1, minutes=-61)


async def test_sleepers_wake_in_order_each_at_its_own_due_time() -> None:
    clock = ManualClock(NIGHT)
    woken: list[tuple[str, float]] = []

    async def sleeper(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append((name, clock.monotonic()))

    async with asyncio.TaskGroup() as group:
        group.create_task(sleeper("late", 30))
        group.create_task(sleeper("early", 10))
        group.create_task(sleeper("early, lay down second", 10))
        await clock.advance(minutes=1)

    assert woken == [("early", 10), ("early, lay down second", 10), ("late", 30)]
    assert clock.monotonic() == 60


async def test_a_loop_that_ticks_each_minute_ticks_sixty_times_in_an_hour() -> None:
    clock = ManualClock(NIGHT)
    ticks: list[datetime] = []

    async def tick() -> None:
        while True:
            await clock.sleep(60)
            ticks.append(clock.now())

    ticking = asyncio.create_task(tick())
    await clock.advance(hours=1)
    ticking.cancel()

    assert ticks == [NIGHT + timedelta(minutes=n) for n in range(1, 61)]


async def test_a_sleeper_that_gave_up_disturbs_nobody() -> None:
    clock = ManualClock(NIGHT)
    impatient = asyncio.create_task(clock.sleep(10))
    patient = asyncio.create_task(clock.sleep(20))
    await clock.advance(seconds=5)
    impatient.cancel()

    await clock.advance(seconds=15)

    assert impatient.cancelled()
    assert patient.done()


async def test_a_sleeper_is_not_woken_before_its_time() -> None:
    clock = ManualClock(NIGHT)
    sleeping = asyncio.create_task(clock.sleep(60))

    await clock.advance(seconds=59.999)
    assert not sleeping.done()

    await clock.advance(seconds=0.001)
    assert sleeping.done()


async def test_many_small_steps_reach_the_same_instant_as_one_long_one() -> None:
    clock = ManualClock(NIGHT)
    sleeping = asyncio.create_task(clock.sleep(1))

    for _ in range(10):
        await clock.advance(seconds=0.1)

    assert sleeping.done()
    assert clock.now() == NIGHT + timedelta(seconds=1)


async def test_time_waits_for_work_that_is_not_on_the_clock() -> None:
    at_rest: list[datetime] = []

    async def rest() -> None:
        await asyncio.sleep(0)
        at_rest.append(clock.now())

    clock = ManualClock(NIGHT, settle=rest)
    sleeping = asyncio.create_task(clock.sleep(60))
    await clock.advance(minutes=2)

    assert at_rest == [NIGHT, NIGHT + timedelta(minutes=1)]
    assert sleeping.done()
