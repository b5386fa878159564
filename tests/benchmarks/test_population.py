"""The benchmark's population is what it says: each life opens, shows, and falls due in its time."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from engine.case.due import due_at
from engine.case.state import Case, load_case
from engine.clock import ManualClock
from engine.store.database import Database
from engine.store.tables import cases
from tests.benchmarks.lives import DUE, FRESH, LASTING, Life
from tests.benchmarks.many import PAST
from tests.benchmarks.population import STATES, counted, past, shared, states_of
from tests.benchmarks.workload import a_house
from tests.harness.house import House
from tests.harness.reports import HOTLINE
from tests.harness.sinks import WebhookSink

MOMENT = datetime(2026, 3, 2, 9, tzinfo=UTC)
SHOWS = {"unanswered": "nobodys", "acknowledged": "somebodys"}
"""Life -> what its case is; every other lasting life is called as what it is."""
Opened = Mapping[str, tuple[str, ...]]


async def a_house_at(directory: Path, at: datetime) -> House:
    sink = WebhookSink(on_note=lambda key, body: None)
    house = a_house(directory, way="webhook", channel=sink.settings(), address="http://127.0.0.1:1")
    await house.prepare(source=HOTLINE, clock=ManualClock(at))
    return house


def every_case(conn: Connection) -> dict[str, Case]:
    return {row.id: load_case(row.state) for row in conn.execute(select(cases.c.id, cases.c.state))}


def by_life(opened: Opened, there: Mapping[str, Case]) -> Iterator[tuple[str, Case]]:
    return ((life, there[case]) for life, some in opened.items() for case in some)


async def test_a_lasting_case_is_what_its_life_is_called_and_rests_for_a_day(
    tmp_path: Path,
) -> None:
    began = MOMENT - PAST
    house = await a_house_at(tmp_path, began)

    async with past(house, at=began) as there:
        opened = await there.open(LASTING, count=sum(x.share for x in LASTING), moment=MOMENT)
        found = list(by_life(opened, await there.parts.reader.run(every_case)))

    assert {life for life, _ in found} == {life.name for life in LASTING}
    for life, case in found:
        assert SHOWS.get(life, life) in set(states_of(case)), life
        due = due_at(case)
        assert due is not None and due >= began + timedelta(days=1), life


async def test_whatever_falls_due_does_so_at_the_moment_and_nothing_else_does(
    tmp_path: Path,
) -> None:
    house = await a_house_at(tmp_path, MOMENT - DUE[0].before)

    async with past(house, at=MOMENT - DUE[0].before) as there:
        falling: dict[str, tuple[str, ...]] = {}
        for group in DUE:
            await there.until(MOMENT - group.before)
            falling |= await there.open(group.lives, count=len(group.lives), moment=MOMENT)
        fresh = await there.open(FRESH, count=len(FRESH), moment=MOMENT)
        found = await there.parts.reader.run(every_case)

    assert {life: due_at(case) for life, case in by_life(falling, found)} == {
        life.name: MOMENT for group in DUE for life in group.lives
    }
    for life, case in by_life(fresh, found):
        due = due_at(case)
        assert due is not None and due >= MOMENT + timedelta(minutes=15), life


async def test_what_falls_due_while_time_passes_is_decided_when_it_does(tmp_path: Path) -> None:
    """Ana's answer holds for half an hour: then duty is quiet for longer, and was not called."""
    house = await a_house_at(tmp_path, MOMENT - DUE[0].before)

    async with past(house, at=MOMENT - DUE[0].before) as there:
        opened = await there.open(DUE[0].lives, count=1, moment=MOMENT)
        await there.until(MOMENT - timedelta(hours=1))
        found = dict(by_life(opened, await there.parts.reader.run(every_case)))

    assert there.clock.now() == MOMENT - timedelta(hours=1)
    assert due_at(found["due_check_in"]) == MOMENT
    assert all(state.woken_by == "" for state in found["due_check_in"].tracks)


async def test_a_population_without_every_state_is_not_measured(tmp_path: Path) -> None:
    house = await a_house_at(tmp_path, MOMENT)

    async with past(house, at=MOMENT) as there:
        await there.open(FRESH, count=len(FRESH), moment=MOMENT)
    database = Database(f"sqlite:///{house.database}", exclusive=False)
    try:
        with pytest.raises(RuntimeError, match=r"no case is .*frozen"):
            counted(database)
    finally:
        database.close()


async def test_an_act_that_is_refused_is_not_passed_over(tmp_path: Path) -> None:
    house = await a_house_at(tmp_path, MOMENT)
    resolve = LASTING[-1].acts[-1]
    twice = Life(name="twice", code="threat", acts=(resolve, resolve))

    async with past(house, at=MOMENT) as there:
        with pytest.raises(RuntimeError, match="twice"):
            await there.open((twice,), count=1, moment=MOMENT)


@given(
    shares=st.lists(st.integers(min_value=1, max_value=9), min_size=1, max_size=12),
    count=st.integers(min_value=0, max_value=100_000),
)
def test_every_case_is_of_one_life_and_no_life_gets_much_more_than_its_share(
    shares: list[int], count: int
) -> None:
    lives = [Life(name=str(n), code="slapp", share=share) for n, share in enumerate(shares)]

    numbers = shared(lives, count)

    assert sum(numbers) == count
    for life, number in zip(lives, numbers, strict=True):
        exact = count * life.share / sum(shares)
        assert exact - 1 < number < exact + len(lives)


def test_names_of_lives_make_situations_of_their_own() -> None:
    lives = [*LASTING, *FRESH, *(life for group in DUE for life in group.lives)]

    assert len({life.name for life in lives}) == len(lives)
    assert {SHOWS.get(life.name, life.name) for life in LASTING} <= STATES
