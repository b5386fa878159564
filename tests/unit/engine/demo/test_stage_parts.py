"""The pieces the demo stands on: a clock that leaps, a cast that fits its world, pages it reads."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from engine.demo.cast import read_cast, world_text
from engine.demo.clock import LeapingClock
from engine.demo.page_visit import link_and_code
from engine.demo.story_time import StoryTime
from engine.registry import read_files
from schemas.event import ThreatEvent

START = datetime(2027, 3, 1, 22, 0, tzinfo=UTC)


class StillClock:
    """A wall that stands still, so that only leaps move the story."""

    def now(self) -> datetime:
        return START

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


def test_a_leap_is_seen_at_once_and_never_goes_back() -> None:
    clock = LeapingClock(start=START, factor=1, wall=StillClock())

    clock.leap(START + timedelta(hours=3))
    clock.leap(START + timedelta(hours=1))

    assert clock.now() == START + timedelta(hours=3)


async def test_whoever_sleeps_wakes_at_their_own_time_and_not_before() -> None:
    clock = LeapingClock(start=START, factor=1, wall=StillClock())
    woken: list[str] = []

    async def sleeper(name: str, hours: float) -> None:
        await clock.sleep(hours * 3600)
        woken.append(name)

    early = asyncio.create_task(sleeper("early", 1))
    late = asyncio.create_task(sleeper("late", 5))
    await asyncio.sleep(0)
    clock.leap(START + timedelta(hours=2))
    await asyncio.wait_for(early, 5)

    assert woken == ["early"]

    clock.leap(START + timedelta(hours=6))
    await asyncio.wait_for(late, 5)

    assert woken == ["early", "late"]


@pytest.mark.parametrize(
    ("start", "factor"), [(START.replace(tzinfo=None), 1), (START, 0), (START, -2)]
)
def test_a_clock_without_a_zone_or_a_direction_is_refused(start: datetime, factor: float) -> None:
    with pytest.raises(ValueError, match=r"aware|above zero"):
        LeapingClock(start=start, factor=factor)


async def test_time_does_not_leap_while_somebody_acts() -> None:
    story = StoryTime(LeapingClock(start=START, factor=1, wall=StillClock()))
    waiting = asyncio.create_task(story.pause(600))
    await asyncio.sleep(0)

    with story.acting():
        assert story.busy
    assert not story.busy
    assert story.next_wake == START + timedelta(minutes=10)

    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert story.next_wake is None


def test_twelve_events_are_published_and_each_is_one() -> None:
    cast = read_cast()

    assert len(cast.events) == 12
    for telling in cast.events:
        ThreatEvent.model_validate(telling.event)
        assert telling.tell.endswith(".")
    assert [telling.after for telling in cast.events] == sorted(t.after for t in cast.events)


def test_the_invented_world_is_sound_and_invented() -> None:
    read = read_files({name: world_text(name) for name in ("registry.yaml", "roster.yaml")})
    states = {party.state for party in read.parties if party.state}
    addresses = [end.address for each in read.contacts for end in each.endpoints]

    assert states <= {"QM", "QN", "QR", "QS"}
    assert all(a.endswith(".example") or a.startswith("+999") for a in addresses)
    assert read.roster is not None
    assert read.roster.floor is not None


def test_everybody_who_answers_can_be_reached() -> None:
    cast = read_cast()
    read = read_files({name: world_text(name) for name in ("registry.yaml", "roster.yaml")})
    addresses = {end.address for each in read.contacts for end in each.endpoints}
    situations = {telling.situation for telling in cast.events}

    assert set(cast.answers) <= addresses
    assert set(cast.duty.values()) <= addresses
    assert set(cast.plans) <= situations


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "please answer: open http://127.0.0.1:9/a/Ab-_cd and enter code 4821-93, or call",
            ("http://127.0.0.1:9/a/Ab-_cd", "4821-93"),
        ),
        ("7K3Q-92: nothing more is asked of you.", None),
    ],
)
def test_a_letter_says_where_and_with_what_to_answer(
    text: str, found: tuple[str, str] | None
) -> None:
    assert link_and_code(text) == found
