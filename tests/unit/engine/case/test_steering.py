"""Steering by hand: on to a later step, a step left out, duty called, a case handed over."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from engine.case import commands as c
from engine.case.evolve import evolve
from engine.case.state import AlertStatus, Case
from schemas import facts as f
from schemas.codes import Mode, Severity, TrackName
from schemas.plan import Gate, Reason, Step
from schemas.projection import Purpose
from schemas.responses import RefusedBecause
from tests.unit.engine.case.builders import (
    EMBASSY,
    HALDANE,
    HOUR,
    ROSTER,
    Story,
    a_case,
    a_consent,
    an_event,
    at,
    outward,
    registry_without,
)

MISSIONS, NHRIS, COMPANIES = TrackName.MISSIONS, TrackName.NHRIS, TrackName.COMPANIES
STEPS = (Step(offset=0), Step(offset=24 * HOUR), Step(offset=48 * HOUR))
LATER = replace(outward(MISSIONS), steps=tuple(replace(s, offset=s.offset + HOUR) for s in STEPS))


def later_steps(**changes: Any) -> Story:
    """An embassy that hears at one hour, a day and two days after the release."""
    return Story(**changes).report(tracks=(LATER,), candidates=(EMBASSY,))


def jump(story: Story, step: int, track: TrackName = MISSIONS) -> c.JumpStep:
    return c.JumpStep(
        inbox=story.inbox(), case=story.case.id, track=track, step=step, by="ana", why="faster"
    )


def skip(story: Story, step: int, track: TrackName = MISSIONS) -> c.SkipStep:
    return c.SkipStep(
        inbox=story.inbox(), case=story.case.id, track=track, step=step, by="ana", why="wish"
    )


def withdraw(story: Story, track: TrackName, by: str = "ana") -> c.WithdrawRelease:
    return c.WithdrawRelease(
        inbox=story.inbox(), case=story.case.id, track=track, by=by, why="already_done"
    )


def hand_over(story: Story, to: str, *tasks: str, by: str = "ana") -> c.HandOver:
    return c.HandOver(inbox=story.inbox(), case=story.case.id, by=by, to=to, tasks=tasks)


def escalate(story: Story, step: int = 0) -> c.Escalate:
    return c.Escalate(inbox=story.inbox(), case=story.case.id, by="ana", step=step)


def added(story: Story, party: str, track: TrackName = MISSIONS, **more: Any) -> c.AddRecipient:
    return c.AddRecipient(
        inbox=story.inbox(), case=story.case.id, track=track, party=party, by="ana",
        why="new_facts", **more,
    )  # fmt: skip


def steps(story: Story, track: TrackName = MISSIONS) -> list[tuple[str, int]]:
    """What became of each step of the ladder, in order."""
    kinds = (f.StepFired, f.StepSuperseded, f.StepLeftOut)
    return [
        (fact.kind, fact.step)
        for fact in story.facts
        if isinstance(fact, kinds) and fact.track is track
    ]


# --- on to a later step, and a step left out


def test_a_jump_tells_now_and_what_is_due_later_keeps_its_time() -> None:
    story = later_steps().release(MISSIONS)
    story.send(jump(story, 1))
    assert story.asked() == [("Mon 22:00", "lea+desk")]
    assert steps(story) == [("step_superseded", 0), ("step_fired", 1)]
    state = story.case.track(MISSIONS)
    assert state is not None and state.next_at == at("Wed 23:00")


def test_the_next_step_may_be_told_before_its_time() -> None:
    story = later_steps().release(MISSIONS)
    story.send(jump(story, 0))
    assert steps(story) == [("step_fired", 0)]
    assert story.when("Mon 23:00").told() == ["lea", "desk"], "not once more at its old time"


def test_nobody_jumps_back() -> None:
    story = later_steps().release(MISSIONS)
    story.send(jump(story, 1))
    assert story.refused(jump(story, 0)).reason is RefusedBecause.NO_SUCH_STEP
    assert story.refused(jump(story, 1)).reason is RefusedBecause.NO_SUCH_STEP
    assert story.refused(jump(story, 3)).reason is RefusedBecause.NO_SUCH_STEP


def test_a_jump_opens_no_gate_and_lifts_no_freeze() -> None:
    story = later_steps()
    assert "Release the track" in story.refused(jump(story, 0)).detail
    story.release(MISSIONS).freeze(MISSIONS)
    assert "frozen" in story.refused(jump(story, 0)).detail
    assert story.told() == []


def test_a_jump_past_a_hold_tells_nobody() -> None:
    story = later_steps().release(MISSIONS).hold("embassy", until="Tue 20:00")
    story.send(jump(story, 0))
    assert story.told() == []
    assert story.alert_of_contact("lea").reason is Reason.HELD


def test_a_step_that_is_left_out_never_fires() -> None:
    story = later_steps().release(MISSIONS)
    story.send(skip(story, 0)).when("Tue 22:59")
    assert story.told() == []
    story.when("Tue 23:00")
    assert steps(story) == [("step_left_out", 0), ("step_fired", 1)]


def test_leaving_out_the_last_step_with_nobody_told_is_said_aloud() -> None:
    story = Story().report(tracks=(replace(LATER, steps=LATER.steps[:1]),), candidates=(EMBASSY,))
    story.release(MISSIONS)
    story.send(skip(story, 0))
    assert story.owes("nobody_left", detail="missions")


def test_two_people_never_skip_two_steps_by_mistake() -> None:
    story = later_steps().release(MISSIONS)
    one, same = skip(story, 0), skip(story, 0)
    story.send(one)
    assert story.refused(same).reason is RefusedBecause.NO_SUCH_STEP


def test_what_is_not_released_has_nothing_to_skip() -> None:
    story = later_steps()
    assert story.refused(skip(story, 0)).reason is RefusedBecause.NO_SUCH_STEP


def test_duty_is_neither_jumped_nor_skipped() -> None:
    story = a_case()
    for command in (jump(story, 1, TrackName.DUTY), skip(story, 1, TrackName.DUTY)):
        assert story.refused(command).reason is RefusedBecause.NO_SUCH_TRACK


# --- duty called by hand


def test_duty_is_called_from_a_step_on_whoever_holds_the_case() -> None:
    story = a_case().page_answered("ana").when("Mon 22:30")
    story.send(escalate(story, 2))
    assert story.paged(last=True) == ["chi", "dia"]
    story.when("Mon 23:31")
    assert story.pages()[-1][0] == "Mon 23:30", "and it goes on from there"


def test_duty_called_from_the_start_is_called_as_at_first() -> None:
    story = a_case().page_answered("ana").when("Mon 22:30")
    story.send(escalate(story))
    assert story.paged(last=True) == ["ana"]
    assert story.when("Mon 23:30").paged()[-1] == "ben"


def test_a_ladder_of_duty_has_no_step_beyond_its_last() -> None:
    story = a_case()
    assert story.refused(escalate(story, 3)).reason is RefusedBecause.NO_SUCH_STEP


# --- a case handed over


def test_a_case_that_is_handed_over_is_the_colleagues_and_they_are_told_at_once() -> None:
    story = a_case().page_answered("ana").when("Mon 22:30")
    story.send(hand_over(story, "ben"))
    assert story.case.owner == "ben"
    assert {task.owner for task in story.case.tasks} == {"ben"}
    assert story.told(last=True, duty=True, purpose=Purpose.TASK) == ["ben"]
    assert story.of(f.Told)[-1].detail == "handed_over"


def test_a_case_that_nobody_takes_over_calls_duty() -> None:
    story = a_case().page_answered("ana").when("Mon 22:30")
    task = story.send(hand_over(story, "ben")).task("handed_over").id
    story.when("Tue 02:31")
    reminded = [x.escalated for x in story.of(f.TaskReminded) if x.task == task]
    assert reminded == [False, True], "ben was told at once; four hours later everybody is"


def test_taking_it_is_all_that_a_hand_over_asks_for() -> None:
    story = a_case().page_answered("ana").when("Mon 22:30")
    story.send(hand_over(story, "ben")).take("handed_over", by="ben")
    assert not story.owes("handed_over")
    assert story.case.owner == "ben"


def test_single_tasks_can_be_handed_over_and_the_case_stays() -> None:
    story = a_case().page_answered("ana")
    task = story.task("triage")
    story.send(hand_over(story, "chi", task.id))
    assert story.case.owner == "ana"
    assert story.task("triage").owner == "chi"
    assert story.task("first_contact").owner == "ana"


def test_nobody_is_handed_a_case_whom_no_message_reaches() -> None:
    story = a_case().page_answered("ana")
    refusal = story.refused(hand_over(story, "nobody"))
    assert (refusal.reason, story.case.owner) == (RefusedBecause.INCOMPLETE, "ana")
    silent = tuple(replace(p, endpoints=()) if p.id == "ben" else p for p in ROSTER.people)
    story.around(roster=replace(ROSTER, people=silent))
    assert story.refused(hand_over(story, "ben")).reason is RefusedBecause.INCOMPLETE


def test_nobody_hands_a_case_to_themselves() -> None:
    story = a_case()
    assert story.refused(hand_over(story, "ana")).reason is RefusedBecause.SAME_PERSON


# --- a release with a stated start, and one that is taken back


def company_from(start: str) -> Story:
    """S6: two people release companies on 1 April; nobody is told before the next morning."""
    story = Story(now=at("1 Apr 09:00"), consents=(a_consent(given_at=at("1 Mar 09:00")),))
    story.report(tracks=(outward(COMPANIES, gate=Gate.RELEASE_TWO, mode=Mode.PRIVATE),),
                 candidates=(HALDANE,))  # fmt: skip
    story.release(COMPANIES, by="ana", starts_at=at(start))
    return story.release(COMPANIES, by="chi", id="rec-2", starts_at=at(start))


def test_a_release_with_a_stated_start_tells_nobody_before() -> None:
    story = company_from("2 Apr 10:00")
    assert story.when("2 Apr 09:59").told() == []
    story.when("2 Apr 10:00")
    assert story.told() == ["noor"]
    assert story.of(f.TrackReleased)[0].starts_at == at("2 Apr 10:00")
    state = story.case.track(COMPANIES)
    assert state is not None and state.anchor_at == at("2 Apr 10:00")


def test_of_two_starts_the_later_one_counts() -> None:
    story = Story().report(
        tracks=(outward(COMPANIES, gate=Gate.RELEASE_TWO, mode=Mode.PRIVATE),),
        candidates=(HALDANE,),
    )
    story.release(COMPANIES, by="ana", starts_at=at("Tue 10:00"))
    story.release(COMPANIES, by="chi", id="rec-2")
    assert story.when("Tue 09:59").told() == []
    assert story.when("Tue 10:00").told() == ["noor"]


def test_a_start_that_passed_before_the_second_person_agreed_is_now() -> None:
    story = Story().report(
        tracks=(outward(COMPANIES, gate=Gate.RELEASE_TWO, mode=Mode.PRIVATE),),
        candidates=(HALDANE,),
    )
    story.release(COMPANIES, by="ana", starts_at=at("Tue 10:00")).when("Tue 12:00")
    story.release(COMPANIES, by="chi", id="rec-2")
    assert story.told() == ["noor"]


def test_nobody_is_asked_to_release_what_starts_tomorrow() -> None:
    story = a_case().release(MISSIONS, starts_at=at("Wed 10:00"))
    story.report(an_event("early_warning"), tracks=(), candidates=())
    assert not story.owes("release", detail="missions")


def test_released_again_before_it_starts_it_starts_as_the_new_record_says() -> None:
    story = a_case().release(MISSIONS, starts_at=at("Wed 10:00")).release(MISSIONS, id="rec-2")
    assert story.told() == ["lea", "desk"]
    assert story.when("Wed 11:00").told()[:2] == ["lea", "desk"]
    assert len([x for x in story.of(f.StepFired) if x.track is MISSIONS]) == 1


@pytest.mark.parametrize("start", ["Mon 21:00", "20 May 10:00"])
def test_a_start_that_is_over_or_far_away_is_refused(start: str) -> None:
    story = a_case()
    refusal = story.refused(story.a_release(MISSIONS, starts_at=at(start)))
    assert refusal.reason is RefusedBecause.INCOMPLETE
    assert "starts_at" in refusal.detail


def test_a_start_after_the_end_of_the_release_is_refused() -> None:
    story = a_case()
    release = story.a_release(MISSIONS, starts_at=at("Wed 10:00"), expires_at=at("Tue 10:00"))
    assert story.refused(release).reason is RefusedBecause.INCOMPLETE


def test_s6_a_release_that_is_withdrawn_before_it_starts_tells_nobody_ever() -> None:
    story = company_from("2 Apr 10:00").when("2 Apr 09:00")
    story.send(withdraw(story, COMPANIES)).when("20 Apr 10:00")
    assert story.told() == []
    assert not story.owes("release", detail="companies"), "it was just decided"


def test_s6_after_an_outage_the_held_step_goes_with_the_release() -> None:
    """28 hours late: held for a person, who takes the release back instead of saying yes."""
    story = company_from("2 Apr 10:00").when("2 Apr 08:00")
    story.outage(hours=30)
    assert story.told() == [] and story.owes("still_right", detail="companies")
    story.after(minutes=70)
    story.send(withdraw(story, COMPANIES))
    assert not story.owes("still_right", detail="companies")
    assert story.told() == []


def test_a_message_that_had_not_left_is_cancelled_with_the_release() -> None:
    story = a_case().release(MISSIONS)
    story.send(withdraw(story, MISSIONS))
    cancelled = story.of(f.NoticesCancelled)[-1]
    assert cancelled.reason == "release_withdrawn"
    alert = story.alert_of_contact("lea")
    assert (alert.status, alert.reason) == (AlertStatus.WITHHELD, Reason.GATE_CLOSED)


def test_after_a_withdrawal_it_takes_as_many_people_as_ever() -> None:
    story = company_from("2 Apr 10:00")
    story.send(withdraw(story, COMPANIES)).release(COMPANIES, by="chi", id="rec-3")
    assert story.when("3 Apr 10:00").told() == []


def test_the_agreement_of_a_first_person_can_be_taken_back() -> None:
    story = a_case().release(COMPANIES, by="ana")
    story.send(withdraw(story, COMPANIES)).release(COMPANIES, by="chi", id="rec-2")
    assert story.told() == []


def test_what_nobody_released_cannot_be_taken_back() -> None:
    story = a_case()
    assert story.refused(withdraw(story, MISSIONS)).reason is RefusedBecause.NOT_PROPOSED


# --- somebody added by hand


def test_somebody_added_by_hand_is_told_by_the_release_and_not_before() -> None:
    story = Story().report(tracks=(outward(MISSIONS),), candidates=())
    story.send(added(story, "embassy"))
    assert story.told() == []
    assert story.owes("release", detail="missions")
    story.release(MISSIONS)
    assert story.told() == ["lea", "desk"]


def test_added_to_a_running_track_it_waits_for_another_release() -> None:
    story = Story().report(tracks=(outward(MISSIONS),), candidates=()).release(MISSIONS)
    story.send(added(story, "embassy"))
    assert story.told() == []
    assert story.release(MISSIONS, id="rec-2").told() == ["lea", "desk"]


@pytest.mark.parametrize(
    ("party", "track", "detail"),
    [
        ("guardia", COMPANIES, "perpetrator_closure/nothing"),
        ("minera", COMPANIES, "perpetrator_closure/nothing"),
        ("nhri-qm", NHRIS, "state_of_perpetrator/nothing"),
        ("nobody", MISSIONS, "unknown_party/name_party"),
        ("bright", TrackName.MSIS, "consent_audience/ask_the_person"),
    ],
)
def test_whoever_may_not_know_is_not_added_and_it_is_said_why(
    party: str, track: TrackName, detail: str
) -> None:
    event = an_event(parties=[{"party": "guardia", "role": "alleged_perpetrator"},
                              {"party": "police", "role": "alleged_perpetrator"}])  # fmt: skip
    story = Story().report(event, candidates=(EMBASSY,))
    refusal = story.refused(added(story, party, track, ladder=outward(track)))
    assert (refusal.reason, refusal.detail) == (RefusedBecause.GUARD, detail)
    assert party not in {alert.party for alert in story.case.alerts}


def test_a_party_that_nobody_can_reach_is_not_added() -> None:
    story = Story(registry=registry_without("lea", "desk", "vik"))
    story.report(tracks=(outward(MISSIONS),), candidates=())
    assert story.refused(added(story, "embassy")).detail == "no_endpoint/add_way"


def test_nobody_is_added_twice_nor_to_duty() -> None:
    story = a_case()
    assert "already" in story.refused(added(story, "embassy")).detail
    assert story.refused(added(story, "embassy", TrackName.DUTY)).reason is (
        RefusedBecause.NO_SUCH_TRACK
    )


def test_a_track_that_the_plan_has_not_comes_with_its_gate() -> None:
    story = Story().report(tracks=(), candidates=())
    assert story.refused(added(story, "nhri-qn", NHRIS)).reason is RefusedBecause.NO_SUCH_TRACK
    story.send(added(story, "nhri-qn", NHRIS, ladder=outward(NHRIS)))
    assert story.told() == []
    assert story.release(NHRIS).told() == ["nhri-mail"]


def test_those_whom_people_add_to_a_track_stand_behind_one_another_from_the_front() -> None:
    story = Story().report(tracks=(outward(MISSIONS),), candidates=())
    story.send(added(story, "embassy")).send(added(story, "nhri-qn"))
    assert [(a.party, a.rank) for a in story.case.alerts if a.track is MISSIONS] == [
        ("embassy", 0),
        ("nhri-qn", 1),
    ]


# --- replay


def test_steering_replays_to_the_same_case() -> None:
    story = later_steps().page_answered("ana").release(MISSIONS, starts_at=at("Tue 10:00"))
    story.when("Tue 12:00").send(jump(story, 2))
    story.send(added(story, "nhri-qn", NHRIS, ladder=outward(NHRIS)))
    story.send(hand_over(story, "ben")).send(escalate(story, 1)).send(withdraw(story, MISSIONS))
    again = Case()
    for fact in story.facts:
        again = evolve(again, f.load_fact(f.dump_fact(fact)))
    assert again == replace(story.case, around=again.around)


@pytest.mark.parametrize("severity", list(Severity))
def test_the_hand_over_of_a_case_is_heard_at_any_severity(severity: Severity) -> None:
    story = a_case(severity).page_answered("ana").after(minutes=5)
    story.send(hand_over(story, "ben"))
    told: datetime = story.of(f.Told)[-1].at
    assert story.now - told < timedelta(seconds=1)


def test_facts_of_steering_about_a_track_that_is_not_there_change_nothing() -> None:
    case, when = a_case().case, at("Mon 22:00")
    sports = TrackName.SPORTS
    for fact in (
        f.TrackJumped(track=sports, step=1, by="ana", at=when, why="faster"),
        f.StepLeftOut(track=sports, step=0, by="ana", at=when, why="wish"),
        f.StepCaughtUp(track=sports, step=0, at=when),
        f.ReleaseWithdrawn(track=sports, by="ana", at=when, why="wish"),
        f.Replanned(by="ana", at=when, world="", difference="", tracks=(outward(sports),)),
    ):
        assert evolve(case, fact).tracks == case.tracks


def test_what_a_colleague_took_stays_theirs_when_the_case_is_handed_over() -> None:
    story = a_case().page_answered().take("first_contact", "chi")
    kept = story.task("first_contact")
    story.send(hand_over(story, "ben"))
    assert story.task("first_contact") == kept
    assert story.task("triage").owner == "ben"
