"""Nobody is called unreachable before somebody tried twice, days apart, and wrote it down."""

from datetime import datetime, timedelta

import pytest

from engine.case import commands as c
from engine.case.evolve_life import ATTEMPTS_KEPT
from engine.case.state import CaseStatus
from schemas import facts as f
from schemas.facts.life import TriedBy
from schemas.responses import RefusedBecause
from tests.unit.engine.case.builders import Story, a_case, a_told_case

DAYS = timedelta(days=1)


def an_attempt(story: Story, at: datetime | None = None, **more: object) -> c.DocumentAttempt:
    return c.DocumentAttempt(
        inbox=story.inbox(), case=story.case.id, by="ana", way=TriedBy.SAFE_CHANNEL,
        tried_at=at or story.now, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def a_proposal(story: Story, **more: object) -> c.ProposeResolution:
    said = {"heard": "unreachable_documented", **more}
    return c.ProposeResolution(
        inbox=story.inbox(), case=story.case.id, by="ana", outcome="lost_contact",
        residual_risk="unknown", remedy="none_sought", **said,  # type: ignore[arg-type]
    )  # fmt: skip


def test_without_attempts_nobody_is_unreachable() -> None:
    story = a_told_case()
    refusal = story.refused(a_proposal(story))
    assert refusal.reason is RefusedBecause.INCOMPLETE
    assert "there are 0" in refusal.detail


@pytest.mark.parametrize(
    ("apart", "enough"), [(2 * DAYS - timedelta(minutes=1), False), (2 * DAYS, True)]
)
def test_two_attempts_lie_two_days_apart(apart: timedelta, enough: bool) -> None:
    story = a_told_case()
    story.send(an_attempt(story)).until(story.now + apart).send(an_attempt(story))
    if enough:
        story.send(a_proposal(story)).confirmed()
        assert story.case.status is CaseStatus.MONITORED
        assert story.of(f.ResolutionProposed)[0].said == ""
        assert story.case.attempts == ()
    else:
        assert story.refused(a_proposal(story)).reason is RefusedBecause.INCOMPLETE


def test_many_attempts_in_one_hour_are_none_two_days_apart() -> None:
    story = a_told_case()
    for minute in range(9):
        story.send(an_attempt(story, story.now - timedelta(minutes=minute)))
    assert len(story.case.attempts) == ATTEMPTS_KEPT
    assert story.refused(a_proposal(story)).reason is RefusedBecause.INCOMPLETE


def test_a_talk_that_was_had_makes_earlier_attempts_void() -> None:
    story = a_told_case().page_answered()
    story.send(an_attempt(story)).after(days=1)
    story.finish("first_contact").after(days=1)
    story.send(an_attempt(story))
    assert len(story.case.attempts) == 1
    assert story.refused(a_proposal(story)).reason is RefusedBecause.INCOMPLETE


def test_a_missed_check_in_makes_none_void() -> None:
    story = a_told_case().page_answered()
    story.send(an_attempt(story)).after(days=1)
    story.finish("first_contact", result="no_sign", heard=None)
    assert len(story.case.attempts) == 1


def test_an_attempt_lies_between_the_beginning_and_now_and_counts_once() -> None:
    story = a_case().after(hours=1)
    for at in (story.now + timedelta(seconds=1), story.now - 2 * DAYS):
        assert story.refused(an_attempt(story, at)).reason is RefusedBecause.INCOMPLETE
    story.send(an_attempt(story))
    assert story.refused(an_attempt(story)).reason is RefusedBecause.ALREADY_ANSWERED
    words = an_attempt(story, story.now - timedelta(minutes=1), note="she did not pick up")
    assert story.refused(words).reason is RefusedBecause.INCOMPLETE


def test_whoever_objects_keeps_the_case_open() -> None:
    story = a_told_case()
    refusal = story.refused(a_proposal(story, heard="safe_channel", said="objects"))
    assert "do not agree" in refusal.detail
    story.send(a_proposal(story, heard="safe_channel", said="agrees"))
    assert story.of(f.ResolutionProposed)[0].said == "agrees"
