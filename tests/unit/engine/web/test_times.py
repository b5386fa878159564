"""Times as people read them, in their own zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.web.console.fields import Errors, moment_in, moment_of
from engine.web.forms import Form
from engine.web.words.times import left, moment, month, offset, short_moment, span

AT = datetime(2027, 3, 2, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("UTC", "Tue 2 March, 11:00 (UTC)"),
        ("Europe/Berlin", "Tue 2 March, 12:00 (UTC+1)"),
        ("Asia/Kathmandu", "Tue 2 March, 16:45 (UTC+5:45)"),
        ("America/St_Johns", "Tue 2 March, 07:30 (UTC-3:30)"),
        ("Pacific/Kiritimati", "Wed 3 March, 01:00 (UTC+14)"),
    ],
)
def test_a_deadline_names_its_zone(zone: str, said: str) -> None:
    assert moment(AT, zone=ZoneInfo(zone)) == said


def test_the_board_names_its_zone_once_and_leaves_it_out_of_lines() -> None:
    assert short_moment(AT, zone=ZoneInfo("UTC")) == "Tue 2 March, 11:00"
    assert month(AT, zone=ZoneInfo("UTC")) == "March 2027"
    assert offset(AT) == "UTC"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "now"),
        (59, "now"),
        (-59, "now"),
        (60, "1 min left"),
        (-61, "1 min over"),
        (89 * 60, "89 min left"),
        (90 * 60, "1 h 30 min left"),
        (10 * 3600 + 300, "10 h left"),
        (47 * 3600, "47 h left"),
        (-72 * 3600, "3 days over"),
    ],
)
def test_how_long_is_left_is_said_in_one_glance(seconds: int, said: str) -> None:
    assert left(AT + timedelta(seconds=seconds), now=AT) == said


def test_less_than_a_minute_is_a_span_too() -> None:
    assert span(30) == "less than a minute"


def test_a_day_without_a_time_means_six_in_the_evening_there() -> None:
    assert moment_of("2027-03-03", "", zone="Asia/Tokyo") == datetime(2027, 3, 3, 9, 0, tzinfo=UTC)
    assert moment_of("2027-03-03", "", zone="UTC", end_of_day=False) == datetime(
        2027, 3, 3, tzinfo=UTC
    )
    assert moment_of("", "14:00", zone="UTC") is None


@pytest.mark.parametrize(
    ("day", "at"),
    [("soon", ""), ("2027-13-01", ""), ("2027-03-03", "25:00"), ("2027-03-03", "14:00+02:00")],
)
def test_what_is_no_time_is_refused(day: str, at: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        moment_of(day, at, zone="UTC")


@pytest.mark.parametrize(
    ("day", "at", "zone"),
    [("0001-01-01", "00:00", "Asia/Tokyo"), ("9999-12-31", "23:00", "America/Lima")],
)
def test_a_day_at_the_edge_of_the_calendar_is_said_to_be_none_and_ends_no_page(
    day: str, at: str, zone: str
) -> None:
    errors = Errors()
    form = Form((("until_day", day), ("until_time", at)))

    assert moment_in(form, "until", errors, zone=zone, missing="Say when.") is None
    assert errors == {"until": "This is not a date and a time."}


@pytest.mark.parametrize(("missing", "said"), [("", {}), ("Say when.", {"on": "Say when."})])
def test_a_day_that_was_left_out_is_asked_for_where_it_is_needed(
    missing: str, said: dict[str, str]
) -> None:
    errors = Errors()

    assert moment_in(Form(), "on", errors, zone="UTC", missing=missing) is None
    assert errors == said
