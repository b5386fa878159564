"""People in turn, who hand over at a time of day: whose turn it is at an instant."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rules.wall_clock import instant, shows, zone_named
from schemas.roster import Rotation

_UNITS = {"hours": timedelta(hours=1), "days": timedelta(days=1), "weeks": timedelta(weeks=1)}
_WORDS = {"daily": timedelta(days=1), "weekly": timedelta(weeks=1)}


def length(every: str) -> timedelta:
    """How long a turn lasts on the wall clock."""
    if every in _WORDS:
        return _WORDS[every]
    count, _, unit = every.partition(" ")
    return int(count) * _UNITS[unit]


@dataclass(frozen=True, slots=True)
class Turns:
    """A rotation, ready to be asked."""

    people: tuple[str, ...]
    first: datetime
    """What the clock shows at the first hand-over."""
    length: timedelta
    zone: ZoneInfo

    def order(self, at: datetime) -> tuple[str, ...]:
        """Whose turn it is at this instant, then who follows; empty before the first hand-over."""
        number = self._number(at)
        if number < 0 or not self.people:
            return ()
        place = number % len(self.people)
        return self.people[place:] + self.people[:place]

    def edges(self, starts: datetime, ends: datetime) -> Iterator[datetime]:
        """Every hand-over after `starts` and before `ends`."""
        number = max(self._number(starts) + 1, 0)
        while (at := self._hand_over(number)) < ends:
            yield at
            number += 1

    def _number(self, at: datetime) -> int:
        """How many hand-overs came after the first; negative before it."""
        number = (shows(at, self.zone) - self.first) // self.length
        while self._hand_over(number) > at:
            number -= 1
        while (
            self._hand_over(number + 1) <= at
        ):  # an hour that comes twice looks earlier than it is
            number += 1
        return number

    def _hand_over(self, number: int) -> datetime:
        return instant(self.first + number * self.length, self.zone)


def turns(rotation: Rotation) -> Turns | None:
    """The rotation, ready to be asked; None where there is no such zone."""
    zone = zone_named(rotation.zone)
    if zone is None:
        return None
    hour, _, minute = rotation.at.partition(":")
    midnight = datetime(rotation.starts.year, rotation.starts.month, rotation.starts.day)  # noqa: DTZ001 (local)
    first = midnight + timedelta(hours=int(hour), minutes=int(minute))
    return Turns(people=rotation.people, first=first, length=length(rotation.every), zone=zone)
