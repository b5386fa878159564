"""Two processes send over one PostgreSQL; one dies or freezes, and nobody is left untold."""

from collections import Counter
from pathlib import Path
from signal import SIGSTOP

import pytest

from engine.desk.sends import SEND_WITHIN
from engine.silence import SILENT_AFTER
from engine.store import tables as t
from tests.harness.failpoints import DIRECTORY, Failpoints
from tests.harness.night import Night, a_night, sending
from tests.harness.postgres import PostgresServer

ALL = ("web,intake", "timers,auditor", "sender", "sender")
TAKEN_OVER_WITHIN = SILENT_AFTER + 4.0
"""Seconds: a beat more or less, a look, a claim, and a machine with other things to do."""
HALTED = 70


def _holder(night: Night) -> str:
    """The name of the process that is sending."""
    (holder,) = {row.instance for row in sending(night)}
    return str(holder).rpartition("#")[0].partition(".")[2]


def _all_handed_off(night: Night) -> bool:
    return {row.state for row in night.rows(t.notifications)} == {"handed_off"}


@pytest.mark.timeout(120)
async def test_what_a_killed_sender_was_sending_the_other_one_sends(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    async with a_night(
        tmp_path / "house", postgres.url("killed"), processes=ALL, confirms_after=4.0
    ) as night:
        await night.publish("one")
        await night.until(lambda: bool(night.arrived()), within=10)
        killed = _holder(night)
        await night.house.kill(killed)

        waited = await night.until(
            lambda: max(night.arrived().values()) == 2, within=TAKEN_OVER_WITHIN
        )
        await night.until(lambda: _all_handed_off(night), within=15)

        assert waited > SILENT_AFTER - 3.0, "taken from one that might only have been slow"
        assert set(Counter(night.arrived()).values()) == {2}
        (row,) = night.rows(t.notifications)
        assert (row.attempts, row.unknowns) == (2, 1)
        assert killed not in row.instance


@pytest.mark.timeout(120)
async def test_a_sender_that_is_started_again_takes_at_once_what_it_left(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    async with a_night(
        tmp_path / "house",
        postgres.url("again"),
        processes=("web,intake", "timers,auditor", "sender"),
        confirms_after=30.0,
    ) as night:
        await night.publish("one")
        await night.until(lambda: bool(night.arrived()), within=10)
        await night.house.kill("sender")
        await night.house.start("sender")

        await night.until(lambda: max(night.arrived().values()) == 2, within=SILENT_AFTER / 2)


@pytest.mark.timeout(120)
async def test_one_that_froze_before_the_first_byte_sends_nothing_when_it_goes_on(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    """It claimed, stood still past the take-over, and woke: its claim is too old to be sent."""
    house = tmp_path / "house"
    (house / DIRECTORY).mkdir(parents=True)
    points = Failpoints(house / DIRECTORY)
    async with a_night(house, postgres.url("frozen"), processes=ALL) as night:
        points.arm("claim.after", number=SIGSTOP)
        await night.publish("one")
        await night.until(lambda: points.reached, within=10)
        frozen = _holder(night)
        await night.until(lambda: bool(night.arrived()), within=TAKEN_OVER_WITHIN)
        night.house.resume(frozen)
        await night.house.ended(frozen)
        await night.until(lambda: _all_handed_off(night), within=10)

        assert SEND_WITHIN < SILENT_AFTER
        assert set(Counter(night.arrived()).values()) == {1}
        assert "given up for dead" in night.house.log_tail()
        await night.house.start(frozen)


@pytest.mark.timeout(120)
async def test_one_that_froze_while_it_was_sending_does_no_harm_when_it_goes_on(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    async with a_night(
        tmp_path / "house", postgres.url("late"), processes=ALL, confirms_after=2.0
    ) as night:
        await night.publish("one")
        await night.until(lambda: bool(night.arrived()), within=10)
        frozen = _holder(night)
        night.house.pause(frozen)
        await night.until(lambda: max(night.arrived().values()) == 2, within=TAKEN_OVER_WITHIN)
        night.house.resume(frozen)
        await night.house.ended(frozen)
        await night.until(lambda: _all_handed_off(night), within=15)

        assert set(Counter(night.arrived()).values()) == {2}
        tries = night.rows(t.attempts)
        assert {row.state for row in tries} <= {"unknown", "handed_off"}
        assert len(tries) == 2


@pytest.mark.timeout(120)
async def test_what_a_calm_end_left_is_sent_at_once_by_the_other(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    async with a_night(
        tmp_path / "house", postgres.url("calm"), processes=ALL, confirms_after=30.0
    ) as night:
        await night.publish("one")
        await night.until(lambda: bool(night.arrived()), within=10)
        await night.house.stop(_holder(night))

        await night.until(lambda: max(night.arrived().values()) == 2, within=SILENT_AFTER / 2)
