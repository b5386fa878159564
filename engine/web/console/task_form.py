"""A task by hand: what must be done, by when, by whom."""

from starlette.responses import Response

from engine.access import Permission
from engine.case import commands as c
from engine.case.state import Case
from engine.web.console.case_page import Loaded
from engine.web.console.fields import Errors, moment_in
from engine.web.console.one_form import OneForm, sent
from engine.web.forms import Form
from engine.web.services import Visitor


class TaskForm(OneForm):
    """Puts a task on the board."""

    PATH = "task"
    NEEDS = Permission.TAKE_TASKS
    TEMPLATE = "console/task.html"

    async def _take(
        self, found: Loaded, visitor: Visitor, form: Form, errors: Errors
    ) -> Response | None:
        zone = self._shell.services.zone
        due = moment_in(form, "due", errors, zone=zone, missing="Say by when.")
        if not form.get("note"):
            errors["note"] = "Say what must be done."
        owner = form.get("owner")
        if owner and owner not in found.names.people:
            errors["owner"] = "Choose one."
        if errors or due is None:
            return None
        about = f"/cases/{found.file.row.ref} task"
        command = c.AddTask(
            inbox=self._shell.inbox(visitor, form, about=about),
            case=found.file.row.id,
            by=visitor.person,
            due_at=due,
            owner=owner,
            critical=form.get("critical") == "yes",
            note=await self._shell.sealed(form),
        )
        return await self._send(found, visitor, command, did="task")

    def _fits(self, case: Case) -> bool:
        return case.status.alive

    async def _shown(self, found: Loaded, visitor: Visitor, form: Form) -> dict[str, object]:
        people = sorted(found.names.people.items(), key=lambda item: item[1])
        return {
            "owners": [("", "Whoever has the case"), *people],
            "sent": sent(form, "note", "due_day", "due_time", "owner", "critical"),
        }
