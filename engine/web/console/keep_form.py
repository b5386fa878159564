"""Keeping what is sealed for longer than usual, and ending that."""

from starlette.responses import Response

from engine.access import Permission
from engine.case import commands as c
from engine.case.erasing import OVER
from engine.case.state import Case
from engine.web.console.case_page import Loaded
from engine.web.console.fields import Errors, choice, moment_in
from engine.web.console.one_form import OneForm, sent
from engine.web.console.present_erasing import WHY_KEPT, kept_words
from engine.web.forms import Form
from engine.web.services import Visitor
from schemas.facts import WhyKept


class KeepForm(OneForm):
    """Until when, and why; who keeps it now."""

    PATH = "keep"
    NEEDS = Permission.ERASE
    TEMPLATE = "console/keep.html"

    async def _take(
        self, found: Loaded, visitor: Visitor, form: Form, errors: Errors
    ) -> Response | None:
        case, by = found.file.row.id, visitor.person
        if form.get("end"):
            inbox = self._shell.inbox(visitor, form, about="end keeping")
            ended = c.EndKeeping(inbox=inbox, case=case, by=by)
            return await self._send(found, visitor, ended, did="let_go")
        why = choice(form.get("why"), WhyKept)
        if why is None:
            errors["why"] = "Choose one."
        zone = self._shell.services.zone
        until = moment_in(form, "until", errors, zone=zone, missing="Say until when.")
        if errors or until is None or why is None:
            return None
        inbox = self._shell.inbox(visitor, form, about="keep")
        command = c.KeepSealed(inbox=inbox, case=case, until=until, why=why, by=by)
        return await self._send(found, visitor, command, did="keep")

    def _fits(self, case: Case) -> bool:
        return case.status in OVER

    async def _shown(self, found: Loaded, visitor: Visitor, form: Form) -> dict[str, object]:
        kept = found.file.case.kept
        return {
            "kept": None if kept is None else kept_words(kept, found.names),
            "reasons": [(key.value, words) for key, words in WHY_KEPT.items()],
            "sent": sent(form, "why", "until_day", "until_time"),
        }
