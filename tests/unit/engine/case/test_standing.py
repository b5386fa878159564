"""Standing: two people let a case last; it is looked after and looked at, and no timer ends it."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.case import commands as c
from engine.case.draft import Refusal
from engine.case.due import due_at
from engine.case.state import AlertStatus, CaseStatus
from schemas import facts as f
from schemas.codes import ActionKind, Effect, Severity, TrackName
from schemas.projection import Purpose
from schemas.responses import RefusedBecause, ResponseKind
from tests.unit.engine.case.builders import Story, a_case, a_consent, a_told_case, an_event, at

MISSIONS, NHRIS = TrackName.MISSIONS, TrackName.NHRIS
DAY = timedelta(days=1)


def stands(severity: Severity = Severity.ELEVATED, *, days: int = 29) -> Story:
    """Ana has spoken to the person; then she and Chi let it stand."""
    story = a_case(severity).page_answered().finish("first_contact")
    return story.stands(until=story.now + days * DAY)


# --- how it comes to stand


def test_a_case_stands_by_two_people_only() -> None:
    story = a_case(Severity.ELEVATED).page_answered()
    story.send(story.a_standing(until=story.now + 29 * DAY, by="ana"))
    assert story.case.status is CaseStatus.OPEN
    assert story.owes("confirm_standing")
    refusal = story.refused(story.a_standing_agreed("ana"))
    assert refusal.reason is RefusedBecause.SAME_PERSON
    story.send(story.a_standing_agreed("chi"))
    assert story.case.status is CaseStatus.STANDING
    assert story.of(f.StandingSet)[0].by == ("ana", "chi")
    assert not story.owes("confirm_standing")


def test_nobody_agrees_to_what_nobody_proposed() -> None:
    story = a_case()
    assert story.refused(story.a_standing_agreed()).reason is RefusedBecause.NOT_PROPOSED


@pytest.mark.parametrize(
    ("severity", "most"),
    [(Severity.CRITICAL, 30), (Severity.HIGH, 30), (Severity.ELEVATED, 90), (Severity.WATCH, 90)],
)
def test_a_review_is_near_where_life_is_at_stake(severity: Severity, most: int) -> None:
    story = a_case(severity).page_answered()
    late = story.now + most * DAY + timedelta(seconds=1)
    refusal = story.refused(story.a_standing(until=late))
    assert refusal.reason is RefusedBecause.INCOMPLETE
    assert f"{most} days" in refusal.detail
    story.stands(until=story.now + most * DAY)
    assert story.case.status is CaseStatus.STANDING


def test_a_review_that_is_past_when_the_second_person_agrees_is_none() -> None:
    story = a_case(Severity.ELEVATED).page_answered()
    story.send(story.a_standing(until=story.now + timedelta(hours=1))).after(hours=1)
    assert story.refused(story.a_standing_agreed()).reason is RefusedBecause.INCOMPLETE
    assert story.refused(story.a_standing(until=story.now)).reason is RefusedBecause.INCOMPLETE


def test_what_is_proposed_as_resolved_does_not_stand_before_that_is_taken_back() -> None:
    story = a_case(Severity.ELEVATED).page_answered().proposed()
    refusal = story.refused(story.a_standing(until=story.now + DAY))
    assert "resolved" in refusal.detail
    story.reopened().stands(until=story.now + DAY)
    assert story.case.status is CaseStatus.STANDING


def test_a_resolved_case_and_an_incident_never_stand() -> None:
    story = a_told_case().proposed().confirmed()
    refusal = story.refused(story.a_standing(until=story.now + DAY))
    assert refusal.reason is RefusedBecause.NOT_OPEN


def test_a_proposal_can_be_taken_back_and_an_event_voids_it() -> None:
    story = a_case(Severity.ELEVATED).page_answered()
    story.send(story.a_standing(until=story.now + DAY)).standing_ended()
    assert story.refused(story.a_standing_agreed()).reason is RefusedBecause.NOT_PROPOSED
    story.send(story.a_standing(until=story.now + DAY))
    story.report(an_event("enrichment"), severity=Severity.WATCH)
    assert [x.reason for x in story.of(f.StandingDropped)] == ["withdrawn", "new_event"]
    assert story.refused(story.a_standing_agreed()).reason is RefusedBecause.NOT_PROPOSED
    assert not story.owes("confirm_standing")


# --- while it stands


def test_it_owes_its_next_check_in_or_its_review_whichever_is_sooner() -> None:
    story = stands(days=29)
    check_in, review = story.task("check_in"), story.task("standing_review")
    assert due_at(story.case) == min(check_in.due_at, review.due_at)
    assert (check_in.owner, review.owner) == ("ana", "ana")


def test_duty_is_quiet_while_it_stands_and_check_ins_go_on_for_months() -> None:
    story = stands(days=90)
    end = story.now + 89 * DAY
    pages = len(story.pages())
    kept = 0
    while story.now < end:
        story.until(min(story.task("check_in").due_at - timedelta(hours=1), end))
        if story.now < end:
            story.finish("check_in")
            kept += 1
    assert kept >= 3
    assert len(story.pages()) == pages
    assert story.case.status is CaseStatus.STANDING
    assert not [x for x in story.last if isinstance(x, f.HoldExtended)]


def test_a_missed_check_in_calls_duty_as_ever() -> None:
    story = stands().finish("check_in", result="no_sign", heard=None)
    assert story.paged(last=True) == ["ana"]
    assert story.case.status is CaseStatus.STANDING


def test_a_case_that_owed_no_talk_owes_one_when_it_stands() -> None:
    story = a_case(Severity.ELEVATED).page_answered()
    story.finish("first_contact").finish("check_in")
    story.stands(until=story.now + 60 * DAY)
    assert story.owes("check_in")


def test_a_case_that_nobody_had_is_had_by_whoever_proposed_it() -> None:
    story = a_case(Severity.ELEVATED)
    story.stands(until=story.now + 29 * DAY, by="ben")
    assert {task.owner for task in story.case.tasks} == {"ben"}
    pages = len(story.pages())
    story.after(hours=20)
    assert len(story.pages()) == pages


def test_the_review_falls_due_with_its_owner_and_then_with_everybody() -> None:
    story = stands(days=5)
    review = story.now + 5 * DAY
    story.until(review)
    assert story.paged(last=True) == ["ana"]
    assert story.case.status is CaseStatus.STANDING
    story.until(review + timedelta(hours=24))
    assert {who for _, who in story.pages()[-1:]} <= {"ana", "ben", "chi", "dia"}
    assert story.of(f.TrackWoken)[-1].reason == "task_overdue"
    story.until(review + 10 * DAY)
    assert story.case.status is CaseStatus.STANDING, "no timer ends it"
    assert len(story.pages()) > 5


def test_two_people_renew_it_on_its_review() -> None:
    story = stands(days=5).after(days=5)
    story.stands(until=story.now + 61 * DAY)
    assert story.case.status is CaseStatus.STANDING
    assert story.task("standing_review").due_at == story.now + 61 * DAY
    assert len([t for t in story.case.tasks if t.kind == "standing_review"]) == 1


def test_a_review_is_finished_by_renewing_or_opening_and_by_no_word() -> None:
    story = stands()
    refusal = story.refused(story.a_finish("standing_review"))
    assert "open it again" in refusal.detail
    story.send(story.a_standing(until=story.now + DAY))
    assert story.refused(story.a_finish("confirm_standing")).reason is RefusedBecause.INCOMPLETE


def test_nobody_further_is_told_while_it_stands() -> None:
    story = a_told_case().page_answered()
    story.stands(until=story.now + 29 * DAY)
    told = story.told()
    story.finish("first_contact").after(days=20)
    assert story.told() == told, "the answer-by of the embassy passed, and nobody was told for it"
    assert story.refused(story.a_release(NHRIS)).reason is RefusedBecause.NOT_OPEN


def test_silence_that_lasted_while_it_stood_is_a_persons_question_afterwards() -> None:
    story = a_told_case().page_answered()
    story.stands(until=story.now + 29 * DAY).finish("first_contact").after(days=20)
    story.standing_ended("ben")
    assert story.owes("still_right")
    assert not story.told(last=True, purpose=Purpose.TELL)


def test_an_answer_lands_while_it_stands() -> None:
    story = a_told_case().page_answered()
    story.stands(until=story.now + 29 * DAY)
    story.promises("lea", ActionKind.LETTER, due="Wed 12:00")
    assert story.alert("embassy").status is AlertStatus.PROMISED
    story.acts("lea", Effect.POSITIVE)
    assert story.alert("embassy").status is AlertStatus.ACTED
    assert story.case.status is CaseStatus.STANDING


def test_a_promise_is_asked_for_while_it_stands() -> None:
    story = a_told_case().page_answered().promises("lea", ActionKind.LETTER, due="Wed 12:00")
    story.stands(until=story.now + 29 * DAY).when("Wed 12:00")
    assert story.told(purpose=Purpose.ASK_OUTCOME) == ["lea"]
    told = story.told(purpose=Purpose.TELL)
    story.when("Wed 20:00")
    assert story.of(f.PromiseMissed)
    assert story.told(purpose=Purpose.TELL) == told, "the next contact waits until it is open"
    assert story.owes("promise_overdue")


def test_a_decline_while_it_stands_tells_nobody_and_says_that_nobody_is_left() -> None:
    story = a_case().release(TrackName.INVESTORS).handed_off("fjord-mail").page_answered()
    story.stands(until=story.now + 29 * DAY).answer("fjord-mail", ResponseKind.DECLINED)
    assert not story.told(last=True)
    assert story.owes("nobody_left")
    story.standing_ended("ben")
    assert story.told(last=True) == ["bright-mail"]


def test_anybody_may_freeze_what_stands() -> None:
    story = a_told_case().page_answered()
    story.stands(until=story.now + 29 * DAY).freeze(MISSIONS)
    assert story.track(MISSIONS).frozen


def test_a_holder_who_takes_consent_back_is_spoken_to_although_it_stands() -> None:
    story = a_told_case().page_answered()
    story.stands(until=story.now + 29 * DAY)
    story.consent("revoked", a_consent(revoked=True))
    assert story.told(last=True, purpose=Purpose.STAND_DOWN) == ["lea", "desk"]


# --- how it ends


def test_any_event_ends_it_and_calls_duty() -> None:
    story = stands().after(days=3).report(an_event("enrichment"), severity=Severity.WATCH)
    assert story.case.status is CaseStatus.OPEN
    assert story.of(f.StandingEnded)[0].by == "event"
    assert story.paged(last=True) == ["ana"]
    assert story.of(f.TrackWoken)[-1].reason == "standing_ended"
    assert story.owes("triage")
    assert not story.owes("standing_review")


def test_duty_is_called_once_when_the_event_is_an_act() -> None:
    story = stands().after(days=3).report(an_event("summons"))
    assert len([x for x in story.last if isinstance(x, f.TrackWoken)]) == 1
    assert story.paged(last=True) == ["ana"]


def test_an_act_after_a_notice_freezes_a_standing_case_before_anybody_is_told_more() -> None:
    story = a_told_case().page_answered()
    story.stands(until=story.now + 29 * DAY).after(days=3).report(an_event("summons"))
    assert story.of(f.ReprisalSuspected)
    assert story.case.severity is Severity.CRITICAL
    assert not story.told(last=True, purpose=Purpose.TELL)
    assert story.track(MISSIONS).frozen


def test_an_act_in_another_case_opens_one_that_stands() -> None:
    story = a_told_case().page_answered()
    story.stands(until=story.now + 29 * DAY)
    story.send(c.TouchedByAct(case=story.case.id, event="e9", after="other"))
    assert story.of(f.StandingEnded)[0].by == "engine"
    assert story.case.status is CaseStatus.OPEN
    assert story.track(MISSIONS).frozen


def test_a_person_opens_it_alone_and_has_it() -> None:
    story = stands().after(days=3)
    pages = len(story.pages())
    story.standing_ended("ben")
    assert story.case.status is CaseStatus.OPEN
    assert story.case.owner == "ben"
    assert story.owes("triage")
    story.after(hours=20)
    assert len(story.pages()) == pages


def test_an_open_case_has_no_standing_to_end() -> None:
    story = a_case()
    command = c.EndStanding(inbox=story.inbox(), case=story.case.id, by="ana")
    assert story.refused(command).reason is RefusedBecause.NOT_OPEN


def test_what_stands_is_opened_before_it_is_resolved() -> None:
    story = stands()
    proposal = c.ProposeResolution(
        inbox=story.inbox(), case=story.case.id, by="ana", outcome="freed", residual_risk="low",
        remedy="none_sought", heard="safe_channel",
    )  # fmt: skip
    assert "stands" in story.refused(proposal).detail
    story.standing_ended().proposed().confirmed()
    assert story.case.status is CaseStatus.MONITORED


# --- the third and the sixth story, to the minute


def test_a_suit_that_lasts_stands_until_its_withdrawal_is_reported() -> None:
    story = a_case(Severity.ELEVATED, now=at("31 Mar 18:00")).page_answered()
    story.finish("first_contact").when("1 Apr 10:00")
    story.stands(until=at("30 Apr 09:00"), why=f.WhyStanding.PROCEEDINGS)
    assert due_at(story.case) == story.task("check_in").due_at
    while story.task("check_in").due_at < at("30 Apr 09:00"):
        story.until(story.task("check_in").due_at - timedelta(hours=1)).finish("check_in")
    quiet = len(story.pages())
    story.by("30 Apr 09:00")
    assert len(story.pages()) == quiet
    story.send(c.Tick())
    assert story.paged(last=True) == ["ana"]
    story.when("30 Apr 10:00").stands(until=at("30 Apr 10:00") + 61 * DAY)
    story.until(story.task("check_in").due_at - timedelta(hours=1)).finish("check_in")
    quiet = len(story.pages())
    story.when("12 May 09:00").report(an_event("suit_withdrawn"), severity=Severity.WATCH)
    assert story.case.status is CaseStatus.OPEN
    assert [who for _, who in story.pages()[quiet:]] == ["ana"]
    story.when("12 May 09:10").page_answered().finish("triage").finish("check_in")
    story.when("14 May 08:00").proposed().when("14 May 08:30").confirmed()
    assert len(story.pages()) == quiet + 1
    assert story.case.monitored_until == at("14 May 08:30") + 30 * DAY


# --- whatever happens

ACTS = (
    "tick", "stand", "agree", "end", "event", "act", "check_in", "no_sign", "page", "touch",
    "decline", "promise", "freeze", "take",
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 4)), max_size=7))
def test_what_is_not_over_is_always_due_and_no_timer_opens_or_closes_it(
    happens: list[tuple[str, int]],
) -> None:
    story = a_told_case().page_answered()
    for act, days in happens:
        before = story.case.status
        story.after(days=days, hours=1)
        assert story.case.status is before, "time alone changed what it is"
        known = len(story.facts)
        try:
            _do(story, act)
        except Refusal:
            assert len(story.facts) == known
        assert due_at(story.case) is not None
        standing = story.case.status is CaseStatus.STANDING
        assert standing is (story.case.standing is not None)
        if standing:
            assert (story.owes("standing_review") and story.owes("check_in")) or story.owes(
                "first_contact"
            )


def _do(story: Story, act: str) -> None:
    match act:
        case "tick":
            story.send(c.Tick())
        case "stand":
            story.send(story.a_standing(until=story.now + 20 * DAY))
        case "agree":
            story.send(story.a_standing_agreed())
        case "end":
            story.standing_ended()
        case "event":
            story.report(an_event("enrichment"), severity=Severity.WATCH)
        case "act":
            story.report(an_event("summons"))
        case "check_in" if story.owes("check_in"):
            story.finish("check_in")
        case "no_sign" if story.owes("check_in"):
            story.finish("check_in", result="no_sign", heard=None)
        case "page":
            story.page_answered()
        case "touch":
            story.send(c.TouchedByAct(case=story.case.id, event="e9", after="other"))
        case "decline":
            story.answer("lea", ResponseKind.DECLINED)
        case "promise":
            story.answer(
                "lea", ResponseKind.COMMITTED, action=ActionKind.LETTER, due=story.now + 2 * DAY
            )
        case "freeze":
            story.freeze(MISSIONS)
        case "take":
            task = story.case.tasks[0]
            story.send(c.TakeTask(inbox=story.inbox(), case=story.case.id, task=task.id, by="ben"))
