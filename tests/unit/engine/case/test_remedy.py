"""Remedy: while one is sought it is followed up, before the case is resolved and after."""

from datetime import timedelta
from typing import Any

import pytest

from engine.case import commands as c
from engine.case.state import CaseStatus
from schemas import facts as f
from schemas.responses import RefusedBecause
from tests.unit.engine.case.builders import Story, a_case, a_told_case

MONTH = timedelta(days=30)


def noted(state: Any, story: Story) -> Story:
    return story.send(a_note(state, story))


def a_note(state: Any, story: Story) -> c.NoteRemedy:
    return c.NoteRemedy(inbox=story.inbox(), case=story.case.id, state=state, by="ana")


def test_a_remedy_that_is_sought_is_followed_up_long_before_anything_is_resolved() -> None:
    story = noted("sought", a_case().page_answered())
    first = story.task("remedy")
    assert (first.due_at, first.owner) == (story.now + MONTH, "ana")
    story.until(first.due_at).finish("remedy")
    assert story.task("remedy").due_at == first.due_at + MONTH


@pytest.mark.parametrize(
    ("result", "state"), [("obtained", "obtained"), ("not_possible", "none_sought")]
)
def test_a_remedy_had_or_given_up_is_owed_no_more(result: str, state: str) -> None:
    story = noted("sought", a_case().page_answered()).finish("remedy", result=result)
    assert not story.owes("remedy")
    assert not story.case.remedy_sought
    noted_last = story.of(f.RemedyNoted)[-1]
    assert (noted_last.state, noted_last.by, noted_last.at) == (state, "ana", story.now)


@pytest.mark.parametrize("state", ["obtained", "none_sought"])
def test_saying_that_none_is_sought_any_more_ends_the_task(state: str) -> None:
    story = noted(state, noted("sought", a_case()))
    assert not story.owes("remedy")


def test_a_remedy_is_not_sought_twice() -> None:
    story = noted("sought", a_case())
    assert story.refused(a_note("sought", story)).reason is RefusedBecause.INCOMPLETE


def test_while_watched_a_remedy_that_goes_on_keeps_the_case_from_the_archive() -> None:
    story = a_told_case().proposed(remedy="sought").confirmed()
    due = story.task("remedy").due_at
    story.until(due).finish("remedy", result="still_sought")
    assert story.task("remedy").due_at == due + MONTH
    assert story.case.status is CaseStatus.MONITORED


def test_a_case_that_is_open_again_still_seeks_its_remedy() -> None:
    story = a_told_case().proposed(remedy="sought").confirmed().after(days=2).reopened()
    assert story.owes("remedy")
    assert story.case.remedy_sought
    story.until(story.task("remedy").due_at).finish("remedy")
    assert story.owes("remedy")


def test_an_untaken_follow_up_escalates_like_any_task() -> None:
    story = noted("sought", a_case())
    task = story.task("remedy")
    story.until(task.due_at + timedelta(hours=5))
    late = [x for x in story.of(f.TaskReminded) if x.task == task.id]
    assert [x.escalated for x in late] == [True, True]
