"""`/calendar/{secret}.ics`: shifts for a phone's calendar, which is told an address and no more.

The secret stands in the address, as with gateways; nothing here is about a case.
"""

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.duty import feed
from engine.duty.editions import editions
from engine.web.services import Services

TYPE = "text/calendar; charset=utf-8"


class CalendarFeed:
    """The endpoint."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def routes(self) -> list[Route]:
        """One address a person, and one of all."""
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
            people = (feed.EVERYBODY, *(each.id for each in roster.people))
            person = feed.whose(services.answer_key, given, people, editions=editions(conn))
            return None if person is None else feed.calendar(roster, person, at=now)

        found = await services.reader.run(text)
        return Response(status_code=404) if found is None else Response(found, media_type=TYPE)
