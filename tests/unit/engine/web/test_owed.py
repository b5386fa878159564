"""Which line stands where on the first screen."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.store.board import CaseRow, PromiseRow, TaskRow
from engine.web.console.owed import Board, in_order, sort_out
from schemas.codes import Severity

NOW = datetime(2027, 3, 2, 3, 0, tzinfo=UTC)


def case(
    id: str = "c1", *, severity: Severity = Severity.HIGH, owner: str = "person:ana", **more: str
) -> CaseRow:
    return CaseRow(
        id=id,
        ref=f"TC-{id}",
        kind=more.get("kind", "case"),
        incident=more.get("incident", ""),
        status="open",
        severity=severity,
        exercise=False,
        owner=owner,
        opened_at=NOW - timedelta(hours=1),
        due_at=None,
    )


def task(
    of: CaseRow,
    kind: str = "question",
    *,
    owner: str = "person:ana",
    minutes: float = 240,
    critical: bool = False,
) -> TaskRow:
    return TaskRow(
        id=f"{of.id}.{kind}.{minutes}",
        case=of,
        kind=kind,
        detail="",
        alert="",
        critical=critical,
        due_at=NOW + timedelta(minutes=minutes),
        owner=owner,
    )


def board(*tasks: TaskRow, unowned: tuple[CaseRow, ...] = ()) -> Board:
    return sort_out(tasks=tasks, unowned=unowned, promises=(), now=NOW)


@pytest.mark.parametrize(
    ("one", "where"),
    [
        (task(case()), "later"),
        (task(case(), minutes=59), "now"),
        (task(case(), minutes=-5), "now"),
        (task(case(), critical=True), "now"),
        (task(case(), owner=""), "now"),
        (task(case(), "release"), "decide"),
        (task(case(), "release", minutes=-5), "now"),
        (task(case(), "release", owner=""), "now"),
        (task(case(), "confirm_resolution"), "decide"),
    ],
)
def test_what_is_owed_stands_on_exactly_one_list(one: TaskRow, where: str) -> None:
    found = board(one)

    assert {name for name in ("now", "decide", "later") if getattr(found, name)} == {where}


def test_a_case_is_one_line_however_much_it_owes() -> None:
    of = case()
    found = board(*(task(of, minutes=n) for n in (50, 10, 30)))

    assert len(found.now) == 1
    assert found.now[0].due_at == NOW + timedelta(minutes=10)
    assert found.now[0].more == 2


def test_a_critical_task_leads_its_case_even_when_another_is_due_sooner() -> None:
    of = case()
    found = board(
        task(of, "question", minutes=-60),
        task(of, "told_before_excluded", minutes=30, critical=True),
    )

    assert found.now[0].what == "Somebody was told who must not know"


def test_a_case_nobody_has_taken_says_so() -> None:
    fresh = case(owner="")

    assert board(task(fresh, "triage", owner="")).now[0].what == "Nobody has taken this case yet"
    assert board(unowned=(fresh,)).now[0].what == "Nobody has taken this case yet"
    assert len(board(task(fresh, "triage", owner=""), unowned=(fresh,)).now) == 1


def test_an_incident_says_what_is_wrong() -> None:
    broken = case(owner="", kind="incident", incident="channel_failing")

    assert board(unowned=(broken,)).now[0].what == "A channel is failing"


def test_overdue_stands_first_nobodys_before_ours_and_no_lesser_case_above_a_grave_one() -> None:
    found = board(
        task(case("watch", severity=Severity.WATCH), minutes=-9_000),
        task(case("ahead", severity=Severity.CRITICAL), minutes=50),
        task(case("late", severity=Severity.HIGH), minutes=-5),
        task(case("nobodys", severity=Severity.HIGH), minutes=-1, owner=""),
        task(case("free", severity=Severity.HIGH), minutes=90, owner=""),
        unowned=(case("fresh", owner="", severity=Severity.CRITICAL),),
    )

    order = ["fresh", "nobodys", "late", "free", "ahead", "watch"]
    assert [line.case.id for line in found.now] == order


def test_the_list_at_the_terminal_has_the_order_of_the_screen() -> None:
    rows = [
        task(case("watch", severity=Severity.WATCH), minutes=-9_000),
        task(case("ahead"), minutes=900),
        task(case("late"), minutes=-5),
        task(case("nobodys"), minutes=-1, owner=""),
    ]
    assert [row.case.id for row in in_order(rows, now=NOW)] == ["nobodys", "late", "ahead", "watch"]


def test_promises_and_tasks_are_one_row_of_dates() -> None:
    promise = PromiseRow(
        id="p", case=case(), party="embassy", kind="visit", due_at=NOW + timedelta(hours=5)
    )
    found = sort_out(
        tasks=(task(case(), minutes=600), task(case(), minutes=120)),
        unowned=(),
        promises=(promise,),
        now=NOW,
    )

    assert [line.what for line in found.later] == [
        "Answer a question",
        "A promise falls due: a visit",
        "Answer a question",
    ]
