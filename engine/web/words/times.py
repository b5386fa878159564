"""Times as people read them. Instants are aware; a zone is always named or the board's own."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()


def offset(value: datetime) -> str:
    """`UTC`, `UTC+1`, `UTC-3:30` of an aware local time."""
    seconds = int((value.utcoffset() or timedelta()).total_seconds())
    if seconds == 0:
        return "UTC"
    sign = "+" if seconds > 0 else "-"
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"UTC{sign}{hours}" + (f":{minutes:02d}" if minutes else "")


def moment(value: datetime, *, zone: ZoneInfo) -> str:
    """`Tue 2 March, 12:00 (UTC+1)`."""
    local = value.astimezone(zone)
    return f"{day(value, zone=zone)}, {local:%H:%M} ({offset(local)})"


def short_moment(value: datetime, *, zone: ZoneInfo) -> str:
    """`Tue 2 March, 12:00`, where the zone stands elsewhere on the page."""
    return f"{day(value, zone=zone)}, {clock_time(value, zone=zone)}"


def day(value: datetime, *, zone: ZoneInfo) -> str:
    """`Tue 2 March`."""
    local = value.astimezone(zone)
    return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]}"


def month(value: datetime, *, zone: ZoneInfo) -> str:
    """`March 2027`."""
    local = value.astimezone(zone)
    return f"{_MONTHS[local.month - 1]} {local.year}"


def clock_time(value: datetime, *, zone: ZoneInfo) -> str:
    """`14:02`."""
    return f"{value.astimezone(zone):%H:%M}"


def span(seconds: float) -> str:
    """`less than a minute`, `12 min`, `3 h 5 min`, `2 days`; without a sign."""
    minutes = int(abs(seconds)) // 60
    if minutes < 1:
        return "less than a minute"
    if minutes < 90:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 10 and minutes:
        return f"{hours} h {minutes} min"
    if hours < 48:
        return f"{hours} h"
    return f"{hours // 24} days"


def left(due: datetime, *, now: datetime) -> str:
    """`12 min left`, `8 min over`."""
    seconds = (due - now).total_seconds()
    if -60 < seconds < 60:
        return "now"
    return f"{span(seconds)} {'left' if seconds > 0 else 'over'}"
