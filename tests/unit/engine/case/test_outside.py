"""Whether an organisation's own system may read along: never before its people, nor after them."""

from dataclasses import replace

import pytest

from engine.case import commands as c
from engine.case.outside import may_read
from rules.graph import Registry
from schemas.codes import TrackName
from schemas.plan import Closure, Excluded, Reason, Verdict
from schemas.projection import Purpose
from schemas.responses import ResponseKind
from tests.unit.engine.case.builders import (
    CONTACTS,
    LINKS,
    PARTIES,
    Story,
    a_case,
    a_told_case,
    an_event,
)

MISSIONS = TrackName.MISSIONS
STATE_BEHIND_IT = an_event(
    "enrichment",
    parties=[{"party": "embassy", "role": "alleged_perpetrator", "perpetrator_kind": "state"}],
)


def read(story: Story, purpose: Purpose | None = None) -> Verdict:
    """Whether the embassy's system may read of its alert now."""
    return may_read(story.case, story.alert("embassy"), purpose=purpose, now=story.now)


def says(story: Story, purpose: Purpose | None = None) -> tuple[Reason | None, str]:
    """Why not, and by what."""
    verdict = read(story, purpose)
    assert not verdict.allowed
    return verdict.reason, verdict.evidence


def test_it_reads_what_its_people_were_told() -> None:
    assert read(a_told_case()).allowed


def test_a_machine_hears_nothing_before_a_message_to_its_people_left_the_house() -> None:
    assert says(a_case()) == (Reason.GATE_CLOSED, "missions")
    assert says(a_case().release(MISSIONS)) == (Reason.GATE_CLOSED, "missions")


def test_whoever_must_not_know_reads_nothing_more_not_even_that_it_is_over() -> None:
    story = a_told_case().report(STATE_BEHIND_IT)
    for purpose in (None, Purpose.STAND_DOWN, Purpose.WAIT):
        assert says(story, purpose) == (story.alert("embassy").reason, "embassy")


def test_whom_two_people_let_in_the_person_reads_and_no_machine_does() -> None:
    story = a_told_case()
    entry = Excluded(party="embassy", reason=Reason.CONTROLLER_NEEDS_TWO)
    story.around(closure=Closure(digest="d2", entries=(entry,)))
    assert says(story) == (Reason.CONTROLLER_NEEDS_TWO, "embassy")


@pytest.mark.parametrize("exercise", [None, True])
def test_no_machine_reads_whose_party_the_registry_lacks_or_keeps_for_drills(
    exercise: bool | None,
) -> None:
    others = tuple(party for party in PARTIES if party.id != "embassy")
    drill = tuple(replace(p, exercise=True) for p in PARTIES if p.id == "embassy" and exercise)
    story = a_told_case()
    story.around(registry=Registry((*others, *drill), links=LINKS, contacts=CONTACTS))
    expected = Reason.EXERCISE if exercise else Reason.UNKNOWN_PARTY
    assert says(story) == (expected, "embassy")


def test_whoever_declined_reads_nothing_more() -> None:
    story = a_told_case().answer("lea", ResponseKind.DECLINED)
    assert says(story) == (Reason.DECLINED, "embassy")


def test_when_the_case_is_over_only_that_is_read() -> None:
    story = a_told_case().proposed().confirmed()
    assert says(story)[0] is Reason.CASE_OVER
    assert read(story, Purpose.STAND_DOWN).allowed


def test_with_the_gate_closed_again_nothing_new_is_read() -> None:
    story = a_told_case()
    story.send(
        c.WithdrawRelease(
            inbox=story.inbox(), case=story.case.id, track=MISSIONS, by="ben", why="new_facts"
        )
    )
    assert says(story) == (Reason.GATE_CLOSED, "missions")


def test_consent_taken_back_closes_it_as_it_closes_a_message() -> None:
    story = a_told_case()
    story.around(consents=())
    assert says(story)[0] is Reason.CONSENT_NONE
