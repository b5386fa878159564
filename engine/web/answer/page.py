"""`/a/{token}`: GET shows a constant page and changes nothing; POST walks the stages."""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.answer_tokens import digest as digest_of
from engine.case.commands import RaiseIncident
from engine.registry.loading import in_force
from engine.store import answer_pages, told
from engine.store.answer_pages import TokenRow
from engine.web.answer import english
from engine.web.answer.fields import Door, View, look, over
from engine.web.answer.others import others
from engine.web.answer.particulars import Particulars
from engine.web.answer.replied import replied
from engine.web.answer.screens import screen
from engine.web.answer.stages import Stage, Visit, begin, first_mark, first_stage, seal, unseal
from engine.web.forms import Form, FormRefusedError, read_form
from engine.web.pages import page
from engine.web.services import Services
from engine.web.words.sentence import Said
from engine.web.words.times import clock_time
from schemas.codes import IncidentCode, TrackName
from schemas.responses import DeclineReason, Refused, RefusedBecause, ResponseKind, Way
from schemas.responses import Response as Answer

GUESSED = IncidentCode.ANSWER_CODE_GUESSED
"""Code of the incident that tells duty of a token killed by wrong codes."""
_TOKEN_MOST = 200
_AT_ONCE = (ResponseKind.ACKNOWLEDGED, ResponseKind.CONFLICT, ResponseKind.WRONG_CONTACT)
_CLOSED = ("Nothing more is asked of you.", "Please keep it to yourself.")
_WAIT = (
    "Please do nothing for the moment.",
    "Something has changed. We will write again, or call us.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """One request of somebody whose visit is known."""

    token: TokenRow
    visit: Visit
    view: View
    form: Form
    now: datetime

    @property
    def audience(self) -> TrackName:
        """Whom the page is for."""
        return self.view.alert.track if self.view.alert else TrackName.MISSIONS


class AnswerPage:
    """The recipient's page."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._particulars = Particulars(services)
        self._steps: dict[Stage, Callable[[Here], Awaitable[Response]]] = {
            Stage.UNDERTAKING: self._undertaking,
            Stage.NOT_FOR_ME: self._not_for_me,
            Stage.KIND: self._kind,
            Stage.ADVERSE: self._adverse,
            Stage.CONTENT: self._content,
            Stage.DETAIL: self._detail,
        }

    def routes(self) -> list[Route]:
        """One address; the token is all it says."""
        return [Route("/a/{token}", self.endpoint, methods=["GET", "POST"])]

    async def endpoint(self, request: Request) -> Response:
        """GET and HEAD: the constant page. POST: a code, or the next step of a visit."""
        digest = _digest(request.path_params["token"])
        if request.method != "POST":
            await self._services.writer.run(lambda conn: answer_pages.count_opened(conn, digest))
            return self._ask_code(digest)
        try:
            form = await read_form(request)
        except FormRefusedError as refused:
            return self._ask_code(digest, error=refused.sentence, status=refused.status)
        now = self._services.clock.now()
        state = form.get("state")
        if not state:
            return await self._enter(request.path_params["token"], digest, form, now)
        visit = unseal(state, key=self._services.answer_key, digest=digest, now=now)
        token = await self._services.reader.run(lambda c: answer_pages.find_token(c, digest))
        if visit is None or token is None:
            error = "This took a while, so please enter the code again."
            return self._ask_code(digest, error=error, status=403)
        return await self._step(token, visit, form, now)

    async def _enter(self, token: str, digest: str, form: Form, now: datetime) -> Response:
        """Judge the code. Five wrong ones kill the token, and duty is told."""
        key = self._services.answer_key
        marked = hmac.compare_digest(
            form.raw("mark").encode("utf-8", "replace"), first_mark(key, digest).encode()
        )
        given = _digits(form.get("code"))
        if not marked or not given:
            return self._ask_code(digest, error="Please enter the code.", status=422)
        expected = _digits(self._services.tokens.code_of(token))
        right = hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
        row, counted = await self._services.writer.run(
            lambda conn: answer_pages.try_code(conn, digest, right=right)
        )
        if row is None:
            return self._ask_code(digest, error=_WRONG, status=403)
        if row.dead:
            if counted:
                incident = RaiseIncident(code=GUESSED, key=row.alert, severe=False)
                await self._services.desk.submit(incident)
            return self._end(
                "This page is closed",
                ("Too many wrong codes were entered. Please call us.",),
                status=403,
            )
        if not right:
            return self._ask_code(digest, error=_WRONG, status=403)
        nonce = self._services.entropy.token(16).hex()
        view = await self._look(row, Stage.CONTENT, now)
        audience = view.alert.track if view.alert else TrackName.MISSIONS
        stage = first_stage(audience, agreed=row.agreed_at is not None)
        visit = begin(nonce=nonce, stage=stage, now=now)
        return await self._show(row, visit, now)

    async def _step(self, token: TokenRow, visit: Visit, form: Form, now: datetime) -> Response:
        view = await self._look(token, visit.stage, now)
        here = Here(token=token, visit=visit, view=view, form=form, now=now)
        if view.door is not Door.OPEN:
            # An answer that closed the page itself shows its result again when sent twice.
            answer = _closing_answer(here)
            if answer is None or token.answered_at is None:
                return self._shut(view.door)
            return await self._submit(here, answer)
        return await self._steps[visit.stage](here)

    async def _undertaking(self, here: Here) -> Response:
        match here.form.get("choice"):
            case "agree":
                digest, now = here.token.digest, here.now
                await self._services.writer.run(
                    lambda conn: answer_pages.note_agreed(conn, digest, now=now)
                )
                stage = first_stage(here.audience, agreed=True)
                return await self._go(here, stage)
            case "minimum":
                return await self._go(here, Stage.KIND)
            case "not_for_me":
                return await self._go(here, Stage.NOT_FOR_ME)
        return await self._show(here.token, here.visit, here.now, error=_CHOOSE)

    async def _not_for_me(self, here: Here) -> Response:
        match here.form.get("choice"):
            case "someone_else":
                return await self._submit(here, _answer(here, ResponseKind.WRONG_CONTACT))
            case "not_us":
                answer = _answer(here, ResponseKind.DECLINED, reason=DeclineReason.NOT_US)
                return await self._submit(here, answer)
            case "back":
                return await self._go(here, Stage.UNDERTAKING)
        return await self._show(here.token, here.visit, here.now, error=_CHOOSE)

    async def _kind(self, here: Here) -> Response:
        match here.form.get("choice"):
            case "go_on":
                return await self._go(here, Stage.ADVERSE)
            case "not_for_me":
                return await self._go(here, Stage.NOT_FOR_ME)
        return await self._show(here.token, here.visit, here.now, error=_CHOOSE)

    async def _adverse(self, here: Here) -> Response:
        match here.form.get("choice"):
            case "no_conflict":
                digest, now = here.token.digest, here.now
                await self._services.writer.run(
                    lambda conn: answer_pages.note_agreed(conn, digest, now=now)
                )
                return await self._go(here, Stage.CONTENT)
            case "conflict":
                return await self._submit(here, _answer(here, ResponseKind.CONFLICT))
        return await self._show(here.token, here.visit, here.now, error=_CHOOSE)

    async def _content(self, here: Here) -> Response:
        chosen = here.form.get("choice")
        promised = bool(here.view.alert and here.view.alert.promises)
        if chosen not in {each.kind for each in english.choices(here.audience, promised=promised)}:
            return await self._show(here.token, here.visit, here.now, error=_CHOOSE)
        kind = ResponseKind(chosen)
        if kind in _AT_ONCE:
            return await self._submit(here, _answer(here, kind))
        return await self._go(here, Stage.DETAIL, chosen=chosen)

    async def _detail(self, here: Here) -> Response:
        if here.form.get("choice") == "back":
            return await self._go(here, Stage.CONTENT)
        kind = ResponseKind(here.visit.chosen)
        answer, errors = await self._particulars.read(
            kind,
            here.form,
            alert=here.token.alert,
            by=here.token.contact,
            zone=_zone(here.view),
            now=here.now,
        )
        if answer is None:
            state = self._seal(here.visit, here.token)
            return await self._particulars.ask(
                kind, here.view, here.form, errors, state=state, by=here.token.contact
            )
        return await self._submit(here, answer)

    async def _go(self, here: Here, stage: Stage, *, chosen: str = "") -> Response:
        visit = replace(here.visit, stage=stage, chosen=chosen)
        return await self._show(here.token, visit, here.now)

    async def _show(
        self, token: TokenRow, visit: Visit, now: datetime, *, error: str = ""
    ) -> Response:
        """The page of a stage, projected for that stage alone."""
        view = await self._look(token, visit.stage, now)
        if view.door is not Door.OPEN or view.projection is None or view.alert is None:
            return self._shut(view.door)
        await self._note_shown(token, view, now)
        state = self._seal(visit, token)
        if visit.stage is Stage.DETAIL:
            kind = ResponseKind(visit.chosen)
            return await self._particulars.ask(
                kind, view, Form(), {}, state=state, by=token.contact
            )
        said = screen(visit.stage, view.projection, promised=bool(view.alert.promises))
        answers: tuple[Said, ...] = ()
        news: tuple[Said, ...] = ()
        if visit.stage is Stage.CONTENT:
            zone = _zone(view)
            answers = await replied(self._services, view, contact=token.contact, zone=zone)
            news = await others(self._services, view, zone=zone, now=now)
        return page(
            "answer/choose.html",
            zone=_zone(view),
            status=422 if error else 200,
            phone=self._services.phone,
            reference=view.alert.ref,
            exercise=view.projection.exercise,
            heading=said.heading,
            label=said.label,
            paragraphs=(*answers, *said.paragraphs, *news),
            keep_to=said.keep_to,
            options=said.options,
            state=state,
            error=error,
        )

    async def _note_shown(self, token: TokenRow, view: View, now: datetime) -> None:
        """What anybody is shown is written down before: whoever it is about can look it up."""
        fields = tuple(view.projection.fields) if view.projection is not None else ()
        if fields:
            await self._services.writer.run(
                lambda conn: told.note_shown(
                    conn, alert=token.alert, contact=token.contact, fields=fields, at=now
                )
            )

    async def _submit(self, here: Here, answer: Answer) -> Response:
        """One visit, one effect: the same form sent twice shows the same page twice."""
        result = await self._particulars.submit(here.token, here.visit, answer, here.form)
        if isinstance(result, Refused):
            if result.reason in (RefusedBecause.PAGE_CLOSED, RefusedBecause.NOT_OPEN):
                return self._shut(Door.CLOSED)
            if result.reason is RefusedBecause.EQUIVOCATION:
                return self._end(
                    "Your first answer stands",
                    ("To change it, open this page again with the same code, or call.",),
                    status=409,
                )
            sentence = result.detail or "This could not be recorded. Please call us."
            return self._end("Not recorded", (sentence,), status=409)
        digest = here.token.digest
        if here.token.answered_at is None or result.fresh:
            await self._services.writer.run(
                lambda conn: answer_pages.note_answered(conn, digest, now=here.now)
            )
            at = here.now
        else:
            at = here.token.answered_at
        said = clock_time(at, zone=ZoneInfo(_zone(here.view)))
        return self._end(
            "Thank you",
            (
                f"Your answer is recorded at {said}.",
                "If something changes, open this page again with the same code, or call.",
            ),
        )

    async def _look(self, token: TokenRow, stage: Stage, now: datetime) -> View:
        """Read the matter and let the guard judge it again, now."""
        if token.expires_at <= now:
            return View(door=Door.CLOSED)
        newest, matter = await self._services.reader.run(
            lambda conn: (
                in_force(conn),
                answer_pages.matter(conn, alert=token.alert, contact=token.contact),
            )
        )
        alert = matter.case.alert(token.alert) if matter else None
        if matter is None or alert is None:
            return View(door=Door.CLOSED)
        if self._services.world.overtaken(newest):
            return View(door=Door.WAIT)  # another process knows better who must not know
        registry = self._services.world.registry()
        return look(
            over(matter, registry),
            alert_id=token.alert,
            contact=token.contact,
            stage=stage,
            registry=registry,
            field_class=self._services.world.field_class(alert.track),
            zone=self._services.zone,
            now=now,
        )

    def _seal(self, visit: Visit, token: TokenRow) -> str:
        return seal(visit, key=self._services.answer_key, digest=token.digest)

    def _ask_code(self, digest: str, *, error: str = "", status: int = 200) -> Response:
        return page(
            "answer/code.html",
            status=status,
            phone=self._services.phone,
            mark=first_mark(self._services.answer_key, digest),
            error=error,
        )

    def _shut(self, door: Door) -> Response:
        if door is Door.WAIT:
            return self._end(_WAIT[0], _WAIT[1:])
        return self._end(_CLOSED[0], _CLOSED[1:])

    def _end(self, heading: str, sentences: tuple[str, ...], *, status: int = 200) -> Response:
        return page(
            "answer/end.html",
            status=status,
            phone=self._services.phone,
            heading=heading,
            sentences=sentences,
        )


_WRONG = "That is not the code of this page. Please look at the message again."
_CHOOSE = "Please choose one."


def _answer(here: Here, kind: ResponseKind, *, reason: DeclineReason | None = None) -> Answer:
    return Answer(kind=kind, way=Way.PAGE, by=here.token.contact, reason=reason)


def _closing_answer(here: Here) -> Answer | None:
    """The answer of a form whose first sending closed the page."""
    match here.visit.stage, here.form.get("choice"):
        case (Stage.NOT_FOR_ME, "someone_else") | (Stage.CONTENT, "wrong_contact"):
            return _answer(here, ResponseKind.WRONG_CONTACT)
        case (Stage.NOT_FOR_ME, "not_us"):
            return _answer(here, ResponseKind.DECLINED, reason=DeclineReason.NOT_US)
        case (Stage.ADVERSE, "conflict") | (Stage.CONTENT, "conflict"):
            return _answer(here, ResponseKind.CONFLICT)
    return None


def _zone(view: View) -> str:
    return view.projection.zone if view.projection else "UTC"


def _digits(code: str) -> str:
    """A code as typed: with or without its hyphen, or with spaces."""
    return "".join(c for c in code if c not in " -\u2010\u2011\u2013")


def _digest(token: str) -> str:
    return digest_of(token if len(token) <= _TOKEN_MOST else "")
