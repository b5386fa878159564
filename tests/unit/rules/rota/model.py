"""A rota told minute by minute, as one would by looking at clocks on walls: slow, and plain.

Shares no arithmetic with `rules`. It looks at what the clock of a zone shows in each minute of a
window, and remembers the latest it has shown so far, and the earliest it will still show.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from schemas.roster import Layer, Role, Roster

MINUTE = timedelta(minutes=1)
AROUND = timedelta(hours=30)
"""No clock is put forward or back by more."""
ORDER = (Role.HANDLER, Role.SECOND, Role.SHIFT_LEAD, Role.DIRECTOR)


@dataclass(frozen=True)
class Minute:
    """One minute in one zone."""

    shows: datetime
    latest_so_far: datetime
    earliest_to_come: datetime


class Wall:
    """The clocks of one zone over a window, a reading each minute."""

    def __init__(self, zone: str, starts: datetime, ends: datetime) -> None:
        self._zero = starts - AROUND
        count = int((ends + AROUND - self._zero) / MINUTE) + 1
        tz = ZoneInfo(zone)
        self._shows = [
            (self._zero + n * MINUTE).astimezone(tz).replace(tzinfo=None) for n in range(count)
        ]
        self._latest, latest = [], self._shows[0]
        for shown in self._shows:
            latest = max(latest, shown)
            self._latest.append(latest)
        earliest = self._shows[-1]
        self._earliest = []
        for shown in reversed(self._shows):
            earliest = min(earliest, shown)
            self._earliest.append(earliest)
        self._earliest.reverse()

    def at(self, instant: datetime) -> Minute:
        """The reading of this minute."""
        n = int((instant - self._zero) / MINUTE)
        return Minute(self._shows[n], self._latest[n], self._earliest[n])


class Model:
    """Who is on duty in each minute of a window."""

    def __init__(self, roster: Roster, starts: datetime, ends: datetime) -> None:
        self.roster = roster
        zones = {each.zone for each in (*roster.rotations, *roster.calendars)}
        zones |= {layer.hours.split()[-1] for layer in roster.layers if layer.hours}
        self._walls = {zone: Wall(zone, starts, ends) for zone in zones}

    def paged(self, role: Role, at: datetime) -> tuple[str, ...]:
        """Ids of who is paged."""
        for each in ORDER[ORDER.index(role) :]:
            people = self._holders(each, at)
            if people:
                return people
        return (self.roster.floor.id,) if self.roster.floor else ()

    def _holders(self, role: Role, at: datetime) -> tuple[str, ...]:
        for cover in self.roster.covers[::-1]:
            if cover.role is role and not cover.instead_of and cover.starts <= at < cover.ends:
                person = self._stands_in(cover.person, role, at)
                if self._can_come(person, at):
                    return (person,)
        for layer in self.roster.layers:
            if layer.role is role and self._is_open(layer, at):
                here = [
                    stand_in
                    for person in self._pool(layer, at)
                    if self._can_come(stand_in := self._stands_in(person, role, at), at)
                ]
                if here:
                    return (here[0],) if layer.rotation else tuple(dict.fromkeys(here))
        on_shift = [
            stand_in
            for shift in self.roster.shifts
            if shift.role is role
            and (shift.starts is None or at >= shift.starts)
            and (shift.ends is None or at < shift.ends)
            and self._can_come(stand_in := self._stands_in(shift.person, role, at), at)
        ]
        return tuple(dict.fromkeys(on_shift))

    def _pool(self, layer: Layer, at: datetime) -> tuple[str, ...]:
        if not layer.rotation:
            return layer.people
        rotation = next(each for each in self.roster.rotations if each.id == layer.rotation)
        clock = datetime.strptime(rotation.at, "%H:%M").time()  # noqa: DTZ007  # a wall clock's
        first = datetime.combine(rotation.starts, clock)
        words = {"daily": "1 days", "weekly": "7 days"}
        count, unit = words.get(rotation.every, rotation.every).split()
        turn_no = (self._walls[rotation.zone].at(at).latest_so_far - first) // timedelta(
            **{unit: int(count)}
        )
        if turn_no < 0:
            return ()
        return tuple(
            rotation.people[(turn_no + n) % len(rotation.people)]
            for n in range(len(rotation.people))
        )

    def _is_open(self, layer: Layer, at: datetime) -> bool:
        if layer.except_holidays and self._is_holiday(layer.except_holidays, at):
            return False
        if layer.only_holidays and not self._is_holiday(layer.only_holidays, at):
            return False
        if not layer.hours:
            return True
        days, clocks, zone = layer.hours.split()
        assert days in ("daily", "Mon-Fri")
        opening, closing = (
            timedelta(hours=int(each[:2]), minutes=int(each[3:])) for each in clocks.split("-")
        )
        if closing <= opening:
            closing += timedelta(days=1)
        wall = self._walls[zone].at(at)
        return any(
            wall.latest_so_far >= day + opening and wall.earliest_to_come < day + closing
            for day in self._days_near(wall.shows)
            if days == "daily" or day.weekday() < 5
        )

    def _days_near(self, shown: datetime) -> Iterator[datetime]:
        midnight = datetime.combine(shown.date(), datetime.min.time())
        for days in (-2, -1, 0, 1):
            yield midnight + timedelta(days=days)

    def _is_holiday(self, id: str, at: datetime) -> bool:
        calendar = next(each for each in self.roster.calendars if each.id == id)
        day: date = self._walls[calendar.zone].at(at).shows.date()
        return day in calendar.dates

    def _stands_in(self, person: str, role: Role, at: datetime) -> str:
        for swap in self.roster.swaps[::-1]:
            for gives, takes in ((swap.first, swap.second), (swap.second, swap.first)):
                if (gives.person, gives.role) == (person, role) and gives.starts <= at < gives.ends:
                    return self._covered(takes.person, role, at)
        return self._covered(person, role, at)

    def _covered(self, person: str, role: Role, at: datetime) -> str:
        for cover in self.roster.covers[::-1]:
            if (
                cover.instead_of == person
                and cover.role in (None, role)
                and cover.starts <= at < cover.ends
            ):
                return cover.person
        return person

    def _can_come(self, person: str, at: datetime) -> bool:
        known = [each for each in self.roster.people if each.id == person and each.endpoints]
        return bool(known) and not any(
            away.person == person and away.starts <= at < away.ends for away in self.roster.absences
        )


def minutes(starts: datetime, ends: datetime, *, step: int = 1) -> Iterator[datetime]:
    """Each minute of a window, or each so many."""
    at = starts.astimezone(UTC)
    while at < ends:
        yield at
        at += step * MINUTE
