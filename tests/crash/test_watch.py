"""When a crash run gives up waiting, and when it does not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.clock import ManualClock, SystemClock
from engine.store.tables import cases
from tests.crash.watch import NotInTimeError, Patience, Watch
from tests.harness.files import new_database

START = datetime(2027, 3, 1, 22, 0, tzinfo=UTC)


async def test_a_slow_machine_is_waited_for_as_long_as_there_is_less_and_less_to_do() -> None:
    clock = ManualClock(START)
    patience = Patience(60, clock=clock)
    for left in range(30, 0, -1):
        assert not patience.ends(left)
        await clock.advance(seconds=59)


async def test_what_does_not_move_for_its_time_is_stuck_and_a_little_more_to_do_is_no_move() -> (
    None
):
    clock = ManualClock(START)
    patience = Patience(60, clock=clock)
    assert not patience.ends(3)
    await clock.advance(seconds=59)
    assert not patience.ends(4)
    await clock.advance(seconds=2)
    assert patience.ends(3)


async def test_a_store_that_nobody_can_look_into_is_waited_for_no_longer() -> None:
    clock = ManualClock(START)
    patience = Patience(60, clock=clock)
    await clock.advance(seconds=61)
    assert patience.ends(None)


async def test_nothing_left_to_do_is_never_stuck() -> None:
    clock = ManualClock(START)
    patience = Patience(60, clock=clock)
    await clock.advance(seconds=61)
    assert not patience.ends(0)


def a_case_due(path: Path, ago: timedelta) -> Watch:
    """A store with one case, due so long ago, and nobody at work."""
    database = new_database(path)
    now = SystemClock().now()
    row = {
        "id": "c1",
        "ref": "TC-MAWYG",
        "kind": "case",
        "status": "open",
        "severity": 0,
        "exercise": False,
        "opened_at": now - ago,
        "version": 1,
        "head": "",
        "due_at": now - ago,
        "state": b"",
    }
    with database.writer() as conn, conn.begin():
        conn.execute(cases.insert().values(**row))
    database.close()
    return Watch(f"sqlite:///{path}")


async def test_after_a_fault_nothing_may_stay_late_and_a_moment_is_not_late(tmp_path: Path) -> None:
    await a_case_due(tmp_path / "soon.db", timedelta(seconds=5)).in_time(within=0)

    with pytest.raises(NotInTimeError, match="1 steps are late"):
        await a_case_due(tmp_path / "late.db", timedelta(minutes=1)).in_time(within=0)
