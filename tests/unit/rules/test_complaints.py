"""Until when a party takes a complaint: never a day later than its contract says."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.complaints import WINDOW_MOST, happened_on, last_day
from schemas.event import ThreatEvent, When

OPENED = date(2027, 3, 10)


def event(code: str = "threat", *, on: str = "") -> ThreatEvent:
    at = datetime.fromisoformat(f"{on}T12:00:00+00:00") if on else None
    return ThreatEvent(code=code, occurred=When(at=at))


@pytest.mark.parametrize(
    ("window", "last"),
    [(1, date(2027, 3, 3)), (30, date(2027, 4, 1)), (365, date(2028, 3, 1))],
)
def test_the_day_itself_is_not_counted(window: int, last: date) -> None:
    assert last_day(window, happened=date(2027, 3, 2)) == last


def test_a_window_past_the_end_of_the_calendar_ends_there() -> None:
    assert last_day(WINDOW_MOST, happened=date(9999, 6, 1)) == date.max


@pytest.mark.parametrize(
    ("events", "since"),
    [
        ([], OPENED),
        ([event()], OPENED),
        ([event(on="2027-03-02")], date(2027, 3, 2)),
        ([event(on="2027-03-09"), event(on="2027-03-02"), event()], date(2027, 3, 2)),
        ([event("date_set", on="2027-01-01")], OPENED),
        ([event("consent_granted", on="2027-01-01"), event(on="2027-03-09")], date(2027, 3, 9)),
        ([event(on="2027-04-30")], OPENED),
    ],
    ids=[
        "nothing known", "no day said", "the day", "the first", "not what is set since",
        "not what somebody agreed to", "never later than we heard of it",
    ],
)  # fmt: skip
def test_it_counts_from_the_first_day_on_which_something_happened(
    events: list[ThreatEvent], since: date
) -> None:
    assert happened_on(events, otherwise=OPENED) == since


days = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@given(st.lists(days, max_size=5), days, st.integers(1, WINDOW_MOST), days)
def test_a_further_report_never_moves_the_last_day_back_out(
    said: list[date], further: date, window: int, opened: date
) -> None:
    """Whoever looked yesterday and planned by it is in time."""

    def last(some: list[date]) -> date:
        events = [ThreatEvent(code="threat", occurred=When(at=_noon(day))) for day in some]
        return last_day(window, happened=happened_on(events, otherwise=opened))

    before, after = last(said), last([*said, further])

    assert after <= before <= opened + timedelta(days=window)


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
