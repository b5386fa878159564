"""How far a case goes, and whom its readers speak to: stricter at once, wider by two people."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.case import commands as c
from engine.case.state import dump_case, load_case
from schemas import facts as f
from schemas.codes import ContactRule, Label
from schemas.responses import RefusedBecause
from tests.unit.engine.case.builders import Story, an_event

pytestmark = pytest.mark.guard

RED, STRICT, AMBER = Label.RED, Label.AMBER_STRICT, Label.AMBER
NOBODY, LAWYER = ContactRule.NOBODY, ContactRule.REPRESENTATIVE
A_WEEK = timedelta(days=7)


def _says(story: Story, by: str = "ana", **what: Any) -> c.SetSharing:
    return c.SetSharing(
        inbox=story.inbox(), case=story.case.id, by=by, why="publisher_agreed", **what
    )


def _labelled(label: Label | None = RED, **more: Any) -> Story:
    return Story().report(an_event(label=label, **more))


@pytest.mark.parametrize("what", [{"label": AMBER}, {"may_contact": LAWYER}])
def test_one_person_widens_nothing(what: dict[str, Any]) -> None:
    story = _labelled()

    story.send(_says(story, **what))

    assert (story.case.label, story.case.may_contact) == (RED, None)
    assert story.owes("widen_sharing")
    again = story.refused(_says(story, **what))
    assert (again.reason, again.detail) == (
        RefusedBecause.SAME_PERSON,
        "A second person has to agree to this.",
    )


@pytest.mark.parametrize("what", [{"label": AMBER}, {"may_contact": LAWYER}])
def test_a_second_person_who_says_the_same_widens_it(what: dict[str, Any]) -> None:
    story = _labelled()

    story.send(_says(story, **what)).send(_says(story, by="ben", **what))

    assert (story.case.label, story.case.may_contact) == (
        what.get("label", RED),
        what.get("may_contact"),
    )
    (told,) = story.of(f.SharingSet)
    assert told.by == ("ana", "ben")
    assert not story.owes("widen_sharing")


def test_the_journal_keeps_who_asked_why_and_where_the_words_lie() -> None:
    story = _labelled()
    why: dict[str, Any] = {"why": "person_agreed", "note": "v1"}

    story.send(replace(_says(story, label=AMBER), **why))
    (asked,) = story.of(f.WiderSharingAsked)
    assert asked == f.WiderSharingAsked(by="ana", at=story.now, label=AMBER, **why)
    story.send(replace(_says(story, by="ben", label=AMBER), **why))
    (told,) = story.of(f.SharingSet)
    assert told == f.SharingSet(by=("ana", "ben"), at=story.now, label=AMBER, **why)
    story.send(replace(_says(story, by="chi", label=RED), **why))
    assert story.of(f.SharingSet, last=True)[0].by == ("chi",)


def test_who_says_something_else_agrees_with_nobody() -> None:
    story = _labelled()

    story.send(_says(story, label=AMBER)).send(_says(story, by="ben", label=STRICT))

    assert story.case.label is RED
    assert story.send(_says(story, label=STRICT)).case.label is STRICT


def test_what_was_asked_a_week_ago_is_asked_anew() -> None:
    story = _labelled()
    story.send(_says(story, label=AMBER))
    story.now += A_WEEK

    assert story.send(_says(story, by="ben", label=AMBER)).case.label is AMBER

    story = _labelled()
    story.send(_says(story, label=AMBER))
    story.outage(seconds=A_WEEK.total_seconds() + 1)

    assert story.send(_says(story, by="ben", label=AMBER)).case.label is RED


@pytest.mark.parametrize(
    ("label", "what"),
    [(None, {"label": RED}), (AMBER, {"label": STRICT})],
)
def test_anybody_makes_it_stricter_at_once(label: Label | None, what: dict[str, Any]) -> None:
    story = _labelled(label)

    story.send(_says(story, **what))

    assert story.case.label is what["label"]
    assert not story.owes("widen_sharing")


def test_one_person_lets_readers_speak_to_nobody_again() -> None:
    story = _labelled(may_contact="representative")
    assert story.case.may_contact is LAWYER

    assert story.send(_says(story, may_contact=NOBODY)).case.may_contact is NOBODY


def test_a_report_that_is_stricter_ends_what_was_asked_and_tightens() -> None:
    story = _labelled(STRICT)
    story.send(_says(story, label=AMBER))

    story.report(an_event(label=RED))

    assert story.case.label is RED and story.case.wider_sharing is None
    assert not story.owes("widen_sharing")
    assert story.send(_says(story, by="ben", label=AMBER)).case.label is RED


def test_a_report_that_says_nothing_of_it_leaves_what_was_asked() -> None:
    story = _labelled()
    story.send(_says(story, label=AMBER)).report(an_event())

    assert story.owes("widen_sharing")
    assert story.send(_says(story, by="ben", label=AMBER)).case.label is AMBER


def test_a_later_report_makes_what_two_people_widened_stricter_again() -> None:
    story = _labelled()
    story.send(_says(story, label=AMBER)).send(_says(story, by="ben", label=AMBER))
    story.send(_says(story, may_contact=LAWYER)).send(_says(story, by="ben", may_contact=LAWYER))

    story.report(an_event(label=STRICT, may_contact="organisation"))

    assert (story.case.label, story.case.may_contact) == (STRICT, NOBODY)


ONE, SAME = (
    "sharing: a label, or whom they may speak to.",
    "sharing: that is how it stands already.",
)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({}, ONE),
        ({"label": AMBER, "may_contact": LAWYER}, ONE),
        ({"label": RED}, SAME),
        ({"may_contact": NOBODY}, SAME),
    ],
)
def test_what_says_nothing_new_or_two_things_at_once_is_refused(
    what: dict[str, Any], said: str
) -> None:
    story = _labelled()

    refused = story.refused(_says(story, **what))

    assert (refused.reason, refused.detail) == (RefusedBecause.INCOMPLETE, said)


def test_words_in_the_place_of_a_code_are_refused_by_the_name_of_their_field() -> None:
    story = _labelled()

    refused = story.refused(replace(_says(story, label=AMBER), why="Because Ana said so"))  # type: ignore[arg-type]

    assert refused.detail.startswith("why: ")


def test_what_one_person_asked_for_is_remembered() -> None:
    story = _labelled()
    story.send(_says(story, label=AMBER))

    assert load_case(dump_case(story.case)).wider_sharing == story.case.wider_sharing
