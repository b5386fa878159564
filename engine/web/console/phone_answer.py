"""What a recipient said on the phone, typed in by a handler: the same answer as on their page."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.access import Permission
from engine.case import commands as c
from engine.case.state import Alert
from engine.web.console.case_page import CasePage, Loaded
from engine.web.console.fields import Errors, choice, moment_in
from engine.web.console.shell import Shell
from engine.web.forms import Form
from engine.web.passing_on import named_in_words
from engine.web.services import Visitor
from engine.web.words.states import ACTION, DECLINE, EFFECT, PROVISO, RESPONSE
from schemas.codes import ActionKind, Effect, Proviso, TrackName
from schemas.responses import DeclineReason, ResponseKind, Way
from schemas.responses import Response as Answer

_NEEDS_DUE = (ResponseKind.COMMITTED, ResponseKind.WARNS)
_NEEDS_ACTION = (ResponseKind.COMMITTED, ResponseKind.ACTED)
_FIELDS = (
    "by",
    "kind",
    "action",
    "due_day",
    "due_time",
    "effect",
    "reason",
    "to",
    "note",
    "condition",
)


class PhoneAnswer:
    """Recording an answer on somebody's behalf."""

    def __init__(self, shell: Shell, case_page: CasePage) -> None:
        self._shell = shell
        self._cases = case_page

    def routes(self) -> list[Route]:
        """The form and its act."""
        act = self._shell.acting(self.record, Permission.RESPOND)
        return [self._shell.route("/cases/{ref}/answer/{alert}", show=self.ask, act=act)]

    async def ask(self, request: Request, visitor: Visitor) -> Response:
        """Who spoke, and what did they say?"""
        return await self._page(request, visitor, Form(), {})

    async def record(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Hand the answer to the desk as the contact's own."""
        found = await self._cases.load(request)
        alert = _alert(found, request)
        if found is None or alert is None:
            return await self._shell.not_found(visitor)
        kind = choice(form.get("kind"), ResponseKind)
        errors = _errors(form, alert, kind)
        missing = "Say by when, so that we can ask then." if kind in _NEEDS_DUE else ""
        due = moment_in(form, "due", errors, zone=self._shell.services.zone, missing=missing)
        if errors or kind is None:
            return await self._page(request, visitor, form, errors, status=422)
        command = c.Respond(
            inbox=self._shell.inbox(visitor, form, about=f"answer {alert.id}"),
            alert=alert.id,
            response=Answer(
                kind=kind,
                way=Way.PHONE,
                by=form.get("by"),
                action=choice(form.get("action"), ActionKind),
                due=due if kind in _NEEDS_DUE else None,
                effect=choice(form.get("effect"), Effect),
                reason=choice(form.get("reason"), DeclineReason),
                passed_on_to=form.get("to") if kind is ResponseKind.PASSED_ON else "",
                passed_on_any=await self._meant(form, alert, kind),
                note=await self._shell.sealed(form),
                condition=choice(form.get("condition"), Proviso)
                if kind is ResponseKind.COMMITTED
                else None,
            ),
        )
        back = f"/cases/{found.file.row.ref}"
        return await self._shell.send(visitor, command, to=back, did="answer", urgent=True)

    async def _meant(self, form: Form, alert: Alert, kind: ResponseKind) -> tuple[str, ...]:
        if kind is not ResponseKind.PASSED_ON:
            return ()
        return await named_in_words(
            self._shell.services, form.get("note"), alert=alert.id, contact=form.get("by")
        )

    async def _page(
        self,
        request: Request,
        visitor: Visitor,
        form: Form,
        errors: dict[str, str],
        status: int = 200,
    ) -> Response:
        found = await self._cases.load(request)
        alert = _alert(found, request)
        if found is None or alert is None:
            return await self._shell.not_found(visitor)
        contacts = [(ref.id, found.names.contact(ref.id).text) for ref in alert.contacts]
        others = [each for each in contacts if each[0] != form.get("by")]
        return await self._shell.render(
            "console/answer.html",
            visitor,
            status=status,
            ref=found.file.row.ref,
            party=found.names.party(alert.party).text,
            contacts=contacts,
            kinds=[(kind.value, f"{alert_words(kind)}") for kind in ResponseKind],
            actions=[(kind.value, _capital(words)) for kind, words in ACTION.items()],
            effects=[(effect.value, _capital(words)) for effect, words in EFFECT.items()],
            reasons=[(reason.value, _capital(words)) for reason, words in DECLINE.items()],
            conditions=[(each.value, _capital(words)) for each, words in PROVISO.items()],
            passed_to=others,
            zone_words=f"In {self._shell.services.zone} time. Empty: 18:00.",
            errors=Errors(errors),
            sent={name: form.get(name) for name in _FIELDS},
        )


def alert_words(kind: ResponseKind) -> str:
    """What somebody said, as a choice of the form: `Has got it`."""
    return _capital(RESPONSE[kind])


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def _alert(found: Loaded | None, request: Request) -> Alert | None:
    alert = found.file.case.alert(request.path_params["alert"]) if found else None
    return None if alert is None or alert.track is TrackName.DUTY else alert


def _errors(form: Form, alert: Alert, kind: ResponseKind | None) -> dict[str, str]:
    errors = {}
    if form.get("by") not in {ref.id for ref in alert.contacts}:
        errors["by"] = "Choose who spoke."
    if kind is None:
        errors["kind"] = "Choose one."
    if kind in _NEEDS_ACTION and choice(form.get("action"), ActionKind) is None:
        errors["action"] = "Choose what it is."
    if kind is ResponseKind.ACTED and choice(form.get("effect"), Effect) is None:
        errors["effect"] = "Choose one; too early to say is an answer."
    if kind is ResponseKind.DECLINED and choice(form.get("reason"), DeclineReason) is None:
        errors["reason"] = "Choose one."
    return errors
