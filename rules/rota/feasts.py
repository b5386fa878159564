"""Public holidays: of a country, by the `holidays` library, and days of one's own."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rules.wall_clock import instant, shows, zone_named
from schemas.roster import Calendar


def is_known(country: str, region: str = "") -> bool:
    """Whether the library has holidays of this country, and of this part of it."""
    import holidays  # a third of a second, which only who uses it pays

    regions = holidays.list_supported_countries().get(country)
    return regions is not None and (not region or region in regions)


def regions_of(country: str) -> tuple[str, ...]:
    """The parts of a country that have holidays of their own."""
    import holidays

    return tuple(holidays.list_supported_countries().get(country, ()))


class Feasts:
    """The days of one calendar."""

    def __init__(self, calendar: Calendar, zone: ZoneInfo) -> None:
        """Raises NotImplementedError where the library knows no such country."""
        self._calendar = calendar
        self._zone = zone
        self._own = frozenset(calendar.dates)
        self._years: dict[int, frozenset[date]] = {}
        if calendar.country and not is_known(calendar.country, calendar.region):
            raise NotImplementedError(f"no holidays of {calendar.country} {calendar.region}")

    def on(self, at: datetime) -> bool:
        """Whether it is one of these days there."""
        return self.has(shows(at, self._zone).date())

    def has(self, day: date) -> bool:
        """Whether this is one of these days."""
        return day in self._own or day in self._of_the_country(day.year)

    def edges(self, starts: datetime, ends: datetime) -> Iterator[datetime]:
        """Every midnight between them at which such a day begins or ends."""
        day = shows(starts, self._zone).date()
        while True:
            following = day + timedelta(days=1)
            at = instant(datetime.combine(following, time()), self._zone)
            if at >= ends:
                return
            if at > starts and self.has(day) is not self.has(following):
                yield at
            day = following

    def _of_the_country(self, year: int) -> frozenset[date]:
        if not self._calendar.country:
            return frozenset()
        if year not in self._years:
            import holidays

            found = holidays.country_holidays(
                self._calendar.country, subdiv=self._calendar.region or None, years=year
            )
            self._years[year] = frozenset(found)
        return self._years[year]


def feasts(calendar: Calendar) -> Feasts | None:
    """The calendar, ready to be asked; None where zone or country are unknown."""
    zone = zone_named(calendar.zone)
    try:
        return None if zone is None else Feasts(calendar, zone)
    except NotImplementedError:
        return None
