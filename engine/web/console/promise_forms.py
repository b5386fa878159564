"""What an answer is worth, and a promise that is none any more: two short forms."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.access import Permission
from engine.case import commands as c
from engine.case.state import Alert, CaseStatus
from engine.web.console.case_page import CasePage, Loaded
from engine.web.console.fields import Errors, choice
from engine.web.console.names import Names
from engine.web.console.shell import Shell
from engine.web.forms import Form
from engine.web.services import Visitor
from engine.web.words.states import ACTION, WITHDRAWN, WORTH
from schemas.codes import TrackName
from schemas.responses import AnswerClass, Way, WithdrawnBecause

_CHOOSE = "Choose one."
RENEWED = WithdrawnBecause.RENEWED
"""Follows from a date that was moved; nobody chooses it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """One of the two pages: what it is about, what may be chosen, and of which actions."""

    name: str
    """Of its address and its template."""
    field: str
    choices: Mapping[Any, str]
    actions: Callable[[Alert, Names], list[tuple[str, str]]]
    without_actions: bool
    """Whether it means anything where there is no action to choose."""


class PromiseForms:
    """Judging what somebody answered, and taking a promise off the list."""

    def __init__(self, shell: Shell, case_page: CasePage) -> None:
        self._shell = shell
        self._cases = case_page

    def routes(self) -> list[Route]:
        """A page each."""
        judge = self._shell.acting(self.judge, Permission.RESPOND)
        withdraw = self._shell.acting(self.withdraw, Permission.RESPOND)
        route = self._shell.route
        return [
            route("/cases/{ref}/judge/{alert}", show=self.ask_judge, act=judge),
            route("/cases/{ref}/withdraw/{alert}", show=self.ask_withdraw, act=withdraw),
        ]

    async def ask_judge(self, request: Request, visitor: Visitor) -> Response:
        """What is it worth?"""
        return await self._page(_JUDGE, request, visitor, Form(), Errors())

    async def judge(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Record the class of an answer."""
        found, alert = await self._load(request)
        if found is None or alert is None:
            return await self._shell.not_found(visitor)
        worth = choice(form.get("class"), AnswerClass)
        errors = _errors(_JUDGE, form, worth, alert, found.names)
        if errors or worth is None:
            return await self._page(_JUDGE, request, visitor, form, errors, status=422)
        command = c.ClassAnswer(
            inbox=self._shell.inbox(visitor, form, about=f"judge {alert.id}"),
            case=found.file.row.id,
            alert=alert.id,
            by=visitor.person,
            answer_class=worth,
            action=form.get("action"),
            note=await self._shell.sealed(form),
        )
        return await self._send(_JUDGE, visitor, command, found)

    async def ask_withdraw(self, request: Request, visitor: Visitor) -> Response:
        """Which promise, and why?"""
        return await self._page(_WITHDRAW, request, visitor, Form(), Errors())

    async def withdraw(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Record that a promise is none any more."""
        found, alert = await self._load(request)
        if found is None or alert is None:
            return await self._shell.not_found(visitor)
        reason = choice(form.get("reason"), WithdrawnBecause)
        errors = _errors(_WITHDRAW, form, reason, alert, found.names)
        if errors or reason is None:
            return await self._page(_WITHDRAW, request, visitor, form, errors, status=422)
        command = c.WithdrawPromise(
            inbox=self._shell.inbox(visitor, form, about=f"withdraw {alert.id}"),
            case=found.file.row.id,
            alert=alert.id,
            by=visitor.person,
            reason=reason,
            action=form.get("action"),
            way=Way.CONSOLE,
            note=await self._shell.sealed(form),
        )
        return await self._send(_WITHDRAW, visitor, command, found)

    async def _send(
        self, asking: _Asking, visitor: Visitor, command: c.Command, found: Loaded
    ) -> Response:
        back = f"/cases/{found.file.row.ref}"
        return await self._shell.send(visitor, command, to=back, did=asking.name, urgent=True)

    async def _page(
        self,
        asking: _Asking,
        request: Request,
        visitor: Visitor,
        form: Form,
        errors: Errors,
        status: int = 200,
    ) -> Response:
        found, alert = await self._load(request)
        if found is None or alert is None:
            return await self._shell.not_found(visitor)
        return await self._shell.render(
            f"console/{asking.name}.html",
            visitor,
            status=status,
            ref=found.file.row.ref,
            party=found.names.party(alert.party).text,
            actions=asking.actions(alert, found.names),
            choices=_worded(asking.choices),
            errors=errors,
            sent={name: form.get(name) for name in ("action", asking.field, "note")},
        )

    async def _load(self, request: Request) -> tuple[Loaded | None, Alert | None]:
        """The case and one outward alert of it, while anything can be said about it."""
        found = await self._cases.load(request)
        if found is None or found.file.case.status is not CaseStatus.OPEN:
            return None, None
        alert = found.file.case.alert(request.path_params["alert"])
        return found, None if alert is None or alert.track is TrackName.DUTY else alert


def _errors(
    asking: _Asking, form: Form, chosen: StrEnum | None, alert: Alert, names: Names
) -> Errors:
    errors = Errors()
    if chosen is None:
        errors[asking.field] = _CHOOSE
    actions = dict(asking.actions(alert, names))
    if form.get("action") not in actions and (actions or not asking.without_actions):
        errors["action"] = _CHOOSE
    return errors


def _promised(alert: Alert, names: Names) -> list[tuple[str, str]]:
    return [
        (p.action, f"{_capital(ACTION[p.action_kind])} by {names.time(p.due_at)}")
        for p in alert.promises
    ]


def _done(alert: Alert, names: Names) -> list[tuple[str, str]]:
    acts = [(act.action, f"{_capital(ACTION[act.action_kind])}, done") for act in alert.acts]
    return [*_promised(alert, names), *reversed(acts)]


def _worded(table: Mapping[Any, str]) -> list[tuple[str, str]]:
    return [(str(key), _capital(words)) for key, words in table.items()]


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


_JUDGE = _Asking(name="judge", field="class", choices=WORTH, actions=_done, without_actions=True)
_WITHDRAW = _Asking(
    name="withdraw",
    field="reason",
    choices={why: said for why, said in WITHDRAWN.items() if why is not RENEWED},
    actions=_promised,
    without_actions=False,
)
