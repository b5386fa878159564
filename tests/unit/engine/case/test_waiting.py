"""Please wait: a joint action is halted, and whoever was told of it hears so, until when."""

from dataclasses import replace

import pytest

from engine.case import commands as c
from engine.case.state import AlertStatus
from schemas import facts as f
from schemas.codes import ActionKind, Severity, TrackName
from schemas.plan import Candidate, Reason
from schemas.projection import Purpose
from schemas.responses import ResponseKind
from tests.harness.records import for_companies
from tests.unit.engine.case.builders import (
    EMBASSY,
    FJORD,
    NHRI,
    Story,
    a_case,
    a_consent,
    at,
    registry_without,
)

MISSIONS = TrackName.MISSIONS
WAIT = Purpose.WAIT


def a_joint_letter(
    together: tuple[Candidate, ...] = (EMBASSY, replace(NHRI, track=MISSIONS)),
) -> Story:
    """On Tuesday at 11:00 an embassy and an institution are asked for a letter together."""
    story = Story(now=at("Tue 11:00")).report(candidates=together).page_answered()
    story.send(
        c.ProposeJoint(
            inbox=story.inbox(),
            case=story.case.id,
            track=MISSIONS,
            action=ActionKind.LETTER,
            by="ana",
        )
    )
    whole = for_companies(story.now)
    story.release(MISSIONS, by="ben", **whole).release(MISSIONS, by="chi", **whole)
    return story.handed_off("lea", "nhri-mail")


def _warned(story: Story, by: str = "nhri-mail", due: str = "Tue 20:00") -> Story:
    return story.answer(by, ResponseKind.WARNS, due=due, action=ActionKind.LETTER)


def test_everybody_else_who_was_told_of_it_is_asked_to_wait_until_the_time_named() -> None:
    story = _warned(a_joint_letter())
    assert story.told(last=True, purpose=WAIT) == ["lea"]
    (told,) = [fact for fact in story.of(f.Told, last=True) if fact.purpose is WAIT]
    assert told.answer_by == at("Tue 20:00")
    assert story.alert("embassy").waits == ("lea",)


def test_whoever_warned_is_not_asked_to_wait_for_themselves() -> None:
    story = _warned(a_joint_letter(), by="lea")
    assert story.told(last=True, purpose=WAIT) == ["nhri-mail"]


def test_whom_no_message_reached_is_not_asked_to_wait_for_what_they_never_heard() -> None:
    story = a_joint_letter()
    untold = replace(story.alert("embassy"), reached=())
    others = tuple(a for a in story.case.alerts if a.id != untold.id)
    story.case = replace(story.case, alerts=(*others, untold))
    assert _warned(story).told(purpose=WAIT) == []


def test_whoever_promised_and_whoever_acted_waits_too() -> None:
    story = a_joint_letter().promises("lea", ActionKind.LETTER, due="Wed 12:00")
    assert _warned(story).told(purpose=WAIT) == ["lea"]
    assert story.alert("embassy").status is AlertStatus.PROMISED
    story = a_joint_letter().acts("lea")
    assert _warned(story).told(purpose=WAIT) == ["lea"]
    assert story.alert("embassy").status is AlertStatus.ACTED


@pytest.mark.parametrize("kind", [ResponseKind.DECLINED, ResponseKind.CONFLICT])
def test_who_is_out_of_it_hears_nothing(kind: ResponseKind) -> None:
    assert _warned(a_joint_letter().answer("lea", kind)).told(purpose=WAIT) == []


def test_that_one_of_them_declined_keeps_nobody_else_from_being_asked_to_wait() -> None:
    together = (
        EMBASSY,
        replace(NHRI, track=MISSIONS, rank=1),
        replace(FJORD, track=MISSIONS, rank=2),
    )
    story = a_joint_letter(together).handed_off("fjord-mail")
    story.answer("lea", ResponseKind.DECLINED)
    assert _warned(story).told(last=True, purpose=WAIT) == ["fjord-mail"]


def test_who_said_that_they_are_the_wrong_one_hears_nothing() -> None:
    story = a_joint_letter().answer("lea", ResponseKind.WRONG_CONTACT).handed_off("desk")
    assert _warned(story).told(purpose=WAIT) == ["desk"]


def test_a_warning_of_anything_else_asks_nobody_to_wait() -> None:
    story = a_case().page_answered().release(MISSIONS).handed_off("lea")
    story.answer("lea", ResponseKind.WARNS, due="Tue 20:00", action=ActionKind.LETTER)
    assert story.told(purpose=WAIT) == []


def test_the_request_to_wait_leaves_although_the_track_is_frozen_and_another_message_does_not() -> (
    None
):
    story = _warned(a_joint_letter())
    assert story.claimed("lea", purpose=WAIT).of(f.TellRefused, last=True) == []
    refused = story.claimed("lea", purpose=Purpose.TELL).of(f.TellRefused, last=True)
    assert [each.reason for each in refused] == [Reason.FROZEN]


def test_nobody_is_asked_to_wait_whom_nobody_may_approach() -> None:
    story = a_joint_letter().hold("embassy", until="Fri 12:00")
    assert _warned(story).told(purpose=WAIT) == []
    story = _warned(a_joint_letter()).hold("embassy", until="Fri 12:00")
    refused = story.claimed("lea", purpose=WAIT).of(f.TellRefused, last=True)
    assert [each.reason for each in refused] == [Reason.HELD]
    assert story.alert("embassy").calls, "what they were told before stands"


def test_whoever_says_no_before_the_request_left_does_not_get_it() -> None:
    story = _warned(a_joint_letter()).answer("lea", ResponseKind.DECLINED)
    refused = story.claimed("lea", purpose=WAIT).of(f.TellRefused, last=True)
    assert [each.reason for each in refused] == [Reason.DECLINED]


def test_whoever_no_way_reaches_any_more_is_phoned() -> None:
    story = a_joint_letter().around(registry=registry_without("lea"))
    assert _warned(story).told(purpose=WAIT) == []
    assert story.task("unreachable", detail="wait").critical


def test_a_request_to_wait_that_will_not_arrive_goes_the_next_way_and_then_a_person_phones() -> (
    None
):
    story = _warned(a_joint_letter()).bounced("lea", purpose=WAIT)
    assert story.of(f.Rerouted, last=True)
    story.bounced("lea", purpose=WAIT)
    assert story.owes("unreachable", detail="wait")
    assert [call.contact for call in story.alert("embassy").calls] == ["lea"], "still owed"


def test_a_longer_warning_says_the_new_time_and_a_shorter_one_says_nothing() -> None:
    story = _warned(a_joint_letter()).handed_off("lea")
    story.answer("nhri-mail", ResponseKind.WARNS, due="Tue 18:00", action=ActionKind.LETTER)
    assert story.told(last=True, purpose=WAIT) == []
    story.answer("nhri-mail", ResponseKind.WARNS, due="Wed 08:00", action=ActionKind.LETTER)
    assert story.told(last=True, purpose=WAIT) == ["lea"]


def test_when_it_goes_on_whoever_waited_is_written_to_again() -> None:
    story = _warned(a_joint_letter()).handed_off("lea").when("Tue 20:00")
    assert story.told(last=True, purpose=Purpose.TELL) == ["lea", "nhri-mail"], "who warned, too"
    assert story.alert("embassy").waits == ()


def test_two_who_let_it_go_on_earlier_tell_them_earlier() -> None:
    story = _warned(a_joint_letter()).handed_off("lea").lifted(MISSIONS)
    assert story.told(last=True, purpose=Purpose.TELL) == ["lea"]


def test_a_request_to_wait_that_has_not_left_by_then_is_called_off() -> None:
    story = _warned(a_joint_letter()).lifted(MISSIONS)
    assert any(WAIT in each.purposes for each in story.of(f.NoticesCancelled, last=True))


def test_whoever_promised_is_reminded_of_it_and_not_asked_anew() -> None:
    story = a_joint_letter().promises("lea", ActionKind.LETTER, due="Fri 12:00")
    _warned(story).handed_off("lea").lifted(MISSIONS)
    assert story.told(last=True) == ["lea"]
    assert story.told(last=True, purpose=Purpose.REMIND) == ["lea"]
    assert story.alert("embassy").status is AlertStatus.PROMISED


def test_whoever_acted_hears_nothing_more() -> None:
    story = _warned(a_joint_letter().acts("lea")).handed_off("lea").lifted(MISSIONS)
    assert story.told(last=True) == []


def test_a_freeze_that_ended_long_ago_tells_nobody_before_a_person_looked() -> None:
    story = _warned(a_joint_letter()).handed_off("lea").until(at("Tue 19:00")).outage(hours=14)
    assert story.told(last=True) == []
    assert story.task("still_right", detail="missions").critical
    story.finish("still_right", result="yes", detail="missions")
    assert story.told(last=True, purpose=Purpose.TELL) == ["lea"]


def test_a_freeze_that_ended_some_hours_ago_goes_on_by_itself() -> None:
    story = _warned(a_joint_letter()).handed_off("lea").until(at("Tue 19:00")).outage(hours=13)
    told = story.told(last=True, purpose=Purpose.TELL)
    assert told == ["lea", "nhri-mail"], "twelve hours after its end"


# --- the same of whoever was not told because of a freeze or a hold


def test_whom_a_freeze_held_back_is_not_told_long_after_its_end_without_a_person() -> None:
    story = Story(now=at("Tue 09:00")).report(severity=Severity.HIGH).page_answered()
    story.release(MISSIONS).freeze(MISSIONS, until="Tue 12:00")
    refused = story.claimed("lea").of(f.TellRefused, last=True)
    assert [each.reason for each in refused] == [Reason.FROZEN]
    story.until(at("Tue 11:00")).outage(hours=14)
    assert story.told(last=True) == []
    story.finish("still_right", result="yes", detail="missions")
    assert story.told(last=True) == ["lea", "desk"], "at night, with whoever is there"


def test_a_hold_that_ended_long_ago_tells_nobody_before_a_person_looked() -> None:
    story = Story(now=at("Tue 09:00")).report().page_answered()
    story.hold("embassy", until="Tue 12:00").release(MISSIONS)
    assert story.told() == []
    story.until(at("Tue 11:00")).outage(hours=14)
    assert story.told() == []
    assert story.owes("still_right", detail="missions")
    story = Story(now=at("Tue 09:00")).report().page_answered()
    story.hold("embassy", until="Tue 12:00").release(MISSIONS).when("Tue 12:00")
    assert story.told(last=True) == ["lea"]


# --- and of a first message that lay here


def test_a_first_message_that_waited_half_a_day_here_leaves_only_when_a_person_says_so() -> None:
    story = a_case(now=at("Tue 09:00")).page_answered().release(MISSIONS)
    story.now = at("Tue 21:01")
    story.claimed("lea")
    (refused,) = story.of(f.TellRefused, last=True)
    assert refused.reason is Reason.STALE
    alert = story.alert("embassy")
    assert (alert.status, alert.reason) == (AlertStatus.WITHHELD, Reason.STALE)
    assert story.task("still_right", alert=alert.id).critical
    assert not story.owes("release", detail="missions")
    story.finish("still_right", result="yes", alert=alert.id)
    assert "lea" in story.told(last=True)
    assert story.alert("embassy").status is AlertStatus.WAITING


def test_no_leaves_it_unsaid() -> None:
    story = a_case(now=at("Tue 09:00")).page_answered().release(MISSIONS)
    story.now = at("Tue 21:01")
    story.claimed("lea").finish("still_right", result="no", alert=story.alert("embassy").id)
    assert story.when("Thu 09:00").told() == ["lea"]


def test_a_message_that_was_tried_goes_on_being_tried_however_late() -> None:
    story = a_case(now=at("Tue 09:00")).page_answered().release(MISSIONS)
    told, notice = story._notice("lea", None)
    due = c.DueNotice(
        key=notice.key,
        alert=told.alert,
        tell_no=told.tell_no,
        purpose=told.purpose.value,
        contact="lea",
        endpoint=notice.endpoint,
        decided_at=told.at,
        tried=True,
    )
    story.now = at("Wed 08:00")
    assert story.send(c.Claimed(notices=(due,))).of(f.TellRefused, last=True) == []


def test_a_page_to_duty_and_a_stand_down_leave_however_long_they_lay() -> None:
    story = a_case(now=at("Tue 09:00"))
    story.now = at("Thu 09:00")
    assert story.claimed("ana").of(f.TellRefused, last=True) == []
    story = a_case(now=at("Tue 09:00")).page_answered().release(MISSIONS).handed_off("lea")
    story.proposed("ana").confirmed("chi")
    story.now = at("Thu 09:00")
    assert story.claimed("lea").of(f.TellRefused, last=True) == []


def test_where_consent_went_meanwhile_nobody_is_asked_whether_it_is_still_right() -> None:
    story = a_case(now=at("Tue 09:00")).page_answered().release(MISSIONS)
    story.now = at("Tue 21:30")
    story.consent("revoked", a_consent(revoked=True))
    assert not story.owes("still_right")


def test_whoever_has_acted_is_asked_to_wait_by_their_next_way_where_one_is_dead() -> None:
    """They may be about to go on; the message stopped at the first way that failed."""
    story = a_joint_letter().acts("lea")
    _warned(story).bounced("lea", purpose=WAIT)
    (again,) = story.of(f.Rerouted, last=True)
    assert (again.purpose, again.notices[0].endpoint) == (WAIT, "sms:sms-lea")
    story.bounced("lea", purpose=WAIT)
    assert story.owes("unreachable", detail=WAIT.value)
    assert story.alert("embassy").status is AlertStatus.ACTED
