"""How much one person is sent in a while: what waits, for how long, and what never waits."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.desk.pacing import Pacing
from engine.metrics import Metrics
from schemas.projection import Purpose

NOW = datetime(2027, 3, 1, 22, tzinfo=UTC)
WINDOW = timedelta(minutes=15)
DUTY_GRAVE, DUTY, GRAVE, OTHER = range(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    key: str = "k"
    lane: int = DUTY
    tell_rank: int = 1
    purpose: str = Purpose.TASK.value
    endpoint: str = "sms:ana"
    decided_at: datetime = NOW


def held(pacing: Pacing, *rows: _Row, now: datetime = NOW) -> dict[str, datetime]:
    found: Any = rows
    return pacing.held(found, now=now)


def full(messages: int = 3, *, endpoint: str = "sms:ana") -> Pacing:
    pacing = Pacing(messages=messages, within=WINDOW)
    for _ in range(messages):
        pacing.note(endpoint, at=NOW)
    return pacing


def test_a_page_of_a_grave_case_never_waits() -> None:
    row = _Row(lane=DUTY_GRAVE, purpose=Purpose.PAGE.value)

    assert held(full(), *(row for _ in range(50))) == {}


def test_somebody_who_got_many_messages_gets_the_next_when_the_first_is_long_past() -> None:
    assert held(full(), _Row()) == {"k": NOW + WINDOW}
    assert held(full(), _Row(), now=NOW + WINDOW) == {}


def test_the_first_page_of_a_case_waits_a_minute_and_no_longer() -> None:
    first = _Row(tell_rank=0, purpose=Purpose.PAGE.value)

    assert held(full(), first) == {"k": NOW + timedelta(seconds=60)}
    assert held(full(), first, now=NOW + timedelta(seconds=60)) == {}


def test_the_first_message_of_a_case_to_anybody_outside_never_waits() -> None:
    first = _Row(lane=OTHER, tell_rank=0, purpose=Purpose.TELL.value)

    assert held(full(), first) == {}


@pytest.mark.parametrize("purpose", [Purpose.STAND_DOWN, Purpose.WAIT])
def test_nobody_waits_to_hear_that_they_need_not_do_anything(purpose: Purpose) -> None:
    assert held(full(), _Row(lane=OTHER, purpose=purpose.value)) == {}


def test_an_embassy_gets_as_many_requests_as_there_is_room_for_and_the_rest_later() -> None:
    pacing = Pacing(messages=2, within=WINDOW)
    rows = [_Row(key=str(n), lane=GRAVE, purpose=Purpose.TELL.value) for n in range(4)]

    assert sorted(held(pacing, *rows)) == ["2", "3"]


def test_pages_that_fit_into_one_message_do_not_wait_for_each_other() -> None:
    pacing = Pacing(messages=2, within=WINDOW)

    assert held(pacing, *(_Row(key=str(n)) for n in range(40))) == {}


def test_what_one_person_got_is_nothing_to_another() -> None:
    assert held(full(), _Row(endpoint="sms:ben")) == {}


def test_a_channel_may_have_a_limit_of_its_own_or_none() -> None:
    pacing = Pacing(messages=1, within=WINDOW, channels={"webhook": 0, "email": 5})
    for endpoint in ("webhook:x", "email:x", "sms:x"):
        pacing.note(endpoint, at=NOW)

    assert pacing.room("sms:x", now=NOW) == 0
    assert pacing.room("email:x", now=NOW) == 4
    assert pacing.room("webhook:x", now=NOW) > 1_000


def test_without_a_limit_nothing_is_counted_and_nothing_waits() -> None:
    pacing = Pacing()
    for _ in range(100):
        pacing.note("sms:ana", at=NOW)

    assert held(pacing, *(_Row(key=str(n)) for n in range(100))) == {}
    assert pacing.held_back == 0


def test_how_often_somebody_had_to_wait_is_counted() -> None:
    pacing = full()
    held(pacing, _Row(key="1"), _Row(key="2"))

    assert pacing.held_back == 2


def test_those_who_got_nothing_lately_are_forgotten() -> None:
    pacing = Pacing(messages=3, within=WINDOW)
    for n in range(10_000):
        pacing.note(f"sms:{n}", at=NOW)
    pacing.note("sms:ana", at=NOW + WINDOW)

    assert len(pacing._sent) == 1


@given(
    lane=st.sampled_from([DUTY_GRAVE, DUTY, GRAVE, OTHER]),
    rank=st.integers(0, 1),
    purpose=st.sampled_from([each.value for each in Purpose]),
    sent=st.lists(st.integers(-1_200, 0), max_size=30),
    age=st.integers(0, 1_200),
)
def test_nothing_waits_longer_than_the_window(
    lane: int, rank: int, purpose: str, sent: list[int], age: int
) -> None:
    pacing = Pacing(messages=3, within=WINDOW)
    for seconds in sorted(sent):
        pacing.note("sms:ana", at=NOW + timedelta(seconds=seconds))
    row = _Row(lane=lane, tell_rank=rank, purpose=purpose, decided_at=NOW - timedelta(seconds=age))

    again = held(pacing, row).get("k", NOW)

    assert NOW <= again <= max(NOW, row.decided_at + WINDOW)
    if lane == DUTY_GRAVE or age >= WINDOW.total_seconds():
        assert again == NOW


def test_operators_see_how_often_somebody_had_to_wait() -> None:
    pacing, metrics = full(), Metrics()
    metrics.follow(pacing)
    held(pacing, _Row())
    pacing.together = 5

    exposed = metrics.exposed().decode()

    assert "tocsin_messages_held_back_total 1.0" in exposed
    assert "tocsin_messages_told_together_total 5.0" in exposed
