"""What every page of the board shares: who is asking, the head of the page, sending a command."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from engine.access import Permission, may
from engine.case.commands import Command, Inbox
from engine.signs import amiss
from engine.store import board
from engine.web.console.stop_words import stop_words
from engine.web.forms import Form, FormRefusedError, read_form
from engine.web.pages import page
from engine.web.services import Services, Visitor
from engine.web.words.reasons import REFUSED
from engine.web.words.steering import in_words
from engine.web.words.times import span
from rules.roster import on_call
from schemas.responses import Refused, RefusedBecause, Result
from schemas.roster import Role, Roster

Show = Callable[[Request, Visitor], Awaitable[Response]]
Act = Callable[[Request, Visitor, Form], Awaitable[Response]]
BEAT_LATE = 60
"""Seconds after which a silent engine is shown as a fault."""
_ROSTER: TypeAdapter[Roster] = TypeAdapter(Roster)
_ON_SHIFT = (Role.HANDLER, Role.SECOND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """The head of every page of the board."""

    on_duty: tuple[str, ...]
    beat: str
    beat_late: bool
    stopped: bool
    stop_words: str = ""
    """Since when and by whom outgoing is stopped, and who agreed to go on."""
    amiss: str = ""
    """One line about the engine itself, while not all is as it should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormToken:
    """What a form must bring back."""

    csrf: str
    nonce: str


class Shell:
    """Sessions, rendering and commands of the board."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.cookie = "__Host-tocsin" if services.secure else "tocsin"

    def route(self, path: str, *, show: Show | None = None, act: Act | None = None) -> Route:
        """A page for people who are logged in; forms are read and their token checked here."""

        async def endpoint(request: Request) -> Response:
            visitor = await self.visitor(request)
            if visitor is None:
                return self._to_login(request)
            if request.method != "POST":
                return await show(request, visitor) if show else Response(status_code=405)
            if act is None:
                return Response(status_code=405)
            try:
                form = await read_form(request)
            except FormRefusedError as error:
                return await self.say(
                    visitor, "Not carried out", (error.sentence,), status=error.status
                )
            if not visitor.csrf_matches(form.raw("csrf")):
                return await self.say(
                    visitor,
                    "Not carried out",
                    ("This form is from an earlier log-in. Open the page again and send it anew.",),
                    status=403,
                )
            return await act(request, visitor, form)

        methods = (["GET"] if show else []) + (["POST"] if act else [])
        return Route(path, endpoint, methods=methods)

    def acting(self, act: Act, permission: Permission) -> Act:
        """Only for people whose role may do this."""

        async def guarded(request: Request, visitor: Visitor, form: Form) -> Response:
            if not may(visitor.role, permission):
                return await self.not_yours(visitor)
            return await act(request, visitor, form)

        return guarded

    async def not_yours(self, visitor: Visitor) -> Response:
        """The role does not allow this."""
        sentences = REFUSED[RefusedBecause.NOT_AUTHORISED]
        return await self.say(visitor, "Not carried out; nothing changed", sentences, status=403)

    async def visitor(self, request: Request) -> Visitor | None:
        """The person of the session cookie, or None."""
        token = request.cookies.get(self.cookie, "")
        return await self.services.sessions.find(token) if token else None

    async def render(
        self, template: str, visitor: Visitor, *, status: int = 200, **values: Any
    ) -> Response:
        """A page of the board with its head and a fresh form token."""
        token = self.services.entropy.token(16).hex()
        return page(
            template,
            zone=self.services.zone,
            status=status,
            top=await self.top(),
            visitor=visitor,
            can={each.value for each in Permission if may(visitor.role, each)},
            form=FormToken(csrf=visitor.csrf, nonce=token),
            **values,
        )

    async def top(self) -> Top:
        """Who is on duty, when the engine last gave a sign, whether outgoing is stopped."""
        head = await self.services.reader.run(board.head)
        now = self.services.clock.now()
        age = None if head.beat_at is None else (now - head.beat_at).total_seconds()
        return Top(
            on_duty=on_duty(head, now),
            beat="none yet" if age is None else _ago(age),
            beat_late=age is None or age > BEAT_LATE,
            stopped=head.stopped,
            stop_words=stop_words(head, zone=self.services.zone),
            amiss=await self._amiss(now),
        )

    async def _amiss(self, now: datetime) -> str:
        """What is amiss and since when; incidents have lines of their own on the board."""
        if self.services.signs is None:
            return ""
        found = amiss(await self.services.signs())
        found = tuple(sign for sign in found if not sign.name.startswith("incident "))
        if not found:
            return ""
        first, more = found[0], len(found) - 1
        age = (
            ""
            if first.since is None
            else f" (last in order {_ago((now - first.since).total_seconds())})"
        )
        return f"{first.says}{age}{f' And {more} more: see tocsin doctor.' if more else ''}"

    async def say(
        self,
        visitor: Visitor,
        heading: str,
        sentences: tuple[str, ...],
        *,
        status: int = 200,
        tone: str = "warm",
        back: str = "/",
        back_words: str = "Back to the board",
    ) -> Response:
        """A page that says one thing and leads back."""
        return await self.render(
            "console/message.html",
            visitor,
            status=status,
            heading=heading,
            sentences=sentences,
            tone=tone,
            back=back,
            back_words=back_words,
        )

    async def not_found(self, visitor: Visitor) -> Response:
        """There is no such page or case."""
        return await self.say(
            visitor, "Not found", ("There is nothing here. It may be spelt wrong.",), status=404
        )

    def inbox(self, visitor: Visitor, form: Form, *, about: str) -> Inbox:
        """Identity of what a form asks: the same form sent twice is one command."""
        content = "\n".join(
            [about, *sorted(f"{k}={v!r}" for k, v in form if k not in ("csrf", "nonce"))]
        )
        digest = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
        nonce = form.get("nonce")[:64]
        return Inbox(source=f"console:{visitor.person}", id=f"{nonce}.{digest[:24]}", digest=digest)

    async def send(
        self, visitor: Visitor, command: Command, *, to: str, did: str, urgent: bool = False
    ) -> Response:
        """Submit a command; lead on when it was carried out, say calmly why when it was not."""
        desk = self.services.desk
        result: Result = await (desk.urgent(command) if urgent else desk.submit(command))
        if isinstance(result, Refused):
            return await self.refused(visitor, result, back=to)
        return RedirectResponse(f"{to}?did={did}", status_code=303)

    async def refused(self, visitor: Visitor, result: Refused, *, back: str) -> Response:
        """Why the desk refused, and the next step."""
        sentence, step = REFUSED[result.reason]
        plain = (result.detail,) if result.detail and result.detail != sentence else ()
        detail = in_words(result.detail) or plain
        return await self.say(
            visitor,
            "Not carried out; nothing changed",
            (sentence, *detail, step),
            status=409,
            back=back,
            back_words="Back",
        )

    async def sealed(self, form: Form, *, kind: str = "note", name: str = "note") -> str:
        """Seal the words of a form's field; the vault's id, or empty when there are none."""
        words = form.get(name)
        return await self.services.sealing.keep(words, kind=kind) if words else ""

    def _to_login(self, request: Request) -> Response:
        if request.method != "GET":
            return RedirectResponse("/login", status_code=303)
        if request.headers.get("sec-fetch-site") == "cross-site":
            # A link in a message: the browser holds our strict cookie back until we link ourselves.
            return page("console/bounce.html", to=request.url.path)
        return RedirectResponse(f"/login?to={quote(request.url.path)}", status_code=303)


def on_duty(head: board.Head, now: datetime) -> tuple[str, ...]:
    """Labels of who is on shift now, handlers first; empty when nobody is."""
    try:
        roster = _ROSTER.validate_json(head.roster) if head.roster else Roster(version="")
    except ValidationError:
        return ()
    labels = {person.id: person.label for person in roster.people} | dict(head.people)
    people = [person.person for role in _ON_SHIFT for person in on_call(roster, role, now)]
    return tuple(labels.get(person, person) for person in dict.fromkeys(people))


def _ago(seconds: float) -> str:
    if seconds < 90:
        return f"{max(0, int(seconds))} s ago"
    return f"{span(seconds)} ago"
