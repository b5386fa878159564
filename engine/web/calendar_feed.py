"""`/calendar/{secret}.ics`: shifts and dates for a phone's calendar, told an address and no more.

The secret stands in the address, as with gateways. Nothing here says anything of a case: an entry
of a date says that one needs somebody, and when.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.date_calendar import date_calendar
from engine.duty import feed
from engine.duty.editions import editions
from engine.store.dates import DatesAhead
from engine.web.services import Services

TYPE = "text/calendar; charset=utf-8"
DATES_KEPT = timedelta(minutes=10)
"""Phones ask whenever they like; the cases are looked through no oftener than this."""


class CalendarFeed:
    """The endpoint."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._dates: tuple[datetime, str] | None = None
        """When the dates were last read, and what was made of them."""
        self._ahead = DatesAhead()

    def routes(self) -> list[Route]:
        """One address a person, one of all, one of the dates."""
        return [Route("/calendar/{secret}.ics", self.get, methods=["GET"])]

    async def get(self, request: Request) -> Response:
        """The calendar whose secret this is, else nothing."""
        services = self._services
        if services.duty is None:
            return Response(status_code=404)
        roster, given, now = (
            services.duty.roster(),
            request.path_params["secret"],
            services.clock.now(),
        )

        def text(conn: Connection) -> str | None:  # on a reader: weeks of a rota take a while
            people = (feed.EVERYBODY, feed.DATES, *(each.id for each in roster.people))
            whose = feed.whose(services.answer_key, given, people, editions=editions(conn))
            if whose == feed.DATES:
                return self._of_dates(conn, now)
            return None if whose is None else feed.calendar(roster, whose, at=now)

        found = await services.reader.run(text)
        return Response(status_code=404) if found is None else Response(found, media_type=TYPE)

    def _of_dates(self, conn: Connection, now: datetime) -> str:
        kept = self._dates
        if kept is None or not timedelta() <= now - kept[0] < DATES_KEPT:
            made = date_calendar(self._ahead.read(conn), key=self._services.answer_key, at=now)
            kept = self._dates = (now, made)
        return kept[1]
