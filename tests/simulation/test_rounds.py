"""What the oracle says of rounds: when one was owed, and whom it may tell."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.simulation import rounds

START = datetime(2027, 3, 1, 9, tzinfo=UTC)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def is_set(minute: float, *alerts: str, first: float) -> tuple[datetime, dict[str, Any]]:
    fact = {"kind": "round_set", "alerts": list(alerts), "first_at": at(first).isoformat()}
    return at(minute), fact


def held(minute: float, *, due: float, following: float) -> tuple[datetime, dict[str, Any]]:
    fact = {"kind": "round_held", "due_at": at(due).isoformat()}
    return at(minute), {**fact, "next_at": at(following).isoformat()}


def told(minute: float, alert: str) -> tuple[datetime, dict[str, Any]]:
    return at(minute), {"kind": "told", "purpose": "round", "alert": alert}


def over(minute: float, kind: str) -> tuple[datetime, dict[str, Any]]:
    return at(minute), {"kind": kind}


TALK = (at(5), {"kind": "task_raised", "task_kind": "round"})
WELL = [is_set(0, "a", "b", first=5), held(5, due=5, following=1445), told(5, "a"), TALK]


def test_a_round_at_its_time_is_well() -> None:
    assert list(rounds.wrong(WELL)) == []
    assert list(rounds.owed(WELL, at(60))) == [(at(5), at(5)), (at(1445), at(60))]


def test_a_round_that_is_not_held_is_owed_until_now() -> None:
    assert list(rounds.owed([is_set(0, "a", first=5)], at(60))) == [(at(5), at(60))]


@pytest.mark.parametrize("kind", ["round_ended", "resolved"])
def test_after_its_end_no_round_is_owed(kind: str) -> None:
    assert list(rounds.owed([*WELL, over(9, kind)], at(60))) == [(at(5), at(5)), (at(1445), at(9))]


def test_whoever_takes_no_part_hears_of_none() -> None:
    assert ["takes no part" in each for each in rounds.wrong([*WELL, told(5, "c")])] == [True]
    ended = [*WELL, over(9, "round_ended"), told(9, "a")]
    assert any("takes no part" in each for each in rounds.wrong(ended))


def test_nobody_hears_of_a_round_at_another_time() -> None:
    assert ["none was held" in each for each in rounds.wrong([*WELL, told(8, "a")])] == [True]
    early = [is_set(0, "a", first=5), held(3, due=5, following=1445), TALK]
    assert ["before" in each for each in rounds.wrong(early)] == [True]


def test_a_round_without_a_talk_is_wrong() -> None:
    assert ["nobody owes a talk" in each for each in rounds.wrong(WELL[:-1])] == [True]
