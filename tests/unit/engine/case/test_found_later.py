"""Whoever is found once a track is released was in nobody's release: a person lets them be told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.case import commands as c
from engine.case.replanning import difference
from rules import exclusion
from schemas.codes import TrackName
from schemas.plan import Candidate, Candidates, Gate, Reason, Spread, Step, Track
from schemas.responses import ResponseKind
from tests.unit.engine.case.builders import EMBASSY, HOUR, NHRI, Story, an_event, found, outward

MISSIONS, COMPANIES, LEGAL = TrackName.MISSIONS, TrackName.COMPANIES, TrackName.LEGAL
STEPS = (Step(offset=0), Step(offset=24 * HOUR))
LADDER = replace(outward(MISSIONS), steps=STEPS)
COMMISSION = replace(NHRI, track=MISSIONS, rank=1)


def released(ladder: Track = LADDER) -> Story:
    """An embassy was released and told, and its ladder goes on tomorrow."""
    return Story().report(tracks=(ladder,), candidates=(EMBASSY,)).release(MISSIONS)


def by_a_report(story: Story, *who: Candidate) -> Story:
    return story.report(an_event("enrichment"), tracks=(LADDER,), candidates=who)


def by_a_re_plan(story: Story, *who: Candidate) -> Story:
    today = Candidates(
        world="w2",
        severity=story.case.severity,
        tracks=(LADDER,),
        candidates=who,
        closure=exclusion.closure(story.case.around.registry, an_event()),
    )
    digest = difference(story.case, today).digest
    return story.send(
        c.Replan(
            inbox=story.inbox(), case=story.case.id, by="ana", candidates=today, difference=digest
        )
    )


def by_a_person(story: Story, *who: Candidate) -> Story:
    return story.send(
        c.AddRecipient(
            inbox=story.inbox(),
            case=story.case.id,
            track=MISSIONS,
            party=who[-1].party,
            by="ana",
            why="new_facts",
        )
    )


WAYS = pytest.mark.parametrize("finds", [by_a_report, by_a_re_plan, by_a_person])


@WAYS
def test_no_later_step_tells_somebody_whom_nobody_released(finds: object) -> None:
    story = found_by(finds, released())

    story.after(days=3)

    assert "nhri-mail" not in story.told()
    assert story.alert("nhri-qn").reason is Reason.GATE_CLOSED
    assert story.owes("release", detail="missions")


@WAYS
def test_releasing_again_tells_them(finds: object) -> None:
    story = found_by(finds, released())

    story.release(MISSIONS, by="chi", id="rec-2")

    assert story.told(last=True) == ["nhri-mail"]


@WAYS
def test_a_jump_is_no_release_of_them(finds: object) -> None:
    story = found_by(finds, released())

    story.send(
        c.JumpStep(
            inbox=story.inbox(),
            case=story.case.id,
            track=MISSIONS,
            step=1,
            by="ana",
            why="faster",
        )
    )

    assert "nhri-mail" not in story.told()
    assert story.owes("release", detail="missions")


def test_a_decline_brings_in_nobody_whom_nobody_released() -> None:
    in_turn = replace(LADDER, steps=(Step(offset=0, spread=Spread.NEXT),))
    story = by_a_report(released(in_turn), EMBASSY, COMMISSION)

    story.answer("lea", ResponseKind.DECLINED)

    assert "nhri-mail" not in story.told()
    assert story.owes("nobody_left", detail="missions") or story.owes("release", detail="missions")


def test_whoever_is_found_before_the_release_is_told_by_it_and_by_its_steps() -> None:
    story = Story().report(tracks=(LADDER,), candidates=(EMBASSY,))

    by_a_report(story, EMBASSY, COMMISSION).release(MISSIONS)

    assert "nhri-mail" in story.told()


def test_two_people_release_a_company_that_was_found_later_and_one_who_jumps_does_not() -> None:
    companies = replace(outward(COMPANIES, gate=Gate.RELEASE_TWO), steps=STEPS)
    haldane = found("haldane", COMPANIES)
    story = Story().report(tracks=(companies,), candidates=())
    story.release(COMPANIES, by="ana").release(COMPANIES, by="chi", id="rec-2")
    story.report(an_event("enrichment"), tracks=(companies,), candidates=(haldane,))
    jump = c.JumpStep(
        inbox=story.inbox(), case=story.case.id, track=COMPANIES, step=1, by="ana", why="faster"
    )

    assert story.send(jump).told() == []
    assert story.release(COMPANIES, by="ana", id="rec-3").told() == []
    assert story.release(COMPANIES, by="chi", id="rec-4").told() == ["noor"]


def test_a_release_with_a_start_tells_then_whom_an_earlier_one_had_not_reached() -> None:
    story = Story().report(tracks=(LADDER,), candidates=(EMBASSY, COMMISSION)).release(MISSIONS)
    story.handed_off("lea")
    story.send(
        c.WithdrawRelease(
            inbox=story.inbox(), case=story.case.id, track=MISSIONS, by="ana", why="wish"
        )
    )
    assert story.alert("nhri-qn").reason is Reason.GATE_CLOSED
    before = story.told().count("nhri-mail")

    start = story.now + timedelta(hours=2)
    story.release(MISSIONS, by="chi", id="rec-2", starts_at=start)

    assert story.told().count("nhri-mail") == before, "nobody before it starts"
    assert story.until(start).told().count("nhri-mail") == before + 1


def test_who_is_found_between_a_release_and_its_start_waits_for_one_of_their_own() -> None:
    story = Story().report(tracks=(LADDER,), candidates=(EMBASSY,))
    start = story.now + timedelta(hours=2)
    story.release(MISSIONS, starts_at=start)

    by_a_report(story, EMBASSY, COMMISSION)

    assert story.owes("release", detail="missions")
    assert "nhri-mail" not in story.until(start).told()


def found_by(finds: object, story: Story) -> Story:
    assert callable(finds)
    done: Story = finds(story, EMBASSY, COMMISSION)
    return done
