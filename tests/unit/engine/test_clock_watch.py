"""Duty hears that a machine's clock was set while Tocsin ran; sleeping and slewing are none."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.case.commands import RaiseIncident
from engine.clock import ManualClock, since_boot
from engine.clock_watch import AHEAD, BACK, SET_BY, ClockWatch
from engine.desk.lanes import Busy, StoreUnavailable
from schemas.codes import IncidentCode

AT = datetime(2027, 3, 1, tzinfo=UTC)


class Machine(ManualClock):
    """A machine whose clock a person may set, and what its duty heard."""

    def __init__(self) -> None:
        super().__init__(AT)
        self.set_by = timedelta()
        self.slept = 0.0
        self.heard: list[str] = []
        self.refuses: type[Exception] | None = None
        self.watch = ClockWatch(
            clock=self, since_boot=lambda: self.monotonic() + self.slept, raise_incident=self._hear
        )

    def now(self) -> datetime:
        return super().now() + self.set_by

    async def passes(self, seconds: float) -> list[str]:
        await self.advance(seconds=seconds)
        await self.watch.look()
        return self.heard

    async def _hear(self, incident: RaiseIncident) -> None:
        if self.refuses is not None:
            raise self.refuses
        assert incident.code is IncidentCode.CLOCK_SET
        self.heard.append(incident.key)


async def test_b42_duty_hears_once_that_a_clock_was_set_and_again_when_it_is_put_right() -> None:
    machine = Machine()
    assert await machine.passes(10) == []
    machine.set_by = timedelta(days=365)
    assert await machine.passes(10) == [AHEAD]
    assert await machine.passes(10) == [AHEAD]
    machine.set_by = timedelta()
    assert await machine.passes(10) == [AHEAD, BACK]


async def test_a_laptop_that_slept_all_night_calls_nobody_about_its_clock() -> None:
    machine = Machine()
    machine.slept, machine.set_by = 28_800.0, timedelta(hours=8)
    assert await machine.passes(10) == []


@given(slews=st.lists(st.floats(-0.5, 0.5), max_size=30), looks=st.floats(1, 600))
async def test_a_clock_that_is_slewed_right_calls_nobody(slews: list[float], looks: float) -> None:
    machine = Machine()
    for each in slews:
        machine.set_by += timedelta(seconds=each)
        assert await machine.passes(looks) == []


@given(by=st.floats(SET_BY + 1, 10**9) | st.floats(-(10**9), -SET_BY - 1))
async def test_b42_however_far_a_clock_is_set_duty_hears_which_way(by: float) -> None:
    machine = Machine()
    machine.set_by = timedelta(seconds=by)
    assert await machine.passes(10) == [AHEAD if by > 0 else BACK]


@pytest.mark.parametrize("refuses", [StoreUnavailable, Busy])
async def test_what_the_desk_could_not_take_about_the_clock_is_told_when_it_can(
    refuses: type[Exception],
) -> None:
    machine = Machine()
    machine.set_by, machine.refuses = timedelta(hours=2), refuses
    assert await machine.passes(10) == []
    machine.refuses = None
    assert await machine.passes(10) == [AHEAD]
    assert await machine.passes(10) == [AHEAD]


def test_the_time_since_the_start_goes_on() -> None:
    before = since_boot()
    assert before > 0
    assert since_boot() == pytest.approx(before, abs=60)
    assert since_boot() >= before
