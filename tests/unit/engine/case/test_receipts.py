"""What a provider reports after it took a message: a hint upward, or one way less."""

from dataclasses import replace

from engine.case import commands as c
from engine.case.state import AlertStatus
from schemas import facts as f
from schemas.codes import ActionKind, TrackName
from schemas.projection import Purpose
from tests.unit.engine.case.builders import Story, a_case, a_consent, at

MISSIONS = TrackName.MISSIONS


def _lea_told() -> Story:
    told = a_case(now=at("Tue 09:00")).page_answered().release(MISSIONS)
    return told.settled("lea", "handed_off")


def test_delivered_is_noted_and_changes_nothing_that_is_owed() -> None:
    story = _lea_told()
    before = story.case

    story.settled("lea", "delivered")

    assert [type(fact) for fact in story.last] == [f.Delivered]
    assert [replace(each, delivered=0) for each in story.case.alerts] == list(before.alerts)
    assert story.alert("embassy").delivered == 1
    assert story.case.tracks == before.tracks


def test_what_did_not_arrive_goes_the_next_way_and_then_to_the_next_contact() -> None:
    story = _lea_told().settled("lea", "not_delivered")
    assert story.of(f.Rerouted)[-1].notices[0].endpoint == "sms:sms-lea"

    story.settled("lea", "handed_off").settled("lea", "not_delivered")

    assert story.told() == ["lea", "desk"]
    assert [fact.reason for fact in story.of(f.DeliveryFailed)] == ["not_delivered"] * 2


def test_whoever_may_have_heard_by_a_message_that_did_not_arrive_is_stood_down_all_the_same() -> (
    None
):
    story = _lea_told().settled("lea", "not_delivered")
    withdrawn = a_consent(revoked=True)
    story.around(consents=(withdrawn,))

    story.send(c.ConsentChanged(inbox=story.inbox(), consent=withdrawn, state="revoked"))

    assert story.told(purpose=Purpose.STAND_DOWN) == ["lea"]


def test_a_stand_down_that_did_not_arrive_and_has_no_way_left_is_a_persons_task() -> None:
    story = _lea_told()
    withdrawn = a_consent(revoked=True)
    story.around(consents=(withdrawn,))
    story.send(c.ConsentChanged(inbox=story.inbox(), consent=withdrawn, state="revoked"))

    story.settled("lea", "not_delivered").settled("lea", "not_delivered")

    assert story.task("unreachable").detail == "stand_down"


def test_a_contact_whose_silence_brought_in_the_next_is_not_given_up_twice() -> None:
    story = _lea_told().settled("lea", "not_delivered").settled("lea", "handed_off")
    story.by("Fri 09:00")
    assert story.told() == ["lea", "desk"]
    told = len(story.of(f.Told))

    story.settled("lea", "not_delivered")

    assert len(story.of(f.Told)) == told


def test_somebody_who_promised_has_read_it_whatever_the_network_says() -> None:
    story = _lea_told().promises("lea", ActionKind.LETTER, due="Wed 12:00")
    assert story.alert("embassy").status is AlertStatus.PROMISED

    story.settled("lea", "not_delivered")

    assert [type(fact) for fact in story.last] == [f.DeliveryFailed]
