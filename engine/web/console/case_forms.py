"""Acts on a case that need a record: finishing, releasing, freezing, proposing that it is over."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.access import Permission
from engine.case import commands as c
from engine.case.questions import PASSED_ON
from engine.web.console.case_page import CasePage, Loaded
from engine.web.console.fields import Errors, moment_in
from engine.web.console.one_form import sent
from engine.web.console.present_cases import HEARD, OUTCOMES, REMEDIES, RISKS
from engine.web.console.present_duty import task_words
from engine.web.console.shell import Shell
from engine.web.forms import Form
from engine.web.services import Visitor
from engine.web.words.care import HEARD as HEARD_IN
from engine.web.words.states import TRACK
from schemas.codes import Heard, TrackName

_NONE = Errors()
_RESULTS = (("done", "It is done"), ("not_possible", "It could not be done"))
_RESULTS_OF: Mapping[str, tuple[tuple[str, str], ...]] = {
    "first_contact": (("done", "We have spoken"), ("no_sign", "Nobody could be reached")),
    "check_in": tuple((whom.value, words) for whom, words in HEARD_IN.items()),
    "remedy": (
        ("still_sought", "Followed up, and it goes on: ask again in 30 days"),
        ("obtained", "A remedy was obtained"),
        ("not_possible", "No remedy can be had any more"),
    ),
    "still_right": (("yes", "Yes: tell them now"), ("no", "No: let it be")),
}
"""How a task can end, by its kind; a late message is told or left, nothing between."""
_CHOOSE = "Choose one."
_Fill = Callable[[Visitor, Loaded, Errors, Form, int], Awaitable[Response]]


class CaseForms:
    """Pages with a form each; a form that lacks something comes back with what it had."""

    def __init__(self, shell: Shell, case_page: CasePage) -> None:
        self._shell = shell
        self._cases = case_page

    def routes(self) -> list[Route]:
        """A page to fill in, and the act it leads to."""
        pages = (
            ("finish/{task}", self.ask_finish, self.finish, Permission.TAKE_TASKS),
            ("freeze", self.ask_freeze, self.freeze, Permission.FREEZE),
            ("resolve", self.ask_resolve, self.resolve, Permission.PROPOSE_RESOLUTION),
        )
        return [
            self._shell.route(
                f"/cases/{{ref}}/{path}", show=show, act=self._shell.acting(act, permission)
            )
            for path, show, act, permission in pages
        ]

    async def ask_finish(self, request: Request, visitor: Visitor) -> Response:
        """How did it end?"""
        return await self._finish_page(request, visitor, _NONE, Form())

    async def finish(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Close a task with its result."""
        found = await self._cases.load(request)
        if found is None:
            return await self._shell.not_found(visitor)
        task = request.path_params["task"]
        known = found.file.case.task(task)
        if form.get("result") not in dict(_results("" if known is None else known.kind)):
            errors = Errors(result=_CHOOSE)
            return await self._finish_page(request, visitor, errors, form, status=422)
        back = f"/cases/{found.file.row.ref}"
        asked = known is not None and known.kind == "check_in"
        heard = Heard(form.get("result")) if asked else None
        command = c.FinishTask(
            inbox=self._shell.inbox(visitor, form, about=f"finish {task}"),
            case=found.file.row.id,
            task=task,
            by=visitor.person,
            result="done" if heard else form.get("result"),
            heard=heard,
            note=await self._shell.sealed(form),
            reply=await self._shell.sealed(form, name="reply"),
        )
        did = "replied" if command.reply else "finish"
        return await self._shell.send(visitor, command, to=back, did=did)

    async def _finish_page(
        self, request: Request, visitor: Visitor, errors: Errors, form: Form, status: int = 200
    ) -> Response:
        found = await self._cases.load(request)
        task = found.file.case.task(request.path_params["task"]) if found else None
        if found is None or task is None:
            return await self._shell.not_found(visitor)
        return await self._shell.render(
            "console/finish.html",
            visitor,
            status=status,
            ref=found.file.row.ref,
            what=task_words(task.kind, task.alert, task.detail, found.names),
            results=_results(task.kind),
            asked=task.kind == "question" and task.detail != PASSED_ON,
            errors=errors,
            sent=sent(form, "result", "reply", "note"),
        )

    async def ask_freeze(self, request: Request, visitor: Visitor) -> Response:
        """Which tracks, until when?"""
        return await self._freeze_page(request, visitor, _NONE, Form())

    async def freeze(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Stop tracks of a case."""
        found = await self._cases.load(request)
        if found is None:
            return await self._shell.not_found(visitor)
        tracks = tuple(TrackName(name) for name in form.all("track") if name in set(TrackName))
        errors = Errors() if tracks else Errors(track="Choose at least one.")
        until = moment_in(form, "until", errors, zone=self._shell.services.zone)
        if errors:
            return await self._freeze_page(request, visitor, errors, form, status=422)
        command = c.Freeze(
            inbox=self._shell.inbox(visitor, form, about="freeze"),
            case=found.file.row.id,
            tracks=tracks,
            by=visitor.person,
            until=until,
        )
        back = f"/cases/{found.file.row.ref}"
        return await self._shell.send(visitor, command, to=back, did="freeze", urgent=True)

    async def _freeze_page(
        self, request: Request, visitor: Visitor, errors: Errors, form: Form, status: int = 200
    ) -> Response:
        found = await self._cases.load(request)
        if found is None:
            return await self._shell.not_found(visitor)
        names = [state.track.name for state in found.file.case.tracks]
        return await self._shell.render(
            "console/freeze.html",
            visitor,
            status=status,
            ref=found.file.row.ref,
            options=[(n.value, TRACK[n]) for n in names if n is not TrackName.DUTY],
            zone_words=f"In {self._shell.services.zone} time.",
            errors=errors,
            sent=sent(form, "until_day", "until_time", many=("track",)),
        )

    async def ask_resolve(self, request: Request, visitor: Visitor) -> Response:
        """Outcome, risk left, remedy, and what the person said."""
        return await self._resolve_page(request, visitor, _NONE, Form())

    async def resolve(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Propose that the case is resolved; another person confirms."""
        found = await self._cases.load(request)
        if found is None:
            return await self._shell.not_found(visitor)
        tables: dict[str, Mapping[str, str]] = {
            "heard": HEARD,
            "outcome": OUTCOMES,
            "risk": RISKS,
            "remedy": REMEDIES,
        }
        errors = {name: _CHOOSE for name, table in tables.items() if form.get(name) not in table}
        if errors:
            return await self._resolve_page(request, visitor, Errors(errors), form, status=422)
        command = c.ProposeResolution(
            inbox=self._shell.inbox(visitor, form, about="resolve"),
            case=found.file.row.id,
            by=visitor.person,
            outcome=form.get("outcome"),
            residual_risk=form.get("risk"),
            remedy=form.get("remedy"),  # type: ignore[arg-type]  # one of the table's keys
            heard=form.get("heard"),  # type: ignore[arg-type]  # likewise
            note=await self._shell.sealed(form),
        )
        back = f"/cases/{found.file.row.ref}"
        return await self._shell.send(visitor, command, to=back, did="resolve")

    async def _resolve_page(
        self, request: Request, visitor: Visitor, errors: Errors, form: Form, status: int = 200
    ) -> Response:
        found = await self._cases.load(request)
        if found is None:
            return await self._shell.not_found(visitor)
        return await self._shell.render(
            "console/resolve.html",
            visitor,
            status=status,
            ref=found.file.row.ref,
            heard=_worded(HEARD),
            outcomes=_worded(OUTCOMES),
            risks=_worded(RISKS),
            remedies=_worded(REMEDIES),
            errors=errors,
            sent=sent(form, "heard", "outcome", "risk", "remedy", "note"),
        )


def _results(kind: str) -> tuple[tuple[str, str], ...]:
    return _RESULTS_OF.get(kind, _RESULTS)


def _worded(table: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(key, f"{words[:1].upper()}{words[1:]}") for key, words in table.items()]
