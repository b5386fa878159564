"""Gates, freezes and lifts: nothing goes outward before a person looked, and people can stop it."""

from dataclasses import replace
from typing import Any

import pytest

from engine.case import commands as c
from engine.case import telling
from engine.case.draft import Draft
from engine.case.evolve import evolve
from engine.case.state import AlertStatus
from rules.graph import Registry
from schemas import facts as f
from schemas.codes import ActionKind, Mode, Severity, TrackName
from schemas.contact import Contact, Endpoint, Level
from schemas.plan import Anchor, Gate, Reason, Spread
from schemas.projection import Purpose
from schemas.responses import RefusedBecause, ResponseKind
from tests.unit.engine.case.builders import (
    BRIGHT,
    CONTACTS,
    EMBASSY,
    FJORD,
    HALDANE,
    LINKS,
    NHRI,
    NORDSTEIN,
    PARTIES,
    TRACKS,
    Story,
    a_case,
    a_consent,
    a_told_case,
    an_event,
    at,
    outward,
    registry_without,
)

MISSIONS, COMPANIES, INVESTORS = TrackName.MISSIONS, TrackName.COMPANIES, TrackName.INVESTORS


def test_nothing_goes_outward_before_a_person_released_it() -> None:
    story = a_case().when("10 Mar 22:00")
    assert story.told() == []


def test_one_person_releases_missions_and_they_are_told_in_the_same_minute() -> None:
    story = a_case().when("Mon 23:50").release(MISSIONS)
    assert story.asked() == [("Mon 23:50", "lea+desk")]
    assert not story.owes("release", detail="missions")
    assert not story.owes("triage"), "releasing is what triage was for"


def test_companies_need_two_people() -> None:
    story = a_case().release(COMPANIES, by="ana")
    assert story.told() == []
    assert story.owes("release", detail="companies")
    refusal = story.refused(story.a_release(COMPANIES, by="ana"))
    assert refusal.reason is RefusedBecause.SAME_PERSON
    story.release(COMPANIES, by="chi")
    assert story.told() == ["noor"]
    assert story.of(f.TrackReleased)[0].by == ("ana", "chi")


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"why": ""}, "why"),
        ({"wishes_read": False}, "wishes_read"),
        ({"reprisal_forecast": "unknown"}, "reprisal_forecast"),
        ({"local_partner": ""}, "local_partner"),
        ({"reprisal_forecast": "high"}, "reprisal_forecast_not_high"),
    ],
)
def test_an_incomplete_release_names_what_is_missing(changes: dict[str, Any], missing: str) -> None:
    story = a_case()
    refusal = story.refused(story.a_release(COMPANIES, **changes))
    assert refusal.reason is RefusedBecause.INCOMPLETE
    assert refusal.detail == f"preflight: {missing}"
    assert missing in str(refusal)


def test_missions_need_three_fields_only() -> None:
    assert a_case().release(MISSIONS, local_partner="", reprisal_forecast="high").told()


def test_a_release_record_that_ran_out_is_refused() -> None:
    story = a_case()
    refusal = story.refused(story.a_release(MISSIONS, expires_at=story.now))
    assert refusal.reason is RefusedBecause.EXPIRED


@pytest.mark.parametrize("track", [TrackName.DUTY, TrackName.SPORTS])
def test_what_has_no_gate_cannot_be_released(track: TrackName) -> None:
    story = a_case()
    assert story.refused(story.a_release(track)).reason is RefusedBecause.NO_SUCH_TRACK


def test_parties_found_later_wait_for_a_further_release() -> None:
    story = Story().report(candidates=(NHRI,)).release(TrackName.NHRIS)
    other = replace(EMBASSY, track=TrackName.NHRIS)
    story.report(an_event("enrichment"), candidates=(other,))
    assert story.told() == ["nhri-mail"]
    assert story.owes("release", detail="nhris")
    story.when("Tue 09:00").release(TrackName.NHRIS, by="ben")
    assert story.told() == ["nhri-mail", "lea"]
    assert not story.owes("release", detail="nhris")


def test_companies_found_later_need_two_people_again() -> None:
    story = Story().report(candidates=(HALDANE,))
    story.release(COMPANIES, by="ana").release(COMPANIES, by="chi")
    found_later = replace(FJORD, track=COMPANIES)
    story.report(an_event("enrichment"), candidates=(found_later,))
    story.release(COMPANIES, by="ana")
    assert story.told() == ["noor"], "one person is not enough a second time either"
    assert story.refused(story.a_release(COMPANIES, by="ana")).reason is RefusedBecause.SAME_PERSON
    story.release(COMPANIES, by="ben")
    assert story.told() == ["noor", "fjord-mail"]
    story.release(COMPANIES, by="ben")
    assert story.told() == ["noor", "fjord-mail"]


def test_a_track_that_a_policy_anchors_at_opening_waits_for_its_gate_all_the_same() -> None:
    eager = replace(outward(MISSIONS), anchor=Anchor.OPENED)
    story = Story().report(tracks=(eager,)).when("10 Mar 22:00")
    assert story.told() == []


def test_a_gate_nobody_thought_of_asks_for_two_people() -> None:
    odd = replace(outward(MISSIONS), gate=Gate.NONE, anchor=Anchor.OPENED)
    story = Story().report(tracks=(odd,)).release(MISSIONS)
    assert story.told() == []
    assert story.release(MISSIONS, by="ben").told() == ["lea", "desk"]


def test_parties_are_asked_one_at_a_time_where_the_track_says_so() -> None:
    story = a_case().release(INVESTORS)
    assert story.told() == ["fjord-mail"]
    assert story.alert("bright").status is AlertStatus.PLANNED
    assert not story.owes("release", detail="investors"), "the second one waits its turn"
    story.report(an_event("enrichment"))
    assert not story.owes("release", detail="investors")


def test_a_release_with_nobody_to_tell_becomes_a_task() -> None:
    story = Story(consents=()).report().release(MISSIONS)
    assert story.told() == []
    assert story.of(f.StepSkipped)[0].reason is Reason.NO_ENDPOINT
    assert story.owes("nobody_left", detail="missions")
    assert story.alert("embassy").reason is Reason.CONSENT_NONE


def test_a_second_rung_with_everybody_told_is_no_reason_to_worry() -> None:
    track = outward(MISSIONS, offsets=(0, 3_600))
    story = Story().report(tracks=(track,), candidates=(EMBASSY,)).release(MISSIONS)
    story.after(hours=2)
    assert [x.step for x in story.of(f.StepFired) if x.track is MISSIONS] == [0, 1]
    assert not story.owes("nobody_left")


def test_a_second_rung_tells_the_next_party() -> None:
    track = outward(INVESTORS, spread=Spread.NEXT, offsets=(0, 3_600))
    story = Story().report(tracks=(track,), candidates=(FJORD, BRIGHT)).release(INVESTORS)
    assert story.after(hours=1).asked() == [
        ("Mon 22:00", "fjord-mail"),
        ("Mon 23:00", "bright-mail"),
    ]


# --- headquarters of a controller


def _story_with_a_controller() -> Story:
    event = an_event(parties=[{"party": "minera", "role": "alleged_perpetrator"}])
    return Story().report(event, candidates=(HALDANE, NORDSTEIN))


def test_a_controllers_headquarters_is_told_only_when_two_people_name_it() -> None:
    story = _story_with_a_controller()
    assert story.withheld()["nordstein"] is Reason.CONTROLLER_NEEDS_TWO
    story.release(COMPANIES, by="ana").release(COMPANIES, by="chi")
    assert story.told() == ["noor"]
    story.release(COMPANIES, by="ana", controllers=("nordstein",))
    story.release(COMPANIES, by="chi", controllers=("nordstein",))
    assert story.told() == ["noor", "stein"]


def test_one_person_naming_a_headquarters_twice_names_it_once() -> None:
    story = _story_with_a_controller()
    story.release(COMPANIES, by="ana", controllers=("nordstein",))
    story.release(COMPANIES, by="chi")
    assert story.told() == ["noor"]
    story.release(COMPANIES, by="ana", controllers=("nordstein",))
    story.release(COMPANIES, by="chi")
    assert story.told() == ["noor"]
    assert story.case.released_controllers == ()


def test_two_people_naming_different_headquarters_release_neither() -> None:
    story = _story_with_a_controller()
    story.release(COMPANIES, by="ana", controllers=("nordstein",))
    story.release(COMPANIES, by="chi", controllers=("haldane",))
    assert story.case.released_controllers == ()
    assert "stein" not in story.told()


def test_a_waiting_headquarters_is_not_called_told_before_excluded() -> None:
    story = _story_with_a_controller().report(an_event("enrichment"))
    assert not story.of(f.ToldBeforeExcluded)
    assert story.alert("nordstein").status is AlertStatus.WITHHELD


# --- mode


def test_raising_the_mode_asks_for_a_release_and_tells_nobody_by_itself() -> None:
    quiet = a_case()
    quiet.case = replace(quiet.case, mode_ceiling=Mode.QUIET)
    quiet.release(COMPANIES, by="ana").release(COMPANIES, by="chi")
    assert quiet.told() == []
    quiet.send(c.RaiseMode(inbox=quiet.inbox(), case=quiet.case.id, mode=Mode.PRIVATE, by="ana"))
    assert quiet.told() == []
    assert quiet.owes("release", detail="companies")
    quiet.release(COMPANIES, by="ana").release(COMPANIES, by="chi")
    assert quiet.told() == ["noor"]


@pytest.mark.parametrize(
    ("mode", "reason"),
    [(Mode.PUBLIC, RefusedBecause.GUARD), (Mode.QUIET, RefusedBecause.INCOMPLETE)],
)
def test_a_mode_is_neither_made_public_nor_lowered(mode: Mode, reason: RefusedBecause) -> None:
    story = a_case()
    command = c.RaiseMode(inbox=story.inbox(), case=story.case.id, mode=mode, by="ana")
    assert story.refused(command).reason is reason


# --- freezing


def test_freezing_a_track_stops_what_has_not_left() -> None:
    story = a_case().release(MISSIONS).freeze(MISSIONS).claimed("lea", "desk")
    assert {x.reason for x in story.of(f.TellRefused)} == {Reason.FROZEN}
    assert story.alert("embassy").status is AlertStatus.WITHHELD


def test_lifting_tells_those_whom_the_freeze_held_back() -> None:
    story = a_case().release(MISSIONS).freeze(MISSIONS).claimed("lea", "desk")
    story.when("Tue 09:00").lifted(MISSIONS)
    assert story.asked()[-1] == ("Tue 09:00", "lea")


def test_a_freeze_that_runs_out_never_releases_a_track_by_itself() -> None:
    story = a_case().page_answered().freeze(until="Wed 10:00").when("Fri 10:00")
    assert not any(state.frozen for state in story.case.tracks)
    assert story.told() == []


def test_lifting_a_track_nobody_released_tells_nobody() -> None:
    story = a_case().freeze(MISSIONS).lifted(MISSIONS)
    assert story.told() == []


def test_a_track_released_while_frozen_is_told_when_the_freeze_ends() -> None:
    story = a_case().page_answered().freeze(MISSIONS, until="Tue 08:00").release(MISSIONS)
    assert story.told() == []
    assert story.when("Tue 08:00").asked() == [("Tue 08:00", "lea")]


def test_a_freeze_stops_the_clocks_of_its_parties() -> None:
    story = a_told_case().freeze(MISSIONS).when("Wed 22:30")
    assert not story.of(f.ContactSilent)


def test_a_lifted_freeze_of_days_asks_a_person_before_going_on() -> None:
    story = a_told_case().freeze(MISSIONS).when("Thu 12:00").lifted(MISSIONS)
    assert story.of(f.ContactSilent)
    assert story.owes("still_right", alert=story.alert("embassy").id)


@pytest.mark.parametrize("until", ["", "Mon 23:00"])
def test_consent_that_came_during_a_freeze_is_asked_about_when_the_freeze_ends(until: str) -> None:
    """Nobody was asked, since a frozen track may tell nobody: then nobody ever was."""
    story = Story(consents=()).report().freeze(TrackName.MISSIONS, until=until)
    story.consent("granted", a_consent())
    assert not story.owes("release", detail="missions")
    if until:
        story.when("Mon 23:00")
    else:
        story.lifted(TrackName.MISSIONS)
    assert story.owes("release", detail="missions")


def test_freezing_without_naming_a_track_freezes_all_but_duty() -> None:
    story = a_case().freeze()
    frozen = {s.track.name for s in story.case.tracks if s.frozen}
    assert frozen == {t.name for t in TRACKS}


def test_a_freeze_of_tracks_the_case_has_not_is_refused() -> None:
    story = a_case()
    command = c.Freeze(
        inbox=story.inbox(), case=story.case.id, tracks=(TrackName.SPORTS,), by="ana"
    )
    assert story.refused(command).reason is RefusedBecause.NO_SUCH_TRACK


def test_a_later_freeze_never_ends_an_earlier_one_before_its_time() -> None:
    story = a_case().freeze(MISSIONS).freeze(MISSIONS, until="Tue 08:00").when("Wed 08:00")
    assert story.track(MISSIONS).frozen
    story = a_case().freeze(MISSIONS, until="Wed 08:00").freeze(MISSIONS, until="Tue 08:00")
    assert story.track(MISSIONS).frozen_until == at("Wed 08:00")


def test_a_suspected_reprisal_takes_two_people_per_track_to_lift() -> None:
    story = a_told_case().after(days=1).report(an_event("summons"))
    story.lift(MISSIONS, "ana")
    assert story.track(MISSIONS).frozen
    assert story.refused(story.a_lift(MISSIONS, "ana")).reason is RefusedBecause.SAME_PERSON
    story.lift(MISSIONS, "chi")
    assert not story.track(MISSIONS).frozen
    assert story.of(f.TrackLifted)[-1].by == ("ana", "chi")
    assert story.track(COMPANIES).frozen
    assert story.owes("reprisal"), "other tracks are still frozen"


def test_the_reprisal_task_ends_with_the_last_frozen_track() -> None:
    story = a_told_case().after(days=1).report(an_event("summons"))
    for track in TRACKS:
        story.lift(track.name, "ana").lift(track.name, "chi")
    assert not story.owes("reprisal")


def test_a_freeze_by_hand_keeps_the_need_for_two() -> None:
    story = a_told_case().after(days=1).report(an_event("summons")).freeze(until="Fri 10:00")
    assert story.track(MISSIONS).lift_needs_two
    assert story.track(MISSIONS).frozen_until is None


def test_lifting_what_is_not_frozen_is_refused() -> None:
    story = a_case()
    assert story.refused(story.a_lift(MISSIONS, "ana")).reason is RefusedBecause.NO_SUCH_TRACK


def test_whoever_declined_during_a_freeze_is_followed_by_the_next_after_it() -> None:
    story = a_case().release(INVESTORS).handed_off("fjord-mail").freeze(INVESTORS)
    story.answer("fjord-mail", ResponseKind.DECLINED)
    assert story.told() == ["fjord-mail"]
    assert story.lifted(INVESTORS).told() == ["fjord-mail", "bright-mail"]


# --- hours


def test_outside_hours_the_mailbox_and_the_line_that_answers_are_told_together() -> None:
    assert a_case().when("Mon 23:50").release(MISSIONS).asked() == [("Mon 23:50", "lea+desk")]


def test_within_hours_one_contact_is_told() -> None:
    assert a_case(now=at("Tue 09:00")).release(MISSIONS).told() == ["lea"]


def test_a_mailbox_only_party_is_told_at_once_and_phoned_at_opening() -> None:
    story = a_case().when("Mon 23:50").release(TrackName.NHRIS)
    assert story.told() == ["nhri-mail"]
    assert story.task("phone_at_opening").due_at == at("Tue 10:00")


def test_a_mailbox_only_party_is_not_phoned_when_the_case_is_not_grave() -> None:
    story = a_case(Severity.ELEVATED).release(TrackName.NHRIS)
    assert story.told() == ["nhri-mail"]
    assert not story.owes("phone_at_opening")


def test_hours_that_nobody_can_read_count_as_closed() -> None:
    broken = replace(NHRI, contacts=(replace(NHRI.contacts[0], hours="whenever"),))
    story = Story().report(candidates=(broken,)).release(TrackName.NHRIS)
    assert story.told() == ["nhri-mail"]
    assert story.task("phone_at_opening").due_at == story.now


def test_a_contact_that_left_the_registry_is_passed_over() -> None:
    story = a_case(registry=registry_without("lea")).release(MISSIONS)
    assert story.told() == ["desk"]


def test_a_party_without_any_contact_left_becomes_a_task() -> None:
    story = a_case(registry=registry_without("lea", "desk")).release(MISSIONS)
    assert story.alert("embassy").reason is Reason.NO_ENDPOINT
    assert story.owes("nobody_left", detail="missions")


def test_one_address_shared_by_two_contacts_hears_a_round_once() -> None:
    shared = Endpoint(id="email-both", channel="email", address="both@desk.example")
    pair = tuple(
        Contact(
            id=id,
            party="embassy",
            label=id,
            level=Level.DEPUTY,
            endpoints=(shared,),
            hours=hours,
        )
        for id, hours in (("one", "Mon 08:00-09:00 UTC"), ("two", ""))
    )
    others = tuple(each for each in CONTACTS if each.party != "embassy")
    registry = Registry(PARTIES, links=LINKS, contacts=(*others, *pair))
    refs = tuple(
        replace(EMBASSY.contacts[0], id=each.id, endpoints=("email:email-both",), hours=each.hours)
        for each in pair
    )
    story = Story(registry=registry).report(candidates=(replace(EMBASSY, contacts=refs),))
    story.release(MISSIONS)
    assert story.told() == ["one"]


# --- outage


def test_an_outward_rung_half_a_day_late_waits_for_a_person() -> None:
    story = a_case().page_answered().freeze(MISSIONS, until="Mon 23:00").release(MISSIONS)
    story.outage(hours=14)
    assert story.told() == []
    assert story.of(f.StepSuperseded)[-1].reason == "stale_after_outage"
    assert story.owes("still_right", detail="missions")


def _held_for_still_right() -> Story:
    story = a_case().page_answered().freeze(MISSIONS, until="Mon 23:00").release(MISSIONS)
    return story.outage(hours=14)


def test_saying_it_is_still_right_tells_them_now() -> None:
    assert _held_for_still_right().finish("still_right", result="yes").told() == ["lea"]


def test_saying_it_is_no_longer_right_tells_nobody() -> None:
    assert _held_for_still_right().finish("still_right", result="no").told() == []


def test_still_right_takes_no_other_answer() -> None:
    story = _held_for_still_right()
    assert story.refused(story.a_finish("still_right")).reason is RefusedBecause.INCOMPLETE


def test_overdue_rungs_give_way_to_the_newest_with_a_reason_each() -> None:
    track = outward(INVESTORS, spread=Spread.NEXT, offsets=(0, 3_600, 7_200))
    story = Story().report(tracks=(track,), candidates=(FJORD, BRIGHT)).release(INVESTORS)
    story.outage(hours=3)
    rungs = [
        (x.step, type(x))
        for x in story.facts
        if isinstance(x, f.StepFired | f.StepSuperseded) and x.track is INVESTORS
    ]
    assert rungs == [(0, f.StepFired), (1, f.StepSuperseded), (2, f.StepFired)]
    assert story.told() == ["fjord-mail", "bright-mail"]


# --- consent


def test_consent_for_a_further_audience_only_raises_a_task() -> None:
    story = Story(consents=()).report().page_answered()
    assert not story.owes("release")
    story.consent("granted", a_consent(MISSIONS))
    assert story.told() == []
    assert story.owes("release", detail="missions")
    assert not story.owes("release", detail="nhris")


def test_consent_given_after_a_release_waits_for_another_one() -> None:
    story = Story(consents=()).report().release(MISSIONS)
    story.consent("granted", a_consent(MISSIONS))
    assert story.told() == []
    assert story.release(MISSIONS, by="ana").told() == ["lea", "desk"]


def test_revoking_calls_off_what_has_not_left_and_tells_nobody_else() -> None:
    story = a_case().release(MISSIONS).consent("revoked", a_consent(revoked=True))
    assert story.of(f.NoticesCancelled)[-1].reason == "consent_revoked"
    assert story.told(last=True) == []
    assert story.alert("embassy").status is AlertStatus.WITHHELD


def test_revoking_stands_down_only_those_who_were_reached() -> None:
    story = a_case().release(MISSIONS).handed_off("desk")
    story.consent("revoked", a_consent(revoked=True))
    assert story.told(last=True, purpose=Purpose.STAND_DOWN) == ["desk"]
    assert story.alert("embassy").status is AlertStatus.CLOSED


def test_a_message_in_flight_while_consent_is_revoked_is_stood_down_too() -> None:
    story = a_case().release(MISSIONS).consent("revoked", a_consent(revoked=True))
    story.settled("lea", "handed_off")
    assert story.told(last=True, purpose=Purpose.STAND_DOWN) == ["lea"]
    assert story.alert("embassy").status is AlertStatus.CLOSED
    story.settled("desk", "handed_off", purpose=Purpose.TELL)
    assert story.told(last=True, purpose=Purpose.STAND_DOWN) == ["desk"]


def test_narrowing_stands_down_the_audiences_that_are_out() -> None:
    story = a_told_case(MISSIONS, TrackName.NHRIS)
    story.consent("narrowed", a_consent(TrackName.NHRIS))
    assert story.alert("embassy").status is AlertStatus.CLOSED
    assert story.alert("nhri-qn").status is AlertStatus.WAITING


def test_consent_that_comes_back_lets_a_person_tell_the_same_party_again() -> None:
    story = a_told_case().consent("revoked", a_consent(revoked=True))
    story.after(hours=12).consent("granted", a_consent())
    assert story.told(last=True) == []
    assert story.owes("release", detail="missions")
    story.release(MISSIONS)
    assert story.told(last=True) == ["lea"]


def test_revoking_twice_stands_down_once() -> None:
    story = a_told_case().consent("revoked", a_consent(revoked=True))
    story.consent("revoked", a_consent(revoked=True, id="consent-2"))
    assert story.told(last=True) == []


def test_consent_that_ran_out_stops_the_next_contact_and_stands_down() -> None:
    story = Story(consents=(a_consent(until=at("Tue 12:00")),)).report().page_answered()
    story.release(MISSIONS).handed_off("lea", "desk").when("Tue 22:00")
    assert story.told(purpose=Purpose.STAND_DOWN) == ["lea", "desk"]
    assert story.alert("embassy").status is AlertStatus.CLOSED
    assert not story.owes("phone_them"), "nobody phones them without consent either"


def test_a_promise_is_not_asked_after_without_consent() -> None:
    story = Story(consents=(a_consent(until=at("Tue 12:00")),)).report().page_answered()
    story.release(MISSIONS).handed_off("lea").promises("lea", ActionKind.CALL, due="Tue 14:00")
    story.when("Tue 14:00")
    assert not story.told(purpose=Purpose.ASK_OUTCOME)
    assert story.alert("embassy").promises == ()


def test_unknown_facts_about_tracks_change_nothing() -> None:
    case = a_case().case
    sports = TrackName.SPORTS
    for fact in (
        f.TrackWoken(track=sports, at=at("Mon 22:00"), reason="new_act"),
        f.TrackFrozen(tracks=(sports,), at=at("Mon 22:00"), by="ana", reason="by_hand"),
        f.TrackReleased(track=sports, at=at("Mon 22:00"), by=("ana",)),
        f.ReleaseGiven(track=sports, by="ana", at=at("Mon 22:00")),
        f.LiftGiven(track=sports, by="ana", at=at("Mon 22:00")),
        f.StepSkipped(track=sports, step=0, reason=Reason.NO_ENDPOINT),
        f.HoldExtended(track=sports, until=at("Mon 22:00")),
    ):
        assert replace(evolve(case, fact), version=case.version) == case


def test_no_way_through_the_core_tells_on_a_track_nobody_released() -> None:
    story = a_case()
    draft = Draft(case=story.case, now=story.now)
    assert not telling.tell_next(draft, story.alert("embassy").id)
    telling.next_party(draft, MISSIONS)
    assert draft.facts == []


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("why", "Her brother asked us"),
        ("how", "By a friend in the capital"),
        ("local_partner", "The Association of the Valley"),
    ],
)
def test_words_in_a_release_record_are_refused_because_the_journal_is_kept_for_ever(
    field: str, words: str
) -> None:
    story = a_case()
    refusal = story.refused(story.a_release(COMPANIES, **{field: words}))

    assert refusal.reason is RefusedBecause.INCOMPLETE
    assert words not in refusal.detail


def test_a_party_of_which_no_contact_is_known_is_phoned_by_a_person_once_it_may_be_told() -> None:
    """Beside others who were told it was missed in silence."""
    mute = replace(FJORD, contacts=())
    story = Story().report(candidates=(mute, BRIGHT))
    assert not story.owes("unreachable")

    story.release(TrackName.INVESTORS)

    assert story.task("unreachable").alert == story.alert("fjord").id
    assert story.alert("fjord").reason is Reason.NO_ENDPOINT
    assert story.told() == ["bright-mail"]
