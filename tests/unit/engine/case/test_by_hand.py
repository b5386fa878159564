"""A task by hand: what a colleague writes is owed, and escalates, like anything else."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.case import commands as c
from engine.case.by_hand import AT_ONCE
from engine.case.due import due_at
from engine.case.state import CaseStatus
from schemas import facts as f
from schemas.codes import Severity
from schemas.facts import dump_fact
from schemas.projection import Purpose
from schemas.responses import RefusedBecause
from schemas.roster import Roster
from tests.unit.engine.case.builders import SECRET, Story, a_case, at


def a_task(story: Story, *, due: str = "Tue 09:00", by: str = "ana", **more: Any) -> c.AddTask:
    return story.a_task_by_hand(at(due), by=by, **more)


def taken() -> Story:
    """Ana has it, spoke to the person and looked at it: nothing is owed before Tuesday night."""
    story = a_case().when("Mon 22:05").page_answered()
    return story.finish("first_contact").finish("triage")


def test_it_stands_on_the_board_at_once_and_is_whoevers_the_case_is() -> None:
    story = taken()
    story.send(a_task(story))
    task = story.task("by_hand")
    assert (task.owner, task.due_at, task.note) == ("ana", at("Tue 09:00"), "vault-1")
    assert story.told(last=True, duty=True) == []


def test_its_owner_is_reminded_when_it_is_due_and_then_everybody_is_called() -> None:
    story = taken()
    story.send(a_task(story, due="Tue 01:00")).when("Tue 01:00")
    assert story.told(last=True, duty=True, purpose=Purpose.TASK) == ["ana"]
    assert not story.of(f.TrackWoken)
    story.when("Tue 05:00")
    assert story.of(f.TrackWoken), "four hours later at the latest"
    assert "ben" in story.when("Tue 06:00").paged()


def test_a_colleague_whom_it_is_given_to_is_told_at_once() -> None:
    story = taken()
    story.send(a_task(story, owner="chi"))
    (told,) = story.of(f.Told, last=True)
    assert (told.party, told.purpose, told.detail) == ("chi", Purpose.TASK, "by_hand")
    assert story.task("by_hand").owner == "chi"


def test_whoever_writes_it_for_themselves_is_not_told() -> None:
    story = taken()
    story.send(a_task(story, owner="ana"))
    assert not story.of(f.Told, last=True)


def test_one_that_cannot_wait_calls_its_owner_now() -> None:
    story = taken()
    story.send(a_task(story, owner="chi", critical=True))
    assert story.told(last=True, duty=True) == ["chi"]


def test_one_that_is_nobodys_is_whoevers_takes_the_case_which_calls_already() -> None:
    story = a_case(Severity.WATCH)
    story.send(a_task(story))
    assert story.task("by_hand").owner == ""
    assert story.when("Tue 09:00").paged(last=True) == []
    story.page_answered("ana")
    assert story.task("by_hand").owner == "ana", "taking the case takes it"


def test_several_may_be_written_and_each_ends_by_itself() -> None:
    story = taken()
    story.send(a_task(story)).send(a_task(story, note="vault-2"))
    first, second = [task for task in story.case.tasks if task.kind == "by_hand"]
    story.finish("by_hand", id=first.id)
    assert story.task("by_hand").id == second.id


def test_its_words_are_in_no_fact_but_by_the_name_of_their_row() -> None:
    story = taken()
    story.send(a_task(story))
    (raised,) = story.of(f.TaskRaised, last=True)
    assert (raised.by, raised.note) == ("ana", "vault-1")
    assert SECRET.encode() not in dump_fact(raised)


def test_in_a_watched_case_too_and_it_is_not_archived_over_it() -> None:
    story = taken().proposed("ana").confirmed("chi").reviewed()
    story.send(a_task(story, due="20 Mar 09:00")).when("5 Apr 09:00")
    assert story.case.status is CaseStatus.MONITORED
    assert story.paged(last=True), "it comes back until it is done"
    story.finish("by_hand")
    assert story.case.status is CaseStatus.CLOSED


def test_resolving_the_case_ends_it() -> None:
    story = taken()
    story.send(a_task(story)).proposed("ana").confirmed("chi")
    assert not story.owes("by_hand")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"note": ""}, "words"),
        ({"due": "Mon 22:05"}, "due"),
        ({"owner": "stranger"}, "owner"),
    ],
)
def test_what_is_missing_is_named(changes: dict[str, Any], named: str) -> None:
    story = taken()
    refusal = story.refused(a_task(story, **changes))
    assert refusal.reason is RefusedBecause.INCOMPLETE
    assert refusal.detail.startswith(named)


def test_one_for_years_ahead_is_sent_back() -> None:
    story = taken()
    far = story.a_task_by_hand(story.now + timedelta(days=401))
    assert story.refused(far).detail.startswith("due")


def test_nobody_is_given_a_task_whom_no_way_reaches() -> None:
    story = taken().around(roster=Roster(version="empty"))
    assert story.refused(a_task(story, owner="chi")).detail.startswith("owner")


def test_a_list_without_end_is_refused_with_what_to_do() -> None:
    story = taken()
    for n in range(AT_ONCE):
        story.send(a_task(story, note=f"vault-{n}"))
    assert "finish one" in story.refused(a_task(story)).detail


def test_a_case_that_is_over_takes_none() -> None:
    story = taken().proposed("ana").confirmed("chi").reviewed().when("20 Apr 09:00")
    assert story.case.status is CaseStatus.CLOSED
    assert story.refused(a_task(story, due="20 May 09:00")).reason is RefusedBecause.NOT_OPEN


@settings(max_examples=40, deadline=None)
@given(
    hours=st.integers(min_value=1, max_value=700),
    owner=st.sampled_from(("", "ana", "chi")),
    critical=st.booleans(),
    severity=st.sampled_from(Severity),
)
def test_whatever_is_written_somebody_hears_of_it_no_later_than_when_it_is_due(
    hours: int, owner: str, critical: bool, severity: Severity
) -> None:
    story = a_case(severity)
    due = story.now + timedelta(hours=hours)
    story.send(story.a_task_by_hand(due, by="ben", owner=owner, critical=critical))
    (task,) = [each for each in story.case.tasks if each.kind == "by_hand"]
    assert task.due_at == due
    earliest = due_at(story.case)
    assert earliest is not None
    assert earliest <= due or critical, "what is critical is called at once, and then by its grace"
    assert story.paged(), "duty is called for the case itself, whatever else is owed"
