"""What duty experiences: being paged, taking it, being paged again."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from engine.case import commands as c
from engine.case.due import due_at
from engine.case.evolve import evolve
from engine.case.state import AlertStatus, Case, CaseStatus, dump_case, load_case
from rules import duty
from schemas import facts as f
from schemas.codes import Certainty, Severity, TrackName
from schemas.plan import Candidates, Reason, Trouble, Until
from schemas.projection import Purpose
from schemas.responses import RefusedBecause, ResponseKind
from schemas.roster import Roster, Shift
from tests.unit.engine.case.builders import (
    NHRI,
    ROSTER,
    Story,
    a_case,
    a_consent,
    a_told_case,
    an_event,
    at,
    outward,
)


def test_a_new_case_pages_the_handler_in_the_same_decision() -> None:
    story = a_case()
    assert story.case.status is CaseStatus.OPEN
    assert story.case.ref.startswith("TC-")
    assert story.pages() == [("Mon 22:00", "ana")]
    assert {t.kind for t in story.case.tasks} == {"triage", "first_contact", "release"}


def test_a_page_goes_out_on_every_way_to_the_person_at_once() -> None:
    (told,) = a_case().of(f.Told)
    assert [notice.endpoint for notice in told.notices] == ["sms:ana-sms", "email:ana-mail"]
    assert told.purpose is Purpose.PAGE


def test_nobody_answers_and_the_ladder_climbs_at_its_minutes() -> None:
    story = a_case(Severity.CRITICAL).when("Mon 23:00")
    ladder = [page for page in story.pages() if page[0] <= "Mon 22:59"]
    assert ladder == [("Mon 22:00", "ana"), ("Mon 22:15", "ben"), ("Mon 22:30", "chi")]
    assert ("Mon 23:00", "dia") in story.pages()


def test_pages_repeat_without_end_and_come_further_apart() -> None:
    story = a_case().when("10 Mar 22:00")
    rounds = sorted({fact.at for fact in story.of(f.Told) if fact.purpose is Purpose.PAGE})
    pauses = [b - a for a, b in itertools.pairwise(rounds)]
    assert pauses[:2] == [timedelta(hours=1), timedelta(minutes=30)]
    assert pauses[2:6] == [timedelta(hours=1)] * 4
    assert set(pauses[6:]) == {timedelta(hours=4)}
    assert len(pauses) > 50
    assert due_at(story.case) is not None


def test_repeats_wake_everybody_on_the_ladder() -> None:
    story = a_case(Severity.CRITICAL).when("Mon 23:15")
    assert story.paged(last=True) == ["ana", "ben", "chi", "dia"]


def test_taking_it_quietens_duty_and_calls_off_queued_pages() -> None:
    story = a_case().when("Mon 22:07").page_answered()
    (cancelled,) = story.of(f.NoticesCancelled, last=True)
    assert Purpose.PAGE in cancelled.purposes
    story.when("Mon 23:59")
    assert story.pages() == [("Mon 22:00", "ana")]
    assert all(task.owner == "ana" for task in story.case.tasks)


def test_an_acknowledgement_runs_out_silently_while_everything_owed_is_owned_and_ahead() -> None:
    story = a_case().when("Mon 22:07").page_answered()
    story.when("Mon 23:40").finish("first_contact").when("Tue 03:59")
    assert story.pages() == [("Mon 22:00", "ana")]
    assert story.of(f.HoldExtended)


def test_an_acknowledgement_pages_again_when_something_owed_was_let_slip() -> None:
    story = a_case().when("Mon 22:07").page_answered().when("Tue 02:06")
    assert story.pages()[-1] == ("Tue 00:00", "ana"), "her first contact fell due"
    story.when("Tue 02:07")
    assert story.of(f.TrackWoken, last=True)[0].reason == "hold_expired"
    assert story.paged(last=True) == ["ana"]


def test_what_duty_answers_does_not_quieten_any_other_track() -> None:
    story = a_told_case()
    before = story.alert("embassy")
    story.page_answered()
    assert story.alert("embassy") == before
    story.when("Tue 22:30")
    assert [fact.contact for fact in story.of(f.ContactSilent)] == ["lea", "desk"]


def test_a_handler_who_cannot_take_it_brings_the_next_one_in_at_once() -> None:
    story = a_case().page_answered("ana", "declined")
    assert story.pages() == [("Mon 22:00", "ana"), ("Mon 22:00", "ben")]
    assert story.duty("ana").status is AlertStatus.DECLINED
    assert "ana" not in story.case.declined, "that list is for parties"


def test_an_owner_who_steps_back_leaves_nothing_of_the_case_theirs() -> None:
    story = a_case().page_answered().when("Mon 22:10").page_answered("ana", "wrong_contact")
    assert story.case.owner == ""
    assert not any(task.owner for task in story.case.tasks)
    assert story.paged(last=True) == ["ben"]


def test_stepping_back_disturbs_nobody_while_a_colleague_has_it() -> None:
    story = a_case().when("Mon 23:00").page_answered("ben")
    story.page_answered("ana", "declined")
    assert story.paged(last=True) == []
    assert story.case.owner == "ben"


def test_when_everybody_said_no_they_are_asked_again_rather_than_nobody() -> None:
    only_ana = replace(ROSTER, shifts=ROSTER.shifts[:1], floor=None)
    story = a_case(roster=only_ana).page_answered("ana", "declined")
    assert story.pages() == [("Mon 22:00", "ana"), ("Mon 22:00", "ana")]


def test_an_empty_shift_reaches_the_floor_contact() -> None:
    assert a_case(roster=replace(ROSTER, shifts=())).pages() == [("Mon 22:00", "eve")]


def test_with_nobody_at_all_the_step_is_journaled_and_tried_again() -> None:
    story = a_case(roster=Roster(version="none")).when("Tue 00:00")
    assert not story.paged()
    assert len(story.of(f.StepSkipped)) >= 3
    story.around(roster=ROSTER).when("Tue 01:00")
    assert story.paged()


def test_whoever_is_on_shift_when_the_step_fires_is_paged() -> None:
    night = Shift(role=ROSTER.shifts[1].role, person="dia", starts=at("Mon 22:30"))
    story = a_case(roster=replace(ROSTER, shifts=(ROSTER.shifts[0], night))).when("Mon 23:00")
    assert story.pages()[-1] == ("Mon 23:00", "dia")


def test_after_an_outage_one_page_stands_for_all_overdue_rungs() -> None:
    story = a_case(Severity.CRITICAL).outage(minutes=40)
    assert story.pages() == [("Mon 22:00", "ana"), ("Mon 22:40", "ben"), ("Mon 22:40", "chi")]
    decided = [(x.step, type(x)) for x in story.facts if hasattr(x, "step")]
    assert decided == [(0, f.StepFired), (1, f.StepSuperseded), (2, f.StepFired)]


def test_a_very_long_outage_still_decides_every_rung_exactly_once() -> None:
    story = a_case(Severity.CRITICAL).outage(days=20)
    steps = [x.step for x in story.facts if isinstance(x, f.StepFired | f.StepSuperseded)]
    assert steps == list(range(len(steps)))
    assert story.paged(last=True) == ["ana", "ben", "chi", "dia"]
    assert (due_at(story.case) or at("Mon 00:00")) > story.now


def test_a_tick_with_nothing_due_decides_nothing() -> None:
    story = a_case().after(minutes=1).send(c.Tick())
    assert story.last == ()


def test_nothing_but_an_event_or_an_incident_makes_a_case() -> None:
    assert Story().refused(c.Tick()).reason is RefusedBecause.UNKNOWN_CASE


def test_a_plan_without_a_duty_ladder_gets_the_built_in_one() -> None:
    story = Story()
    command = c.EventArrived(
        inbox=story.inbox(),
        report=c.Report(
            event_id="e1",
            source="hotline",
            event=an_event(),
            body=b"",
            sealed=None,
            received_at=story.now,
        ),
        candidates=Candidates(world="w", severity=Severity.HIGH),
    )
    story.send(command)
    assert story.track(TrackName.DUTY).track == duty.built_in(Severity.HIGH)
    assert story.paged() == ["ana"]


def test_matching_that_failed_still_opens_the_case_with_a_critical_task() -> None:
    story = Story().report(tracks=(), candidates=(), troubles=(Trouble.PLANNING_FAILED,))
    assert story.paged() == ["ana"]
    assert story.task("planning_trouble").critical


def test_an_undecidable_rule_is_a_humans_at_once_only_when_grave() -> None:
    grave = Story().report(troubles=(Trouble.RULE_ERRED,))
    plain = Story().report(severity=Severity.ELEVATED, troubles=(Trouble.RULE_ERRED,))
    assert grave.task("planning_trouble").critical
    assert not plain.task("planning_trouble").critical


# --- further events


def test_an_enrichment_stands_on_the_board_and_pages_nobody() -> None:
    story = a_case().page_answered().when("Mon 23:00")
    story.report(an_event("enrichment"), severity=Severity.WATCH)
    assert story.paged(last=True) == []
    assert story.case.severity is Severity.HIGH


def test_a_new_act_wakes_duty_although_somebody_has_it() -> None:
    story = a_case().page_answered().when("Mon 23:00").report(an_event("assault"))
    assert story.paged(last=True) == ["ana"]
    assert story.of(f.TrackWoken, last=True)[0].reason == "new_act"


def test_a_graver_report_pages_as_one_from_then_on() -> None:
    story = a_case().page_answered().when("Mon 23:00")
    story.report(an_event("severity_changed"), severity=Severity.CRITICAL)
    assert story.paged(last=True) == ["ana"]
    assert story.when("Mon 23:15").paged(last=True) == ["ben"]


def test_a_graver_report_brings_forward_what_is_owed_to_the_person() -> None:
    story = a_case(Severity.WATCH).page_answered().finish("first_contact")
    assert story.task("check_in").due_at == at("Tue 22:00")  # Somebody detained is asked after.
    story.after(hours=1).report(an_event("enrichment"), severity=Severity.CRITICAL)
    assert story.task("check_in").due_at == story.now + timedelta(hours=6)
    assert story.task("triage").due_at == story.now + timedelta(hours=2)
    assert story.task("triage").owner == "ana"


def test_a_graver_report_leaves_alone_what_is_owed_sooner() -> None:
    story = a_case().page_answered()
    due = story.task("first_contact").due_at
    story.after(minutes=90).report(an_event("enrichment"), severity=Severity.CRITICAL)
    assert story.task("first_contact").due_at == due


def test_relief_never_softens_a_case() -> None:
    story = a_case().page_answered()
    story.report(an_event("released_from_custody"), severity=Severity.WATCH)
    assert story.case.status is CaseStatus.OPEN
    assert story.case.severity is Severity.HIGH
    assert story.paged(last=True) == []


def test_an_act_after_telling_anybody_outward_is_a_suspected_reprisal() -> None:
    story = a_told_case(TrackName.MISSIONS).after(days=3)
    story.report(an_event("summons"))
    assert story.case.severity is Severity.CRITICAL
    assert all(s.frozen and s.lift_needs_two for s in story.case.tracks if s.track.name.outward)
    assert story.paged(last=True) == ["ana"], "one page, not one and a task besides"
    assert story.owes("reprisal")
    assert not story.told(last=True)


def test_an_act_long_after_the_last_notice_is_not_called_a_reprisal() -> None:
    story = a_told_case().acts("lea").after(days=40)
    story.report(an_event("assault"))
    assert not story.owes("reprisal")
    assert story.of(f.TrackWoken, last=True)[0].reason == "new_act"


def test_a_warning_after_telling_is_no_reprisal() -> None:
    story = a_told_case().after(days=1).report(an_event("reprisal_risk"))
    assert not story.owes("reprisal")


def test_wishes_against_a_kind_of_party_hold_for_the_whole_case() -> None:
    story = Story().report(an_event(wishes=["no_company_contact"]))
    assert story.withheld()["haldane"] is Reason.WISH
    assert story.case.refused_tracks == (TrackName.COMPANIES,)


def test_certainty_only_grows() -> None:
    story = a_case().report(an_event("enrichment", certainty="unlikely"))
    assert story.case.certainty is Certainty.LIKELY


def test_two_reliable_sources_stand_in_for_certainty() -> None:
    story = Story().report(an_event(certainty="possible"))
    assert story.withheld()["embassy"] is Reason.CERTAINTY
    assert not story.owes("release")
    story.report(
        an_event(
            "enrichment",
            certainty="possible",
            independent_sources=2,
            source_reliability="highly_reliable",
        )
    )
    assert story.owes("release", detail="missions")


def test_unreliable_sources_do_not_add_up() -> None:
    story = Story().report(an_event(certainty="possible", independent_sources=5))
    assert story.case.independent_sources == 0


# --- faults


def test_a_faulted_case_waits_for_its_retry_and_owes_it() -> None:
    story = a_case()
    fault = f.CaseFaulted(at=story.now, code="ValueError", retry_at=at("Mon 22:05"))
    story.case = evolve(story.case, fault)
    assert story.case.faults == 1
    story.case = evolve(story.case, fault)
    assert story.case.faults == 2
    story.now = at("Mon 22:04")
    assert story.send(c.Tick()).last == ()


def test_an_answer_lands_although_the_last_tick_faulted() -> None:
    story = a_case(Severity.CRITICAL)
    fault = f.CaseFaulted(at=story.now, code="ValueError", retry_at=at("Mon 23:00"))
    story.case = evolve(story.case, fault)
    story.now = at("Mon 22:20")
    story.page_answered()
    assert not story.of(f.StepFired, last=True), "time is the next tick's"
    assert story.case.faults == 0


def test_a_fault_with_nothing_overdue_does_not_make_the_case_spin() -> None:
    story = a_case()
    fault = f.CaseFaulted(at=story.now, code="ValueError", retry_at=at("Mon 22:05"))
    story.case = evolve(story.case, fault)
    story.now = at("Mon 22:05")
    assert due_at(story.case) == at("Mon 23:00")
    assert story.send(c.Tick()).last == ()


def test_a_new_case_owes_nothing_before_it_is_stored() -> None:
    assert due_at(Case()) is None


@pytest.mark.parametrize("kind", [ResponseKind.COMMITTED, ResponseKind.ASKS, ResponseKind.ACTED])
def test_any_other_answer_of_duty_takes_the_case(kind: ResponseKind) -> None:
    story = a_case()
    story.answer("ana", kind, alert=story.duty("ana").id)
    assert story.case.owner == "ana"


def test_a_raised_severity_without_a_ladder_of_its_own_keeps_the_old_one() -> None:
    case = a_case().case
    after = evolve(case, f.SeverityRaised(severity=Severity.CRITICAL))
    assert (after.severity, after.tracks) == (Severity.CRITICAL, case.tracks)


def test_deciding_that_never_ends_is_a_fault_and_no_endless_loop() -> None:
    story = a_told_case()
    story.case = replace(story.case, tracks=story.case.tracks[:1])
    story.now = at("Fri 22:00")
    with pytest.raises(RuntimeError):
        story.send(c.Tick())


def test_a_ladder_that_would_repeat_at_once_still_catches_up() -> None:
    story = a_case()
    state = story.track(TrackName.DUTY)
    hasty = replace(state, track=replace(state.track, repeat_every=(0,)))
    story.case = replace(story.case, tracks=(hasty, *story.case.tracks[1:]))
    assert story.outage(hours=3).paged(last=True) == ["ana", "ben", "chi", "dia"]


def test_telling_protection_is_no_outward_notice() -> None:
    protection = outward(TrackName.PROTECTION, until=Until.COMMITTED)
    vetted = replace(NHRI, track=TrackName.PROTECTION)
    story = Story(consents=(a_consent(TrackName.PROTECTION),))
    story.report(tracks=(protection,), candidates=(vetted,)).release(TrackName.PROTECTION)
    assert story.told() == ["nhri-mail"]
    story.after(days=1).report(an_event("assault"), tracks=(), candidates=())
    assert not story.owes("reprisal")


def test_every_page_is_a_message_of_its_own_however_often_somebody_is_called() -> None:
    story = a_case().after(hours=12)
    keys = [notice.key for told in story.of(f.Told) for notice in told.notices]
    assert len(keys) > 8 and len(set(keys)) == len(keys), "else the second would not be sent"


def test_that_a_page_left_the_house_is_kept_with_the_case() -> None:
    story = a_case().handed_off("ana")
    assert story.duty("ana").handed_off is True
    assert load_case(dump_case(story.case)) == replace(story.case, around=Case().around)
