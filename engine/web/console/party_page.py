"""Parties: looking one up, its page, and the picture of who stands around it.

No address of these pages says whom somebody looks at: what is sought travels in a form, and a party
is named by a digest of its id.
"""

import hashlib
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.registry.finding import find
from engine.registry.neighbourhood import MOST, neighbourhood
from engine.web.console.drawing import drawing
from engine.web.console.party_view import contact_lines, kind_words, known, link_lines
from engine.web.console.shell import Shell
from engine.web.forms import Form
from engine.web.services import Visitor
from rules.graph import Registry
from schemas.party import Party, PartyKind

LINES = MOST
"""Links on a page: the first has one at least of each party drawn; the rest is on the next."""


class PartyPage:
    """Reading the registry in force, never the store: what is shown is what decides."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._ids: Mapping[str, str] = {}
        self._ids_of = ""

    def routes(self) -> list[Route]:
        """The list, a party, its picture."""
        return [
            self._shell.route("/parties", show=self.ask, act=self.find),
            self._shell.route("/parties/{digest}", show=self.show),
            self._shell.route("/pictures/{digest}", show=self.picture),
        ]

    async def ask(self, request: Request, visitor: Visitor) -> Response:
        """Whom do you look for?"""
        return await self._found(visitor, "")

    async def find(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Parties by letters of their names."""
        return await self._found(visitor, form.get("find")[:200])

    async def _found(self, visitor: Visitor, words: str) -> Response:
        found, more = find(self._shell.services.world.registry(), words)
        return await self._shell.render(
            "console/parties.html",
            visitor,
            sought=words,
            more=more,
            found=[(each.name, kind_words(each), address(each.id)) for each in found],
        )

    async def show(self, request: Request, visitor: Visitor) -> Response:
        """One party: what is known, how it is reached, and who stands around it."""
        registry = self._shell.services.world.registry()
        party = self._party(registry, request)
        if party is None:
            return await self._shell.not_found(visitor)
        seen = neighbourhood(registry, party.id)
        lines = list(link_lines(seen, registry))
        asked = request.query_params.get("page", "0")
        at = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
        here = address(party.id)
        return await self._shell.render(
            "console/party.html",
            visitor,
            party=party,
            kind=kind_words(party),
            known=list(known(party)),
            contacts=list(
                contact_lines(registry.contacts(party.id), now=self._shell.services.clock.now())
            ),
            picture=here.replace("parties", "pictures") if seen.around else "",
            drawn=len(seen.around),
            left_out=seen.left_out,
            links=[
                (line, address(line.a), address(line.b)) for line in lines[at * LINES :][:LINES]
            ],
            further=f"{here}?page={at + 1}" if len(lines) > (at + 1) * LINES else "",
            before=f"{here}?page={at - 1}" if at else "",
        )

    async def picture(self, request: Request, visitor: Visitor) -> Response:
        """The picture alone; the page has the same in words."""
        registry = self._shell.services.world.registry()
        party = self._party(registry, request)
        if party is None:
            return Response(status_code=404)
        drawn = drawing(
            neighbourhood(registry, party.id),
            name=party.name,
            on=self._shell.services.clock.now().date(),
        )
        return Response(drawn, media_type="image/svg+xml")

    def _party(self, registry: Registry, request: Request) -> Party | None:
        if self._ids_of != registry.version:
            self._ids = {
                _digest(party.id): party.id
                for kind in PartyKind
                for party in registry.of_kind(kind)
            }
            self._ids_of = registry.version
        return registry.party(self._ids.get(request.path_params["digest"], ""))


def address(id: str) -> str:
    """Of a party's page."""
    return f"/parties/{_digest(id)}"


def _digest(id: str) -> str:
    return hashlib.sha256(id.encode("utf-8", "surrogatepass")).hexdigest()[:24]
