"""Destroying what is sealed of a case that is over: a page that says what is lost, and asks why."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.access import Permission
from engine.case import commands as c
from engine.case.erasing import OVER
from engine.web.console.case_page import CasePage
from engine.web.console.fields import Errors
from engine.web.console.present_erasing import WHY
from engine.web.console.shell import Shell
from engine.web.forms import Form
from engine.web.services import Visitor
from schemas.facts import WhyErased


class Erase:
    """Asked by one person, done when another asks the same."""

    def __init__(self, shell: Shell, case_page: CasePage) -> None:
        self._shell = shell
        self._cases = case_page

    def routes(self) -> list[Route]:
        """The question, and the act."""
        act = self._shell.acting(self.erase, Permission.ERASE)
        return [self._shell.route("/cases/{ref}/erase", show=self.ask, act=act)]

    async def ask(self, request: Request, visitor: Visitor) -> Response:
        """What is lost, and why it shall be."""
        return await self._page(request, visitor, Errors())

    async def erase(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """One person's word; the second one's does it."""
        found = await self._cases.load(request)
        if found is None:
            return await self._shell.not_found(visitor)
        why = form.get("why")
        if why not in set(WhyErased):
            return await self._page(request, visitor, Errors(why="Choose one."), status=422)
        command = c.Erase(
            inbox=self._shell.inbox(visitor, form, about="erase"),
            case=found.file.row.id,
            why=WhyErased(why),
            by=visitor.person,
        )
        did = "erased" if found.file.case.erasing else "erase"
        back = f"/cases/{found.file.row.ref}"
        return await self._shell.send(visitor, command, to=back, did=did)

    async def _page(
        self, request: Request, visitor: Visitor, errors: Errors, *, status: int = 200
    ) -> Response:
        found = await self._cases.load(request)
        if found is None or found.file.case.status not in OVER:
            return await self._shell.not_found(visitor)
        first = found.file.case.erasing
        return await self._shell.render(
            "console/erase.html",
            visitor,
            status=status,
            ref=found.file.row.ref,
            asked_by=found.names.person(first[0]).text if first else "",
            mine=visitor.person in first,
            reasons=list(WHY.items()),
            errors=errors,
        )
