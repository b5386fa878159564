"""Who was told of a case, whole; and the links by which whoever holds the consent sees it."""

from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.access import Permission
from engine.holder_links import GOOD_FOR, HolderLinks
from engine.store import holder_links
from engine.store.holder_links import LinkRow
from engine.store.told import ToldCase, told_cases
from engine.web.console.case_page import CasePage, Loaded
from engine.web.console.lists import paging
from engine.web.console.shell import Shell
from engine.web.console.told_view import message_words, told_views
from engine.web.forms import Form
from engine.web.services import Visitor

PAGE = 12
"""Parties told that one page shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A subject of the case, and the links made for whoever holds its consent."""

    pseudonym: str
    links: tuple[LinkRow, ...]


class ToldPage:
    """`/cases/{ref}/told`."""

    def __init__(self, shell: Shell, case_page: CasePage) -> None:
        self._shell = shell
        self._cases = case_page

    def routes(self) -> list[Route]:
        """The list, and making or ending a link."""
        act = self._shell.acting(self.act, Permission.CONSENT)
        return [self._shell.route("/cases/{ref}/told", show=self.show, act=act)]

    async def show(self, request: Request, visitor: Visitor) -> Response:
        """Everybody who was told."""
        return await self._render(request, visitor)

    async def act(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Make a link, shown once on the page that answers; or end one."""
        found = await self._cases.load(request)
        if found is None:
            return await self._shell.not_found(visitor)
        verb, _, what = form.get("act").partition(":")
        services = self._shell.services
        now = services.clock.now()
        if verb == "end":
            await services.writer.run(
                lambda conn: holder_links.end(conn, what, by=visitor.person, now=now)
            )
            return await self._render(request, visitor, did="ended")
        if verb != "make" or what not in found.file.case.subjects:
            return await self._render(request, visitor, status=422)
        links = HolderLinks(services.answer_key)
        id = links.id_from(services.entropy.token(8))
        until = now + GOOD_FOR
        await services.writer.run(
            partial(
                holder_links.make, id=id, pseudonym=what, by=visitor.person, until=until, now=now
            )
        )
        return await self._render(
            request,
            visitor,
            did="made",
            link=f"{services.public_url}/h/{links.token(id)}",
            code=links.code_of(id),
        )

    async def _render(
        self, request: Request, visitor: Visitor, *, status: int = 200, **made: str
    ) -> Response:
        found = await self._cases.load(request)
        if found is None:
            return await self._shell.not_found(visitor)
        told, holders = await self._shell.services.reader.run(lambda conn: _read(conn, found))
        now = self._shell.services.clock.now()
        views = told_views(told, names=found.names)
        asked = request.query_params.get("page", "0")
        at = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
        base = f"/cases/{found.file.row.ref}/told?"
        return await self._shell.render(
            "console/told.html",
            visitor,
            status=status,
            row=found.file.row,
            told=views[at * PAGE : (at + 1) * PAGE],
            count=len(views),
            pages=paging(base, at=at, of=len(views), size=PAGE),
            message_words=lambda message: message_words(message, found.names),
            holders=holders,
            now=now,
            did=made.get("did", ""),
            link=made.get("link", ""),
            code=made.get("code", ""),
        )


def _read(conn: Connection, found: Loaded) -> tuple[ToldCase, tuple[Holder, ...]]:
    (told,) = told_cases(conn, (found.file.case.id,))
    return told, tuple(
        Holder(pseudonym=whose, links=holder_links.of(conn, whose, most=5))
        for whose in found.file.case.subjects
    )
