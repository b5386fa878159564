"""A page of a case with one form: shown empty, shown again with what is wrong, or sent."""

from abc import ABC, abstractmethod
from typing import ClassVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.access import Permission
from engine.case import commands as c
from engine.case.state import Case
from engine.web.console.case_page import CasePage, Loaded
from engine.web.console.fields import Errors
from engine.web.console.shell import Shell
from engine.web.forms import Form
from engine.web.services import Visitor


class OneForm(ABC):
    """What such pages have in common; what they ask and do is each one's own."""

    PATH: ClassVar[str]
    """Below the case's address."""
    NEEDS: ClassVar[Permission]
    """To send it; whoever may read may look at it."""
    TEMPLATE: ClassVar[str]

    def __init__(self, shell: Shell, case_page: CasePage) -> None:
        self._shell = shell
        self._cases = case_page

    def routes(self) -> list[Route]:
        """One page."""
        act = self._shell.acting(self.act, self.NEEDS)
        return [self._shell.route(f"/cases/{{ref}}/{self.PATH}", show=self.ask, act=act)]

    async def ask(self, request: Request, visitor: Visitor) -> Response:
        """The page with nothing filled in."""
        return await self._page(request, visitor, Errors(), Form())

    async def act(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """What was filled in: carried out, or shown again with what is wrong."""
        found = await self._cases.load(request)
        if found is None:
            return await self._shell.not_found(visitor)
        errors = Errors()
        done = await self._take(found, visitor, form, errors)
        return done or await self._page(request, visitor, errors, form, status=422)

    async def _send(
        self,
        found: Loaded,
        visitor: Visitor,
        command: c.Command,
        *,
        did: str,
        urgent: bool = False,
    ) -> Response:
        back = f"/cases/{found.file.row.ref}"
        return await self._shell.send(visitor, command, to=back, did=did, urgent=urgent)

    async def _page(
        self, request: Request, visitor: Visitor, errors: Errors, form: Form, status: int = 200
    ) -> Response:
        found = await self._cases.load(request)
        if found is None or not self._fits(found.file.case):
            return await self._shell.not_found(visitor)
        return await self._shell.render(
            self.TEMPLATE,
            visitor,
            status=status,
            ref=found.file.row.ref,
            zone_words=f"In {self._shell.services.zone} time.",
            errors=errors,
            **await self._shown(found, visitor, form),
        )

    @abstractmethod
    async def _take(
        self, found: Loaded, visitor: Visitor, form: Form, errors: Errors
    ) -> Response | None:
        """Carry out what the form asks; None, and `errors` by field, where it cannot be."""

    @abstractmethod
    def _fits(self, case: Case) -> bool:
        """Whether there is such a page for a case as it now is."""

    @abstractmethod
    async def _shown(self, found: Loaded, visitor: Visitor, form: Form) -> dict[str, object]:
        """What the template shows beside reference, zone and errors."""


def sent(form: Form, *names: str, many: tuple[str, ...] = ()) -> dict[str, object]:
    """What was filled in, so that nobody types it twice. `many`: fields with several values."""
    return {name: form.get(name) for name in names} | {name: form.all(name) for name in many}
