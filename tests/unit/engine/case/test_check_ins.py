"""Check-ins: who of us may speak with the person, and whose word counts as theirs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.case import commands as c
from engine.case.state import CaseStatus
from schemas import facts as f
from schemas.codes import Heard, Severity, SubjectStatus, TrackName
from schemas.plan import CheckIns
from schemas.responses import RefusedBecause, ResponseKind
from schemas.roster import Role, Roster, Shift
from tests.unit.engine.case.builders import ROSTER, Story, a_case, an_event, at

DAY = 86_400


def contacted() -> Story:
    """Ana spoke to them on Monday at 23:40; the check-in is due on Tuesday at 23:40."""
    return a_case().when("Mon 22:07").page_answered().when("Mon 23:40").finish("first_contact")


def owners(story: Story, *who: str, by: str = "ana") -> Story:
    return story.send(some_owners(story, *who, by=by))


def some_owners(story: Story, *who: str, by: str = "ana") -> c.SetContactOwners:
    return c.SetContactOwners(inbox=story.inbox(), case=story.case.id, owners=who, by=by)


# --- whose word it was


def test_a_check_in_that_does_not_say_whom_it_heard_is_refused() -> None:
    story = contacted()
    refusal = story.refused(story.a_finish("check_in", heard=None))
    assert refusal.reason is RefusedBecause.INCOMPLETE
    assert "safe_channel" in refusal.detail


@pytest.mark.parametrize("whom", [Heard.RELATIVE, Heard.LAWYER])
def test_what_others_say_of_the_person_keeps_the_cadence_and_widens_nothing(whom: Heard) -> None:
    story = contacted().when("Tue 23:40").finish("check_in", heard=whom)
    assert story.task("check_in").due_at == at("Wed 23:40")
    assert story.of(f.TaskDone, last=True)[0].result == "heard_of"
    assert story.of(f.TaskDone, last=True)[0].heard is whom
    assert story.paged(last=True) == []
    story.when("Wed 23:40").finish("check_in", heard=Heard.SAFE_CHANNEL)
    assert story.task("check_in").due_at == at("Wed 23:40") + timedelta(days=7)


@pytest.mark.parametrize(("result", "whom"), [("done", Heard.NO_SIGN), ("no_sign", None)])
def test_no_sign_of_the_person_is_a_danger_sign_however_it_is_said(
    result: str, whom: Heard | None
) -> None:
    story = contacted().when("Tue 23:40").finish("check_in", result=result, heard=whom)
    assert story.of(f.TaskDone, last=True)[0].result == "no_sign"
    assert story.task("check_in").due_at == at("Wed 03:40")
    assert story.paged(last=True) == ["ana"]
    assert story.when("Wed 00:40").paged(last=True) == ["ben"], "nobody has answered that call"


def test_a_missed_check_in_of_a_critical_case_is_owed_again_in_half_an_hour() -> None:
    story = a_case(Severity.CRITICAL).page_answered().when("Mon 22:30").finish("first_contact")
    assert story.task("check_in").due_at == at("Tue 04:30")
    story.when("Tue 04:30").finish("check_in", heard=Heard.NO_SIGN)
    assert story.task("check_in").due_at == at("Tue 05:00")
    assert story.paged(last=True) == ["ana"]


def test_a_check_in_nobody_does_reaches_its_owner_and_then_the_whole_ladder() -> None:
    story = contacted().finish("triage")
    for track in ("missions", "nhris", "companies", "investors"):
        story.finish("release", detail=track)
    calls = len(story.pages())
    story.when("Wed 04:30")
    assert story.pages()[calls:] == [
        ("Tue 23:40", "ana"),
        ("Wed 02:07", "ana"),  # Her hold ends, and something owed is late.
        ("Wed 03:07", "ben"),
        ("Wed 03:37", "chi"),
        ("Wed 03:37", "dia"),
    ]
    assert [(x.at, x.reason) for x in story.of(f.TrackWoken)] == [(at("Wed 02:07"), "hold_expired")]
    story.finish("check_in", by="ben").when("Wed 12:00")
    assert len(story.pages()) == calls + 5, "done, and all else is somebody's: nobody is called"


def test_a_check_in_that_is_late_just_after_somebody_answered_calls_duty_when_the_grace_ends() -> (
    None
):
    story = contacted().finish("triage")
    for track in ("missions", "nhris", "companies", "investors"):
        story.finish("release", detail=track)
    story.when("Tue 23:39").page_answered()
    calls = len(story.pages())
    story.when("Wed 04:00")
    assert story.pages()[calls:] == [("Tue 23:40", "ana"), ("Wed 03:39", "ana")]


def test_the_first_contact_may_be_with_whoever_reported() -> None:
    story = a_case().page_answered().finish("first_contact", heard=None)
    assert story.task("check_in").due_at == story.now + timedelta(days=1)


def test_other_tasks_never_say_whom_they_heard() -> None:
    story = a_case().page_answered().finish("triage", heard=Heard.LAWYER)
    assert story.of(f.TaskDone, last=True)[0].heard is None


# --- who may


def test_only_the_owners_of_the_contact_protocol_finish_a_check_in() -> None:
    story = owners(contacted(), "ben", "chi").when("Tue 23:40")
    refusal = story.refused(story.a_finish("check_in", by="ana"))
    assert (refusal.reason, refusal.detail) == (RefusedBecause.NOT_ON_PROTOCOL, "ben, chi")
    story.finish("check_in", by="chi")
    assert story.task("check_in").owner == "ben"


def test_nobody_else_takes_one_either() -> None:
    story = owners(contacted(), "ben")
    task = story.task("check_in")
    taking = c.TakeTask(inbox=story.inbox(), case=story.case.id, task=task.id, by="dia")
    assert story.refused(taking).reason is RefusedBecause.NOT_ON_PROTOCOL


def test_open_talks_of_others_become_theirs_and_they_hear_of_them_when_due() -> None:
    story = owners(contacted(), "ben")
    assert story.task("check_in").owner == "ben"
    assert story.task("triage").owner == "ana", "only talks go over"
    assert story.when("Tue 23:40").paged(last=True) == ["ben"]


def test_an_owner_who_has_the_case_keeps_its_talks() -> None:
    story = owners(contacted(), "ben", "ana")
    assert story.task("check_in").owner == "ana"


def test_whoever_takes_the_case_does_not_take_talks_that_are_not_theirs() -> None:
    bare = replace(ROSTER, floor=None, shifts=())
    story = owners(a_case(), "ben").around(roster=bare)
    story = story.page_answered("ana")
    assert story.task("first_contact").owner == "ben"
    assert story.task("triage").owner == "ana"


def test_with_no_owner_on_shift_the_floor_contact_may_decide() -> None:
    away = tuple(shift for shift in ROSTER.shifts if shift.person != "ben")
    story = owners(contacted(), "ben").around(roster=replace(ROSTER, shifts=away))
    story.when("Tue 23:40")
    assert story.refused(story.a_finish("check_in", by="ana"))
    story.finish("check_in", by="eve")
    assert story.task("check_in").owner == "eve"


def test_while_an_owner_is_on_shift_the_floor_contact_may_not() -> None:
    story = owners(contacted(), "ben")
    assert story.refused(story.a_finish("check_in", by="eve"))


def test_without_a_floor_contact_the_first_owner_is_told_off_shift_as_well() -> None:
    none = Roster(
        version="r", people=ROSTER.people, shifts=(Shift(role=Role.HANDLER, person="ana"),)
    )
    story = owners(contacted().around(roster=none), "ben", "chi")
    assert story.task("check_in").owner == "ben"
    assert story.when("Tue 23:40").paged(last=True) == ["ben"]


def says_no(story: Story, who: str) -> Story:
    return story.answer(who, ResponseKind.DECLINED, alert=story.duty(who).id)


def nobody_answered(*protocol: str) -> Story:
    """A high case whose ladder has called everybody, with talks left to these people."""
    return owners(a_case().when("Mon 23:45"), *protocol)


def test_talks_of_one_who_says_no_go_to_the_next_who_may_speak() -> None:
    story = says_no(nobody_answered("ben", "chi"), "ben")
    assert story.task("first_contact").owner == "chi"
    story.page_answered("ana")
    assert story.task("first_contact").owner == "chi", "ana may not speak with the person"
    assert story.refused(story.a_finish("first_contact", by="ana"))


def test_when_everybody_of_the_protocol_said_no_the_floor_contact_may_speak() -> None:
    story = says_no(says_no(nobody_answered("ben", "chi"), "ben"), "chi")
    assert story.task("first_contact").owner == "eve"
    story.page_answered("ana")
    assert story.task("first_contact").owner == "eve"
    assert story.task("triage").owner == "ana"
    story.finish("first_contact", by="eve")
    assert story.task("check_in").owner == "eve"


def test_without_a_floor_contact_the_first_owner_who_did_not_say_no_has_the_talk() -> None:
    story = nobody_answered("ben", "chi")
    none = replace(ROSTER, version="r", floor=None, shifts=())
    story = says_no(story.around(roster=none), "ben")
    assert story.task("first_contact").owner == "chi"
    assert says_no(story, "chi").task("first_contact").owner == "ben", "told when it is due"


def test_a_no_of_one_who_had_no_talk_moves_none() -> None:
    story = nobody_answered("ben", "chi")
    before = len(story.of(f.ContactOwnersSet))
    says_no(story, "ana")
    assert len(story.of(f.ContactOwnersSet)) == before


def test_owners_are_people_of_the_roster_and_not_too_many() -> None:
    story = contacted()
    assert story.refused(some_owners(story, "mallory")).reason is RefusedBecause.INCOMPLETE
    assert owners(story, "ben", "ben").case.contact_owners == ("ben",)


def test_the_protocol_can_be_opened_again_to_whoever_is_on_duty() -> None:
    story = owners(owners(contacted(), "ben"))
    assert story.case.contact_owners == ()
    story.when("Tue 23:40").finish("check_in", by="dia")


def test_a_closed_case_has_no_contact_protocol() -> None:
    story = contacted()
    story.case = replace(story.case, status=CaseStatus.CLOSED)
    assert story.refused(some_owners(story, "ben")).reason is RefusedBecause.NOT_OPEN


# --- how often


def test_a_rulebooks_own_cadence_counts_and_stays_when_the_case_becomes_graver() -> None:
    own = CheckIns(
        by_severity=tuple((each, (3 * DAY, 9 * DAY)) for each in Severity),
        by_status=((SubjectStatus.DETAINED, (2 * DAY,)),),
    )
    story = Story()
    story.report(an_event("enrichment"))
    state = story.track(TrackName.DUTY)
    planned = replace(state, track=replace(state.track, check_ins=own))
    story.case = replace(
        story.case,
        tracks=tuple(planned if s.track.name is TrackName.DUTY else s for s in story.case.tracks),
    )
    story.page_answered().finish("first_contact")
    assert story.task("check_in").due_at == story.now + timedelta(days=3)
    story.report(severity=Severity.CRITICAL)
    assert story.track(TrackName.DUTY).track.check_ins == own
    assert story.task("check_in").due_at == story.now + timedelta(days=2), "they are detained now"
