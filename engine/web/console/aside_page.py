"""What came and was no report, on the board: a list, and each opened with a reason.

Until somebody has read it nobody knows whether it was a call for help.
"""

from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.access import Permission
from engine.store.aside import PutAside, count, put_aside
from engine.web.console.fields import Errors
from engine.web.console.lists import paging
from engine.web.console.reveal import REASON_LEAST
from engine.web.console.shell import Shell
from engine.web.forms import Form
from engine.web.services import Visitor
from engine.web.words.times import moment

PAGE = 20


class AsidePage:
    """One page: the list, and below it what was opened."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def routes(self) -> list[Route]:
        """The list, and opening one of it."""
        act = self._shell.acting(self.open, Permission.REVEAL)
        return [self._shell.route("/aside", show=self.show, act=act)]

    async def show(self, request: Request, visitor: Visitor) -> Response:
        """What was put aside, the newest first; nothing is opened."""
        return await self._page(request, visitor, Errors(), Form())

    async def open(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Open one. The journal has the reason before anything is shown."""
        some, _ = await self._some(request)
        wanted = form.get("id")
        errors = Errors()
        if wanted not in {each.id for each in some if each.kept}:
            errors["id"] = "Choose one."
        if len(form.get("reason")) < REASON_LEAST:
            errors["reason"] = "Say why in a few words."
        if errors:
            return await self._page(request, visitor, errors, form, status=422)
        words = await self._shell.services.sealing.reveal(
            wanted, by=visitor.person, reason=form.get("reason")[:200]
        )
        if words is None:
            return await self._shell.say(
                visitor,
                "It can no longer be opened",
                ("Its time was over, or its key is gone. Ask the source what it meant to say.",),
                status=410,
                back="/aside",
                back_words="Back",
            )
        return await self._page(request, visitor, errors, form, content=words)

    async def _some(self, request: Request) -> tuple[list[PutAside], int]:
        asked = request.query_params.get("page", "0")
        at = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
        read = self._shell.services.reader.run
        return list(await read(lambda conn: put_aside(conn, most=PAGE, skip=at * PAGE))), at

    async def _page(
        self,
        request: Request,
        visitor: Visitor,
        errors: Errors,
        form: Form,
        *,
        content: str | None = None,
        status: int = 200,
    ) -> Response:
        some, at = await self._some(request)
        all_of_it = await self._shell.services.reader.run(count)
        zone = ZoneInfo(self._shell.services.zone)
        return await self._shell.render(
            "console/aside.html",
            visitor,
            status=status,
            count=all_of_it,
            some=[(each, moment(each.at, zone=zone)) for each in some],
            open_to=[
                (each.id, f"{each.source}, {moment(each.at, zone=zone)}")
                for each in some
                if each.kept
            ],
            pages=paging("/aside?", at=at, of=all_of_it, size=PAGE),
            content=content,
            errors=errors,
            sent={"id": form.get("id"), "reason": form.get("reason")},
        )
