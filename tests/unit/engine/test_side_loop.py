"""What trips over one bad row is begun again and duty is called; the others never notice."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from sqlalchemy import text

from engine.case.commands import RaiseIncident
from engine.clock import ManualClock
from engine.desk.lanes import Busy, StoreUnavailable
from engine.side_loop import (
    LONGEST_PAUSE,
    LOOK_EVERY,
    SOUND_AFTER,
    TOLD_FOR,
    RoundClock,
    keep_going,
)
from engine.watchdog import Progress, Turns, Watch
from schemas.codes import IncidentCode
from tests.harness.closing import two_people_close
from tests.harness.people import faro
from tests.harness.story import given
from tests.harness.towns import ARREST, cerro, rulebook

AT = datetime(2027, 3, 1, tzinfo=UTC)
LIMIT = 120.0
GIVEN_UP = LIMIT + 3 * LOOK_EVERY
"""Seconds by which a loop that hangs is given up: it is looked at now and then."""


class Beside:
    """A loop that raises so many times and then goes on, and what duty heard of it."""

    def __init__(self, *, fails: int, lasts: float = 0.0) -> None:
        self.clock = ManualClock(AT)
        self.turns = Turns("keys", limit=LIMIT)
        self.hangs = False
        self.stubborn = False
        """Whether it does not end when it is told to."""
        self.begun: list[float] = []
        self.heard: list[tuple[IncidentCode, str]] = []
        self.refuses: type[Exception] | None = None
        self._fails = fails
        self._lasts = lasts
        self.task = asyncio.ensure_future(
            keep_going(
                "keys",
                self._loop,
                turns=self.turns,
                clock=self.clock,
                raise_incident=self._hear,
            )
        )

    async def _loop(self) -> None:
        self.begun.append(self.clock.monotonic())
        seen = RoundClock(self.clock, self.turns)
        await seen.sleep(self._lasts)
        if len(self.begun) <= self._fails:
            raise ValueError("a row nobody can read")
        while self.hangs:
            with suppress(*[asyncio.CancelledError] * self.stubborn):
                await asyncio.get_running_loop().create_future()
        await seen.sleep(10**9)

    async def _hear(self, incident: RaiseIncident) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.heard.append((incident.code, incident.key))

    async def passes(self, seconds: float) -> None:
        await self.clock.advance(seconds=seconds)

    async def ends(self) -> None:
        self.hangs = self.stubborn = False
        while not self.task.done():
            self.task.cancel()
            await asyncio.sleep(0)


async def test_a_loop_beside_the_work_that_fails_is_begun_again_and_duty_is_called_once() -> None:
    loop = Beside(fails=3)
    await loop.passes(30)
    assert len(loop.begun) == 4
    assert loop.heard == [(IncidentCode.LOOP_FAILED, "keys")]
    assert not loop.task.done()
    await loop.ends()


async def test_one_that_fails_for_ever_is_tried_for_ever_ever_more_calmly() -> None:
    loop = Beside(fails=10**9)
    await loop.passes(3_600)
    pauses = [after - before for before, after in zip(loop.begun, loop.begun[1:], strict=False)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
    assert len(loop.heard) == 1
    await loop.ends()


async def test_one_that_fails_again_after_hours_of_calm_calls_duty_again() -> None:
    loop = Beside(fails=2, lasts=SOUND_AFTER)
    await loop.passes(3 * SOUND_AFTER)
    assert len(loop.heard) == 2
    await loop.ends()


async def test_one_that_never_starts_was_told_once_and_who_closed_it_never_knew() -> None:
    loop = Beside(fails=10**9)
    await loop.passes(TOLD_FOR - LONGEST_PAUSE)
    assert len(loop.heard) == 1
    await loop.passes(2 * LONGEST_PAUSE)
    assert loop.heard == [(IncidentCode.LOOP_FAILED, "keys")] * 2
    await loop.passes(TOLD_FOR + LONGEST_PAUSE)
    assert len(loop.heard) == 3, "and so on, for as long as it fails"
    await loop.ends()


async def test_told_again_of_an_open_incident_nobody_is_bothered_and_of_a_closed_one_duty_is() -> (
    None
):
    again = RaiseIncident(code=IncidentCode.LOOP_FAILED, key="keys")
    async with given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro()) as story:

        def kinds() -> list[str]:
            return [row.kind for row in story.read(text("SELECT kind FROM journal ORDER BY n"))]

        await story.do(again)
        story.phone("Ana").expects("Tocsin INCIDENT")
        said = kinds()
        await story.do(again)
        assert kinds() == said

        (row,) = story.read(text("SELECT id FROM cases WHERE kind = 'incident'"))
        await two_people_close(story, row.id)
        story.phone("Ana").ignores_everything()
        story.phone("Ben").ignores_everything()
        await story.do(again)
        assert "reopened" in kinds()
        story.phone("Ana").expects("Tocsin INCIDENT")


@pytest.mark.parametrize("refuses", [Busy, StoreUnavailable])
async def test_what_duty_could_not_be_told_is_told_at_the_next_failure(
    refuses: type[Exception],
) -> None:
    loop = Beside(fails=5)
    loop.refuses = refuses
    await loop.passes(2)
    assert not loop.heard
    loop.refuses = None
    await loop.passes(60)
    assert len(loop.heard) == 1
    await loop.ends()


async def test_who_is_told_to_stop_stops() -> None:
    loop = Beside(fails=0)
    await loop.passes(1)
    await loop.ends()
    assert loop.task.cancelled()
    assert len(loop.begun) == 1


async def test_a_loop_that_hung_was_seen_by_nobody_and_looked_no_more() -> None:
    loop = Beside(fails=0)
    loop.hangs = True
    await loop.passes(LIMIT)
    assert not loop.heard
    assert len(loop.begun) == 1

    loop.hangs = False
    await loop.passes(GIVEN_UP - LIMIT)
    assert loop.heard == [(IncidentCode.LOOP_FAILED, "keys")]
    await loop.passes(LONGEST_PAUSE)
    assert len(loop.begun) == 2
    await loop.passes(10 * LIMIT)
    assert len(loop.begun) == 2, "it goes round now"
    assert len(loop.heard) == 1
    await loop.ends()


async def test_one_that_hangs_again_and_again_is_begun_for_ever_and_told_once_in_six_hours() -> (
    None
):
    loop = Beside(fails=0)
    loop.hangs = True
    await loop.passes(10 * (GIVEN_UP + LONGEST_PAUSE))
    assert len(loop.begun) >= 10
    assert len(loop.heard) == 1
    await loop.ends()


async def test_one_that_does_not_even_end_is_told_to_duty_all_the_same() -> None:
    loop = Beside(fails=0)
    loop.hangs = loop.stubborn = True
    await loop.passes(GIVEN_UP)
    assert loop.heard == [(IncidentCode.LOOP_FAILED, "keys")]
    await loop.passes(10 * LIMIT)
    assert len(loop.begun) == 1
    assert len(loop.heard) == 1
    await loop.ends()


async def test_of_one_that_hangs_while_the_desk_is_full_duty_is_told_as_soon_as_it_can() -> None:
    loop = Beside(fails=0)
    loop.hangs = loop.stubborn = True
    loop.refuses = Busy
    await loop.passes(3 * LIMIT)
    assert not loop.heard
    loop.refuses = None
    await loop.passes(3 * LOOK_EVERY)
    assert len(loop.heard) == 1
    await loop.ends()


@drawn(
    rounds=st.lists(
        st.tuples(
            st.floats(0, LIMIT - LOOK_EVERY, allow_nan=False),
            st.floats(0.1, 3_600, allow_nan=False),
        ),
        max_size=8,
    )
)
def test_whoever_works_within_its_time_and_sleeps_as_long_as_it_likes_is_left_in_peace(
    rounds: list[tuple[float, float]],
) -> None:
    turns = Turns("keys", limit=LIMIT)
    progress = Progress()
    progress.loops["keys"] = turns
    watch = Watch(progress)
    turns.turn()

    def passes(seconds: float) -> bool:
        looks = [watch.look(LOOK_EVERY) for _ in range(int(seconds / LOOK_EVERY))]
        return any(one.stuck for look in looks for one in look)

    for works, sleeps in rounds:
        assert not passes(works)
        turns.rest()
        assert not passes(sleeps)
        turns.turn()
    assert passes(LIMIT + 2 * LOOK_EVERY), "and whoever hangs is not"
