"""Opening hours: whom we reach now, and when somebody will be there."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.hours import HoursError, check, next_opening, open_at, zone_of

OFFICE = "Mon-Fri 08:00-16:00 Europe/Berlin"


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2027-03-01T07:00", True),  # Monday 08:00 in Berlin
        ("2027-03-01T06:59", False),
        ("2027-03-01T14:59", True),
        ("2027-03-01T15:00", False),
        ("2027-03-06T10:00", False),  # Saturday
        ("2027-07-05T06:00", True),  # summer time: an hour earlier in UTC
        ("2027-07-05T14:00", False),
    ],
)
def test_an_office_is_open_in_its_own_time_summer_and_winter(instant: str, expected: bool) -> None:
    assert open_at(OFFICE, _utc(instant)) is expected


def test_a_contact_without_hours_is_there_at_all_hours() -> None:
    assert open_at("", _utc("2027-03-06T03:00"))
    assert open_at(" ; ", _utc("2027-03-06T03:00"))
    assert next_opening("", _utc("2027-03-06T03:00")) == _utc("2027-03-06T03:00")


@pytest.mark.parametrize(
    ("hours", "instant", "expected"),
    [
        (OFFICE, "2027-03-01T22:00", "2027-03-02T07:00"),
        (OFFICE, "2027-03-05T22:00", "2027-03-08T07:00"),  # over the weekend
        (OFFICE, "2027-03-26T16:00", "2027-03-29T06:00"),  # over the change to summer time
        (OFFICE, "2027-03-01T10:30", "2027-03-01T10:30"),  # open: now
        ("Wed 10:00-11:00 UTC", "2027-03-03T11:00", "2027-03-10T10:00"),
        ("Mon,Wed 10:00-11:00 UTC; Tue 09:00-09:30 UTC", "2027-03-01T12:00", "2027-03-02T09:00"),
        ("daily 22:00-06:00 UTC", "2027-03-01T12:00", "2027-03-01T22:00"),
        ("Sat-Mon 10:00-12:00 UTC", "2027-03-05T12:00", "2027-03-06T10:00"),
    ],
)
def test_somebody_is_told_when_the_phone_will_be_answered(
    hours: str, instant: str, expected: str
) -> None:
    assert next_opening(hours, _utc(instant)) == _utc(expected)


@pytest.mark.parametrize(
    ("hours", "instant", "expected"),
    [
        ("Fri 22:00-06:00 UTC", "2027-03-06T05:59", True),  # Saturday morning of Friday's night
        ("Fri 22:00-06:00 UTC", "2027-03-06T06:00", False),
        ("Fri 22:00-06:00 UTC", "2027-03-05T05:00", False),
        ("Mon 00:00-24:00 UTC", "2027-03-01T23:59", True),
        ("Mon 00:00-24:00 UTC", "2027-03-02T00:00", False),
        ("Mon 09:00-17:00 UTC; Sat 10:00-12:00", "2027-03-06T11:00", True),  # zone of the first
        ("MON – TUE 9:00–17:00 UTC", "2027-03-02T10:00", None),
        ("mon - tue 9:00 - 17:00 UTC", "2027-03-02T10:00", True),
    ],
)
def test_nights_midnights_and_several_ranges(
    hours: str, instant: str, expected: bool | None
) -> None:
    if expected is None:
        with pytest.raises(HoursError):
            open_at(hours, _utc(instant))
        return

    assert open_at(hours, _utc(instant)) is expected


def test_a_night_shift_over_the_lost_hour_and_over_the_double_hour_has_no_gap() -> None:
    night = "Sat 23:00-07:00 Europe/Berlin"
    spring, autumn = _utc("2027-03-27T22:00"), _utc("2027-10-30T21:00")

    lost = [open_at(night, spring + timedelta(minutes=each)) for each in range(0, 7 * 60)]
    double = [open_at(night, autumn + timedelta(minutes=each)) for each in range(0, 9 * 60)]

    assert all(lost)
    assert not open_at(night, spring + timedelta(hours=7))
    assert all(double)
    assert not open_at(night, autumn + timedelta(hours=9))


def test_a_range_that_ends_in_the_double_hour_ends_at_its_second_passing() -> None:
    hours = "Sun 01:00-02:30 Europe/Berlin"

    assert open_at(hours, _utc("2027-10-31T01:29"))
    assert not open_at(hours, _utc("2027-10-31T01:30"))


def test_a_range_that_lies_in_the_lost_hour_does_not_exist_that_day() -> None:
    hours = "Sun 02:10-02:50 Europe/Berlin"

    assert next_opening(hours, _utc("2027-03-27T12:00")) == _utc("2027-04-04T00:10")
    assert next_opening(hours, _utc("2027-03-21T12:00")) == _utc("2027-04-04T00:10")


@pytest.mark.parametrize(
    ("hours", "message"),
    [
        (
            "whenever",
            "Cannot read the hours 'whenever'. "
            "Write for example Mon-Fri 08:00-16:00 Europe/Berlin.",
        ),
        (
            "Mon 08:00-16:00",
            "The hours 'Mon 08:00-16:00' name no time zone. Add one, for example Europe/Berlin.",
        ),
        (
            "Mon 08:00-16:00 Mars/Base",
            "There is no time zone 'Mars/Base'. Use a name such as Europe/Berlin or UTC.",
        ),
        (
            "Mon 08:00-16:00 Europe",
            "There is no time zone 'Europe'. Use a name such as Europe/Berlin or UTC.",
        ),
        ("Mon 08:00-25:00 UTC", "There is no time 25:00. Use 00:00 to 24:00."),
        ("Mon 08:60-09:00 UTC", "There is no time 08:60. Use 00:00 to 24:00."),
        (
            "Mon 24:00-09:00 UTC",
            "A day starts at 00:00, not at 24:00. Write the next day at 00:00.",
        ),
        ("Mond 08:00-09:00 UTC", "There is no day 'Mond'. Use Mon Tue Wed Thu Fri Sat Sun."),
        ("Mon- 08:00-09:00 UTC", "There is no day ''. Use Mon Tue Wed Thu Fri Sat Sun."),
    ],
)
def test_somebody_who_wrote_wrong_hours_is_told_what_to_write(hours: str, message: str) -> None:
    with pytest.raises(HoursError) as caught:
        check(hours)

    assert str(caught.value) == message


def test_good_hours_pass_the_check() -> None:
    check(OFFICE)


_days = st.sampled_from(["Mon", "Mon-Fri", "Sat-Mon", "Wed,Sun", "daily"])
_clock = st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
_zones = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati"]
)
_range = st.builds("{} {}-{} {}".format, _days, _clock, _clock, _zones)
_hours = st.lists(_range, min_size=1, max_size=3).map("; ".join)
_instants = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda minutes: _utc("2026-01-01T00:00") + timedelta(minutes=minutes)
)


@given(hours=_hours, instant=_instants)
def test_at_the_next_opening_it_is_open_and_until_then_it_is_not(
    hours: str, instant: datetime
) -> None:
    opening = next_opening(hours, instant)

    assert opening >= instant
    assert open_at(hours, opening)
    waiting = opening - instant
    for part in range(1, 8):
        moment = instant + waiting * part / 8
        if moment < opening:
            assert not open_at(hours, moment)


@pytest.mark.parametrize(
    ("hours", "zone"),
    [
        ("Mon-Fri 08:00-16:00 Europe/Berlin", "Europe/Berlin"),
        ("Mon-Fri 08:00-16:00 Asia/Kathmandu; Sat 09:00-12:00", "Asia/Kathmandu"),
        ("daily 08:00-16:00 UTC", "UTC"),
        ("", "Europe/Paris"),
        ("when the kettle is on", "Europe/Paris"),
        ("Mon 08:00-16:00 Nowhere/Atall", "Europe/Paris"),
    ],
)
def test_times_are_shown_in_the_zone_of_the_hours_else_in_the_deployments(
    hours: str, zone: str
) -> None:
    assert zone_of(hours, default="Europe/Paris") == zone
