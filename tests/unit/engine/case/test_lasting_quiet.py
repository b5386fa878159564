"""Somebody has the case, for weeks: nobody is called, nothing is forgotten, nothing is counted."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.case import commands as c
from engine.case.decide import run
from engine.case.due import due_at
from schemas import facts as f
from schemas.codes import Severity, TrackName
from schemas.responses import ResponseKind
from tests.unit.engine.case.builders import Story

HALF_AN_HOUR = timedelta(minutes=30)


def a_critical_case_that_ana_has() -> Story:
    """She spoke to the person at 22:20, and will again at 04:20; triage is hers until midnight."""
    story = Story().report(severity=Severity.CRITICAL).when("Mon 22:18")
    return story.page_answered("ana").when("Mon 22:20").finish("first_contact")


def with_nothing_but_check_ins(story: Story) -> Story:
    for task in story.case.tasks:
        if task.kind != "check_in":
            story.finish(task.kind, detail=task.detail)
    return story


def woken(story: Story) -> list[f.TrackWoken]:
    return story.of(f.TrackWoken)


def test_whoever_has_a_case_for_weeks_is_not_looked_after_every_half_hour() -> None:
    story = with_nothing_but_check_ins(a_critical_case_that_ana_has())
    for _ in range(10):
        story.until(story.task("check_in").due_at).finish("check_in")

    assert len(story.of(f.HoldExtended)) <= 11, "once for each pause, not some fifty times a day"
    assert not woken(story)


def test_what_is_late_calls_duty_at_the_first_half_hour_after_it_as_ever() -> None:
    story = a_critical_case_that_ana_has().when("Tue 00:17")
    assert not woken(story), "triage was due at midnight, and ana was told then"

    story.when("Tue 00:18")

    assert woken(story)[-1].reason == "hold_expired"


def test_what_a_decline_leaves_to_nobody_calls_duty_at_once_though_a_colleague_has_the_case() -> (
    None
):
    story = with_nothing_but_check_ins(a_critical_case_that_ana_has()).take("check_in", "ben")
    story.page_answered("ana").when("Tue 01:00")

    story.answer("ben", ResponseKind.DECLINED, alert=story.duty("ben").id)

    assert not story.task("check_in").owner
    assert woken(story)[-1].at == story.now
    assert story.track(TrackName.DUTY).hold_until is None
    story.page_answered("ana")
    assert story.task("check_in").owner == "ana", "whoever answers has it now"


def test_a_decline_calls_nobody_while_a_colleague_has_the_case_and_all_that_it_owes() -> None:
    story = with_nothing_but_check_ins(a_critical_case_that_ana_has()).take("check_in", "ben")
    story.page_answered("ana").take("check_in", "ana").when("Tue 01:00")

    story.answer("ben", ResponseKind.DECLINED, alert=story.duty("ben").id)

    assert not woken(story)


def test_when_nothing_is_owed_any_more_quiet_ends_as_soon_as_an_answer_does() -> None:
    story = with_nothing_but_check_ins(a_critical_case_that_ana_has()).when("Tue 01:00")
    nothing = replace(story.case, tasks=())
    case, facts = run(nothing, c.Tick(), story.now)

    assert [type(fact) for fact in facts] == [f.HoldShortened]
    assert due_at(case) == story.now + HALF_AN_HOUR


@settings(max_examples=12, deadline=None)
@given(minutes=st.lists(st.integers(1, 400), min_size=1, max_size=6))
def test_looked_at_often_or_seldom_duty_is_called_at_the_same_time(minutes: list[int]) -> None:
    seldom = a_critical_case_that_ana_has().when("Tue 06:00")
    often = a_critical_case_that_ana_has()
    for pause in minutes:
        moment = often.now + timedelta(minutes=pause)
        if moment < seldom.now:
            often.until(moment).send(c.Tick())
    often.when("Tue 06:00")

    assert [fact.at for fact in woken(often)] == [fact.at for fact in woken(seldom)]
    assert often.case.tasks == seldom.case.tasks


@settings(max_examples=40, deadline=None)
@given(due=st.lists(st.integers(1, 5_000), min_size=1, max_size=5))
def test_quiet_ends_where_looking_every_half_hour_would_have_ended_it(due: list[int]) -> None:
    story = with_nothing_but_check_ins(a_critical_case_that_ana_has())
    task = story.task("check_in")
    looks = story.track(TrackName.DUTY).hold_until
    assert looks is not None
    times = [looks + timedelta(minutes=each) for each in due]
    owed = tuple(replace(task, id=f"t{n}", due_at=at, next_at=at) for n, at in enumerate(times))
    case, _ = run(replace(story.case, tasks=owed), c.Tick(), looks)
    state = case.track(TrackName.DUTY)
    while min(times) > looks:
        looks += HALF_AN_HOUR

    assert state is not None
    assert state.hold_until == looks
