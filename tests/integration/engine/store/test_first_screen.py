"""What the first screen reads: the right rows, and never every case there is."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, event, insert

from engine.store import board
from engine.store.metadata import metadata
from engine.store.tables import cases, tasks
from engine.web.console.lists import _read
from engine.web.console.owed import SOON

NOW = datetime(2027, 3, 2, 3, 0, tzinfo=UTC)


@pytest.fixture
def conn() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def add_case(conn: Connection, id: str, *, severity: int = 1, owner: str = "person:ana") -> None:
    conn.execute(
        insert(cases).values(
            id=id, ref=f"TC-{id}", kind="case", incident="", status="open", severity=severity,
            exercise=False, owner=owner, opened_at=NOW, version=1, head="x", closure_digest="",
            state=b"x",
        )
    )  # fmt: skip


def add_task(conn: Connection, case: str, *, minutes: float, n: int = 0, **more: Any) -> None:
    row = {
        "id": f"{case}.t{n}", "case_id": case, "kind": "question", "alert_id": "", "detail": "",
        "critical": False, "raised_at": NOW, "due_at": NOW + timedelta(minutes=minutes),
        "owner": "person:ana",
    }  # fmt: skip
    conn.execute(insert(tasks).values(row | more))


def test_what_presses_is_nobodys_critical_or_due_within_the_hour(conn: Connection) -> None:
    add_case(conn, "c1")
    add_task(conn, "c1", n=0, minutes=-5)
    add_task(conn, "c1", n=1, minutes=59)
    add_task(conn, "c1", n=2, minutes=900, owner="")
    add_task(conn, "c1", n=3, minutes=900, critical=True)
    add_task(conn, "c1", n=4, minutes=900)
    add_task(conn, "c1", n=5, minutes=-5, done_at=NOW)

    found = {row.id for row in board.pressing(conn, soon=NOW + SOON, most=10)}
    later = [row.id for row in board.ahead(conn, soon=NOW + SOON, most=10)]

    assert found == {"c1.t0", "c1.t1", "c1.t2", "c1.t3"}
    assert set(later) == {"c1.t2", "c1.t3", "c1.t4"}
    assert [r.id for r in board.ahead(conn, soon=NOW, most=10, kinds=("release",))] == []


def test_a_flood_of_lesser_overdue_tasks_never_hides_a_grave_one(conn: Connection) -> None:
    for n in range(40):
        add_case(conn, f"w{n}", severity=3)
        add_task(conn, f"w{n}", minutes=-9_000 + n)
    add_case(conn, "grave", severity=0)
    add_task(conn, "grave", minutes=-1)

    assert board.pressing(conn, soon=NOW, most=5)[0].case.id == "grave"


def test_a_case_that_nobody_took_stands_on_the_screen_with_no_task_at_all(
    conn: Connection,
) -> None:
    add_case(conn, "c1", owner="")
    add_case(conn, "c2")

    owed, _ = _read(conn, NOW)

    assert [line.case.id for line in owed.now] == ["c1"]


@pytest.mark.parametrize(
    ("statement", "asked", "uses"),
    [
        (board.NOBODYS, {"most": 9}, "tasks_nobodys"),
        (board.CRITICAL, {"most": 9}, "tasks_critical"),
        (board.PRESSING, {"most": 9, "soon": NOW}, "tasks_open"),
        (board.AHEAD, {"most": 9, "soon": NOW}, "tasks_open"),
        (board.OPEN_OF_KINDS, {"most": 9, "soon": NOW, "kinds": ["release"]}, "tasks_open"),
        (board.UNOWNED, {"most": 9}, "cases_untaken"),
        (board.PROMISES, {"most": 9}, "actions_promised"),
        (
            board.CASES,
            {"most": 9, "skip": 0, "statuses": ["open"], "severities": [0, 1, 2, 3]},
            "cases_listed",
        ),
        (
            board.COUNT_CASES,
            {"statuses": ["open"], "severities": [0, 1, 2, 3]},
            "cases_listed",
        ),
    ],
)
def test_with_a_hundred_thousand_cases_each_list_is_found_by_its_index(
    conn: Connection, statement: Any, asked: dict[str, Any], uses: str
) -> None:
    sent: list[tuple[str, Any]] = []
    event.listen(conn, "before_cursor_execute", lambda c, k, sql, p, x, m: sent.append((sql, p)))
    conn.execute(statement, asked)
    sql, values = sent[0]
    plan = [row[3] for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()]

    assert any(uses in step for step in plan), plan
    assert not [step for step in plan if step.startswith("SCAN") and "INDEX" not in step], plan
