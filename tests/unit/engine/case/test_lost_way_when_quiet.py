"""Enough is done already, and a message to somebody else bounces: nobody further hears of it."""

from dataclasses import replace

from engine.case import commands as c
from engine.case.state import AlertStatus
from schemas.codes import TrackName
from schemas.responses import AnswerClass
from tests.unit.engine.case.builders import EMBASSY, NHRI, Story, at, outward

MISSIONS = TrackName.MISSIONS
ONE = replace(outward(MISSIONS), enough=1)
"""One of the missions is enough."""


def one_has_acted() -> Story:
    commission = replace(NHRI, track=MISSIONS, rank=1)
    story = (
        Story(now=at("Tue 10:00"))
        .report(tracks=(ONE,), candidates=(EMBASSY, commission))
        .release(MISSIONS)
    )
    return story.acts("nhri-mail")


def lost(story: Story, contact: str) -> Story:
    """Every way to them fails for good."""
    alert = story.alert_of_contact(contact)
    while any(call.contact == contact for call in story.alert(alert.party).calls):
        story.bounced(contact)
    return story


def test_no_colleague_is_told_and_nobody_is_asked_to_phone() -> None:
    story = one_has_acted()
    before = set(story.told())

    lost(story, "lea")

    assert set(story.told()) == before, "the embassy's capital hears nothing of it"
    assert story.alert("embassy").status is AlertStatus.SILENT
    assert not story.owes("unreachable")
    assert story.owes("dead_way"), "somebody mends the address all the same"


def test_once_that_act_was_worth_nothing_the_next_contact_is_told() -> None:
    story = lost(one_has_acted(), "lea")
    acted = story.alert("nhri-qn")

    story.send(
        c.ClassAnswer(
            inbox=story.inbox(),
            case=story.case.id,
            alert=acted.id,
            by="ben",
            action=acted.acts[-1].action,
            answer_class=AnswerClass.TOKEN,
        )
    )

    assert "desk" in story.told()


def test_while_it_is_not_enough_the_next_contact_is_told_at_once() -> None:
    commission = replace(NHRI, track=MISSIONS, rank=1)
    story = (
        Story(now=at("Tue 10:00"))
        .report(tracks=(ONE,), candidates=(EMBASSY, commission))
        .release(MISSIONS)
    )

    lost(story, "lea")

    assert "desk" in story.told()
