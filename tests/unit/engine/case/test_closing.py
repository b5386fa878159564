"""Ending: always two people; watched for thirty days; archived only with nothing owed."""

from dataclasses import replace
from datetime import timedelta

from engine.case import commands as c
from engine.case.due import due_at
from engine.case.state import AlertStatus, CaseStatus
from schemas import facts as f
from schemas.codes import ActionKind, Mode, Severity, TrackName
from schemas.plan import Candidates, Closure, Excluded, Reason
from schemas.projection import Purpose
from schemas.responses import RefusedBecause, ResponseKind
from tests.unit.engine.case.builders import (
    ROSTER,
    a_case,
    a_consent,
    a_told_case,
    an_event,
    at,
)

MISSIONS = TrackName.MISSIONS


def test_a_case_ends_by_two_people_only() -> None:
    story = a_told_case().proposed("ana")
    refusal = story.refused(story.a_confirmation("ana"))
    assert refusal.reason is RefusedBecause.SAME_PERSON
    assert story.confirmed("chi").case.status is CaseStatus.MONITORED


def test_nothing_ends_without_a_proposal() -> None:
    story = a_case()
    assert story.refused(story.a_confirmation()).reason is RefusedBecause.NOT_PROPOSED


def test_a_proposal_waits_for_its_second_person_as_a_task() -> None:
    story = a_case().page_answered().proposed()
    assert story.task("confirm_resolution").due_at == story.now + timedelta(hours=4)


def test_a_further_event_voids_the_proposal_and_its_task() -> None:
    story = a_case().proposed().report(an_event("enrichment"), severity=Severity.WATCH)
    assert story.of(f.ProposalDropped)[0].reason == "new_event"
    assert story.refused(story.a_confirmation()).reason is RefusedBecause.NOT_PROPOSED
    assert not story.owes("confirm_resolution")


def test_a_proposal_can_be_taken_back() -> None:
    story = a_case().proposed().reopened()
    assert story.case.proposal is None
    assert not story.owes("confirm_resolution")
    assert story.case.status is CaseStatus.OPEN


def test_an_open_case_without_a_proposal_cannot_be_reopened() -> None:
    story = a_case()
    assert story.refused(story.a_reopening()).reason is RefusedBecause.NOT_OPEN


def test_resolving_stops_everything_and_stands_down_those_who_were_told() -> None:
    story = a_told_case(MISSIONS, TrackName.NHRIS).proposed().confirmed()
    assert story.told(purpose=Purpose.STAND_DOWN) == ["lea", "desk", "nhri-mail"]
    assert [task.kind for task in story.case.tasks] == ["review"]
    assert not story.paged(last=True)
    cancelled = story.of(f.NoticesCancelled)[-1]
    assert Purpose.STAND_DOWN not in cancelled.purposes
    story.reviewed().when("30 Mar 22:30")
    assert max(x.at for x in story.of(f.Told)) == at("Mon 22:30")


def test_those_who_acted_are_stood_down_too() -> None:
    story = a_told_case().acts("lea").proposed().confirmed()
    assert story.told(purpose=Purpose.STAND_DOWN) == ["lea", "desk"]


def test_nobody_is_stood_down_who_was_never_reached_declined_or_said_no() -> None:
    story = a_case().release(MISSIONS).release(TrackName.INVESTORS).handed_off("fjord-mail")
    story.answer("fjord-mail", ResponseKind.DECLINED).proposed().confirmed()
    assert story.told(purpose=Purpose.STAND_DOWN) == []


def test_of_two_contacts_only_the_one_that_was_reached_is_stood_down() -> None:
    story = a_case().release(MISSIONS).handed_off("desk").proposed().confirmed()
    assert story.told(purpose=Purpose.STAND_DOWN) == ["desk"]


def test_the_wrong_contact_gets_no_stand_down() -> None:
    story = a_told_case().answer("lea", ResponseKind.WRONG_CONTACT).proposed().confirmed()
    assert story.told(purpose=Purpose.STAND_DOWN) == ["desk"]


def test_a_party_excluded_meanwhile_gets_no_stand_down() -> None:
    story = a_told_case().proposed()
    closure = Closure(
        digest="d9", entries=(Excluded(party="embassy", reason=Reason.PERPETRATOR_CLOSURE),)
    )
    story.around(closure=closure).confirmed()
    assert story.told(purpose=Purpose.STAND_DOWN) == []


def test_a_resolved_case_is_watched_for_thirty_days_and_archived_in_silence() -> None:
    story = a_told_case().proposed().confirmed().reviewed()
    end = story.now + timedelta(days=30)
    assert due_at(story.case) == end
    messages = len(story.of(f.Told))
    story.until(end)
    assert story.case.status is CaseStatus.CLOSED
    assert due_at(story.case) is None
    assert len(story.of(f.Told)) == messages


def test_a_remedy_that_is_sought_keeps_the_case_from_the_archive() -> None:
    story = a_told_case().proposed(remedy="sought").confirmed().reviewed()
    end = story.now + timedelta(days=30)
    assert (story.task("remedy").owner, story.task("remedy").due_at) == ("ana", end)
    story.until(end + timedelta(days=3))
    assert not story.of(f.Archived)
    assert story.pages()[-1][1] in {"ana", "ben", "chi", "dia"}
    story.finish("remedy")
    assert story.case.status is CaseStatus.CLOSED


def test_an_untaken_remedy_escalates_day_by_day_although_the_ladder_rests() -> None:
    story = a_told_case().proposed(remedy="sought").confirmed().reviewed()
    end = story.now + timedelta(days=30)
    story.until(end)
    assert story.paged(last=True) == ["ana"]
    story.until(end + timedelta(hours=24))
    assert story.paged(last=True) == ["ana", "ben", "chi", "dia"]
    assert not story.of(f.StepFired, last=True)


def test_a_remedy_nobody_owns_pages_whoever_is_on_shift() -> None:
    story = a_case().proposed(remedy="sought").confirmed().reviewed()
    assert story.task("remedy").owner == ""
    story.until(story.now + timedelta(days=30))
    assert story.paged(last=True) == ["ana"]


def test_duty_may_take_it_while_the_case_is_watched() -> None:
    story = a_told_case().proposed(remedy="sought").confirmed()
    story.until(story.now + timedelta(days=30)).page_answered("ana")
    assert story.of(f.Owned, last=True)
    story.page_answered("ana", "declined")
    assert story.paged(last=True) == []


def test_an_answer_after_the_end_is_thanked_and_refused() -> None:
    story = a_told_case().proposed().confirmed()
    refusal = story.refused(story.an_answer("lea", ResponseKind.ACTED))
    assert refusal.reason is RefusedBecause.NOT_OPEN


def test_told_before_excluded_is_heard_of_while_the_case_is_watched() -> None:
    story = a_told_case().proposed().confirmed()
    closure = Closure(
        digest="d9", entries=(Excluded(party="embassy", reason=Reason.PERPETRATOR_CLOSURE),)
    )
    story.around(closure=closure).consent("narrowed", a_consent(TrackName.NHRIS))
    assert story.owes("told_before_excluded")
    assert story.paged(last=True) == ["ana"]


def test_consent_withdrawn_while_watched_stands_nobody_down_twice() -> None:
    story = a_told_case().proposed().confirmed().consent("revoked", a_consent(revoked=True))
    assert story.told(last=True) == []


# --- reopening


def test_a_new_event_reopens_a_watched_case_and_pages_duty() -> None:
    story = a_told_case().proposed().confirmed().after(days=5)
    story.report(an_event("enrichment"), severity=Severity.WATCH)
    assert story.case.status is CaseStatus.OPEN
    assert story.paged(last=True) == ["ana"]
    assert story.owes("triage")
    assert story.owes("first_contact")
    assert story.owes("release", detail="missions")
    assert story.alert("embassy").status is AlertStatus.PLANNED


def test_an_act_against_somebody_whose_case_is_watched_is_a_suspected_reprisal() -> None:
    story = a_told_case().proposed().confirmed().after(days=5).report(an_event("summons"))
    assert story.of(f.Reopened)[0].by == "event"
    assert story.case.severity is Severity.CRITICAL
    assert story.paged(last=True) == ["ana"]
    assert story.task("first_contact").due_at == story.now + timedelta(minutes=60)
    assert not story.owes("release")


def test_a_person_reopens_a_watched_case() -> None:
    story = a_told_case().proposed().confirmed().after(days=5).reopened("ben")
    assert story.case.status is CaseStatus.OPEN
    assert story.paged(last=True) == ["ana"]
    assert story.owes("release", detail="missions")


def test_whoever_said_no_while_it_was_watched_is_not_called_when_it_is_opened_again() -> None:
    story = a_told_case().proposed(remedy="sought").confirmed().after(days=30)
    assert "ana" in story.paged(), "the remedy is due"
    story.page_answered("ana", "declined").reopened("ben")
    assert story.duty("ana").status is AlertStatus.DECLINED
    assert story.paged(last=True) == ["ben"]


def test_whoever_said_no_may_take_it_back_by_taking_the_case() -> None:
    story = a_told_case().proposed(remedy="sought").confirmed().after(days=30)
    story.page_answered("ana", "declined").reopened("ben").page_answered("ana")
    assert story.case.owner == "ana"


def test_nobody_told_before_is_told_again_without_a_new_release() -> None:
    story = a_told_case().proposed().confirmed().after(days=5).reopened()
    refusal = story.refused(story.an_answer("lea", ResponseKind.ACKNOWLEDGED))
    assert refusal.reason is RefusedBecause.PAGE_CLOSED
    story.page_answered().after(days=10)
    assert story.told(purpose=Purpose.TELL) == ["lea", "desk"]
    story.release(MISSIONS)
    assert story.told(last=True, purpose=Purpose.TELL)[0] == "lea"


def test_an_opened_case_is_nobodys_until_somebody_takes_it() -> None:
    story = a_told_case()
    assert story.case.owner == "ana"
    story.proposed().confirmed().after(days=5).reopened("ben")
    assert story.case.owner == ""
    assert not {task.owner for task in story.case.tasks if task.kind == "triage"} - {""}


def test_a_second_ending_stands_down_only_those_told_since() -> None:
    story = a_told_case().proposed().confirmed().after(days=5).reopened()
    story.proposed().confirmed()
    assert story.told(last=True) == []


def test_two_people_are_needed_again_after_reopening() -> None:
    story = a_case().release(TrackName.COMPANIES, by="ana").proposed().confirmed().reopened()
    story.release(TrackName.COMPANIES, by="chi")
    assert story.told() == []


def test_an_archived_case_takes_no_further_event() -> None:
    story = a_told_case().proposed().confirmed().reviewed()
    story.until(story.now + timedelta(days=30))
    report = c.EventArrived(
        inbox=story.inbox(),
        report=c.Report(
            event_id="e",
            source="hotline",
            event=an_event(),
            body=b"",
            sealed=None,
            received_at=story.now,
        ),
        candidates=Candidates(world="", severity=Severity.HIGH),
    )
    assert story.refused(report).reason is RefusedBecause.NOT_OPEN


def test_nothing_is_released_frozen_or_raised_in_a_watched_case() -> None:
    story = a_told_case().proposed().confirmed()
    id, box = story.case.id, story.inbox
    for command in (
        story.a_release(MISSIONS),
        story.a_lift(MISSIONS, "ana"),
        c.Freeze(inbox=box(), case=id, tracks=(), by="ana"),
        c.RaiseMode(inbox=box(), case=id, mode=Mode.PRIVATE, by="ana"),
        story.a_confirmation(),
        c.ProposeResolution(
            inbox=box(),
            case=id,
            by="ana",
            outcome="x",
            residual_risk="x",
            remedy="none_sought",
            heard="safe_channel",
        ),
    ):
        assert story.refused(command).reason is RefusedBecause.NOT_OPEN


def test_a_check_in_finished_while_watched_owes_no_next_one() -> None:
    story = a_told_case().proposed(remedy="sought").confirmed().reviewed()
    story.finish("remedy", result="obtained")
    assert story.case.tasks == ()


def test_a_queued_message_of_a_resolved_case_is_refused_at_the_door() -> None:
    story = a_case(now=at("Tue 09:00")).release(MISSIONS).proposed().confirmed().claimed("lea")
    assert story.of(f.TellRefused)[-1].reason is Reason.CASE_OVER


def test_promises_end_with_the_case() -> None:
    story = a_told_case().promises("lea", ActionKind.LETTER, due="Wed 12:00")
    story.proposed().confirmed().when("Thu 12:00")
    assert not story.told(purpose=Purpose.ASK_OUTCOME)


def test_with_an_empty_roster_a_watched_task_keeps_coming_back() -> None:
    story = a_case().proposed(remedy="sought").confirmed().reviewed()
    story.around(roster=replace(ROSTER, people=(), shifts=(), floor=None))
    story.until(story.now + timedelta(days=31))
    assert len(story.of(f.TaskReminded)) == 2
