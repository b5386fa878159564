"""Opening hours as people write them: `Mon-Fri 08:00-16:00 Europe/Berlin; Sat 09:00-12:00`.

Ranges are separated by `;`. Days are `Mon`, `Mon-Fri`, `Mon,Wed` or `daily`; a range whose end is
not after its start runs into the next day. A range without a zone has that of the range before it.
Empty hours mean: reachable at all hours. Times are local, so they follow daylight saving.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from rules.wall_clock import instant as instant_of

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_RANGE = re.compile(
    r"(?P<days>[A-Za-z][A-Za-z,\- ]*?)\s+(?P<start>\d{1,2}:\d{2})\s*[-–]\s*(?P<end>\d{1,2}:\d{2})"
    r"(?:\s+(?P<zone>[A-Za-z][A-Za-z0-9_+\-/]*))?"
)
_LOOK_AHEAD_DAYS = 15
"""A weekly plan opens again within a week, or within two where the clock change swallows it."""


class HoursError(ValueError):
    """Hours that cannot be read; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class _Range:
    days: frozenset[int]
    start: int
    """Minutes after midnight."""
    end: int
    """Minutes after midnight of the first day; beyond 1440 it lies in the next day."""
    zone: ZoneInfo

    def on(self, day: date) -> tuple[datetime, datetime] | None:
        """Opening and closing of the range that starts on this day, in UTC."""
        if day.weekday() not in self.days:
            return None
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001  # as a clock shows it
        # An hour that comes twice: open at the first, close at the second, rather long than short.
        return (
            instant_of(midnight + timedelta(minutes=self.start), self.zone),
            instant_of(midnight + timedelta(minutes=self.end), self.zone, last=True),
        )


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours that were read once, for whoever asks often."""

    ranges: tuple[_Range, ...]

    @classmethod
    def read(cls, text: str) -> "Hours":
        """Raises HoursError when the text cannot be read."""
        return cls(_ranges(text))

    def open_at(self, instant: datetime) -> bool:
        """Whether somebody is there at this instant (aware)."""
        return not self.ranges or any(
            start <= instant < end for start, end in _around(self.ranges, instant, days=1)
        )

    def edges(self, starts: datetime, ends: datetime) -> Iterator[datetime]:
        """Every opening and closing after `starts` and before `ends`."""
        days = (ends - starts).days + 2
        for span in _around(self.ranges, starts, days=days):
            yield from (edge for edge in span if starts < edge < ends)


def check(hours: str) -> None:
    """Raises HoursError when the text cannot be read."""
    _ranges(hours)


def open_at(hours: str, instant: datetime) -> bool:
    """Whether somebody is there at this instant (aware). Raises HoursError."""
    return Hours.read(hours).open_at(instant)


def next_opening(hours: str, instant: datetime) -> datetime:
    """The first instant from this one on at which somebody is there, in UTC. Raises HoursError.

    The instant itself when it is open then.
    """
    if open_at(hours, instant):
        return instant.astimezone(UTC)
    starts = [start for start, end in _around(_ranges(hours), instant) if instant < start < end]
    return min(starts)


def zone_of(hours: str, *, default: str) -> str:
    """The IANA zone in which somebody with these hours reads times; `default` where none is named.

    Never raises: hours nobody can read name no zone, and a time must be shown all the same.
    """
    try:
        ranges = _ranges(hours)
    except HoursError:
        return default
    return ranges[-1].zone.key if ranges else default


def _around(
    ranges: tuple[_Range, ...], instant: datetime, *, days: int = _LOOK_AHEAD_DAYS
) -> list[tuple[datetime, datetime]]:
    """Every span that is open in the days around the one of this instant; runs into it as well."""
    found = []
    for each in ranges:
        today = instant.astimezone(each.zone).date()
        for offset in range(-2, days + 1):
            span = each.on(today + timedelta(days=offset))
            if span is not None:
                found.append(span)
    return found


def _ranges(hours: str) -> tuple[_Range, ...]:
    ranges: list[_Range] = []
    zone: ZoneInfo | None = None
    for part in hours.split(";"):
        if not part.strip():
            continue
        match = _RANGE.fullmatch(part.strip())
        if match is None:
            raise HoursError(
                f"Cannot read the hours {part.strip()!r}. "
                "Write for example Mon-Fri 08:00-16:00 Europe/Berlin."
            )
        zone = _zone(match["zone"]) if match["zone"] else zone
        if zone is None:
            raise HoursError(
                f"The hours {part.strip()!r} name no time zone. Add one, for example Europe/Berlin."
            )
        start, end = _minutes(match["start"]), _minutes(match["end"])
        if start == 1440:
            raise HoursError("A day starts at 00:00, not at 24:00. Write the next day at 00:00.")
        ranges.append(
            _Range(_weekdays(match["days"]), start, end if end > start else end + 1440, zone)
        )
    return tuple(ranges)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise HoursError(
            f"There is no time zone {name!r}. Use a name such as Europe/Berlin or UTC."
        ) from error


def _minutes(clock: str) -> int:
    hours, minutes = (int(part) for part in clock.split(":"))
    if minutes > 59 or hours * 60 + minutes > 1440:
        raise HoursError(f"There is no time {clock}. Use 00:00 to 24:00.")
    return hours * 60 + minutes


def _weekdays(text: str) -> frozenset[int]:
    if text.strip().lower() == "daily":
        return frozenset(range(7))
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        start = _weekday(first)
        end = _weekday(last) if dash else start
        found.update((start + offset) % 7 for offset in range((end - start) % 7 + 1))
    return frozenset(found)


def _weekday(text: str) -> int:
    name = text.strip().lower()
    if name not in _DAYS:
        raise HoursError(f"There is no day {text.strip()!r}. Use Mon Tue Wed Thu Fri Sat Sun.")
    return _DAYS.index(name)
