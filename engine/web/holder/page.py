"""`/h/{token}`: GET shows a constant page and changes nothing; POST shows the list, and stops."""

import hmac
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.case.commands import Inbox, RaiseIncident, RevokeByHolder
from engine.desk import CommandFailed
from engine.holder_links import HolderLinks
from engine.store import holder_links
from engine.store.holder_file import HolderFile, holder_file
from engine.store.holder_links import LinkRow
from engine.web.forms import Form, FormRefusedError, read_form
from engine.web.holder import english as words
from engine.web.holder.view import holder_view, stop_view
from engine.web.holder.visit import Visit, begin, first_mark, seal, unseal
from engine.web.pages import page
from engine.web.services import Services
from schemas.codes import IncidentCode
from schemas.responses import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """One request of somebody who entered the code."""

    link: LinkRow
    visit: Visit
    now: datetime


class HolderPage:
    """The page of whoever holds a consent."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._links = HolderLinks(services.answer_key)
        self._zone = ZoneInfo(services.zone)

    def routes(self) -> list[Route]:
        """One address; the token is all it says."""
        return [Route("/h/{token}", self.endpoint, methods=["GET", "POST"])]

    async def endpoint(self, request: Request) -> Response:
        """GET and HEAD: the constant page. POST: a code, or the next step of a visit."""
        token = request.path_params["token"]
        if request.method != "POST":
            return self._ask_code(token)
        try:
            form = await read_form(request)
        except FormRefusedError as refused:
            return self._ask_code(token, error=refused.sentence, status=refused.status)
        now = self._services.clock.now()
        id = self._links.id_of(token)
        if not form.get("state"):
            return await self._enter(token, id, form, now)
        key = self._services.answer_key
        visit = unseal(form.get("state"), key=key, link=id, now=now) if id else None
        link = await self._services.reader.run(lambda c: holder_links.find(c, id)) if id else None
        if visit is None or link is None:
            return self._ask_code(token, error=words.TOO_LONG, status=403)
        if not link.open_at(now):
            return self._over(link)
        return await self._step(Here(link=link, visit=visit, now=now), form.get("choice"))

    async def _enter(self, token: str, id: str | None, form: Form, now: datetime) -> Response:
        """Judge the code. Five wrong ones kill the link, and duty is told."""
        mark = first_mark(self._services.answer_key, token)
        given = _digits(form.get("code"))
        if not _same(form.raw("mark"), mark) or not given:
            return self._ask_code(token, error=words.CODE_MISSING, status=422)
        if id is None:
            return self._ask_code(token, error=words.CODE_WRONG, status=403)
        right = _same(given, _digits(self._links.code_of(id)))
        link, counted = await self._services.writer.run(
            lambda conn: holder_links.try_code(conn, id, right=right, now=now)
        )
        if link is None:
            return self._ask_code(token, error=words.CODE_WRONG, status=403)
        if link.dead:
            if counted:
                code = IncidentCode.HOLDER_CODE_GUESSED
                await self._services.desk.submit(RaiseIncident(code=code, key=id, severe=False))
            return self._over(link)
        if not right:
            return self._ask_code(token, error=words.CODE_WRONG, status=403)
        if not link.open_at(now):
            return self._over(link)
        visit = begin(nonce=self._services.entropy.token(16).hex(), now=now)
        return await self._list(Here(link=link, visit=visit, now=now))

    async def _step(self, here: Here, choice: str) -> Response:
        match choice:
            case "stop":
                return self._render("holder/stop.html", here)
            case "stop_yes":
                return await self._stop(here)
            case "more":
                visit = replace(here.visit, part=here.visit.part + 1)
                return await self._list(replace(here, visit=visit))
        return await self._list(replace(here, visit=replace(here.visit, part=0)))

    async def _list(self, here: Here) -> Response:
        file = await self._file(here)
        view = holder_view(file, part=here.visit.part, zone=self._zone, now=here.now)
        return self._render("holder/list.html", here, view=view)

    async def _stop(self, here: Here) -> Response:
        """Take the consent back, ahead of all other work, then say what that ended.

        The same press twice is one: it names the record that it ends. What was given anew since
        is another record, so that pressing again stops that as well.
        """
        before = await self._file(here)
        already = before.consent is not None and before.consent.revoked
        if not already:
            try:
                result = await self._services.desk.urgent(_revocation(here, before))
            except CommandFailed:
                return self._render("holder/not_stopped.html", here, status=503)
            if isinstance(result, Refused):
                return self._render("holder/not_stopped.html", here, status=409)
        after = await self._file(here)
        if after.consent is None or not after.consent.revoked:
            return self._render("holder/not_stopped.html", here, status=409)
        return self._render("holder/stopped.html", here, view=stop_view(after), already=already)

    async def _file(self, here: Here) -> HolderFile:
        return await self._services.reader.run(partial(holder_file, pseudonym=here.link.pseudonym))

    def _render(self, template: str, here: Here, *, status: int = 200, **values: Any) -> Response:
        state = seal(here.visit, key=self._services.answer_key, link=here.link.id)
        return self._page(template, status=status, state=state, **values)

    def _ask_code(self, token: str, *, error: str = "", status: int = 200) -> Response:
        mark = first_mark(self._services.answer_key, token)
        return self._page("holder/code.html", status=status, mark=mark, error=error)

    def _over(self, link: LinkRow) -> Response:
        heading = words.DEAD_HEADING if link.dead else words.OVER_HEADING
        sentences = words.DEAD if link.dead else words.OVER
        return self._page("holder/over.html", status=403, heading=heading, sentences=sentences)

    def _page(self, template: str, *, status: int, **values: Any) -> Response:
        return page(
            template,
            zone=self._services.zone,
            status=status,
            lang=words.LANGUAGE,
            phone=self._services.phone,
            w=words,
            **values,
        )


def _revocation(here: Here, file: HolderFile) -> RevokeByHolder:
    held = file.consent.holder if file.consent is not None else ""
    about = f"{here.link.id}.{here.visit.nonce}.{file.consent_no}"
    digest = sha256(about.encode()).hexdigest()
    return RevokeByHolder(
        inbox=Inbox(source=f"holder:{here.link.id}", id=digest[:40], digest=digest),
        pseudonym=here.link.pseudonym,
        holder=held or f"link:{here.link.id}",
        id=f"k{digest[:56]}",
    )


def _digits(text: str) -> str:
    return "".join(character for character in text if character in "0123456789")


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
