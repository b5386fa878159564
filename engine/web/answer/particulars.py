"""The particulars of an answer: what, by when, with what effect, why not, to whom."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.responses import Response

from engine.case.commands import Inbox, Respond
from engine.store import answer_pages
from engine.store.answer_pages import TokenRow
from engine.web.answer.fields import View
from engine.web.answer.ground_rules import contact_words
from engine.web.answer.stages import Visit
from engine.web.console.fields import Errors, choice, moment_of
from engine.web.forms import Form
from engine.web.pages import page
from engine.web.passing_on import named_in_words
from engine.web.services import Services
from engine.web.words.states import ACTION, DECLINE, EFFECT, PROVISO
from engine.web.words.times import offset, short_moment
from schemas.codes import ActionKind, Effect, Proviso, TrackName
from schemas.responses import Already, DeclineReason, Refused, ResponseKind, Way
from schemas.responses import Response as Answer

OUTSIDE = "outside"
"""Passed on to somebody who is not one of our contacts; named in the sealed words."""
FARTHEST = timedelta(days=400)
_CHOOSE = "Please choose one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a kind of answer asks for, in its words."""

    heading: str
    ask: tuple[str, ...]
    note: str
    send: str
    due: str = "By which day?"
    note_needed: bool = False


FORMS: Mapping[ResponseKind, Asked] = {
    ResponseKind.COMMITTED: Asked(
        heading="We will, by a date",
        ask=("action", "due", "condition"),
        note="Anything we should know?",
        send="Promise this",
    ),
    ResponseKind.ACTED: Asked(
        heading="It is done",
        ask=("action", "effect"),
        note="What happened?",
        send="Record this",
    ),
    ResponseKind.ALREADY_ACTING: Asked(
        heading="We are acting on this already",
        ask=("action",),
        note="Anything we should know?",
        send="Tell the desk",
    ),
    ResponseKind.WITHDRAWS: Asked(
        heading="We cannot do what we promised",
        ask=("promise",),
        note="Why? Somebody else is asked at once.",
        send="Take it back",
    ),
    ResponseKind.ASKS: Asked(
        heading="Your question",
        ask=(),
        note="Your question, or when and where to call you",
        send="Send the question",
        note_needed=True,
    ),
    ResponseKind.WARNS: Asked(
        heading="This would do harm now",
        ask=("due",),
        note="What would it spoil?",
        send="Warn the desk",
        due="Until which day?",
    ),
    ResponseKind.PASSED_ON: Asked(
        heading="Pass on",
        ask=("to",),
        note="If it is somebody else: who, and in which organisation?",
        send="Tell the desk",
    ),
    ResponseKind.DECLINED: Asked(
        heading="No, because…",
        ask=("reason",),
        note="Anything you want to add",
        send="Decline",
    ),
}
_SENT = ("condition", "promise", "action", "day", "time", "effect", "reason", "to", "note")
_ACTIONS: Mapping[TrackName, tuple[ActionKind, ...]] = {
    TrackName.MISSIONS: (
        ActionKind.ENQUIRY,
        ActionKind.VISIT,
        ActionKind.TRIAL_OBSERVATION,
        ActionKind.DEMARCHE,
        ActionKind.MEETING,
        ActionKind.VISA,
        ActionKind.CALL,
        ActionKind.LETTER,
        ActionKind.OTHER,
    ),
    TrackName.COMPANIES: (
        ActionKind.CALL,
        ActionKind.MEETING,
        ActionKind.SUPPLIER_WARNING,
        ActionKind.CONTRACT_LEVERAGE,
        ActionKind.LETTER,
        ActionKind.OTHER,
    ),
    TrackName.INVESTORS: (
        ActionKind.CALL,
        ActionKind.LETTER,
        ActionKind.MEETING,
        ActionKind.ENQUIRY,
        ActionKind.CONTRACT_LEVERAGE,
        ActionKind.COMPLAINT_OPENED,
        ActionKind.OTHER,
    ),
    TrackName.PROTECTION: (
        ActionKind.RELOCATION,
        ActionKind.MEDICAL_SUPPORT,
        ActionKind.LEGAL_SUPPORT,
        ActionKind.FUNDING,
        ActionKind.VISA,
        ActionKind.OTHER,
    ),
    TrackName.LEGAL: (
        ActionKind.LEGAL_SUPPORT,
        ActionKind.TRIAL_OBSERVATION,
        ActionKind.VISIT,
        ActionKind.OTHER,
    ),
}
_ACTIONS_ELSE = (
    ActionKind.CALL,
    ActionKind.LETTER,
    ActionKind.MEETING,
    ActionKind.ENQUIRY,
    ActionKind.COMPLAINT_OPENED,
    ActionKind.OTHER,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The desk carried the answer out, now or before."""

    fresh: bool


class Particulars:
    """Asking for particulars, reading them, handing the answer to the desk."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def ask(
        self,
        kind: ResponseKind,
        view: View,
        form: Form,
        errors: Mapping[str, str],
        *,
        state: str,
        by: str,
    ) -> Response:
        """The page with the fields of this kind of answer."""
        asked = FORMS[kind]
        audience = view.alert.track if view.alert else TrackName.MISSIONS
        zone = view.projection.zone if view.projection else "UTC"
        local = self._services.clock.now().astimezone(ZoneInfo(zone))
        return page(
            "answer/detail.html",
            zone=zone,
            status=422 if errors else 200,
            phone=self._services.phone,
            reference=view.alert.ref if view.alert else "",
            heading=asked.heading,
            keep_to=(contact_words(view.projection),) if view.projection else (),
            ask=asked.ask,
            due_words=asked.due,
            note_words=asked.note,
            send_words=asked.send,
            actions=[(a.value, _capital(ACTION[a])) for a in _actions(audience)],
            conditions=[(each.value, _capital(words)) for each, words in PROVISO.items()],
            promises=_promises(view, zone=zone),
            effects=[(effect.value, _capital(words)) for effect, words in EFFECT.items()],
            reasons=[(reason.value, _capital(words)) for reason, words in DECLINE.items()],
            colleagues=await self._colleagues(view, by=by),
            zone_words=f"Your time ({offset(local)}). Empty: 18:00.",
            sent={name: form.get(name) for name in _SENT},
            errors=Errors(errors),
            state=state,
        )

    async def read(
        self, kind: ResponseKind, form: Form, *, alert: str, by: str, zone: str, now: datetime
    ) -> tuple[Answer | None, dict[str, str]]:
        """The answer of a filled form, or what it lacks. Words are sealed first."""
        asked = FORMS[kind]
        errors: dict[str, str] = {}
        due: datetime | None = None
        if "due" in asked.ask:
            due, problem = _due(form, zone=zone, now=now)
            if problem:
                errors["due"] = problem
        action = choice(form.get("action"), ActionKind)
        effect = choice(form.get("effect"), Effect)
        reason = choice(form.get("reason"), DeclineReason)
        for name, value in (("action", action), ("effect", effect), ("reason", reason)):
            if name in asked.ask and value is None:
                errors[name] = _CHOOSE
        promised = choice(form.get("promise"), ActionKind)
        if "promise" in asked.ask:
            action = promised
            if promised is None:
                errors["promise"] = _CHOOSE
        if "to" in asked.ask and not form.get("to"):
            errors["to"] = _CHOOSE
        if asked.note_needed and not form.get("note"):
            errors["note"] = "Please write a few words."
        if errors:
            return None, errors
        words = form.get("note")
        note = await self._services.sealing.keep(words, kind="note") if words else ""
        to = "" if form.get("to") == OUTSIDE else form.get("to")
        meant: tuple[str, ...] = ()
        if kind is ResponseKind.PASSED_ON:
            meant = await named_in_words(self._services, words, alert=alert, contact=by)
        answer = Answer(
            kind=kind,
            way=Way.PAGE,
            by=by,
            action=action if {"action", "promise"} & set(asked.ask) else None,
            due=due,
            effect=effect if "effect" in asked.ask else None,
            reason=reason if "reason" in asked.ask else None,
            passed_on_to=to if "to" in asked.ask else "",
            passed_on_any=meant,
            note=note,
            condition=choice(form.get("condition"), Proviso) if "condition" in asked.ask else None,
        )
        return answer, {}

    async def submit(
        self, token: TokenRow, visit: Visit, answer: Answer, form: Form
    ) -> Recorded | Refused:
        """Hand the answer over. The visit's nonce makes it one, however often it is sent."""
        content = "\n".join(sorted(f"{k}={v!r}" for k, v in form if k != "state"))
        key = self._services.answer_key.reveal()  # keyed: the words themselves are sealed
        inbox = Inbox(
            source="answer-page",
            id=f"{token.digest[:32]}.{visit.nonce}",
            digest=hmac.digest(key, content.encode("utf-8", "surrogatepass"), "sha256").hex(),
        )
        result = await self._services.desk.urgent(
            Respond(inbox=inbox, alert=token.alert, response=answer)
        )
        if isinstance(result, Refused):
            return result
        return Recorded(fresh=not isinstance(result, Already))

    async def _colleagues(self, view: View, *, by: str) -> list[tuple[str, str]]:
        refs = [ref.id for ref in view.alert.contacts if ref.id != by] if view.alert else []
        labels = await self._services.reader.run(
            lambda conn: answer_pages.contact_labels(conn, refs)
        )
        known = [(id, labels[id]) for id in refs if id in labels]
        return [*known, (OUTSIDE, "Somebody else")]


def _promises(view: View, *, zone: str) -> list[tuple[str, str]]:
    """What this party promised and has not done: one line for each kind of action."""
    due = {p.action_kind: p.due_at for p in reversed(view.alert.promises)} if view.alert else {}
    return [
        (kind.value, f"{_capital(ACTION[kind])}, by {short_moment(at, zone=ZoneInfo(zone))}")
        for kind, at in due.items()
    ]


def _actions(audience: TrackName) -> tuple[ActionKind, ...]:
    return _ACTIONS.get(audience, _ACTIONS_ELSE)


def _due(form: Form, *, zone: str, now: datetime) -> tuple[datetime | None, str]:
    try:
        due = moment_of(form.get("day"), form.get("time"), zone=zone)
    except (ValueError, OverflowError):
        return None, "This is not a date and a time."
    if due is None:
        return None, "Please give a day, so that we can ask then."
    if due <= now:
        return None, "This is in the past. Give a day ahead."
    if due > now + FARTHEST:
        return None, "This is too far away. Give a day within a year."
    return due, ""


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"
