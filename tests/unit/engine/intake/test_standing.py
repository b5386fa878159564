"""How a lane says how it stands."""

from datetime import UTC, datetime

import pytest

from engine.clock import ManualClock
from engine.intake.kafka_clients import member_name
from engine.intake.standing import SILENT_AFTER, UNHELD_LONGEST, Standing, State
from engine.intake.trouble import LogTroubleError, named
from engine.metrics import Metrics

HERE, THERE = ("tocsin.threats", 0), ("tocsin.threats", 1)


def a_standing() -> tuple[Standing, ManualClock, Metrics]:
    clock, metrics = ManualClock(datetime(2027, 3, 1, tzinfo=UTC)), Metrics()
    return Standing("critical", clock=clock, metrics=metrics), clock, metrics


async def test_one_who_looks_reads_whether_since_when_and_why() -> None:
    standing, clock, _ = a_standing()
    assert str(standing.now) == "starting for 0 s"

    standing.waits("The broker is away.")
    await clock.advance(seconds=75)
    assert str(standing.now) == "not being read for 75 s: The broker is away."

    standing.reads()
    standing.count({("t", 0): 2, ("t", 1): 3})
    assert str(standing.now) == "reading for 0 s, 5 records behind"


async def test_another_reason_does_not_begin_the_waiting_anew() -> None:
    standing, clock, _ = a_standing()
    standing.waits("one")
    await clock.advance(seconds=40)
    standing.waits("two")
    await clock.advance(seconds=30)

    assert standing.now.seconds == 70
    assert standing.now.why == "two"


async def test_a_broker_that_answers_nothing_for_long_is_noticed() -> None:
    standing, clock, _ = a_standing()
    assert not standing.silent
    standing.reads()
    standing.asked({HERE: 1_000})
    await clock.advance(seconds=SILENT_AFTER / 2)
    standing.asked({HERE: 2_000})
    await clock.advance(seconds=SILENT_AFTER / 2)
    assert not standing.silent

    standing.asked({HERE: 2_000})
    await clock.advance(seconds=SILENT_AFTER / 2)
    assert standing.silent

    standing.ends()
    assert not standing.silent
    assert standing.now.state is State.READING


async def test_what_is_being_dealt_with_is_no_silence() -> None:
    """A slow store once looked like a broker that was away."""
    standing, clock, _ = a_standing()
    standing.reads()
    standing.deals()
    await clock.advance(seconds=5 * SILENT_AFTER)
    assert not standing.silent

    standing.heard()
    assert not standing.silent


def test_how_far_behind_is_told_of_our_own_partitions_only() -> None:
    standing, _, metrics = a_standing()
    standing.count({("t", 0): 7, ("t", 1): 0})
    assert b'tocsin_log_behind_records{partition="0",topic="t"} 7.0' in metrics.exposed()

    standing.count({("t", 1): 4})

    assert b'partition="0"' not in metrics.exposed()
    assert b'tocsin_log_behind_records{partition="1",topic="t"} 4.0' in metrics.exposed()


def test_an_error_is_named_by_its_kinds_and_without_what_it_says() -> None:
    try:
        try:
            raise KeyError("Invented Person")
        except KeyError as error:
            raise RuntimeError("Invented Person") from error
    except RuntimeError as error:
        group = ExceptionGroup("several", [ExceptionGroup("more", [error])])

    assert named(group) == "RuntimeError of KeyError"


async def test_what_is_assigned_and_never_taken_over_does_not_stay_so_in_silence() -> None:
    """Its reports once were dropped as they came, and the lane called itself well."""
    standing, clock, _ = a_standing()
    standing.holds(False)
    await clock.advance(seconds=UNHELD_LONGEST / 2)
    standing.holds(True)
    standing.holds(False)
    await clock.advance(seconds=UNHELD_LONGEST / 2)
    standing.holds(False)
    await clock.advance(seconds=UNHELD_LONGEST / 2)

    with pytest.raises(LogTroubleError, match="not taken over"):
        standing.holds(False)


def test_a_lasting_name_is_made_of_letters_that_brokers_take() -> None:
    assert member_name("replica 1", "host/a:intake") == "replica-1.host-a-intake"
    assert member_name("replica-1", "") == "replica-1"


async def test_how_long_a_reader_was_begun_without_reading_is_known() -> None:
    standing, clock, _ = a_standing()
    standing.begins()
    await clock.advance(seconds=40)
    standing.heard()
    assert standing.begun_for == 40, "somebody answers, and still nothing is read"

    standing.reads()
    await clock.advance(seconds=40)
    assert standing.begun_for == 0
    assert standing.silent_for == 40

    standing.begins()
    standing.ends()
    await clock.advance(seconds=40)
    assert standing.begun_for == standing.silent_for == 0


async def test_a_partition_that_no_broker_answers_for_is_not_hidden_by_the_others() -> None:
    """Its lane called itself well, and nothing behind: the last that was known of it."""
    standing, clock, _ = a_standing()
    standing.reads()
    for n in range(1, 9):
        standing.asked({HERE: n, THERE: 1})
        await clock.advance(seconds=9)

    assert not standing.silent
    assert standing.unanswered(60) == (THERE,)

    standing.asked({HERE: 7, THERE: 2})
    assert standing.unanswered(60) == ()


async def test_a_partition_just_assigned_has_its_time_to_be_answered_for() -> None:
    standing, clock, _ = a_standing()
    await clock.advance(seconds=500)
    standing.asked({HERE: 0})
    await clock.advance(seconds=59)
    standing.asked({HERE: 0})
    assert standing.unanswered(60) == ()

    await clock.advance(seconds=1)
    assert standing.unanswered(60) == (HERE,)
    standing.ends()
    assert standing.unanswered(60) == ()


async def test_what_is_dealt_with_for_long_is_asked_for_again_before_anybody_is_blamed() -> None:
    standing, clock, _ = a_standing()
    standing.asked({HERE: 1, THERE: None})
    standing.deals()
    await clock.advance(seconds=600)
    standing.heard()
    standing.asked({HERE: 1, THERE: None})

    assert standing.unanswered(60) == ()
    await clock.advance(seconds=60)
    standing.asked({HERE: 1, THERE: None})
    assert standing.unanswered(60) == (HERE,), "the other is being dealt with"


def test_where_records_wait_is_known() -> None:
    standing, _, _ = a_standing()
    standing.count({HERE: 2, THERE: 0})

    assert standing.waiting == {HERE}


async def test_records_that_come_all_the_time_do_not_hide_a_partition_either() -> None:
    standing, clock, _ = a_standing()
    for n in range(1, 31):
        standing.asked({HERE: n, THERE: 1})
        await clock.advance(seconds=2)
        standing.deals()
        await clock.advance(seconds=4)
        standing.heard()

    assert standing.unanswered(60) == (THERE,)
    assert standing.unanswered(61) == (), "the time in which nobody was asked does not count"
