"""What the subjects of a case allow: looked at, given, narrowed, taken back, agreed to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.access import Permission, may
from engine.case import commands as c
from engine.store import consents
from engine.web.console.case_page import CasePage, Loaded
from engine.web.console.fields import Errors, choice, moment_in
from engine.web.console.one_form import sent
from engine.web.console.shell import Shell
from engine.web.forms import Form
from engine.web.services import Visitor
from engine.web.words.states import MODE, TRACK
from rules import granting
from schemas.codes import Mode, TrackName
from schemas.consent import Basis, Community, Consent, ConsentDoor, Inability, Obtained, Scope

ACTS: Mapping[str, tuple[str, Permission]] = {
    "revoked": ("They take it back: stop everything", Permission.NARROW_CONSENT),
    "narrowed": ("They allow less: only what I choose below is left", Permission.NARROW_CONSENT),
    "granted": ("This is all they allow now", Permission.CONSENT),
}
BASES: Mapping[str, str] = {
    "person": "The person",
    "representative": "Somebody who may speak for them",
    "guardian": "A guardian",
    "community": "Representatives of a community",
}
INABILITIES: Mapping[Inability, str] = {
    Inability.DETAINED: "Detained",
    Inability.INCOMMUNICADO: "Held where nobody can speak with them",
    Inability.DISAPPEARED: "Disappeared",
    Inability.IN_HIDING: "In hiding",
    Inability.INCAPACITATED: "Not able to decide",
    Inability.CHILD: "A child",
    Inability.DECEASED: "Dead",
    Inability.UNSAFE_TO_ASK: "Asking would put them at risk",
    Inability.OTHER: "Something else",
}
OBTAINED: Mapping[Obtained, str] = {
    Obtained.SPOKEN: "Spoken",
    Obtained.WRITTEN: "Written",
    Obtained.GESTURE: "By a sign",
    Obtained.STANDING_AGREEMENT: "By a standing agreement",
}
_AUDIENCES = tuple(track for track in TrackName if track is not TrackName.DUTY)
_CHOOSE = "Choose one."


class ConsentForm:
    """One page per case: a form for each of its subjects, and what counts for each."""

    def __init__(self, shell: Shell, case_page: CasePage) -> None:
        self._shell = shell
        self._cases = case_page

    def routes(self) -> list[Route]:
        """The page, the form, and agreeing to what somebody else recorded."""
        agreeing = self._shell.acting(self.agree, Permission.AGREE_TO_CONSENT)
        return [
            self._shell.route("/cases/{ref}/consent", show=self.show, act=self.act),
            self._shell.route("/cases/{ref}/consent/agree", act=agreeing),
        ]

    async def show(self, request: Request, visitor: Visitor) -> Response:
        """What counts for each subject, and an empty form."""
        return await self._page(request, visitor, Errors(), Form())

    async def act(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Record what a subject says now."""
        found = await self._cases.load(request)
        if found is None:
            return await self._shell.not_found(visitor)
        state = form.get("state")
        if state in ACTS and not may(visitor.role, ACTS[state][1]):
            return await self._shell.not_yours(visitor)
        now = self._shell.services.clock.now()
        errors = Errors()
        until = moment_in(form, "until", errors, zone=self._shell.services.zone)
        errors.update(_errors(found, form))
        if errors:
            return await self._page(request, visitor, errors, form, status=422)
        about = f"consent {found.file.row.ref} {form.get('subject')}"
        inbox = self._shell.inbox(visitor, form, about=about)
        note = await self._shell.sealed(form)
        record = _record(form, state, inbox, visitor.person, note, until, now)
        command = c.ConsentChanged(
            inbox=inbox,
            consent=record,
            state=cast(Literal["granted", "narrowed", "revoked"], state),
        )
        back = f"/cases/{found.file.row.ref}/consent"
        return await self._shell.send(visitor, command, to=back, did="consent", urgent=True)

    async def agree(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Agree that a subject allows more, as somebody else recorded."""
        found = await self._cases.load(request)
        if found is None or form.get("subject") not in found.file.case.subjects:
            return await self._shell.not_found(visitor)
        inbox = self._shell.inbox(visitor, form, about="consent agree")
        command = c.AgreeToConsent(
            inbox=inbox,
            pseudonym=form.get("subject"),
            wider=form.get("mark"),
            id=_id(inbox),
            by=visitor.person,
            door=ConsentDoor.CONSOLE,
        )
        back = f"/cases/{found.file.row.ref}/consent"
        return await self._shell.send(visitor, command, to=back, did="consent", urgent=True)

    async def _page(
        self, request: Request, visitor: Visitor, errors: Errors, form: Form, status: int = 200
    ) -> Response:
        found = await self._cases.load(request)
        if found is None:
            return await self._shell.not_found(visitor)
        subjects = found.file.case.subjects
        known = await self._shell.services.reader.run(lambda conn: consents.newest(conn, subjects))
        now = self._shell.services.clock.now()
        return await self._shell.render(
            "console/consent.html",
            visitor,
            status=status,
            ref=found.file.row.ref,
            subjects=[_shown(each, known.get(each, (0, None))[1], now) for each in subjects],
            names=[(each, each.partition("/")[2]) for each in subjects],
            acts=[(key, words) for key, (words, needs) in ACTS.items() if may(visitor.role, needs)],
            audiences=[(each.value, TRACK[each]) for each in _AUDIENCES],
            modes=[(each.value, MODE[each]) for each in (Mode.QUIET, Mode.PRIVATE)],
            bases=list(BASES.items()),
            inabilities=[(key.value, words) for key, words in INABILITIES.items()],
            obtained=[(key.value, words) for key, words in OBTAINED.items()],
            zone_words=f"In {self._shell.services.zone} time.",
            errors=errors,
            sent=sent(form, *_TEXTS, many=("audience",)),
        )


_TEXTS = (
    "subject", "state", "mode", "basis", "obtained", "inability", "holder", "witness", "needed",
    "of", "agreed", "note", "until_day", "until_time",
)  # fmt: skip


def _errors(found: Loaded, form: Form) -> Errors:
    errors = Errors()
    state = form.get("state")
    if form.get("subject") not in found.file.case.subjects:
        errors["subject"] = _CHOOSE
    if state not in ACTS:
        errors["state"] = _CHOOSE
    if state != "granted":
        return errors
    if not form.all("audience"):
        errors["audience"] = "Choose whom we may tell."
    if form.get("basis") not in BASES:
        errors["basis"] = _CHOOSE
    if Basis.COMMUNITY.value == form.get("basis") and _community(form) is None:
        errors["needed"] = "Say how many are needed, and of how many."
    if form.get("basis") in ("representative", "guardian"):
        if choice(form.get("inability"), Inability) is None:
            errors["inability"] = "Say why the person could not be asked."
        if not form.get("note"):
            errors["note"] = "Justify it in a few words."
    return errors


def _record(
    form: Form,
    state: str,
    inbox: c.Inbox,
    by: str,
    note: str,
    until: datetime | None,
    now: datetime,
) -> Consent:
    """What the form says; of a narrowing, what is not chosen stays as it was."""
    audiences = tuple(each for each in _AUDIENCES if each.value in form.all("audience"))
    scope = Scope(audiences=(), mode=Mode.QUIET, basis=Basis.PERSON)
    if state == "narrowed":
        loudest = choice(form.get("mode"), Mode) or Mode.PUBLIC
        everything = granting.EVERYTHING
        scope = Scope(
            audiences=audiences or everything.audiences,
            mode=loudest,
            basis=everything.basis,
            until=until,
        )
    elif state == "granted":
        basis = Basis(form.get("basis"))
        scope = Scope(
            audiences=audiences,
            mode=choice(form.get("mode"), Mode) or Mode.QUIET,
            basis=basis,
            until=until,
            community=_community(form) if basis is Basis.COMMUNITY else None,
        )
    return Consent(
        id=_id(inbox),
        pseudonym=form.get("subject"),
        audiences=scope.audiences,
        mode=scope.mode,
        basis=scope.basis,
        until=scope.until,
        community=scope.community,
        given_at=now,
        revoked=state == "revoked",
        obtained=choice(form.get("obtained"), Obtained) or Obtained.UNKNOWN,
        holder=_opaque(form.get("holder")),
        witness=_opaque(form.get("witness")),
        inability=choice(form.get("inability"), Inability),
        note=note,
        by=by,
        door=ConsentDoor.CONSOLE,
    )


def _community(form: Form) -> Community | None:
    """How many are needed, of how many, and who agreed; None where that makes no sense."""
    needed, of = form.get("needed"), form.get("of")
    if not (needed.isdecimal() and of.isdecimal() and 1 <= int(needed) <= int(of) <= 1_000):
        return None
    return Community(needed=int(needed), of=int(of), agreed=tuple(form.get("agreed").split()))


def _opaque(text: str) -> str:
    """An id, never words: those belong into the note, which is sealed."""
    return text if text.isascii() and text.replace("-", "").replace("_", "").isalnum() else ""


def _id(inbox: c.Inbox) -> str:
    return f"k{inbox.digest[:40]}{inbox.id[:16]}"


def _shown(subject: str, record: Consent | None, now: datetime) -> dict[str, Any]:
    """One subject as the page tells it."""
    wider = None if record is None else record.wider
    return {
        "subject": subject,
        "name": subject.partition("/")[2],
        "counts": _says(record, now),
        "wider": None if wider is None else _scope(wider.scope),
        "missing": 0 if wider is None else wider.needs - len(wider.agreed),
        "mark": "" if wider is None else granting.digest(wider.scope),
    }


def _says(record: Consent | None, now: datetime) -> str:
    if record is None:
        return "Nothing is recorded, so nobody but duty is told."
    if record.revoked:
        return "Taken back: nobody but duty is told."
    if record.until is not None and record.until <= now:
        return "It has run out: nobody but duty is told."
    if not record.given:
        return "Too few of the community have agreed so far: nobody but duty is told."
    return _scope(record.scope)


def _scope(scope: Scope) -> str:
    who = ", ".join(TRACK[each] for each in scope.audiences if each is not TrackName.DUTY)
    return f"{who or 'Nobody but duty'}; {MODE[scope.mode]}."
