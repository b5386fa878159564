"""What an answer is worth: a token one, a harmful one and none at all quieten nothing."""

from dataclasses import replace

import pytest

from engine.case import commands as c
from engine.case.state import AlertStatus
from schemas import facts as f
from schemas.codes import ActionKind, Effect, TrackName
from schemas.projection import Purpose
from schemas.responses import AnswerClass, RefusedBecause, ResponseKind
from tests.unit.engine.case.builders import Story, a_case, a_told_case, at

MISSIONS, COMPANIES, INVESTORS = TrackName.MISSIONS, TrackName.COMPANIES, TrackName.INVESTORS
LETTER = ActionKind.LETTER
LOUD = (AnswerClass.TOKEN, AnswerClass.COUNTER_PRODUCTIVE, AnswerClass.NONE)
QUIET = (AnswerClass.ASSISTANCE, AnswerClass.PLEDGED)


def _lea_told() -> Story:
    """Embassy told on Tuesday at 09:00: Lea alone, within her hours."""
    return a_case(now=at("Tue 09:00")).page_answered().release(MISSIONS).handed_off("lea")


def _judgement(
    story: Story, worth: AnswerClass, *, party: str = "embassy", action: str = ""
) -> c.ClassAnswer:
    return c.ClassAnswer(
        inbox=story.inbox(),
        case=story.case.id,
        alert=story.alert(party).id,
        by="ana",
        answer_class=worth,
        action=action,
    )


def _judged(story: Story, worth: AnswerClass, *, party: str = "embassy", action: str = "") -> Story:
    return story.send(_judgement(story, worth, party=party, action=action))


@pytest.mark.parametrize("worth", LOUD)
def test_an_act_that_is_worth_nothing_brings_the_next_contact_in_at_once(
    worth: AnswerClass,
) -> None:
    story = _judged(_lea_told().acts("lea").when("Tue 11:00"), worth)
    assert story.asked()[-1] == ("Tue 11:00", "desk")
    assert story.alert("embassy").status is AlertStatus.WAITING


@pytest.mark.parametrize("worth", LOUD)
def test_a_promise_that_is_worth_nothing_holds_nobody_and_is_asked_for_all_the_same(
    worth: AnswerClass,
) -> None:
    story = _lea_told().promises("lea", LETTER, due="Wed 12:00").when("Tue 11:00")
    assert _judged(story, worth).asked()[-1] == ("Tue 11:00", "desk")
    story.when("Wed 12:00")
    assert story.told(purpose=Purpose.ASK_OUTCOME) == ["lea"]


@pytest.mark.parametrize("worth", LOUD)
def test_got_it_that_is_worth_nothing_holds_its_answerer_no_longer(worth: AnswerClass) -> None:
    story = _lea_told().answer("lea", ResponseKind.ACKNOWLEDGED).when("Tue 11:00")
    assert _judged(story, worth).asked()[-1] == ("Tue 11:00", "desk")


@pytest.mark.parametrize("worth", QUIET)
def test_an_answer_that_counts_goes_on_holding(worth: AnswerClass) -> None:
    story = _judged(_lea_told().promises("lea", LETTER, due="Wed 12:00"), worth)
    assert story.alert("embassy").status is AlertStatus.PROMISED
    assert story.told() == ["lea"]


def test_a_token_promise_missed_tells_nobody_a_second_time() -> None:
    story = _lea_told().promises("lea", LETTER, due="Tue 12:00").when("Tue 10:00")
    _judged(story, AnswerClass.TOKEN).when("Tue 16:00")
    assert story.of(f.PromiseMissed)
    assert story.told(purpose=Purpose.TELL) == ["lea", "desk"]
    assert [call.contact for call in story.alert("embassy").calls] == ["desk"]


def test_an_act_beside_a_token_one_still_counts() -> None:
    story = _lea_told().acts("lea", action=ActionKind.CALL).acts("lea", action=LETTER)
    token = story.alert("embassy").acts[1].action
    _judged(story, AnswerClass.TOKEN, action=token)
    assert story.alert("embassy").status is AlertStatus.ACTED
    assert story.told() == ["lea"]


def test_what_was_judged_too_hard_counts_again_when_it_is_judged_again() -> None:
    story = _lea_told().acts("lea")
    _judged(story, AnswerClass.TOKEN)
    _judged(story, AnswerClass.ASSISTANCE)
    alert = story.alert("embassy")
    assert (alert.status, alert.calls) == (AlertStatus.ACTED, ())
    story.when("Fri 09:00")
    assert story.told() == ["lea", "desk"]


def test_after_a_token_act_with_nobody_left_a_person_phones() -> None:
    story = a_told_case().acts("lea")
    assert _judged(story, AnswerClass.TOKEN).owes("phone_them")


def test_a_token_answer_brings_in_the_next_party_where_they_are_asked_in_turn() -> None:
    story = a_case().page_answered().release(INVESTORS).handed_off("fjord-mail")
    story.acts("fjord-mail").after(minutes=30)
    _judged(story, AnswerClass.TOKEN, party="fjord")
    assert story.asked()[-1] == ("Mon 22:30", "bright-mail")


def test_another_partys_act_is_not_judged_with_it() -> None:
    story = a_told_case(MISSIONS, TrackName.NHRIS).acts("lea").acts("nhri-mail")
    _judged(story, AnswerClass.TOKEN)
    assert story.alert("nhri-qn").status is AlertStatus.ACTED


def test_a_harmful_answer_freezes_companies_and_alarms_duty() -> None:
    story = _judged(_lea_told().acts("lea"), AnswerClass.COUNTER_PRODUCTIVE)
    state = story.track(COMPANIES)
    assert (state.frozen, state.lift_needs_two) == (True, True)
    assert story.of(f.TrackFrozen)[-1].reason == "did_harm"
    assert story.task("warning").critical


def test_a_token_answer_alarms_nobody() -> None:
    story = _judged(_lea_told().acts("lea"), AnswerClass.TOKEN)
    assert not story.track(COMPANIES).frozen
    assert not story.owes("warning")


def test_the_effect_of_an_act_and_the_class_of_an_answer_are_two_things() -> None:
    story = _lea_told().acts("lea", Effect.NONE)
    assert story.alert("embassy").status is AlertStatus.ACTED
    assert not story.of(f.AnswerClassed)


def test_of_several_acts_the_one_judged_must_be_named() -> None:
    story = _lea_told().acts("lea", action=ActionKind.CALL).acts("lea", action=LETTER)
    refusal = story.refused(_judgement(story, AnswerClass.TOKEN))
    assert refusal.detail == "action: several were promised or done; say which."


def test_what_this_party_never_did_cannot_be_judged() -> None:
    story = _lea_told().acts("lea")
    refusal = story.refused(_judgement(story, AnswerClass.TOKEN, action="a.p99"))
    assert refusal.reason is RefusedBecause.INCOMPLETE


def test_silence_is_not_judged() -> None:
    story = _lea_told()
    assert story.refused(_judgement(story, AnswerClass.NONE)).detail.startswith("Nothing")


def test_what_duty_answers_is_not_judged() -> None:
    story = _lea_told()
    command = c.ClassAnswer(
        inbox=story.inbox(),
        case=story.case.id,
        alert=story.duty("ana").id,
        by="ben",
        answer_class=AnswerClass.TOKEN,
    )
    assert story.refused(command).reason is RefusedBecause.UNKNOWN_ALERT


def test_an_act_of_an_older_release_can_be_judged_too() -> None:
    """Its state knows that somebody acted, and not what."""
    story = _lea_told().acts("lea")
    alerts = tuple(replace(alert, acts=()) for alert in story.case.alerts)
    story.case = replace(story.case, alerts=alerts)
    assert _judged(story, AnswerClass.TOKEN).asked()[-1][1] == "desk"


def test_a_frozen_track_tells_nobody_because_of_a_judgement() -> None:
    story = _lea_told().acts("lea").freeze(MISSIONS)
    _judged(story, AnswerClass.TOKEN)
    assert story.told() == ["lea"]
