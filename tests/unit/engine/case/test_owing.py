"""What duty owes: tasks with a time, an owner, and somebody who hears when they are late."""

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.case import commands as c
from engine.case.draft import Draft
from engine.case.tasks import fall_due, own
from schemas import facts as f
from schemas.codes import Severity, TrackName
from schemas.projection import Purpose
from schemas.responses import RefusedBecause, ResponseKind
from schemas.roster import Roster
from tests.unit.engine.case.builders import (
    ROSTER,
    a_case,
    a_told_case,
    an_event,
    at,
)


@pytest.mark.parametrize(
    ("severity", "triage", "contact"),
    [
        (Severity.CRITICAL, 120, 60),
        (Severity.HIGH, 360, 120),
        (Severity.ELEVATED, 48 * 60, 24 * 60),
    ],
)
def test_triage_and_first_contact_have_their_times(
    severity: Severity, triage: int, contact: int
) -> None:
    story = a_case(severity)
    assert story.task("triage").due_at == story.now + timedelta(minutes=triage)
    assert story.task("release", detail="missions").due_at == story.task("triage").due_at
    assert story.task("first_contact").due_at == story.now + timedelta(minutes=contact)


def test_check_ins_follow_the_first_contact_and_come_further_apart() -> None:
    story = a_case().page_answered().when("Mon 23:40").finish("first_contact")
    assert story.task("check_in").due_at == at("Tue 23:40")
    story.when("Tue 23:40").finish("check_in")
    assert story.task("check_in").due_at == at("9 Mar 23:40")
    story.when("9 Mar 23:40").finish("check_in")
    assert story.task("check_in").due_at == at("16 Mar 23:40")


def test_a_check_in_without_a_sign_of_the_person_is_owed_again_soon_and_calls_duty() -> None:
    story = a_case().page_answered().when("Mon 23:40").finish("first_contact")
    pages = len(story.paged())
    story.when("Tue 23:40").finish("check_in", result="no_sign")

    assert story.task("check_in").due_at == at("Wed 03:40")
    assert len(story.paged()) > pages


def test_a_first_contact_that_reached_nobody_is_owed_again_soon() -> None:
    story = a_case().page_answered().finish("first_contact", result="no_sign")
    assert story.task("check_in").due_at == story.now + timedelta(hours=4)


def test_a_result_in_words_is_refused_because_the_journal_carries_codes_only() -> None:
    story = a_case().page_answered()

    wordy = story.a_finish("first_contact", result="she was seen near the mill")

    assert story.refused(wordy).reason is RefusedBecause.INCOMPLETE


def test_a_tasks_owner_is_told_at_its_deadline() -> None:
    story = a_case().page_answered().when("Tue 00:00")
    told = story.of(f.Told)[-1]
    assert (told.party, told.purpose, told.detail) == ("ana", Purpose.TASK, "first_contact")


def test_untaken_after_its_reminder_a_task_wakes_the_whole_ladder() -> None:
    story = a_case().page_answered()
    late = story.task("first_contact").id
    story.when("Tue 00:00").page_answered().when("Tue 04:00")
    reminders = [x for x in story.of(f.TaskReminded) if x.task == late]
    assert [x.escalated for x in reminders] == [False, True]
    assert "ben" not in story.paged()
    assert story.when("Tue 05:00").paged(last=True) == ["ben"]


def test_a_task_nobody_owns_wakes_the_ladder_at_its_deadline() -> None:
    story = a_case(Severity.ELEVATED).when("Tue 22:00")
    assert story.of(f.TaskReminded)[-1].escalated


def test_a_task_falling_due_while_the_ladder_calls_adds_no_second_page() -> None:
    story = a_case().when("Tue 00:00")
    woken = [x for x in story.of(f.TrackWoken) if x.reason == "task_overdue"]
    assert not woken


def test_an_owner_out_of_reach_is_passed_over_for_the_ladder() -> None:
    story = a_case().page_answered()
    story.around(roster=replace(ROSTER, people=ROSTER.people[1:])).when("Tue 00:00")
    assert [x.reason for x in story.of(f.TrackWoken)] == ["task_overdue"]
    assert story.pages()[-1] == ("Tue 00:00", "ben")


def test_the_floor_contact_can_own_tasks_too() -> None:
    story = a_case(roster=replace(ROSTER, shifts=())).page_answered("eve").when("Tue 00:00")
    assert story.pages()[-1] == ("Tue 00:00", "eve")
    story = a_case().page_answered().around(roster=Roster(version="none")).when("Tue 00:00")
    assert story.of(f.TrackWoken)


def test_two_tasks_due_at_once_are_one_message() -> None:
    story = a_case().page_answered().finish("first_contact").when("Tue 04:00")
    assert story.pages().count(("Tue 04:00", "ana")) == 1


def test_a_critical_task_is_named_although_another_fell_due_at_once() -> None:
    story = a_told_case().finish("first_contact")
    story.answer("lea", ResponseKind.WARNS).answer(
        "desk", ResponseKind.PASSED_ON, passed_on_to="guardia"
    )
    details = [x.detail for x in story.of(f.Told) if x.purpose is Purpose.TASK]
    assert details == ["warning", "passed_on_inside"]


def test_a_critical_task_is_told_at_once_and_escalates_when_untaken() -> None:
    story = a_told_case().finish("first_contact").answer("lea", ResponseKind.WARNS)
    assert story.pages()[-1] == ("Mon 22:30", "ana")
    story.when("Tue 02:30")
    assert story.of(f.TaskReminded)[-1].escalated


def test_taking_a_critical_task_leaves_it_until_its_deadline() -> None:
    story = a_told_case().answer("lea", ResponseKind.WARNS).take("warning", "ben")
    assert story.task("warning").owner == "ben"
    messages = len(story.paged())
    story.until(story.task("warning").due_at - timedelta(seconds=1))
    assert "ben" not in story.paged()[messages:]
    story.after(seconds=1)
    assert "ben" in story.paged()[messages:]


def test_when_the_last_open_task_is_taken_duty_is_quiet_without_a_reply() -> None:
    story = a_case()
    story.take("triage", "ben").take("first_contact", "ben")
    for detail in ("missions", "nhris", "companies"):
        story.take("release", "ben", detail=detail)
    assert not story.of(f.Owned)
    story.take("release", "ben", detail="investors")
    assert story.of(f.Owned, last=True)[0].by == "ben"
    story.when("Mon 23:59")
    assert story.pages() == [("Mon 22:00", "ana")]


def test_taking_an_overdue_task_does_not_quieten_what_is_late() -> None:
    story = a_case().when("Tue 00:10")
    for task in story.case.tasks:
        story.send(c.TakeTask(inbox=story.inbox(), case=story.case.id, task=task.id, by="ben"))
    assert not story.of(f.Owned)


def test_taking_a_task_while_somebody_has_the_case_changes_the_task_only() -> None:
    story = a_case().page_answered().take("triage", "ben")
    assert story.case.owner == "ana"
    assert story.task("triage").owner == "ben"


@pytest.mark.parametrize("finish", [True, False])
def test_a_task_that_is_gone_is_refused(finish: bool) -> None:
    story = a_case()
    command: c.CaseCommand
    if finish:
        command = c.FinishTask(inbox=story.inbox(), case=story.case.id, task="t", by="ana")
    else:
        command = c.TakeTask(inbox=story.inbox(), case=story.case.id, task="t", by="ana")
    assert story.refused(command).reason is RefusedBecause.UNKNOWN_TASK


def test_a_graver_case_has_less_time_for_a_question() -> None:
    story = a_case(Severity.CRITICAL, now=at("Tue 09:00")).release(TrackName.MISSIONS)
    story.answer("lea", ResponseKind.ASKS)
    assert story.task("question").due_at == at("Tue 09:30")


def test_the_same_question_twice_is_one_task() -> None:
    story = a_told_case().answer("lea", ResponseKind.ASKS).answer("lea", ResponseKind.ASKS)
    assert story.task("question").alert == story.alert("embassy").id


def test_facts_about_duty_without_a_duty_track_are_harmless() -> None:
    story = a_case()
    bare = replace(story.case, tracks=())
    draft = Draft(case=bare, now=story.now)
    own(draft, "ana")
    assert draft.case.owner == "ana"
    fall_due(draft, replace(bare.tasks[0], owner=""))
    assert [type(x) for x in draft.facts][-1] is f.TaskReminded


def test_a_lesser_report_brings_nothing_forward() -> None:
    story = a_case().report(an_event("enrichment"), severity=Severity.WATCH)
    assert not story.of(f.SeverityRaised)


def test_a_critical_task_nobody_owns_is_not_left_for_the_next_rung() -> None:
    story = a_case().release(TrackName.MISSIONS).handed_off("lea").after(minutes=10)
    story.answer("lea", ResponseKind.WARNS)
    assert story.pages() == [("Mon 22:00", "ana"), ("Mon 22:10", "ana")]
    assert story.when("Mon 23:00").pages()[-1] == ("Mon 23:00", "ben"), "the ladder goes on"
