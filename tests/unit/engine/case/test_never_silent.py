"""Never silent: whatever runs out, fails or is left lying becomes a task, and a task escalates."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.case import commands as c
from engine.case.decide import run
from engine.case.state import Case, Task
from schemas import facts as f
from schemas.codes import IncidentCode, Severity, TrackName
from schemas.plan import ContactRef
from schemas.projection import Purpose
from schemas.responses import ResponseKind
from tests.unit.engine.case.builders import (
    EMBASSY,
    FJORD,
    ROSTER,
    Story,
    a_case,
    a_told_case,
    an_event,
    at,
    outward,
)


def escalates(story: Story, task: Task) -> None:
    """Left alone, its owner hears of it, then everybody on the ladder does."""
    assert task.due_at > story.now
    story.until(task.due_at + timedelta(days=9))
    reminded = [x for x in story.of(f.TaskReminded) if x.task == task.id]
    woken = [x.at for x in story.of(f.TrackWoken) if x.at >= task.due_at]
    assert reminded[0].next_at >= task.due_at, "somebody was told at its deadline, or at once"
    assert woken or any(x.escalated for x in reminded), "nobody beyond its owner ever heard of it"
    assert {"ana", "ben", "chi", "dia"} <= {
        x.party for x in story.of(f.Told) if x.track is TrackName.DUTY and x.at >= task.due_at
    }


def test_an_exhausted_ladder_is_a_task_to_phone_them() -> None:
    story = a_told_case()
    for _ in range(3):
        story.after(days=1, minutes=1)
        if story.owes("phone_them"):
            break
    escalates(story, story.task("phone_them"))


def test_a_step_that_finds_nobody_is_a_task() -> None:
    nobody = replace(EMBASSY, contacts=())
    story = Story().report(candidates=(nobody,), tracks=(outward(TrackName.MISSIONS),))
    story.page_answered().release(TrackName.MISSIONS)
    assert story.of(f.StepSkipped)
    escalates(story, story.task("nobody_left"))


NOBODY = replace(ROSTER, people=(), shifts=(), floor=None)


def test_a_night_with_nobody_on_duty_is_a_task_that_escalates_when_somebody_is_back() -> None:
    story = a_case(roster=NOBODY)
    task = story.task("nobody_left", detail="duty")
    assert (task.owner, task.critical) == ("", True)
    escalates(story.around(roster=ROSTER), task)


def test_an_empty_rung_is_one_task_however_often_it_is_tried() -> None:
    story = a_case(roster=NOBODY).after(days=3)
    assert len(story.of(f.StepSkipped)) > 5
    assert [x.detail for x in story.of(f.TaskRaised) if x.task_kind == "nobody_left"] == ["duty"]


def test_somebody_who_comes_on_shift_later_still_owes_why_nobody_was_there() -> None:
    story = a_case(roster=NOBODY).when("Mon 22:40").around(roster=ROSTER).when("Mon 23:00")
    story.page_answered("ben")
    assert story.task("nobody_left", detail="duty").owner == "ben"


def test_once_it_was_mended_the_next_empty_rung_is_a_new_task() -> None:
    story = a_case(roster=NOBODY).when("Mon 22:10")
    story.finish("nobody_left").when("Tue 02:00")
    assert len([x for x in story.of(f.TaskRaised) if x.task_kind == "nobody_left"]) == 2


def test_whoever_has_a_grave_case_hears_at_once_that_nobody_came_on_after_them() -> None:
    story = a_case().page_answered("ana").around(roster=replace(ROSTER, shifts=(), floor=None))
    story.report(an_event("surveillance"))
    assert story.paged(last=True) == ["ana"]
    assert story.of(f.Told, last=True)[0].purpose is Purpose.TASK


def test_of_a_case_that_is_not_grave_its_owner_hears_at_the_deadline() -> None:
    story = a_case(Severity.ELEVATED).page_answered("ana")
    story.around(roster=NOBODY).report(an_event("surveillance"), severity=Severity.ELEVATED)
    task = story.task("nobody_left")
    assert not task.critical
    assert task.due_at - story.now == timedelta(hours=24)


def test_a_rung_that_falls_through_to_somebody_is_no_empty_rung() -> None:
    assert not a_case(roster=replace(ROSTER, shifts=())).owes("nobody_left")


@given(
    severity=st.sampled_from(Severity),
    empty=st.lists(st.tuples(st.integers(1, 40), st.booleans()), max_size=8),
)
def test_after_every_rung_that_reached_nobody_there_is_a_task_that_says_so(
    severity: Severity, empty: list[tuple[int, bool]]
) -> None:
    story = a_case(severity)
    for hours, nobody in empty:
        story.around(roster=NOBODY if nobody else ROSTER).after(hours=hours)
    skipped = [x for x in story.of(f.StepSkipped) if x.track is TrackName.DUTY]
    raised = [x for x in story.of(f.TaskRaised) if x.detail == "duty"]
    assert len(raised) == min(len(skipped), 1)
    assert story.owes("nobody_left", detail="duty") is bool(skipped)


def test_a_recipient_whom_no_way_reaches_is_a_task() -> None:
    lone = replace(
        FJORD,
        contacts=(
            ContactRef(id="fjord-mail", level="focal_point", endpoints=("email:email-fjord-mail",)),
        ),
    )
    story = Story().report(candidates=(lone,), tracks=(outward(TrackName.INVESTORS),))
    story.page_answered().release(TrackName.INVESTORS).bounced("fjord-mail")
    escalates(story, story.task("unreachable"))


def test_a_dead_way_is_a_task_although_the_next_one_was_used() -> None:
    story = a_told_case()
    desk = next(contact for contact in ("lea", "desk") if contact in story.told())
    story = a_case().page_answered().release(TrackName.MISSIONS).bounced(desk)
    task = story.task("dead_way")
    assert (task.alert, task.detail, task.critical) == (story.alert("embassy").id, "email", False)
    escalates(story, task)


def test_a_dead_phone_of_our_own_is_a_task_as_well() -> None:
    story = a_case()
    told = story.of(f.Told)[0]
    story.send(
        c.Settled(
            key=told.notices[0].key,
            alert=told.alert,
            tell_no=1,
            purpose=told.purpose.value,
            contact="ana",
            endpoint=told.notices[0].endpoint,
            state="failed_permanent",
        )
    )
    assert story.task("dead_way").alert == story.duty("ana").id


def test_the_task_of_a_dead_way_names_its_channel_whatever_the_ways_id_is() -> None:
    own = replace(ROSTER, people=(replace(ROSTER.people[0], endpoints=("sms:line:2",)),))
    story = a_case(roster=replace(own, shifts=ROSTER.shifts[:1])).bounced("ana")
    assert story.task("dead_way").detail == "sms"


@pytest.mark.parametrize("state", ["unknown_exhausted", "not_delivered"])
def test_a_phone_that_is_off_for_a_day_is_no_dead_way(state: str) -> None:
    story = a_told_case().settled("desk", state)
    assert not story.owes("dead_way")


def test_a_case_nobody_looked_at_calls_for_ever() -> None:
    story = a_case(Severity.WATCH).after(days=40)
    last = max(x.at for x in story.of(f.Told))
    assert story.now - last <= timedelta(days=1)
    assert {"ana", "ben"} <= {x.party for x in story.of(f.Told) if x.at > at("31 Mar 00:00")}


def test_a_case_somebody_has_and_nobody_decides_about_calls_everybody_in_the_end() -> None:
    story = a_case().when("Mon 22:07").page_answered()
    for _ in range(20):
        story.answer("ana", ResponseKind.ACKNOWLEDGED, alert=story.duty("ana").id)
        story.after(hours=3)
    triage = story.task("triage")
    assert triage.due_at == at("Tue 04:00")
    hers = [x for x in story.of(f.TaskReminded) if x.task == triage.id]
    assert not hers[0].escalated, "she heard of it at 04:00"
    assert any(x.escalated for x in hers), "and then everybody, whatever she answered"


def test_with_no_roster_at_all_it_goes_on_trying_and_says_so() -> None:
    story = a_case().around(roster=replace(ROSTER, people=(), shifts=(), floor=None)).after(days=2)
    skipped = [x for x in story.of(f.StepSkipped) if x.track is TrackName.DUTY]
    assert len(skipped) > 5
    assert story.around(roster=ROSTER).after(days=1).paged()[-1] in ("ana", "ben", "chi", "dia")


def test_what_the_auditor_finds_pages_until_two_people_close_it() -> None:
    case = Case(id="incident1", around=a_case().case.around)
    now = at("Mon 22:00")
    case, facts = run(case, c.RaiseIncident(code=IncidentCode.INVARIANT_BROKEN, key="I8"), now)
    assert [x.party for x in facts if isinstance(x, f.Told)] == ["ana"]
    for minutes, person in ((15, "ben"), (30, "chi"), (60, "dia")):
        case, facts = run(case, c.Tick(), now + timedelta(minutes=minutes))
        assert person in [x.party for x in facts if isinstance(x, f.Told)]


def test_a_report_that_only_enriches_leaves_what_is_owed_owed() -> None:
    story = a_case().page_answered()
    owed = {(t.kind, t.due_at) for t in story.case.tasks}
    story.report(an_event("enrichment"), severity=Severity.WATCH)
    assert owed <= {(t.kind, t.due_at) for t in story.case.tasks}
