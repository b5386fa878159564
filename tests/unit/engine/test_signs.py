"""What is amiss is said in calm words, with since when, and nothing is said that was not to be."""

from dataclasses import replace
from datetime import datetime, timedelta

from engine.settings import CanarySettings, KafkaSettings, Settings
from engine.signs import Expects, Sign, Weight, amiss, expects, read
from engine.store.signs import Known
from tests.harness.moments import moment

NOW = moment("2027-03-01 03:00")
LONG_AGO = moment("2027-02-20 03:00")
PLAIN = expects(Settings())
BY_LOG = expects(Settings(kafka=KafkaSettings(enabled=True)))
EMPTY = Known(
    alive={},
    started_at=None,
    canaries={},
    audited_at=None,
    backlog=0,
    oldest_waits_since=None,
    incidents={},
)


def well(wanted: Expects, at: datetime = NOW) -> Known:
    return Known(
        alive=dict.fromkeys(wanted.roles, at),
        started_at=at,
        canaries=dict.fromkeys(wanted.ways, at),
        audited_at=at,
        backlog=0,
        oldest_waits_since=None,
        incidents={},
    )


def found(known: Known, wanted: Expects = PLAIN, *, up_since: datetime = LONG_AGO) -> list[Sign]:
    return list(amiss(read(known, wanted, now=NOW, up_since=up_since)))


def test_while_all_is_well_nothing_is_amiss() -> None:
    assert found(well(PLAIN)) == []
    assert found(well(BY_LOG), BY_LOG) == []


def test_at_three_in_the_morning_the_longest_trouble_is_named_first_with_its_age() -> None:
    hour, minutes = NOW - timedelta(hours=1), NOW - timedelta(minutes=12)
    known = replace(
        well(PLAIN), canaries={"door": minutes}, alive={**well(PLAIN).alive, "sender": hour}
    )
    first, second = found(known)
    assert (first.name, first.since) == ("role sender", hour)
    assert (second.name, second.since) == ("canary door", minutes)
    assert first.next_step and second.next_step


def test_an_engine_that_has_just_started_is_given_the_time_to_look_round() -> None:
    assert found(EMPTY, up_since=NOW - timedelta(seconds=20)) == []
    later = found(EMPTY, up_since=NOW - timedelta(minutes=30))
    assert {sign.name for sign in later} >= {"canary door", "auditor", "role timers"}


def test_signs_of_the_night_before_do_not_count_against_a_fresh_start() -> None:
    stale = well(PLAIN, NOW - timedelta(days=3))
    assert found(stale, up_since=NOW - timedelta(seconds=20)) == []


def test_each_log_has_a_canary_of_its_own() -> None:
    known = replace(well(BY_LOG), canaries={"critical": NOW})
    assert [sign.name for sign in found(known, BY_LOG)] == ["canary normal"]
    without = expects(
        Settings(kafka=KafkaSettings(enabled=True), canary=CanarySettings(enabled=False))
    )
    assert found(known, without) == []


def test_a_weaker_log_is_a_note_and_no_trouble() -> None:
    wanted = expects(Settings(kafka=KafkaSettings(enabled=True, durability="single")))
    (note,) = found(well(wanted), wanted)
    assert (note.name, note.weight) == ("durability", Weight.NOTE)


def test_facts_that_pile_up_are_seen() -> None:
    known = replace(well(BY_LOG), backlog=10_000)
    assert [sign.name for sign in found(known, BY_LOG)] == ["relay"]


def test_a_few_facts_that_waited_for_weeks_were_called_good() -> None:
    """A topic was refused: a small desk never had so many that anybody was told."""
    weeks = NOW - timedelta(days=20)
    known = replace(well(BY_LOG), backlog=3, oldest_waits_since=weeks)
    (sign,) = found(known, BY_LOG, up_since=weeks)
    assert (sign.name, sign.since) == ("relay", weeks)
    assert sign.says == "3 facts wait to be published, the oldest for 28800 min."


def test_a_fact_that_waits_while_its_broker_is_looked_for_is_no_trouble_yet() -> None:
    known = replace(well(BY_LOG), backlog=3, oldest_waits_since=NOW - timedelta(minutes=9))
    assert found(known, BY_LOG) == []


def test_what_waited_while_nobody_ran_is_given_the_time_to_leave() -> None:
    waits = replace(well(BY_LOG), backlog=3, oldest_waits_since=NOW - timedelta(days=1))
    assert found(waits, BY_LOG, up_since=NOW - timedelta(minutes=2)) == []


def test_where_time_runs_fast_no_fact_is_called_late() -> None:
    wanted = expects(Settings(kafka=KafkaSettings(enabled=True)), live=False)
    known = replace(well(wanted), backlog=3, oldest_waits_since=NOW - timedelta(days=1))
    assert found(known, wanted) == []


def test_open_incidents_say_their_kind_and_nothing_of_what_they_are_about() -> None:
    known = replace(well(PLAIN), incidents={"channel_failing": NOW - timedelta(minutes=3)})
    (sign,) = found(known)
    assert sign.says == "An incident is open: channel failing."


def test_where_time_runs_fast_nothing_is_called_late() -> None:
    assert found(EMPTY, expects(Settings(), live=False)) == []
