"""Linking two cases, and the look back at one: pages that need more than the case itself."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.access import Permission
from engine.case import commands as c
from engine.case.state import CaseStatus
from engine.store.lookback import look_back_of
from engine.web.console.case_page import CasePage, load
from engine.web.console.fields import Errors, choice
from engine.web.console.gate_forms import Asked, worded
from engine.web.console.lookback_view import lines
from engine.web.console.one_form import sent
from engine.web.console.present_life import LESSONS
from engine.web.console.shell import Shell
from engine.web.forms import Form
from engine.web.services import Visitor
from schemas.facts.life import Lesson

_OTHER = Asked(name="other", words="Which other case?", hint="Its reference: TC-4F2M9.")


class LinkForm:
    """One person links; the stricter of both counts from then on."""

    def __init__(self, shell: Shell, case_page: CasePage) -> None:
        self._shell = shell
        self._cases = case_page

    def routes(self) -> list[Route]:
        """The question and the act; the look back and what is learned."""
        route, acting = self._shell.route, self._shell.acting
        link = acting(self.link, Permission.LINK_CASES)
        review = acting(self.review, Permission.REVIEW)
        return [
            route("/cases/{ref}/link", show=self.ask, act=link),
            route("/cases/{ref}/review", show=self.look_back, act=review),
        ]

    async def ask(self, request: Request, visitor: Visitor) -> Response:
        """Which other case is about the same?"""
        return await self._ask(request, visitor, Errors())

    async def link(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Link them."""
        found = await self._cases.load(request)
        if found is None:
            return await self._shell.not_found(visitor)
        said, zone = form.get("other").strip().upper(), self._shell.services.zone
        other = await self._shell.services.reader.run(lambda conn: load(conn, ref=said, zone=zone))
        if other is None:
            errors = Errors(other="No such case. Copy its reference from the board.")
            return await self._ask(request, visitor, errors, said=said, status=422)
        command = c.LinkCases(
            inbox=self._shell.inbox(visitor, form, about=f"link {said}"),
            case=found.file.row.id,
            other=other.file.row.id,
            by=visitor.person,
        )
        back = f"/cases/{found.file.row.ref}"
        return await self._shell.send(visitor, command, to=back, did="link", urgent=True)

    async def look_back(self, request: Request, visitor: Visitor) -> Response:
        """How long help took, what was promised, what was kept."""
        return await self._look_back(request, visitor, Errors(), Form())

    async def review(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Record what is learned."""
        found = await self._cases.load(request)
        if found is None:
            return await self._shell.not_found(visitor)
        lesson = choice(form.get("lesson"), Lesson)
        if lesson is None:
            errors = Errors(lesson="Choose one.")
            return await self._look_back(request, visitor, errors, form, status=422)
        command = c.ReviewCase(
            inbox=self._shell.inbox(visitor, form, about="review"),
            case=found.file.row.id,
            by=visitor.person,
            lesson=lesson,
            spill_over=form.get("spill_over") == "yes",
            note=await self._shell.sealed(form),
        )
        back = f"/cases/{found.file.row.ref}"
        return await self._shell.send(visitor, command, to=back, did="review")

    async def _ask(
        self,
        request: Request,
        visitor: Visitor,
        errors: Errors,
        *,
        said: str = "",
        status: int = 200,
    ) -> Response:
        found = await self._cases.load(request)
        if found is None:
            return await self._shell.not_found(visitor)
        return await self._shell.render(
            "console/gate.html",
            visitor,
            status=status,
            ref=found.file.row.ref,
            title="Link with another case",
            intro="They are about the same: from now on what is told of either is only what the "
            "people of both allow, and whoever must not know of one must not know of the other. "
            "Nobody is stood down for it. An act in one that followed a notice of the other "
            "freezes both.",
            button="Link them",
            asks=(_OTHER,),
            words=False,
            errors=errors,
            sent={"other": said, "note": ""},
        )

    async def _look_back(
        self, request: Request, visitor: Visitor, errors: Errors, form: Form, status: int = 200
    ) -> Response:
        found = await self._cases.load(request)
        if found is None:
            return await self._shell.not_found(visitor)
        of, case = found.file.row.id, found.file.case
        seen = await self._shell.services.reader.run(lambda conn: look_back_of(conn, of))
        owed = any(task.kind == "review" for task in case.tasks)
        return await self._shell.render(
            "console/review.html",
            visitor,
            status=status,
            ref=found.file.row.ref,
            lines=lines(seen),
            lessons=worded(LESSONS),
            may_review=owed and case.status is CaseStatus.MONITORED,
            errors=errors,
            sent=sent(form, "lesson", "note", many=("spill_over",)),
        )
