"""Times as people say them: `22:00`, `Tue 08:30`, `Wed 10 Mar 09:00`, always UTC."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_SAID = re.compile(
    r"(?:(?P<day>Mon|Tue|Wed|Thu|Fri|Sat|Sun)\s+)?(?:(?P<date>\d{1,2})\s+(?P<month>[A-Z][a-z]{2})\s+)?"
    r"(?P<hour>\d{2}):(?P<minute>\d{2})"
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = timedelta(days=1)


def moment(said: str) -> datetime:
    """`2027-03-01 22:00` as an aware time."""
    return datetime.strptime(said, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def next_moment(said: str, *, after: datetime) -> datetime:
    """The first such time that is not before `after`."""
    return _search(said, _at(said, after), _DAY, lambda found: found >= _minute(after))


def last_moment(said: str, *, before: datetime) -> datetime:
    """The last such time that is not after `before`."""
    return _search(said, _at(said, before), -_DAY, lambda found: found <= before)


def said_at(at: datetime) -> str:
    """A moment as stories write it: `Tue 02 Mar 08:30`."""
    return f"{at:%a %d %b %H:%M}"


def _search(
    said: str, start: datetime, step: timedelta, holds: Callable[[datetime], bool]
) -> datetime:
    for days in range(-1, 800):
        found = start + step * days
        if _fits(said, found) and holds(found):
            return found
    raise ValueError(f"no such time near by: {said!r}")


def _at(said: str, near: datetime) -> datetime:
    match = _matched(said)
    return near.replace(
        hour=int(match["hour"]), minute=int(match["minute"]), second=0, microsecond=0
    )


def _matched(said: str) -> re.Match[str]:
    match = _SAID.fullmatch(said)
    if match is None:
        raise ValueError(f"say a time as 22:00, Tue 08:30 or Wed 10 Mar 09:00, not {said!r}")
    return match


def _fits(said: str, found: datetime) -> bool:
    match = _matched(said)
    day, date, month = match["day"], match["date"], match["month"]
    return (
        (day is None or _DAYS[found.weekday()] == day)
        and (date is None or found.day == int(date))
        and (month is None or _MONTHS[found.month - 1] == month)
    )


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
