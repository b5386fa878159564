"""One line on a case's page: which kinds of helpers know by now, and which do not (row A29)."""

from engine.web.console.balance import balance
from schemas.codes import TrackName
from tests.unit.engine.case.builders import BRIGHT, FJORD, HALDANE, Story


def test_a_case_of_which_nobody_outside_knows_says_so() -> None:
    said = balance(Story().report().case)
    assert said.startswith("Nobody outside has been told so far. Not yet: Embassies")


def test_whoever_was_told_is_counted_by_kind_and_the_others_are_named() -> None:
    story = Story().report().release(TrackName.MISSIONS)
    said = balance(story.case)
    assert said.startswith("Told so far: Embassies (1). Not yet: ")
    assert "Human rights institutions" in said


def test_a_case_that_only_businesses_know_of_says_whom_to_think_of() -> None:
    story = Story().report(candidates=(HALDANE, FJORD, BRIGHT))
    story.release(TrackName.COMPANIES).release(TrackName.COMPANIES, by="chi")
    assert "Only businesses know" in balance(story.case)


def test_one_embassy_beside_the_companies_is_no_longer_businesses_alone() -> None:
    story = Story().report().release(TrackName.MISSIONS)
    story.release(TrackName.COMPANIES).release(TrackName.COMPANIES, by="chi")
    assert "Only businesses" not in balance(story.case)


def test_a_case_planned_for_nobody_outside_says_nothing() -> None:
    assert balance(Story().report(tracks=(), candidates=()).case) == ""
