"""Tracks: what quietens one, whom a rung is for, and which rung gives way."""

from dataclasses import replace

import pytest

from engine.case.quiet import can_be_quiet, quiet
from engine.case.state import AlertStatus
from schemas import facts as f
from schemas.codes import ActionKind, Severity, TrackName
from schemas.party import PartyKind
from schemas.plan import Candidate, ContactRef, Reason, Spread, Step, Track, Until
from schemas.responses import ResponseKind
from tests.unit.engine.case.builders import (
    BRIGHT,
    EMBASSY,
    FJORD,
    HOUR,
    NHRI,
    Story,
    an_event,
    at,
    outward,
)

MISSIONS, INVESTORS, NHRIS = TrackName.MISSIONS, TrackName.INVESTORS, TrackName.NHRIS
NEWS = an_event("early_warning")
BOTH = (replace(FJORD, kind=PartyKind.INVESTOR), replace(BRIGHT, kind=PartyKind.BANK))


def ladder(*steps: Step, track: TrackName = INVESTORS, **changes: object) -> Track:
    return replace(outward(track), steps=steps or (Step(offset=0),), **changes)  # type: ignore[arg-type]


def investors(*steps: Step, severity: Severity = Severity.HIGH, **changes: object) -> Story:
    """Fjord and Brightwater on one ladder, released on Monday at 22:00."""
    story = Story().report(severity=severity, tracks=(ladder(*steps, **changes),), candidates=BOTH)
    return story.release(
        INVESTORS,
        local_partner="p",
        whether="linked",
        risk_of_waiting="high",
        expires_at=at("20 Mar 22:00"),
        preflight=_all_points(),
    )


def _all_points() -> object:
    from tests.harness.records import for_companies

    return for_companies(at("Mon 22:00"), partner="p")["preflight"]


# --- until


def test_where_any_is_enough_one_act_lets_the_others_be() -> None:
    story = investors(until=Until.ACTED, enough=1).acts("fjord-mail")
    assert quiet(story.case, INVESTORS)
    story.when("10 Mar 22:00")
    assert [who for _, who in story.asked()] == ["fjord-mail", "bright-mail"]
    assert not story.owes("phone_them"), "nobody is chased any more"


def test_where_each_has_to_act_one_act_stops_nobody_elses_clock() -> None:
    story = investors(until=Until.ACTED).acts("fjord-mail").when("Wed 23:00")
    assert not quiet(story.case, INVESTORS)
    assert ("Tue 22:00", "bright-deputy") in story.asked()


def test_two_promises_are_needed_where_the_rulebook_says_two() -> None:
    story = investors(until=Until.COMMITTED, enough=2)
    story.promises("fjord-mail", ActionKind.CALL, due="Thu 12:00")
    assert not quiet(story.case, INVESTORS)
    story.promises("bright-mail", ActionKind.CALL, due="Fri 12:00")
    assert quiet(story.case, INVESTORS)


def test_got_it_never_counts_outward() -> None:
    story = investors(until=Until.COMMITTED, enough=1)
    story.answer("fjord-mail", ResponseKind.ACKNOWLEDGED)
    assert not quiet(story.case, INVESTORS)


def test_of_every_kind_so_many_are_needed() -> None:
    story = investors(until=Until.ACTED, enough=1, per_kind=True).acts("fjord-mail")
    assert not quiet(story.case, INVESTORS), "no bank has done anything"
    story.acts("bright-mail")
    assert quiet(story.case, INVESTORS)


def test_a_missed_promise_wakes_those_who_were_silent_meanwhile() -> None:
    story = investors(until=Until.COMMITTED, enough=1)
    story.promises("fjord-mail", ActionKind.LETTER, due="Wed 12:00")
    story.when("Wed 11:00")
    assert story.alert_of_contact("bright-mail").status is AlertStatus.SILENT
    assert ("Tue 22:00", "bright-deputy") not in story.asked(), "one promise was enough"
    story.when("Wed 16:01")
    assert ("Wed 16:00", "bright-deputy") in story.asked(), "asked at 12:00, missed at 16:00"


def test_a_track_that_too_few_are_left_for_says_so() -> None:
    story = investors(until=Until.ACTED, enough=2)
    story.answer("fjord-mail", ResponseKind.DECLINED)
    assert not can_be_quiet(story.case, INVESTORS)
    assert story.owes("nobody_left", detail="investors")


def test_a_later_rung_does_not_fire_once_enough_is_done() -> None:
    banks_later = (
        Step(offset=0, only=(PartyKind.INVESTOR,)),
        Step(offset=48 * HOUR, only=(PartyKind.BANK,)),
    )
    story = investors(*banks_later, until=Until.ACTED, enough=1).acts("fjord-mail")
    story.when("Thu 22:00")
    assert [x.reason for x in story.of(f.StepSuperseded)] == ["satisfied"]
    assert story.told() == ["fjord-mail"]


def test_a_rung_that_was_not_needed_fires_when_the_promise_is_missed() -> None:
    banks_later = (
        Step(offset=0, only=(PartyKind.INVESTOR,)),
        Step(offset=24 * HOUR, only=(PartyKind.BANK,)),
    )
    story = investors(*banks_later, until=Until.COMMITTED, enough=1)
    story.promises("fjord-mail", ActionKind.LETTER, due="Wed 12:00").when("Wed 15:59")
    assert story.told() == ["fjord-mail", "fjord-mail"], "told, then asked what became of it"
    story.when("Wed 16:01")
    assert story.of(f.StepCaughtUp)[0].step == 1
    assert ("Wed 16:00", "bright-mail") in story.asked()


def test_every_rung_that_was_not_needed_fires_when_the_promise_is_missed() -> None:
    later = (Step(offset=hours * HOUR, only=(PartyKind.BANK,)) for hours in (24, 30))
    first = Step(offset=0, only=(PartyKind.INVESTOR,))
    story = investors(first, *later, until=Until.COMMITTED, enough=1)
    story.promises("fjord-mail", ActionKind.LETTER, due="Wed 12:00").when("Wed 16:01")
    assert [x.step for x in story.of(f.StepCaughtUp)] == [1, 2]


# --- whom a rung is for


def test_a_rung_for_banks_tells_banks_only() -> None:
    story = investors(
        Step(offset=0, only=(PartyKind.INVESTOR,)), Step(offset=HOUR, only=(PartyKind.BANK,))
    )
    assert story.told() == ["fjord-mail"]
    story.when("Mon 23:00")
    assert story.told() == ["fjord-mail", "bright-mail"]


def test_a_rung_with_nobody_of_its_kind_says_so_though_others_have_been_asked() -> None:
    story = investors(
        Step(offset=0, only=(PartyKind.INVESTOR, PartyKind.BANK)),
        Step(offset=HOUR, only=(PartyKind.NGO,)),
    )
    assert story.told() == ["fjord-mail", "bright-mail"]
    assert not story.owes("nobody_left", detail="investors")
    story.when("Mon 23:00")
    assert story.owes("nobody_left", detail="investors")


def test_a_party_whose_kind_no_rung_names_is_not_forgotten() -> None:
    story = investors(Step(offset=0, only=(PartyKind.NGO,)))
    assert story.told() == ["fjord-mail", "bright-mail"]


def test_nobody_is_asked_to_release_those_whom_a_later_rung_tells() -> None:
    story = investors(
        Step(offset=0, only=(PartyKind.INVESTOR,)), Step(offset=48 * HOUR, only=(PartyKind.BANK,))
    )
    story.report(NEWS, tracks=(), candidates=())
    assert not story.owes("release", detail="investors")


def test_of_two_rungs_that_an_outage_delayed_each_tells_its_own_kind() -> None:
    story = investors(
        Step(offset=0, only=(PartyKind.NGO,)),
        Step(offset=HOUR, only=(PartyKind.INVESTOR,)),
        Step(offset=2 * HOUR, only=(PartyKind.BANK,)),
    )
    before = len(story.told())
    story.outage(hours=4)
    assert sorted(story.told()[before:]) == ["bright-mail", "fjord-mail"]


def test_of_two_rungs_for_everybody_that_an_outage_delayed_only_the_later_fires() -> None:
    story = Story().report(
        tracks=(ladder(Step(offset=HOUR), Step(offset=2 * HOUR), track=MISSIONS),),
        candidates=(EMBASSY,),
    )
    story.release(MISSIONS).outage(hours=5)
    gone = [x.reason for x in story.of(f.StepSuperseded) if x.track is MISSIONS]
    assert gone == ["superseded_by_later"]
    assert [x.step for x in story.of(f.StepFired) if x.track is MISSIONS] == [1]


# --- severity

GRAVER = (
    Step(offset=0, severities=(Severity.CRITICAL,), contacts=2),
    Step(offset=0, severities=(Severity.HIGH, Severity.ELEVATED, Severity.WATCH)),
)


def desk(id: str, *, hours: str = "") -> ContactRef:
    return ContactRef(id=id, level="capital_desk", endpoints=(f"email:email-{id}",), hours=hours)


def two_desks() -> Candidate:
    """An embassy that is open, with a second desk behind it."""
    return replace(EMBASSY, contacts=(desk("desk"), desk("lea")))


def missions(severity: Severity) -> Story:
    story = Story().report(
        severity=severity, tracks=(ladder(*GRAVER, track=MISSIONS),), candidates=(two_desks(),)
    )
    return story.release(MISSIONS)


def test_a_critical_case_tells_two_desks_at_once() -> None:
    assert missions(Severity.CRITICAL).asked() == [("Mon 22:00", "desk+lea")]


def test_a_less_grave_case_tells_one() -> None:
    assert missions(Severity.HIGH).asked() == [("Mon 22:00", "desk")]


def test_when_a_case_becomes_critical_the_second_desk_is_told_then() -> None:
    story = missions(Severity.HIGH).when("Tue 03:00")
    story.report(NEWS, severity=Severity.CRITICAL, tracks=(), candidates=())
    assert story.asked()[-1] == ("Tue 03:00", "lea")
    story.report(NEWS, severity=Severity.CRITICAL, tracks=(), candidates=())
    assert len(story.of(f.StepCaughtUp)) == 1, "once"


def test_whoever_answered_is_not_followed_by_a_second_desk() -> None:
    story = missions(Severity.HIGH)
    story.answer("desk", ResponseKind.ACKNOWLEDGED).when("Tue 03:00")
    story.report(NEWS, severity=Severity.CRITICAL, tracks=(), candidates=())
    assert len(story.asked()) == 1


def test_a_ladder_that_has_no_rung_for_this_severity_says_that_nobody_is_told() -> None:
    only = Step(offset=0, severities=(Severity.CRITICAL,))
    story = Story().report(tracks=(ladder(only, track=MISSIONS),), candidates=(EMBASSY,))
    story.release(MISSIONS)
    assert story.told() == []
    assert story.owes("nobody_left", detail="missions")


# --- the stories


def test_s2_investors_are_asked_one_at_a_time_the_nearest_first() -> None:
    story = Story().report(tracks=(ladder(Step(offset=0, spread=Spread.NEXT)),), candidates=BOTH)
    story.when("Tue 08:00").release(INVESTORS)
    assert story.asked() == [("Tue 08:00", "fjord-mail")]
    story.when("Tue 09:30").answer("fjord-mail", ResponseKind.DECLINED)
    assert story.asked()[1:] == [("Tue 09:30", "bright-mail")]
    story.when("Wed 09:30")
    assert story.asked()[2:] == [("Wed 09:30", "bright-deputy")]
    story.when("20 Mar 09:00")
    assert "fjord-mail" not in [who for _, who in story.asked()[1:]], "never again"


def test_s4_in_a_critical_case_the_capital_desk_is_silent_and_the_next_is_told() -> None:
    """Both at once at 03:55; an answer holds whoever gave it, until 09:00."""
    embassy = replace(EMBASSY, contacts=(desk("lea"), desk("desk"), desk("vik")))
    critical = outward(MISSIONS, severity=Severity.CRITICAL)
    track = replace(critical, steps=GRAVER)
    story = Story(now=at("Fri 03:10")).report(
        severity=Severity.CRITICAL, tracks=(track,), candidates=(embassy,)
    )
    story.when("Fri 03:55").release(MISSIONS, by="ben")
    story.when("Fri 05:00").answer("lea", ResponseKind.ACKNOWLEDGED)
    story.when("Fri 07:55")
    silent = [fact.contact for fact in story.of(f.ContactSilent)]
    assert (story.asked()[0], silent) == (("Fri 03:55", "lea+desk"), ["desk"])
    story.when("Fri 09:00")
    assert story.asked()[-1] == ("Fri 09:00", "lea"), "its answer held to 09:00"


# --- what goes wrong


def test_a_stale_last_rung_of_a_track_that_was_said_to_repeat_does_not_fault_the_case() -> None:
    """Only duty repeats. A rung past the last was looked up, and the case never ticked again."""
    track = replace(ladder(Step(offset=HOUR), track=MISSIONS), repeat_every=(HOUR,))
    story = Story().report(tracks=(track,), candidates=(EMBASSY,)).release(MISSIONS)
    story.outage(hours=20)
    assert story.owes("still_right", detail="missions")
    state = story.case.track(MISSIONS)
    assert state is not None and state.next_at is None


def test_a_rung_with_nobody_is_skipped_at_once_and_becomes_a_task() -> None:
    story = Story().report(tracks=(ladder(track=NHRIS),), candidates=())
    story.release(NHRIS)
    assert story.of(f.StepSkipped)[0].reason is Reason.NO_ENDPOINT
    assert story.owes("nobody_left", detail="nhris")


@pytest.mark.parametrize("grave", [Severity.CRITICAL, Severity.ELEVATED])
def test_outside_the_hours_of_a_mailbox_it_is_told_at_once_and_phoned_only_when_grave(
    grave: Severity,
) -> None:
    track = replace(outward(NHRIS, severity=grave))
    story = Story().report(severity=grave, tracks=(track,), candidates=(NHRI,)).release(NHRIS)
    assert story.asked() == [("Mon 22:00", "nhri-mail")]
    assert bool(story.owes("phone_at_opening")) is grave.grave
    if grave.grave:
        assert story.task("phone_at_opening").due_at == at("Tue 10:00")
