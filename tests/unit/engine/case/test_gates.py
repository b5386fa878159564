"""Gates: what opens them, what a record must say, who may give it, and when they close again."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.case import commands as c
from engine.case.state import AlertStatus
from schemas import facts as f
from schemas.codes import ActionKind, Mode, TrackName
from schemas.plan import Reason, Spread
from schemas.preflight import CODES, Check, Finding
from schemas.projection import Purpose
from schemas.responses import RefusedBecause, ResponseKind
from tests.harness.records import PREFLIGHT, for_companies
from tests.unit.engine.case.builders import (
    BRIGHT,
    FJORD,
    HALDANE,
    NORDSTEIN,
    Story,
    a_case,
    a_consent,
    an_event,
    at,
    outward,
)

MISSIONS, COMPANIES, INVESTORS = TrackName.MISSIONS, TrackName.COMPANIES, TrackName.INVESTORS


def _agree(story: Story, track: TrackName = COMPANIES, *, by: str = "chi", **changes: Any) -> Any:
    """A second person's release that agrees with the record that waits."""
    record = c.ReleaseRecord(
        id="rec-2", why="", reprisal_forecast="low", wishes_read=True,
        agrees_with=story.track(track).record,
    )  # fmt: skip
    return c.Release(
        inbox=story.inbox(), case=story.case.id, track=track, by=by,
        record=replace(record, **changes),
    )  # fmt: skip


def _together(*candidates: Any) -> Story:
    track = outward(INVESTORS, spread=Spread.ALL)
    return Story().report(tracks=(track,), candidates=candidates or (FJORD, BRIGHT))


# --- the record


@pytest.mark.parametrize("check", list(Check))
def test_every_point_of_the_preflight_is_named_when_it_is_missing_or_unknown(check: Check) -> None:
    story = a_case()
    without = tuple(found for found in PREFLIGHT if found.check is not check)
    unsure = (*without, Finding(check=check, code="unknown"))
    for findings in (without, unsure):
        refusal = story.refused(story.a_release(COMPANIES, preflight=findings))
        assert refusal.reason is RefusedBecause.INCOMPLETE
        assert refusal.detail == f"preflight: {check.value}"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("whether", ""),
        ("risk_of_waiting", ""),
        ("risk_of_waiting", "unknown"),
        ("expires_at", None),
        ("local_partner", ""),
        ("wishes_read", False),
    ],
)
def test_the_decision_record_of_companies_lacks_nothing(field: str, value: Any) -> None:
    story = a_case()
    refusal = story.refused(story.a_release(COMPANIES, **{field: value}))
    assert refusal.detail == f"preflight: {field}"


def test_all_that_is_missing_is_named_at_once() -> None:
    story = a_case()
    bare = c.ReleaseRecord(id="r", why="", reprisal_forecast="unknown", wishes_read=False)
    release = replace(story.a_release(COMPANIES), record=bare)
    assert story.refused(release).detail == (
        "preflight: why, reprisal_forecast, wishes_read, local_partner, whether, risk_of_waiting, "
        "expires_at, convenor_legitimacy, actors_ability, power_dynamics, previous_interventions, "
        "context, reprisal_potential"
    )


def test_strong_reprisal_keeps_companies_out_however_it_is_said() -> None:
    story = a_case()
    strong = (*PREFLIGHT[:-1], Finding(check=Check.REPRISAL_POTENTIAL, code="high"))
    assert "not_high" in story.refused(story.a_release(COMPANIES, preflight=strong)).detail


def test_a_code_that_is_none_of_a_points_is_refused_with_those_that_are() -> None:
    story = a_case()
    odd = (Finding(check=Check.CONTEXT, code="sunny"),)
    assert "context: one of fits" in story.refused(story.a_release(COMPANIES, preflight=odd)).detail


def test_investors_one_by_one_need_three_fields_and_together_the_whole_record() -> None:
    assert a_case().release(INVESTORS).told() == ["fjord-mail"]
    story = _together()
    assert "actors_ability" in story.refused(story.a_release(INVESTORS)).detail
    story.release(INVESTORS, **for_companies(story.now))
    assert sorted(story.told()) == ["bright-mail", "fjord-mail"]


def test_a_single_investor_is_not_several_together() -> None:
    assert _together(FJORD).release(INVESTORS).told() == ["fjord-mail"]


def test_the_whole_record_stands_in_the_journal_with_its_approver_and_end() -> None:
    story = a_case().release(COMPANIES, by="ana")
    (given,) = story.of(f.ReleaseGiven)
    assert (given.by, given.whether, given.risk_of_waiting) == ("ana", "linked", "medium")
    assert given.preflight == PREFLIGHT
    assert given.expires_at == story.now + timedelta(days=60)
    assert f.load_fact(f.dump_fact(given)) == given


def test_a_record_of_an_earlier_release_is_read_as_it_was_written() -> None:
    old = (
        b'{"kind":"release_given","v":1,"track":"companies","by":"ana",'
        b'"at":"2027-03-01T22:00:00Z","record":"r1","why":"leverage"}'
    )
    given = f.load_fact(old)
    assert isinstance(given, f.ReleaseGiven)
    assert (given.whether, given.preflight, given.expires_at) == ("", (), None)


# --- agreeing with what was read


def test_a_second_person_agrees_with_the_record_they_read() -> None:
    story = a_case().release(COMPANIES, by="ana")
    story.send(_agree(story))
    assert story.told() == ["noor"]
    assert story.of(f.ReleaseGiven)[-1].agrees_with == "rec-1"
    assert story.track(COMPANIES).release_until == at("Mon 22:00") + timedelta(days=60)


def test_nobody_agrees_with_a_record_they_have_not_read() -> None:
    story = a_case().release(COMPANIES, by="ana")
    refusal = story.refused(_agree(story, agrees_with="rec-9"))
    assert "read it, then agree" in refusal.detail
    nothing = a_case()
    assert nothing.refused(_agree(nothing, agrees_with="rec-1")).detail.startswith("agrees_with")


@pytest.mark.parametrize(
    ("changes", "missing"),
    [({"wishes_read": False}, "wishes_read"), ({"reprisal_forecast": "unknown"}, "forecast")],
)
def test_who_agrees_reads_the_wishes_and_judges_the_reprisal_themselves(
    changes: dict[str, Any], missing: str
) -> None:
    story = a_case().release(COMPANIES, by="ana")
    assert missing in story.refused(_agree(story, **changes)).detail


# --- the end of a release


def test_a_release_that_ran_out_closes_the_gate_and_asks_a_person() -> None:
    story = a_case().page_answered().release(MISSIONS, expires_at=at("Tue 08:00"))
    story.by("Tue 08:00").claimed("lea", "desk")
    assert {x.reason for x in story.of(f.TellRefused, last=True)} == {Reason.GATE_CLOSED}
    story.when("Tue 08:00")
    assert story.track(MISSIONS).anchor_at is None
    assert story.of(f.ReleaseExpired)[-1].track is MISSIONS
    assert story.owes("release", detail="missions")


def test_a_minute_before_its_end_a_release_still_holds() -> None:
    story = a_case().release(MISSIONS, expires_at=at("Tue 08:00")).when("Tue 07:59")
    assert not story.claimed("lea").of(f.TellRefused, last=True)


def test_what_is_unsent_when_a_release_ends_is_called_off() -> None:
    story = a_case().release(MISSIONS, expires_at=at("Tue 08:00")).when("Tue 08:00")
    assert story.of(f.NoticesCancelled)[-1].reason == "release_expired"
    assert story.alert("embassy").status is AlertStatus.WITHHELD
    assert story.alert("embassy").reason is Reason.GATE_CLOSED


def test_a_person_is_asked_in_good_time_before_a_release_ends() -> None:
    story = a_case().release(MISSIONS, expires_at=at("Wed 08:00"))
    assert story.task("release_ends", detail="missions").due_at == at("Wed 04:00")
    soon = a_case().release(MISSIONS, expires_at=at("Mon 23:00"))
    assert soon.task("release_ends").due_at == at("Mon 22:30")


def test_releasing_again_before_the_end_moves_it_and_the_reminder() -> None:
    story = a_case().release(MISSIONS, expires_at=at("Wed 08:00"))
    story.release(MISSIONS, expires_at=at("Fri 08:00"))
    assert story.track(MISSIONS).release_until == at("Fri 08:00")
    assert story.task("release_ends").due_at == at("Fri 04:00")


def test_releasing_again_without_a_word_of_its_end_leaves_the_end_as_it_was() -> None:
    story = a_case().release(MISSIONS, expires_at=at("Wed 08:00")).release(MISSIONS)
    assert story.track(MISSIONS).release_until == at("Wed 08:00")


def test_of_two_records_the_earlier_end_counts() -> None:
    story = a_case().release(COMPANIES, by="ana", expires_at=at("Fri 08:00"))
    story.release(COMPANIES, by="chi", expires_at=at("Thu 08:00"))
    assert story.of(f.TrackReleased)[0].until == at("Thu 08:00")


def test_an_agreement_that_ran_out_before_the_second_one_is_none() -> None:
    story = a_case().page_answered().release(COMPANIES, by="ana", expires_at=at("Tue 08:00"))
    story.when("Tue 09:00").release(COMPANIES, by="chi")
    assert story.told() == [], "Chi is the first one now"
    assert story.release(COMPANIES, by="ana").told() == ["noor"]


def test_the_answer_of_whoever_was_told_counts_after_the_end_but_nobody_else_is_asked() -> None:
    story = a_case().release(INVESTORS, expires_at=at("Tue 08:00")).handed_off("fjord-mail")
    story.when("Tue 09:00").answer("fjord-mail", ResponseKind.DECLINED)
    assert story.told() == ["fjord-mail"]
    assert story.alert("fjord").status is AlertStatus.DECLINED
    assert story.owes("release", detail="investors")


def test_nobody_is_phoned_for_a_release_that_ended() -> None:
    story = a_case().page_answered().release(MISSIONS, expires_at=at("Tue 08:00"))
    story.handed_off("lea", "desk").when("Wed 12:00")
    assert not story.owes("phone_them")
    assert story.owes("release", detail="missions")


def test_an_outage_past_the_end_fires_nothing_of_it() -> None:
    track = outward(INVESTORS, spread=Spread.NEXT, offsets=(0, 3_600))
    story = Story().report(tracks=(track,), candidates=(FJORD, BRIGHT))
    story.release(INVESTORS, expires_at=at("Mon 22:30")).outage(hours=2)
    assert story.told() == ["fjord-mail"]


def test_a_headquarters_named_for_one_release_is_named_again_for_the_next() -> None:
    event = an_event(parties=[{"party": "minera", "role": "alleged_perpetrator"}])
    story = Story().report(event, candidates=(HALDANE, NORDSTEIN))
    ends = at("Tue 08:00")
    for by in ("ana", "chi"):
        story.release(COMPANIES, by=by, controllers=("nordstein",), expires_at=ends)
    assert story.case.released_controllers == ("nordstein",)
    story.when("Tue 08:00")
    assert story.case.released_controllers == ()


def test_a_release_that_says_no_end_ends_with_the_rulebooks_and_is_no_task_until_then() -> None:
    story = a_case().release(MISSIONS)
    assert story.track(MISSIONS).release_until == story.now + timedelta(days=90)
    assert not story.owes("release_ends")


# --- joint action


def _joint(story: Story, by: str = "ana", track: TrackName = MISSIONS) -> c.ProposeJoint:
    return c.ProposeJoint(
        inbox=story.inbox(), case=story.case.id, track=track, action=ActionKind.LETTER, by=by
    )


def test_joint_action_is_released_by_two_and_never_by_whoever_proposed_it() -> None:
    story = a_case()
    story.send(_joint(story))
    whole = for_companies(story.now)
    refusal = story.refused(story.a_release(MISSIONS, by="ana", **whole))
    assert refusal.reason is RefusedBecause.SAME_PERSON
    story.release(MISSIONS, by="ben", **whole)
    assert story.told() == []
    assert story.release(MISSIONS, by="chi", **whole).told() == ["lea", "desk"]


def test_joint_action_needs_the_whole_record_of_anybody() -> None:
    story = a_case()
    story.send(_joint(story))
    assert "convenor_legitimacy" in story.refused(story.a_release(MISSIONS, by="ben")).detail


def test_proposing_joint_action_closes_what_was_released_for_each_alone() -> None:
    story = a_case().release(MISSIONS)
    story.send(_joint(story))
    assert story.of(f.NoticesCancelled, last=True)[0].reason == "joint_proposed"
    assert story.alert("embassy").reason is Reason.GATE_CLOSED
    assert story.track(MISSIONS).anchor_at is None
    assert story.claimed("lea").of(f.TellRefused, last=True)[0].reason is Reason.GATE_CLOSED


def test_who_agreed_before_it_became_joint_agrees_anew() -> None:
    story = a_case().release(COMPANIES, by="chi")
    story.send(_joint(story, track=COMPANIES))
    assert story.release(COMPANIES, by="ben").told() == []


def test_a_joint_statement_is_public_and_refused_as_such() -> None:
    story = a_case()
    loud = replace(_joint(story), action=ActionKind.JOINT_STATEMENT)
    assert story.refused(loud).reason is RefusedBecause.GUARD


@pytest.mark.parametrize("track", [TrackName.DUTY, TrackName.SPORTS])
def test_duty_and_tracks_the_plan_has_not_act_jointly_in_nothing(track: TrackName) -> None:
    story = a_case()
    assert story.refused(_joint(story, track=track)).reason is RefusedBecause.NO_SUCH_TRACK


# --- modes


def _mode(story: Story, mode: Mode, *, track: TrackName | None = None, lower: bool = False) -> Any:
    make = c.LowerMode if lower else c.RaiseMode
    return make(inbox=story.inbox(), case=story.case.id, mode=mode, by="ana", track=track)


def test_a_quieter_ceiling_holds_for_what_has_not_left() -> None:
    story = a_case().release(COMPANIES, by="ana").release(COMPANIES, by="chi")
    story.send(_mode(story, Mode.QUIET, lower=True)).claimed("noor")
    assert story.of(f.TellRefused)[-1].reason is Reason.MODE


def test_a_track_is_made_quieter_alone_and_then_fits_under_the_ceiling() -> None:
    story = a_case()
    story.send(_mode(story, Mode.QUIET, lower=True))
    story.send(_mode(story, Mode.QUIET, track=COMPANIES, lower=True))
    story.release(COMPANIES, by="ana").release(COMPANIES, by="chi")
    assert story.told() == ["noor"]


def test_a_track_is_never_made_louder_than_the_case() -> None:
    story = a_case()
    story.send(_mode(story, Mode.QUIET, lower=True))
    refusal = story.refused(_mode(story, Mode.PRIVATE, track=MISSIONS))
    assert refusal.reason is RefusedBecause.GUARD and "raise that first" in refusal.detail


def test_a_track_made_louder_tells_nobody_by_itself() -> None:
    story = a_case()
    story.send(_mode(story, Mode.PRIVATE, track=MISSIONS))
    assert story.told() == [] and story.track(MISSIONS).mode is Mode.PRIVATE


def test_a_track_made_louder_than_the_person_allows_closed_whoever_was_told() -> None:
    """At the next report they read *nothing more is asked of you*, and nobody had meant that."""
    quiet = Story(consents=(a_consent(mode=Mode.QUIET),)).report().release(MISSIONS)
    quiet.handed_off("lea")
    refusal = quiet.refused(_mode(quiet, Mode.PRIVATE, track=MISSIONS))
    assert refusal.reason is RefusedBecause.GUARD and "ask the person first" in refusal.detail
    assert not quiet.report(an_event("enrichment")).told(purpose=Purpose.STAND_DOWN)
    allowed = a_case().release(MISSIONS).handed_off("lea")
    allowed.send(_mode(allowed, Mode.PRIVATE, track=MISSIONS))
    assert allowed.track(MISSIONS).mode is Mode.PRIVATE


def test_public_names_all_that_it_would_need() -> None:
    story = a_case()
    for track in (None, COMPANIES):
        said = story.refused(_mode(story, Mode.PUBLIC, track=track)).detail
        assert all(word in said for word in ("consent", "sign-off", "forecast", "two people"))


@pytest.mark.parametrize("mode", [Mode.PRIVATE, Mode.PUBLIC])
def test_lowering_never_makes_louder(mode: Mode) -> None:
    story = a_case()
    assert story.refused(_mode(story, mode, lower=True)).reason is RefusedBecause.INCOMPLETE


def test_a_public_statement_under_a_private_case_calls_duty_at_once() -> None:
    story = a_case().page_answered().release(MISSIONS).handed_off("lea")
    story.promises("lea", ActionKind.STATEMENT, due="Tue 12:00")
    assert story.task("too_loud", alert=story.alert("embassy").id).critical
    quiet = a_case().release(MISSIONS).handed_off("lea")
    assert not quiet.promises("lea", ActionKind.CALL, due="Tue 12:00").owes("too_loud")


def test_every_point_has_a_code_for_not_knowing() -> None:
    assert all(codes[-1] == "unknown" and len(codes) > 2 for codes in CODES.values())


def test_a_joint_action_ends_the_reminder_of_the_release_that_it_shuts_and_of_no_other() -> None:
    story = a_case()
    tomorrow = story.now + timedelta(days=1)
    story.release(MISSIONS, expires_at=tomorrow)
    story.release(TrackName.NHRIS, id="rec-2", expires_at=tomorrow)
    assert story.owes("release_ends", detail="missions")
    story.send(_joint(story))
    assert not story.owes("release_ends", detail="missions")
    assert story.owes("release_ends", detail="nhris")
