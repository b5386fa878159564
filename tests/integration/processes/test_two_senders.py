"""Two processes send over one PostgreSQL; one dies or freezes, and nobody is left untold."""

from pathlib import Path
from signal import SIGSTOP

from engine.desk.sends import SEND_WITHIN
from engine.silence import SILENT_AFTER
from engine.store import tables as t
from tests.harness.failpoints import DIRECTORY, Failpoints
from tests.harness.night import Night, a_night, sending
from tests.harness.postgres import PostgresServer

REST = "web,intake,timers,auditor"
TAKEN_OVER_WITHIN = SILENT_AFTER + 4.0
"""Seconds: a beat more or less, a look, a claim, and a machine with other things to do."""
AT_ONCE = SILENT_AFTER / 2
"""Sooner than anybody who waits for silence."""


def _holder(night: Night) -> str:
    """The name of the process that is sending."""
    (holder,) = {row.instance for row in sending(night)}
    return _role(str(holder))


def _role(instance: str) -> str:
    return instance.rpartition("#")[0].partition(".")[2]


def _all_handed_off(night: Night) -> bool:
    return {row.state for row in night.rows(t.notifications)} == {"handed_off"}


def _twice(night: Night) -> int:
    """How many messages arrived twice, and none more often."""
    assert max(night.arrived().values()) <= 2
    return list(night.arrived().values()).count(2)


async def test_what_a_killed_sender_was_sending_is_sent_by_the_other_or_by_itself_once_it_is_back(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    async with a_night(
        tmp_path / "house",
        postgres.url("killed"),
        processes=(REST, "sender", "sender"),
        confirms_after=3.0,
    ) as night:
        await night.publish("one")
        await night.until(lambda: len(night.arrived()) == 1, within=10)
        killed = _holder(night)
        await night.house.kill(killed)
        waited = await night.until(lambda: _twice(night) == 1, within=TAKEN_OVER_WITHIN)
        await night.until(lambda: _all_handed_off(night), within=15)

        assert waited > SILENT_AFTER - 3.0, "taken from one that might only have been slow"
        (row,) = night.rows(t.notifications)
        assert (row.attempts, row.unknowns) == (2, 1)
        assert _role(row.instance) != killed

        await night.publish("two")
        await night.until(lambda: len(night.arrived()) == 2, within=10)
        again = _holder(night)
        await night.house.kill(again)
        await night.house.start(again)
        await night.until(lambda: _twice(night) == 2, within=AT_ONCE)


async def test_a_sender_that_froze_past_the_take_over_does_no_harm_when_it_goes_on(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    """Once before the first byte: its claim is too old by then. Once with the mail on its way."""
    house = tmp_path / "house"
    (house / DIRECTORY).mkdir(parents=True)
    points = Failpoints(house / DIRECTORY)
    async with a_night(
        house, postgres.url("frozen"), processes=(REST, "sender", "sender"), confirms_after=2.0
    ) as night:
        points.arm("claim.after", number=SIGSTOP)
        await night.publish("one")
        await night.until(lambda: points.reached, within=10)
        frozen = _holder(night)
        await night.until(lambda: len(night.arrived()) == 1, within=TAKEN_OVER_WITHIN)
        night.house.resume(frozen)
        await night.house.ended(frozen)
        await night.until(lambda: _all_handed_off(night), within=10)

        assert SEND_WITHIN < SILENT_AFTER
        assert set(night.arrived().values()) == {1}
        assert "given up for dead" in night.house.log_tail()

        await night.house.start(frozen)
        await night.publish("two")
        await night.until(lambda: len(night.arrived()) == 2, within=10)
        frozen = _holder(night)
        night.house.pause(frozen)
        await night.until(lambda: _twice(night) == 1, within=TAKEN_OVER_WITHIN)
        night.house.resume(frozen)
        await night.house.ended(frozen)
        await night.until(lambda: _all_handed_off(night), within=15)

        assert sorted(night.arrived().values()) == [1, 2]
        assert {row.state for row in night.rows(t.attempts)} <= {"unknown", "handed_off"}
