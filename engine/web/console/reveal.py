"""Opening what is sealed: by somebody who may, with a reason, written down first."""

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.access import Permission
from engine.store.case_file import sealed_ids
from engine.web.console.case_page import CasePage
from engine.web.console.one_form import sent
from engine.web.console.shell import Shell
from engine.web.forms import Form
from engine.web.services import Visitor

REASON_LEAST = 8
LABELS: dict[str, str] = {
    "identity": "Who",
    "exact_place": "Where exactly",
    "narrative": "In their words",
    "source_contact": "Whom to contact, and how",
    "contact_protocol": "Contact protocol",
    "wishes_in_words": "Wishes",
    "party_names": "Names of organisations",
    "words": "In words",
    "box": "Sealed by the sender",
    "box_key": "To the key",
}


class Reveal:
    """One sealed thing at a time."""

    def __init__(self, shell: Shell, case_page: CasePage) -> None:
        self._shell = shell
        self._cases = case_page

    def routes(self) -> list[Route]:
        """The question, and the answer to it."""
        act = self._shell.acting(self.open, Permission.REVEAL)
        return [self._shell.route("/cases/{ref}/reveal/{id}", show=self.ask, act=act)]

    async def ask(self, request: Request, visitor: Visitor) -> Response:
        """Say that it will be written down, and ask why."""
        return await self._page(request, visitor, Form(), error="", content=None)

    async def open(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Open it. The journal has the reason before anything is shown."""
        found = await self._cases.load(request)
        if found is None:
            return await self._shell.not_found(visitor)
        reason = form.get("reason")
        if len(reason) < REASON_LEAST:
            error = "Say why in a few words."
            return await self._page(request, visitor, form, error=error, content=None)
        wanted = request.path_params["id"]
        vault_id = next((row.vault_id for row in found.file.events if row.id == wanted), wanted)
        case = found.file.row.id
        allowed = await self._shell.services.reader.run(lambda conn: sealed_ids(conn, case=case))
        if vault_id not in allowed:
            return await self._shell.not_found(visitor)
        words = await self._shell.services.sealing.reveal(
            vault_id, by=visitor.person, reason=reason[:200]
        )
        if words is None:
            return await self._shell.say(
                visitor,
                "It can no longer be opened",
                ("Its key was destroyed, as promised: 35 days after its week.",),
                status=410,
                back=f"/cases/{found.file.row.ref}",
                back_words="Back",
            )
        return await self._page(request, visitor, form, error="", content=labelled(words))

    async def _page(
        self,
        request: Request,
        visitor: Visitor,
        form: Form,
        *,
        error: str,
        content: list[tuple[str, str]] | None,
    ) -> Response:
        return await self._shell.render(
            "console/reveal.html",
            visitor,
            status=422 if error else 200,
            ref=request.path_params["ref"],
            error=error,
            content=content,
            sent=sent(form, "reason"),
        )


def labelled(words: str) -> list[tuple[str, str]]:
    """What was sealed, as label and text; plain words are shown as they are."""
    try:
        content = orjson.loads(words)
    except orjson.JSONDecodeError:
        return [("In words", words)]
    if not isinstance(content, dict):
        return [("In words", words)]
    return list(_flat(content, ()))


def _flat(content: dict[str, Any], under: tuple[str, ...]) -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    for key, value in content.items():
        if isinstance(value, dict):
            lines += _flat(value, (*under, key) if key != "sealed" else under)
        elif value not in ("", [], None):
            label = LABELS.get(key, " · ".join((*under, key)))
            lines.append((label, value if isinstance(value, str) else orjson.dumps(value).decode()))
    return lines
