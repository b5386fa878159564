"""Rows follow from facts, in their order."""

from typing import Any

import pytest

from engine.case import commands as c
from engine.case.evolve import evolve
from engine.case.state import Case
from engine.store.project import Decided, lane, project
from schemas import facts as f
from schemas.codes import ActionKind, Severity, TrackName
from schemas.projection import Purpose
from schemas.responses import ResponseKind
from tests.unit.engine.case.builders import Story, a_case, a_told_case, at

NOW = at("Mon 22:00")


def told(key: str, *, tell_no: int = 1, purpose: Purpose = Purpose.PAGE, **more: Any) -> f.Told:
    values: dict[str, Any] = {
        "alert": "a1",
        "ref": "7K3Q-92",
        "track": TrackName.DUTY,
        "party": "ana",
        "tell_no": tell_no,
        "purpose": purpose,
        "at": NOW,
        "notices": (f.Notice(key=key, endpoint="sms:ana-sms", contact="ana"),),
    }
    return f.Told(**values | more)


def decided(*facts: f.Fact, before: Case | None = None) -> Decided:
    before = before or Case(id="c1", severity=Severity.HIGH)
    after = before
    for fact in facts:
        after = evolve(after, fact)
    return Decided(before=before, after=after, facts=facts)


def cancel(**more: Any) -> f.NoticesCancelled:
    return f.NoticesCancelled(alerts=("a1",), purposes=(Purpose.PAGE,), **more)


def test_what_was_told_and_then_cancelled_never_leaves() -> None:
    rows = project([decided(told("k1"), cancel(reason="acknowledged"))], at=NOW)

    assert (rows.notices["k1"]["state"], rows.notices["k1"]["next_at"]) == ("cancelled", None)


def test_what_was_cancelled_and_then_told_anew_does_leave() -> None:
    first = decided(told("k1"), cancel())
    rows = project([first, decided(told("k2", tell_no=2), before=first.after)], at=NOW)

    assert rows.notices["k1"]["state"] == "cancelled"
    assert (rows.notices["k2"]["state"], rows.notices["k2"]["next_at"]) == ("queued", NOW)


def test_a_cancellation_of_one_contact_leaves_the_others() -> None:
    rows = project([decided(told("k1"), cancel(contact="ben"))], at=NOW)

    assert rows.notices["k1"]["state"] == "queued"


def test_one_key_decided_twice_is_a_bug_and_says_so() -> None:
    with pytest.raises(ValueError, match="decided twice"):
        project([decided(told("k1"), told("k1", tell_no=2))], at=NOW)


def test_a_message_of_this_very_batch_can_end_in_it() -> None:
    rows = project([decided(told("k1"), f.HandedOff(key="k1", alert="a1", at=NOW))], at=NOW)

    assert (rows.notices["k1"]["state"], rows.settle_notices) == ("handed_off", [])


@pytest.mark.parametrize(
    ("severity", "track", "expected"),
    [
        (Severity.CRITICAL, TrackName.DUTY, 0),
        (Severity.ELEVATED, TrackName.DUTY, 1),
        (Severity.HIGH, TrackName.MISSIONS, 2),
        (Severity.WATCH, TrackName.PROTECTION, 3),
    ],
)
def test_duty_of_grave_cases_is_told_before_anybody(
    severity: Severity, track: TrackName, expected: int
) -> None:
    assert lane(Case(severity=severity), track) == expected


def test_only_the_first_tell_of_a_case_goes_before_the_second_of_any() -> None:
    first = decided(told("k1"))
    rows = project([first, decided(told("k2", tell_no=2), before=first.after)], at=NOW)

    assert [rows.notices[key]["tell_rank"] for key in ("k1", "k2")] == [0, 1]


def replayed(story: Story) -> Any:
    """The rows of a whole story, fact by fact, as rebuilding from the journal would do it."""
    case = Case(around=story.case.around)
    every = []
    for fact in story.facts:
        after = evolve(case, fact)
        every.append(Decided(before=case, after=after, facts=(fact,)))
        case = after
    return project(every, at=story.now)


def test_a_promise_that_is_kept_is_one_line_of_the_ledger() -> None:
    story = a_told_case()
    alert = next(a for a in story.case.alerts if a.party == "embassy")
    story.answer(
        "desk", ResponseKind.COMMITTED, alert=alert.id, due="Tue 10:00", action=ActionKind.VISIT
    )
    story.answer("desk", ResponseKind.ACTED, alert=alert.id, action=ActionKind.VISIT)

    rows = replayed(story)

    (action,) = [row for row in rows.actions.values() if row["alert_id"] == alert.id]
    assert (action["state"], action["party"], action["kind"]) == ("done", "embassy", "visit")
    assert action["promised_at"] < action["due_at"]
    assert rows.alerts[alert.id]["answered_at"] is not None


def test_taking_a_case_names_the_owner_of_everything_it_owes() -> None:
    story = a_case().page_answered()

    rows = replayed(story)

    assert {row["owner"] for row in rows.tasks.values()} == {"ana"}


def test_a_task_that_was_done_says_by_whom_and_when() -> None:
    story = a_case()
    task = story.case.tasks[0]
    story.send(c.FinishTask(inbox=story.inbox(), case=story.case.id, task=task.id, by="ben"))

    row = replayed(story).tasks[task.id]

    assert (row["done_by"], row["result"], row["done_at"]) == ("ben", "done", story.now)
