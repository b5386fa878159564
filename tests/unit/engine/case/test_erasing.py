"""Erasing: only when nobody helps any more, and never by one person."""

from hypothesis import given
from hypothesis import strategies as st

from engine.case import commands as c
from engine.case.draft import Refusal
from engine.case.due import due_at
from engine.case.state import CaseStatus
from schemas import facts as f
from schemas.facts import WhyErased
from schemas.responses import RefusedBecause
from tests.unit.engine.case.builders import Story, a_case, a_told_case, an_event


def an_erasure(story: Story, by: str) -> c.Erase:
    return c.Erase(inbox=story.inbox(), case=story.case.id, why=WhyErased.ASKED, by=by)


def over() -> Story:
    return a_told_case().proposed("ana").confirmed("chi")


def test_what_is_sealed_of_an_open_case_is_never_erased() -> None:
    """Without it nobody could reach the person any more."""
    story = a_case()
    refusal = story.refused(an_erasure(story, "ana"))
    assert refusal.reason is RefusedBecause.INCOMPLETE
    assert "Resolve it first" in refusal.detail


def test_one_person_asks_and_another_one_does_it() -> None:
    story = over()
    story.send(an_erasure(story, "ana"))
    assert story.of(f.Erased) == []
    assert story.refused(an_erasure(story, "ana")).reason is RefusedBecause.SAME_PERSON

    story.send(an_erasure(story, "chi"))
    (erased,) = story.of(f.Erased)
    assert erased.by == ("ana", "chi")


def test_erasing_changes_nothing_of_what_the_case_owes() -> None:
    story = over()
    before = (story.case.status, due_at(story.case), story.case.tasks)
    story.send(an_erasure(story, "ana")).send(an_erasure(story, "chi"))
    assert (story.case.status, due_at(story.case), story.case.tasks) == before


def test_a_word_for_erasing_counts_no_more_once_the_case_goes_on() -> None:
    story = over()
    story.send(an_erasure(story, "ana"))
    story.reopened()
    story.proposed("ana").confirmed("chi")

    story.send(an_erasure(story, "chi"))
    assert story.of(f.Erased) == []


def test_an_event_on_a_watched_case_voids_the_first_word_too() -> None:
    story = over()
    story.send(an_erasure(story, "ana"))
    story.report(an_event())
    assert story.case.status is CaseStatus.OPEN
    assert story.case.erasing == ()


def test_what_comes_after_an_erasure_can_be_erased_again() -> None:
    story = over()
    for by in ("ana", "chi", "chi", "ana"):
        story.send(an_erasure(story, by))
    assert [fact.by for fact in story.of(f.Erased)] == [("ana", "chi"), ("chi", "ana")]


@given(st.lists(st.sampled_from(["ana", "ben", "chi", "open", "end"]), max_size=12))
def test_whoever_presses_and_whenever_it_takes_two_different_people_after_the_end(
    acts: list[str],
) -> None:
    story = over()
    agreed: list[str] = []
    expected = 0
    for act in acts:
        if act == "open" and story.case.status is CaseStatus.MONITORED:
            story.reopened()
            agreed = []
        elif act == "end" and story.case.status is CaseStatus.OPEN:
            story.proposed("ana").confirmed("chi")
        elif act in ("ana", "ben", "chi"):
            try:
                story.send(an_erasure(story, act))
            except Refusal:
                assert story.case.status is CaseStatus.OPEN or act in agreed
                continue
            assert story.case.status is CaseStatus.MONITORED
            agreed.append(act)
            if len(agreed) == 2:
                expected, agreed = expected + 1, []
    assert len(story.of(f.Erased)) == expected
