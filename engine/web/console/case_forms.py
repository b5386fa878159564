"""Acts on a case that need a record: finishing, releasing, freezing, proposing that it is over."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.access import Permission
from engine.case import commands as c
from engine.case.state import AlertStatus, TrackState
from engine.web.console.case_page import CasePage, Loaded
from engine.web.console.fields import Errors, moment_of
from engine.web.console.present_cases import HEARD, OUTCOMES, REMEDIES, RISKS
from engine.web.console.present_duty import FORECAST, WHY_RELEASE, task_words
from engine.web.console.shell import Shell
from engine.web.forms import Form
from engine.web.services import Visitor
from engine.web.words.states import GATE, TRACK
from schemas.codes import TrackName
from schemas.plan import Gate, Reason

_NONE = Errors()
_RESULTS = (("done", "It is done"), ("not_possible", "It could not be done"))
_RESULTS_OF: Mapping[str, tuple[tuple[str, str], ...]] = {
    "first_contact": (("done", "We have spoken"), ("no_sign", "Nobody could be reached")),
    "check_in": (
        ("done", "The check-in was kept: the person is well"),
        ("no_sign", "No sign of the person"),
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
            ("release/{track}", self.ask_release, self.release, Permission.RELEASE),
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
        return await self._finish_page(request, visitor, _NONE, note="")

    async def finish(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Close a task with its result."""
        found = await self._cases.load(request)
        if found is None:
            return await self._shell.not_found(visitor)
        task = request.path_params["task"]
        known = found.file.case.task(task)
        if form.get("result") not in dict(_results("" if known is None else known.kind)):
            errors = Errors(result=_CHOOSE)
            return await self._finish_page(
                request, visitor, errors, note=form.get("note"), status=422
            )
        back = f"/cases/{found.file.row.ref}"
        command = c.FinishTask(
            inbox=self._shell.inbox(visitor, form, about=f"finish {task}"),
            case=found.file.row.id,
            task=task,
            by=visitor.person,
            result=form.get("result"),
            note=await self._shell.sealed(form),
        )
        return await self._shell.send(visitor, command, to=back, did="finish")

    async def _finish_page(
        self, request: Request, visitor: Visitor, errors: Errors, *, note: str, status: int = 200
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
            errors=errors,
            note=note,
        )

    async def ask_release(self, request: Request, visitor: Visitor) -> Response:
        """The record of a release, empty."""
        return await self._release_page(request, visitor, _NONE, Form())

    async def release(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """One person's release, with its record."""
        found = await self._cases.load(request)
        state = _track(found, request)
        if found is None or state is None:
            return await self._shell.not_found(visitor)
        errors = _release_errors(form, state)
        if errors:
            return await self._release_page(request, visitor, errors, form, status=422)
        inbox = self._shell.inbox(visitor, form, about=f"release {state.track.name.value}")
        known = {party for party, _ in _controllers(found)}
        command = c.Release(
            inbox=inbox,
            case=found.file.row.id,
            track=state.track.name,
            by=visitor.person,
            record=c.ReleaseRecord(
                id=f"r{inbox.digest[:40]}{inbox.id[:16]}",
                why=form.get("why"),
                reprisal_forecast=form.get("forecast"),  # type: ignore[arg-type]  # checked above
                wishes_read=form.get("wishes") == "yes",
                local_partner=form.get("partner"),
                note=await self._shell.sealed(form),
            ),
            controllers=tuple(sorted(set(form.all("controllers")) & known)),
        )
        back = f"/cases/{found.file.row.ref}"
        return await self._shell.send(visitor, command, to=back, did="release", urgent=True)

    async def _release_page(
        self, request: Request, visitor: Visitor, errors: Errors, form: Form, status: int = 200
    ) -> Response:
        found = await self._cases.load(request)
        state = _track(found, request)
        if found is None or state is None:
            return await self._shell.not_found(visitor)
        name = state.track.name
        parties = [
            found.names.party(alert.party).text
            for alert in found.file.case.alerts
            if alert.track is name and alert.status is AlertStatus.PLANNED
        ]
        return await self._shell.render(
            "console/release.html",
            visitor,
            status=status,
            ref=found.file.row.ref,
            track_words=TRACK[name],
            gate_words=f"{GATE[state.track.gate][:1].upper()}{GATE[state.track.gate][1:]}.",
            parties=parties,
            reasons=_worded(WHY_RELEASE),
            forecasts=_worded(FORECAST),
            controllers=_controllers(found),
            errors=errors,
            sent={
                "why": form.get("why"),
                "forecast": form.get("forecast"),
                "wishes": form.get("wishes"),
                "partner": form.get("partner"),
                "note": form.get("note"),
                "controllers": form.all("controllers"),
            },
        )

    async def ask_freeze(self, request: Request, visitor: Visitor) -> Response:
        """Which tracks, until when?"""
        return await self._freeze_page(request, visitor, _NONE)

    async def freeze(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Stop tracks of a case."""
        found = await self._cases.load(request)
        if found is None:
            return await self._shell.not_found(visitor)
        tracks = tuple(TrackName(name) for name in form.all("track") if name in set(TrackName))
        errors = {} if tracks else {"track": "Choose at least one."}
        until = None
        try:
            until = moment_of(
                form.get("until_day"), form.get("until_time"), zone=self._shell.services.zone
            )
        except ValueError:
            errors["until"] = "This is not a date and a time."
        if errors:
            return await self._freeze_page(request, visitor, Errors(errors), status=422)
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
        self, request: Request, visitor: Visitor, errors: Errors, status: int = 200
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
        )

    async def ask_resolve(self, request: Request, visitor: Visitor) -> Response:
        """Outcome, risk left, remedy, and what the person said."""
        return await self._resolve_page(request, visitor, _NONE, note="")

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
            return await self._resolve_page(
                request, visitor, Errors(errors), note=form.get("note"), status=422
            )
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
        self, request: Request, visitor: Visitor, errors: Errors, *, note: str, status: int = 200
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
            note=note,
        )


def _results(kind: str) -> tuple[tuple[str, str], ...]:
    return _RESULTS_OF.get(kind, _RESULTS)


def _worded(table: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(key, f"{words[:1].upper()}{words[1:]}") for key, words in table.items()]


def _track(found: Loaded | None, request: Request) -> TrackState | None:
    name = request.path_params["track"]
    if found is None or name not in set(TrackName) or name == TrackName.DUTY:
        return None
    return found.file.case.track(TrackName(name))


def _controllers(found: Loaded) -> list[tuple[str, str]]:
    """Parties that only two people may release by name, as options."""
    held = {
        out.party
        for plan in found.file.plans
        for out in plan.withheld
        if out.reason is Reason.CONTROLLER_NEEDS_TWO
    }
    return [(party, found.names.party(party).text) for party in sorted(held)]


def _release_errors(form: Form, state: TrackState) -> Errors:
    errors = {}
    if form.get("why") not in WHY_RELEASE:
        errors["why"] = _CHOOSE
    if form.get("forecast") not in FORECAST:
        errors["forecast"] = _CHOOSE
    elif form.get("forecast") == "unknown":
        errors["forecast"] = "Somebody has to judge this before anybody outside is told."
    if form.get("wishes") != "yes":
        errors["wishes"] = "Read the wishes first; they are sealed with the report."
    if state.track.gate is Gate.RELEASE_TWO and not form.get("partner"):
        errors["partner"] = "Two people release this track, so a local partner has to agree first."
    return Errors(errors)
