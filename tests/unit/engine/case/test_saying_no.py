"""What is asked of a case at the wrong moment is refused, with what to do instead."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from engine.case import commands as c
from engine.case.around import Around, Beside
from engine.case.state import CaseStatus
from rules import exclusion
from schemas import facts as f
from schemas.codes import ActionKind, SubjectStatus, TrackName
from schemas.event import DateKind
from schemas.facts import TriedBy
from schemas.plan import Gate
from schemas.responses import RefusedBecause
from tests.unit.engine.case.builders import (
    REGISTRY,
    SUBJECT,
    TRACKS,
    Story,
    a_case,
    an_event,
    outward,
)

MISSIONS, DUTY = TrackName.MISSIONS, TrackName.DUTY
_Asks = Callable[[Story], c.CaseCommand]


def _tried(story: Story) -> c.CaseCommand:
    return c.DocumentAttempt(
        inbox=story.inbox(), case=story.case.id, by="ana", way=TriedBy.SAFE_CHANNEL
    )


def _a_date(story: Story, *, days: int = 3) -> c.CaseCommand:
    on = story.now + timedelta(days=days)
    kind = DateKind.HEARING
    return c.AddDate(inbox=story.inbox(), case=story.case.id, date_kind=kind, on=on, by="ana")


def _handed_over(story: Story) -> c.CaseCommand:
    return c.HandOver(inbox=story.inbox(), case=story.case.id, by="ana", to="ben")


def _escalated(story: Story) -> c.CaseCommand:
    return c.Escalate(inbox=story.inbox(), case=story.case.id, by="ana")


def _remedy(story: Story) -> c.CaseCommand:
    return c.NoteRemedy(inbox=story.inbox(), case=story.case.id, state="sought", by="ana")


def _status(story: Story, *, subject: str = "", status: str = "disappeared") -> c.CaseCommand:
    return c.NoteStatus(
        inbox=story.inbox(),
        case=story.case.id,
        status=SubjectStatus(status),
        by="ana",
        subject=subject,
    )


def _owners(story: Story, *owners: str) -> c.CaseCommand:
    return c.SetContactOwners(inbox=story.inbox(), case=story.case.id, owners=owners, by="ana")


def _over() -> Story:
    story = a_case().proposed().confirmed().reviewed()
    story.after(days=200)
    assert story.case.status is CaseStatus.CLOSED
    return story


# --- what is over


@pytest.mark.parametrize("asks", [_tried, _a_date, _handed_over, _escalated])
def test_a_watched_case_says_that_it_has_to_be_reopened_first(asks: _Asks) -> None:
    story = a_case().proposed().confirmed()
    assert story.case.status is CaseStatus.MONITORED
    refused = story.refused(asks(story))
    assert refused.reason is RefusedBecause.NOT_OPEN
    assert "Reopen the case first." in str(refused)


@pytest.mark.parametrize("asks", [_remedy, _status, _owners])
def test_a_case_that_is_over_says_that_a_further_event_opens_the_next(asks: _Asks) -> None:
    story = _over()
    refused = story.refused(asks(story))
    assert refused.reason is RefusedBecause.NOT_OPEN
    assert "A further event opens the next generation." in str(refused)


# --- what is not there


def test_news_of_somebody_else_is_not_noted_in_this_case() -> None:
    story = a_case()
    refused = story.refused(_status(story, subject="hotline/stranger"))
    assert refused.reason is RefusedBecause.INCOMPLETE and "subject" in str(refused)
    story.send(_status(story, subject=SUBJECT))


def test_whom_to_clear_has_to_be_named() -> None:
    story = a_case()
    nobody = c.ClearExclusion(
        inbox=story.inbox(), case=story.case.id, parties=(), by="ana", why="other"
    )
    refused = story.refused(nobody)
    assert refused.reason is RefusedBecause.INCOMPLETE and "parties" in str(refused)


def test_who_protects_the_person_does_not_act_jointly() -> None:
    protection = outward(TrackName.PROTECTION, gate=Gate.NONE)
    story = Story().report(tracks=(*TRACKS, protection))
    joint = c.ProposeJoint(
        inbox=story.inbox(),
        case=story.case.id,
        track=TrackName.PROTECTION,
        action=ActionKind.JOINT_STATEMENT,
        by="ana",
    )
    refused = story.refused(joint)
    assert refused.reason is RefusedBecause.NO_SUCH_TRACK and "outward" in str(refused)
    assert story.refused(replace(joint, track=DUTY)).reason is RefusedBecause.NO_SUCH_TRACK


def test_a_case_is_handed_to_nobody_whom_no_message_reaches() -> None:
    story = a_case()
    nobody = c.HandOver(inbox=story.inbox(), case=story.case.id, by="ana", to="stranger")
    refused = story.refused(nobody)
    assert refused.reason is RefusedBecause.INCOMPLETE
    assert refused.detail == "to: nobody of duty with a phone or mailbox of this name."


# --- how many


def test_at_most_twelve_people_may_speak_with_the_person() -> None:
    story = a_case()
    people = tuple(replace(story.case.around.roster.people[0], id=f"p{n}") for n in range(13))
    story.around(roster=replace(story.case.around.roster, people=people))
    names = tuple(each.id for each in people)
    refused = story.refused(_owners(story, *names))
    assert refused.reason is RefusedBecause.INCOMPLETE and "12 at most" in str(refused)
    story.send(_owners(story, *names[:12], names[0]))
    assert story.case.contact_owners == names[:12], "named twice is one"


def test_thirty_dates_are_enough_for_one_case() -> None:
    story = a_case()
    for days in range(1, 31 - len(story.case.dates)):
        story.send(_a_date(story, days=days))
    refused = story.refused(_a_date(story, days=31))
    assert refused.reason is RefusedBecause.INCOMPLETE and "remove one" in str(refused)
    assert len(story.case.dates) == 30


# --- worse news of a case that is watched


def test_worse_news_opens_a_watched_case_again_and_calls_duty() -> None:
    story = a_case().proposed().confirmed().after(days=2)
    story.send(_status(story, subject=SUBJECT))
    assert story.case.status is CaseStatus.OPEN
    (reopened,) = story.of(f.Reopened)
    assert (reopened.by, reopened.at) == ("ana", story.now)
    assert story.owes("triage") and story.paged(last=False)


def test_good_news_leaves_a_watched_case_as_it_is() -> None:
    story = a_case().proposed().confirmed().after(days=2)
    story.send(_status(story, status="released"))
    assert story.case.status is CaseStatus.MONITORED and not story.of(f.Reopened)


# --- who must not know


def test_who_must_not_know_of_a_linked_case_must_not_know_of_this_one() -> None:
    mine, theirs = (
        exclusion.closure(
            REGISTRY, an_event(parties=[{"party": each, "role": "alleged_perpetrator"}])
        )
        for each in ("guardia", "haldane")
    )
    alone = Around(closure=mine)
    assert alone.excluded == mine
    beside = Beside(case="other", consents=(), closure=theirs)
    both = {each.party for each in replace(alone, linked=(beside,)).excluded.entries}
    assert both == {each.party for each in (*mine.entries, *theirs.entries)}
    assert {"guardia", "haldane"} <= both
