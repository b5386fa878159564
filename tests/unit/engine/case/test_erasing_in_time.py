"""What is sealed of a closed case ends by itself: said two weeks before, and never when kept."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.case import commands as c
from engine.case.draft import Refusal
from engine.case.due import due_at
from engine.case.erasing import GOOD_FOR, KEPT_AT_MOST, NOTICE
from engine.case.evolve import evolve
from engine.case.state import Case, CaseStatus, dump_case, load_case
from schemas import facts as f
from schemas.facts import WhyErased, WhyKept
from schemas.responses import RefusedBecause
from tests.unit.engine.case.builders import Story, a_case, a_told_case, an_event

DAY = timedelta(days=1)


def closed() -> Story:
    """Resolved by two, looked back at, and watched to the end."""
    story = a_told_case().proposed("ana").confirmed("chi").reviewed().after(days=31)
    assert story.case.status is CaseStatus.CLOSED
    return story


def announce(story: Story, on: datetime | None = None) -> c.AnnounceErasure:
    return c.AnnounceErasure(case=story.case.id, on=on or story.now)


def in_time(story: Story) -> c.EraseInTime:
    return c.EraseInTime(case=story.case.id)


def keep(story: Story, days: float, by: str = "ana") -> c.KeepSealed:
    until = story.now + timedelta(days=days)
    return c.KeepSealed(
        inbox=story.inbox(), case=story.case.id, until=until, why=WhyKept.REMEDY, by=by
    )


def end(story: Story, by: str = "ana") -> c.EndKeeping:
    return c.EndKeeping(inbox=story.inbox(), case=story.case.id, by=by)


def test_a_closed_case_is_announced_and_erased_on_its_day_by_nobody() -> None:
    story = closed()
    story.send(announce(story, story.now + 20 * DAY))
    (said,) = story.of(f.ErasureAnnounced)
    assert said.on == story.now + 20 * DAY
    story.after(days=20).send(in_time(story))
    (erased,) = story.of(f.Erased)
    assert erased.by == ()
    assert story.case.erase_on is None


def test_nothing_is_erased_before_the_day_that_was_said() -> None:
    story = closed()
    story.send(announce(story)).after(days=13.9)
    assert story.refused(in_time(story)).reason is RefusedBecause.INCOMPLETE


def test_a_shorter_time_in_the_settings_still_leaves_two_weeks() -> None:
    """Somebody sets a shorter time by mistake: every old case would be gone within the hour."""
    story = closed()
    story.send(announce(story, story.now - 100 * DAY))
    assert story.case.erase_on == story.now + NOTICE


def test_what_nobody_was_told_of_is_not_erased() -> None:
    story = closed()
    assert story.refused(in_time(story)).reason is RefusedBecause.INCOMPLETE


def test_an_engine_that_stood_still_says_a_new_day_before_it_erases() -> None:
    story = closed()
    story.send(announce(story)).after(days=14 + GOOD_FOR.days + 1)
    story.refused(in_time(story))
    story.send(announce(story))
    assert story.case.erase_on == story.now + NOTICE


def test_what_was_said_counts_a_week_beyond_its_day_and_no_longer() -> None:
    story = closed()
    story.send(announce(story)).until(story.now + NOTICE + GOOD_FOR)
    day = story.case
    story.send(in_time(story))
    assert story.of(f.Erased, last=True)
    story.case = day
    story.after(seconds=1).refused(in_time(story))


def test_a_day_is_said_once() -> None:
    story = closed()
    story.send(announce(story)).after(days=3).send(announce(story))
    assert len(story.of(f.ErasureAnnounced)) == 1


@pytest.mark.parametrize("way", ["open", "standing", "monitored"])
def test_a_case_that_is_not_closed_is_never_erased_by_itself(way: str) -> None:
    story = a_told_case()
    if way == "standing":
        story.stands(until=story.now + 20 * DAY)
    if way == "monitored":
        story.proposed("ana").confirmed("chi")
    assert story.case.status == way
    story.refused(announce(story))
    story.refused(in_time(story))


def test_what_somebody_keeps_is_erased_neither_by_itself_nor_by_two() -> None:
    """A lawyer needs it for the trial, and the machine destroys it."""
    story = closed()
    story.send(announce(story)).send(keep(story, 200)).after(days=14)
    story.refused(in_time(story))
    story.refused(announce(story))
    erase = c.Erase(inbox=story.inbox(), case=story.case.id, why=WhyErased.TIME_OVER, by="chi")
    assert "End the keeping first" in story.refused(erase).detail


def test_a_first_word_for_erasing_is_void_when_somebody_keeps_it() -> None:
    story = closed()
    story.send(
        c.Erase(inbox=story.inbox(), case=story.case.id, why=WhyErased.TIME_OVER, by="chi")
    ).send(keep(story, 10))
    assert story.case.erasing == ()


def test_keeping_ends_with_its_time_or_by_a_word_and_the_day_is_said_anew() -> None:
    story = closed()
    story.send(keep(story, 30)).after(days=30).send(announce(story))
    assert story.case.erase_on == story.now + NOTICE
    story.send(keep(story, 30)).send(end(story))
    assert (story.case.kept, story.case.erase_on) == (None, None)
    story.send(announce(story))
    assert story.case.erase_on == story.now + NOTICE


def test_nothing_is_kept_for_ever_without_a_second_look() -> None:
    story = closed()
    story.refused(keep(story, KEPT_AT_MOST.days + 1))
    story.refused(keep(story, -1))
    assert story.refused(end(story)).reason is RefusedBecause.NOT_PROPOSED


def test_an_open_case_may_be_kept_beforehand_and_owes_the_same_as_before() -> None:
    story = a_case()
    before = (due_at(story.case), story.case.tasks)
    story.send(keep(story, 300))
    assert (due_at(story.case), story.case.tasks) == before
    story.proposed("ana").confirmed("chi").reviewed().after(days=31)
    story.refused(announce(story))


def test_a_state_of_yesterday_loads_and_keeps_what_it_says_today() -> None:
    story = closed()
    assert load_case(dump_case(story.case)).kept is None
    story.send(keep(story, 30))
    assert load_case(dump_case(story.case)).kept == story.case.kept
    story.send(end(story)).send(announce(story))
    assert load_case(dump_case(story.case)).erase_on == story.now + NOTICE


@given(
    st.lists(
        st.one_of(
            st.sampled_from(["announce", "erase", "keep", "end", "event", "close"]),
            st.integers(min_value=1, max_value=40),
        ),
        max_size=14,
    )
)
def test_whatever_happens_it_is_closed_unkept_and_was_told_two_weeks_before(
    acts: list[str | int],
) -> None:
    story = a_told_case()
    told_at: datetime | None = None
    for act in ["close", *acts]:
        if isinstance(act, int):
            story.after(days=act)
            continue
        if act == "close" and story.case.status is CaseStatus.OPEN:
            story.proposed("ana").confirmed("chi").reviewed().after(days=31)
        if act == "event" and story.case.status is not CaseStatus.CLOSED:
            story.report(an_event())
        command = {
            "announce": lambda: announce(story),
            "erase": lambda: in_time(story),
            "keep": lambda: keep(story, 25),
            "end": lambda: end(story),
        }.get(act)
        if command is None:
            continue
        before = story.case
        try:
            story.send(command())
        except Refusal:
            continue
        if any(isinstance(fact, f.ErasureAnnounced) for fact in story.last):
            told_at = story.now
        if any(isinstance(fact, f.Erased) for fact in story.last):
            assert before.status is CaseStatus.CLOSED
            assert before.kept is None or before.kept.until <= story.now
            assert told_at is not None
            assert NOTICE <= story.now - told_at <= NOTICE + GOOD_FOR
    again = Case()
    for fact in story.facts:
        again = evolve(again, fact)
    assert (again.status, again.erase_on, again.kept) == (
        story.case.status,
        story.case.erase_on,
        story.case.kept,
    )
