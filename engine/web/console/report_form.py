"""`New report`: the least that is needed, through the same door as every other report."""

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from engine.access import Permission
from engine.case.ids import event_id
from engine.store import board
from engine.web.console.fields import Errors, choice, moment_of
from engine.web.console.shell import Shell
from engine.web.forms import Form
from engine.web.services import Visitor
from engine.web.words.states import CERTAINTY, DANGER, PRECISION, ROOT_CAUSE, SUBJECT, TRACK
from engine.web.words.threats import ACTS
from schemas.codes import (
    Certainty,
    Danger,
    EventType,
    Precision,
    RootCause,
    SubjectKind,
    TrackName,
    is_country,
    threat_of,
)
from schemas.envelope import THREAT_TYPE

SOURCE = "desk/form"
"""Publisher of the form's events; each person's reports are told apart by the envelope's id."""
_EQUIVOCATION = "This form was sent before with other content, and the first stays. Open it anew."
WISHES: dict[str, str] = {
    "call_first": "Call me before you do anything",
    "legal_help_wanted": "A lawyer",
    "medical_help_wanted": "A doctor",
    "relocation_wanted": "A safer place",
    "no_company_contact": "No company is told",
    "no_state_contact": "No authority is told",
    "no_mission_contact": "No embassy is told",
    "no_publicity": "Nothing in public",
}
CONSENTS: dict[str, str] = {
    "none": "Only us, for now",
    "person": "The person agreed to telling others",
    "representative": "Somebody who may speak for the person agreed",
}
_TEXTS = (
    "code",
    "country",
    "day",
    "time",
    "situation",
    "identity",
    "place",
    "narrative",
    "contact",
)
_CHOSEN = ("danger", "precision", "certainty", "subject", "consent")


class ReportForm:
    """The form and what it makes of itself: one CloudEvents JSON event."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def routes(self) -> list[Route]:
        """The form and its act."""
        act = self._shell.acting(self.take, Permission.REPORT)
        return [self._shell.route("/new", show=self.ask, act=act)]

    async def ask(self, request: Request, visitor: Visitor) -> Response:
        """An empty form."""
        return await self._page(visitor, Form(), {}, ())

    async def take(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Send what is known; nothing typed is lost when something is wrong."""
        errors = _errors(form)
        if errors:
            return await self._page(visitor, form, errors, (), status=422)
        try:
            raw = as_event(form, zone=self._shell.services.zone)
        except ValueError:
            errors["day"] = "This is not a date and a time."
            return await self._page(visitor, form, errors, (), status=422)
        taken = await self._shell.services.reports.take(raw, by=visitor.person)
        if taken.problems:
            return await self._page(visitor, form, {}, taken.problems, status=422)
        if not taken.reference:
            return await self._page(visitor, form, {}, (_EQUIVOCATION,), status=409)
        event = event_id(SOURCE, form.get("nonce")[:64])
        ref = await self._shell.services.reader.run(lambda conn: board.case_of_event(conn, event))
        return RedirectResponse(f"/cases/{ref}?did=reported", status_code=303)

    async def _page(
        self,
        visitor: Visitor,
        form: Form,
        errors: dict[str, str],
        problems: tuple[str, ...],
        status: int = 200,
    ) -> Response:
        sent: dict[str, Any] = {name: form.get(name) for name in (*_TEXTS, *_CHOSEN)}
        sent |= {"wish": form.all("wish"), "audience": form.all("audience")}
        sent["cause"] = form.all("cause")
        return await self._shell.render(
            "console/new.html",
            visitor,
            status=status,
            codes=[(code, act.noun) for code, act in ACTS.items() if _reportable(code)],
            dangers=_worded(DANGER),
            precisions=_worded(PRECISION),
            certainties=_worded(CERTAINTY),
            subjects=list(SUBJECT.items()),
            wishes=list(WISHES.items()),
            causes=_worded(ROOT_CAUSE),
            consents=list(CONSENTS.items()),
            audiences=[(t.value, words) for t, words in TRACK.items() if t is not TrackName.DUTY],
            zone_words=f"In {self._shell.services.zone} time. Empty if not known.",
            sent=sent,
            errors=Errors(errors),
            problems=problems,
        )


def as_event(form: Form, *, zone: str) -> bytes:
    """The CloudEvents JSON of a form. Its id is the form's nonce: sent twice, it is one report.

    Raises ValueError when date or time cannot be read.
    """
    occurred = moment_of(form.get("day"), form.get("time"), zone=zone, end_of_day=False)
    precision = choice(form.get("precision"), Precision)
    if precision is None:
        precision = Precision.MINUTE if form.get("time") else Precision.DAY
    event: dict[str, Any] = {
        "code": form.get("code"),
        "danger_now": (choice(form.get("danger"), Danger) or Danger.UNKNOWN).value,
        "certainty": (choice(form.get("certainty"), Certainty) or Certainty.UNKNOWN).value,
        "wishes": [wish for wish in form.all("wish") if wish in WISHES],
    }
    if occurred is not None:
        event["occurred"] = {"at": occurred.isoformat(), "precision": precision.value}
    if form.get("country"):
        event["countries"] = [{"code": form.get("country").upper(), "role": "happened"}]
    if form.get("situation"):
        event["situation"] = form.get("situation")
    if causes := [cause for cause in form.all("cause") if cause in set(RootCause)]:
        event["root_causes"] = causes
    subject = choice(form.get("subject"), SubjectKind)
    nonce = form.get("nonce")[:64]
    if subject is not None:
        pseudonym = form.get("situation") or nonce
        event["subjects"] = [{"kind": subject.value, "pseudonym": pseudonym}]
    if form.get("consent") in CONSENTS and form.get("consent") != "none":
        event["consent"] = [
            {
                "basis": form.get("consent"),
                "audiences": [a for a in form.all("audience") if a in set(TrackName)],
                "obtained": "spoken",
            }
        ]
    sealed = {
        name: words
        for name, words in (
            ("identity", form.get("identity")),
            ("exact_place", form.get("place")),
            ("narrative", form.get("narrative")),
            ("source_contact", form.get("contact")),
        )
        if words
    }
    data: dict[str, Any] = {"event": event}
    if sealed:
        data["sealed"] = sealed
    return orjson.dumps(
        {
            "specversion": "1.0",
            "type": THREAT_TYPE,
            "source": SOURCE,
            "id": nonce,
            "datacontenttype": "application/json",
            "data": data,
        }
    )


def _errors(form: Form) -> dict[str, str]:
    errors = {}
    if form.get("code") not in ACTS:
        errors["code"] = "Choose what comes closest."
    country = form.get("country").upper()
    if country and not is_country(country):
        errors["country"] = "Two letters, such as QM. Leave it empty and a person will find out."
    if form.get("situation") and not _opaque(form.get("situation")):
        errors["situation"] = "Letters, digits and . _ - only; a code word, never a name."
    if form.get("consent") not in ("", "none") and not form.all("audience"):
        errors["audience"] = "Choose whom the consent allows us to tell."
    return errors


def _opaque(word: str) -> bool:
    plain = word.isascii() and len(word) <= 100 and word[:1].isalnum()
    return plain and all(c.isalnum() or c in "._-" for c in word)


def _reportable(code: str) -> bool:
    threat = threat_of(code)
    return threat is not None and threat.type not in (EventType.CONSENT, EventType.EXERCISE)


def _worded(table: Any) -> list[tuple[str, str]]:
    return [(key.value, f"{words[:1].upper()}{words[1:]}") for key, words in table.items()]
