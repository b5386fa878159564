"""A task by hand: what must be done, by when, by whom."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.access import Permission
from engine.case import commands as c
from engine.web.console.case_page import CasePage
from engine.web.console.fields import Errors, moment_in
from engine.web.console.shell import Shell
from engine.web.forms import Form
from engine.web.services import Visitor


class TaskForm:
    """A page with one form."""

    def __init__(self, shell: Shell, case_page: CasePage) -> None:
        self._shell = shell
        self._cases = case_page

    def routes(self) -> list[Route]:
        """One page."""
        act = self._shell.acting(self.act, Permission.TAKE_TASKS)
        return [self._shell.route("/cases/{ref}/task", show=self.ask, act=act)]

    async def ask(self, request: Request, visitor: Visitor) -> Response:
        """What must be done?"""
        return await self._page(request, visitor, Errors(), Form())

    async def act(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Put it on the board."""
        found = await self._cases.load(request)
        if found is None:
            return await self._shell.not_found(visitor)
        errors = Errors()
        zone = self._shell.services.zone
        due = moment_in(form, "due", errors, zone=zone, missing="Say by when.")
        if not form.get("note"):
            errors["note"] = "Say what must be done."
        owner = form.get("owner")
        if owner and owner not in found.names.people:
            errors["owner"] = "Choose one."
        if errors or due is None:
            return await self._page(request, visitor, errors, form, status=422)
        back = f"/cases/{found.file.row.ref}"
        command = c.AddTask(
            inbox=self._shell.inbox(visitor, form, about=f"{back} task"),
            case=found.file.row.id,
            by=visitor.person,
            due_at=due,
            owner=owner,
            critical=form.get("critical") == "yes",
            note=await self._shell.sealed(form),
        )
        return await self._shell.send(visitor, command, to=back, did="task")

    async def _page(
        self, request: Request, visitor: Visitor, errors: Errors, form: Form, status: int = 200
    ) -> Response:
        found = await self._cases.load(request)
        if found is None or not found.file.case.status.alive:
            return await self._shell.not_found(visitor)
        people = sorted(found.names.people.items(), key=lambda item: item[1])
        return await self._shell.render(
            "console/task.html",
            visitor,
            status=status,
            ref=found.file.row.ref,
            owners=[("", "Whoever has the case"), *people],
            zone_words=f"In {self._shell.services.zone} time.",
            errors=errors,
            sent={
                name: form.get(name)
                for name in ("note", "due_day", "due_time", "owner", "critical")
            },
        )
