"""What an answer is worth, and a promise that is none any more: two short forms."""

from collections.abc import Mapping
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
        return await self._judge_page(request, visitor, Form(), Errors())

    async def judge(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Record the class of an answer."""
        found, alert = await self._load(request)
        if found is None or alert is None:
            return await self._shell.not_found(visitor)
        worth = choice(form.get("class"), AnswerClass)
        errors = Errors()
        if worth is None:
            errors["class"] = _CHOOSE
        if form.get("action") not in dict(_done(alert, found.names)) and _done(alert, found.names):
            errors["action"] = _CHOOSE
        if errors or worth is None:
            return await self._judge_page(request, visitor, form, errors, status=422)
        command = c.ClassAnswer(
            inbox=self._shell.inbox(visitor, form, about=f"judge {alert.id}"),
            case=found.file.row.id,
            alert=alert.id,
            by=visitor.person,
            answer_class=worth,
            action=form.get("action"),
            note=await self._shell.sealed(form),
        )
        back = f"/cases/{found.file.row.ref}"
        return await self._shell.send(visitor, command, to=back, did="judge", urgent=True)

    async def ask_withdraw(self, request: Request, visitor: Visitor) -> Response:
        """Which promise, and why?"""
        return await self._withdraw_page(request, visitor, Form(), Errors())

    async def withdraw(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Record that a promise is none any more."""
        found, alert = await self._load(request)
        if found is None or alert is None:
            return await self._shell.not_found(visitor)
        reason = choice(form.get("reason"), WithdrawnBecause)
        errors = Errors()
        if reason is None:
            errors["reason"] = _CHOOSE
        if form.get("action") not in {promise.action for promise in alert.promises}:
            errors["action"] = _CHOOSE
        if errors or reason is None:
            return await self._withdraw_page(request, visitor, form, errors, status=422)
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
        back = f"/cases/{found.file.row.ref}"
        return await self._shell.send(visitor, command, to=back, did="withdraw", urgent=True)

    async def _judge_page(
        self, request: Request, visitor: Visitor, form: Form, errors: Errors, status: int = 200
    ) -> Response:
        found, alert = await self._load(request)
        if found is None or alert is None:
            return await self._shell.not_found(visitor)
        return await self._shell.render(
            "console/judge.html",
            visitor,
            status=status,
            ref=found.file.row.ref,
            party=found.names.party(alert.party).text,
            actions=_done(alert, found.names),
            classes=_worded(WORTH),
            errors=errors,
            sent={name: form.get(name) for name in ("action", "class", "note")},
        )

    async def _withdraw_page(
        self, request: Request, visitor: Visitor, form: Form, errors: Errors, status: int = 200
    ) -> Response:
        found, alert = await self._load(request)
        if found is None or alert is None:
            return await self._shell.not_found(visitor)
        return await self._shell.render(
            "console/withdraw.html",
            visitor,
            status=status,
            ref=found.file.row.ref,
            party=found.names.party(alert.party).text,
            actions=_promised(alert, found.names),
            reasons=_worded({why: said for why, said in WITHDRAWN.items() if why is not RENEWED}),
            errors=errors,
            sent={name: form.get(name) for name in ("action", "reason", "note")},
        )

    async def _load(self, request: Request) -> tuple[Loaded | None, Alert | None]:
        """The case and one outward alert of it, while anything can be said about it."""
        found = await self._cases.load(request)
        if found is None or found.file.case.status is not CaseStatus.OPEN:
            return None, None
        alert = found.file.case.alert(request.path_params["alert"])
        return found, None if alert is None or alert.track is TrackName.DUTY else alert


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
