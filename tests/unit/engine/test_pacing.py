"""How much one person is sent in a while: what waits, for how long, and what never waits."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.desk.inner import SendJob
from engine.desk.pacing import Pacing
from engine.metrics import Metrics
from schemas.projection import Purpose
from tests.unit.engine.test_bundles import job

NOW = datetime(2027, 3, 1, 22, tzinfo=UTC)
WINDOW = timedelta(minutes=15)
DUTY_GRAVE, DUTY, GRAVE, OTHER = range(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    key: str = "k"
    lane: int = DUTY
    tell_rank: int = 1
    tell_no: int = 1
    purpose: str = Purpose.TASK.value
    contact: str = "ana"
    channel: str = "sms"
    case_id: str = "case of 0"
    alert_id: str = ""
    decided_at: datetime = NOW


def held(pacing: Pacing, *rows: _Row, now: datetime = NOW) -> dict[str, datetime]:
    found: Any = [replace(row, alert_id=row.alert_id or f"of {row.key}") for row in rows]
    return pacing.held(found, now=now)


def full(messages: int = 3, *, cases: int = 100, contact: str = "ana") -> Pacing:
    """Somebody who got as much as they get in a window, of so many cases."""
    pacing = Pacing(messages=messages, within=WINDOW)
    for n in range(messages):
        pacing.note(job(str(n), case=f"case of {n % cases}", contact=contact), at=NOW)
    return pacing


def room(pacing: Pacing, *, now: datetime = NOW, **to: Any) -> int:
    """How many more they may get, each by itself."""
    some = [job(f"more {n}", **to) for n in range(20)]
    return max((n for n in range(1, 21) if pacing.fits(some[:n], now=now)), default=0)


def test_a_page_of_a_grave_case_never_waits() -> None:
    row = _Row(lane=DUTY_GRAVE, purpose=Purpose.PAGE.value)

    assert held(full(), *(row for _ in range(50))) == {}


def test_somebody_who_got_many_messages_gets_the_next_when_the_first_is_long_past() -> None:
    assert held(full(), _Row()) == {"k": NOW + WINDOW}
    assert held(full(), _Row(), now=NOW + WINDOW) == {}


def test_the_first_page_of_a_case_waits_a_minute_and_no_longer() -> None:
    first = _Row(tell_rank=0, purpose=Purpose.PAGE.value, case_id="new")

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
    assert held(full(), _Row(contact="ben")) == {}


# --- one person, whichever way


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_another_way_to_the_same_person_is_no_way_around_the_limit(channel: str) -> None:
    assert "k" in held(full(), _Row(channel=channel))


def test_one_page_on_three_ways_at_once_is_one_message() -> None:
    pacing = Pacing(messages=3, within=WINDOW)
    for n in range(2):
        for channel in ("sms", "email", "signal"):
            pacing.note(job(str(n), channel=channel), at=NOW)

    assert room(pacing) == 1


def test_the_copy_of_a_page_that_left_never_waits_and_is_told_as_the_page_was() -> None:
    """It was the last there was room for; the phone rang, and the mail has to go as well."""
    pacing = full()
    copy = job("2", channel="email")

    assert held(pacing, _Row(channel="email", alert_id=copy.alert)) == {}
    assert pacing.fits([copy], now=NOW)


def test_what_was_told_within_another_is_told_so_on_every_way() -> None:
    pacing = Pacing(messages=1, within=WINDOW)
    several = [job(str(n)) for n in range(3)]
    pacing.note(replace(several[0], also=tuple(several[1:])), at=NOW)
    mails = [replace(each, channel="email") for each in several]

    rows = [_Row(key=each.key, channel="email", alert_id=each.alert) for each in mails]
    assert held(pacing, *rows) == {}
    assert not pacing.fits(mails, now=NOW)


def test_a_try_that_is_repeated_is_no_further_message() -> None:
    pacing = Pacing(messages=2, within=WINDOW)
    for _ in range(9):
        pacing.note(job("same"), at=NOW)

    assert room(pacing) == 1


def test_the_second_time_that_somebody_is_told_of_a_case_is_a_message_of_its_own() -> None:
    pacing = Pacing(messages=3, within=WINDOW)
    for no in (1, 2):
        pacing.note(job("same", tell_no=no), at=NOW)

    assert room(pacing) == 1


def test_a_channel_may_have_a_limit_of_its_own_or_none() -> None:
    pacing = Pacing(messages=1, within=WINDOW, channels={"webhook": 0, "email": 5})
    for channel in ("webhook", "email", "sms"):
        pacing.note(job("x", channel=channel), at=NOW)

    assert room(pacing, channel="sms") == room(pacing, channel="signal") == 0
    assert room(pacing, channel="email") == 4
    assert room(pacing, channel="webhook") == 20


def test_without_a_limit_nothing_is_counted_and_nothing_waits() -> None:
    pacing = Pacing()
    for n in range(100):
        pacing.note(job(str(n)), at=NOW)

    assert held(pacing, *(_Row(key=str(n)) for n in range(100))) == {}
    assert pacing.held_back == 0


# --- fairness


def test_a_case_that_floods_somebody_keeps_no_other_case_waiting() -> None:
    flooded = full(12, cases=1)

    assert held(flooded, _Row(case_id="case of 0")) == {"k": NOW + WINDOW}
    assert held(flooded, _Row(case_id="another", tell_rank=0)) == {}
    assert held(flooded, _Row(case_id="another", lane=OTHER, purpose=Purpose.TELL.value)) == {}


def test_a_flood_that_comes_in_one_claim_keeps_no_other_case_waiting_either() -> None:
    pacing = Pacing(messages=3, within=WINDOW)
    flood = [_Row(key=str(n), lane=OTHER, purpose=Purpose.TELL.value) for n in range(10)]
    other = _Row(key="b", lane=OTHER, purpose=Purpose.TELL.value, case_id="another")

    assert sorted(held(pacing, *flood, other)) == [str(n) for n in range(3, 10)]


_LANES = st.sampled_from([DUTY, GRAVE, OTHER])
_MESSAGES = st.lists(
    st.tuples(st.integers(0, 1_800), st.sampled_from("abcdef"), st.sampled_from(["sms", "email"])),
    max_size=60,
)


def _jobs(messages: Sequence[tuple[int, str, str]]) -> list[tuple[datetime, SendJob]]:
    return [
        (NOW + timedelta(seconds=at), job(str(n), case=case, channel=channel))
        for n, (at, case, channel) in enumerate(sorted(messages))
    ]


@given(messages=_MESSAGES, limit=st.integers(1, 6), lane=_LANES)
def test_whatever_a_person_got_only_too_many_other_cases_keep_a_case_waiting(
    messages: list[tuple[int, str, str]], limit: int, lane: int
) -> None:
    pacing, now = Pacing(messages=limit, within=WINDOW), NOW + timedelta(seconds=1_800)
    sent = _jobs(messages)
    for at, each in sent:
        pacing.note(each, at=at)
    lately = {each.case for at, each in sent if at > now - WINDOW}
    row = _Row(case_id="new", lane=lane, purpose=Purpose.TELL.value, decided_at=now)

    waits = bool(held(pacing, row, now=now))

    assert waits is (len(lately) >= limit)


@given(messages=_MESSAGES, limit=st.integers(1, 6))
def test_nobody_outside_gets_more_than_the_limit_of_a_case_nor_twice_the_limit_of_all(
    messages: list[tuple[int, str, str]], limit: int
) -> None:
    """Each message asks first; what waits is not sent."""
    pacing, left = Pacing(messages=limit, within=WINDOW), list[tuple[datetime, str]]()
    for at, each in _jobs(messages):
        row = _Row(
            lane=OTHER,
            purpose=Purpose.TELL.value,
            case_id=each.case,
            alert_id=each.alert,
            decided_at=at,
        )
        if not held(pacing, row, now=at):
            pacing.note(each, at=at)
            left.append((at, each.case))
        lately = Counter(case for when, case in left if when > at - WINDOW)
        assert lately.total() < 2 * limit
        assert max(lately.values(), default=0) <= limit


# --- what always holds


def test_how_often_somebody_had_to_wait_is_counted() -> None:
    pacing = full()
    held(pacing, _Row(key="a"), _Row(key="b"))

    assert pacing.held_back == 2


def test_those_who_got_nothing_lately_are_forgotten() -> None:
    pacing = Pacing(messages=3, within=WINDOW)
    for n in range(10_000):
        pacing.note(job("x", contact=str(n)), at=NOW)
    pacing.note(job("x"), at=NOW + WINDOW)

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
    for n, seconds in enumerate(sorted(sent)):
        pacing.note(job(str(n)), at=NOW + timedelta(seconds=seconds))
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
