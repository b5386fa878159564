"""`accept`: raw bytes in, a report or the list of everything wrong with them out. Pure.

The open event keeps known fields only. The sealed companion, and whatever we do not recognise at
any depth, becomes ciphertext here and is never open again on its way to the vault.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel, TypeAdapter, ValidationError

from engine.case import commands as c
from engine.case.ids import event_id
from engine.intake import cloudevents
from engine.intake.cloudevents import Message
from engine.intake.known import known_limits, split_known
from engine.intake.scope import Scope, Scopes
from schemas.codes import Danger, EventType, Severity, threat_of
from schemas.envelope import THREAT_TYPE, Envelope
from schemas.event import ConsentGiven, Moment, ThreatEvent, received_late
from schemas.limits import UnreadableJsonError
from schemas.plan import Trouble
from schemas.problem import Fault, Problem, brief

Seal = Callable[[bytes], c.SealedBox]
_MODEL = TypeVar("_MODEL", bound=BaseModel)
_MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)
_PROBLEMS_MOST = 50
_BOX_KEY_MOST = 64  # characters, as the vault's column
_KEY_WORDS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A report ready for the desk."""

    inbox: c.Inbox
    report: c.Report
    troubles: tuple[Trouble, ...] = ()
    """What a human must look at about the report itself."""
    ceiling: Severity
    """The gravest that its publisher may claim."""
    grave: bool = False
    """Within its scope this claims danger or a grave severity: it goes before others."""

    @property
    def touches_consent(self) -> bool:
        """Whether consent is being taken back or changed: that goes before everything else."""
        event = self.report.event
        return event.type is EventType.CONSENT or any(
            one.state != "granted" for one in event.consent
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Bytes that are not an event, with everything wrong with them at once."""

    problems: tuple[Problem, ...]
    digest: str
    exact: bytes
    """What was sent; sealed before it is stored anywhere."""
    source: str = ""
    """The source it claims, where that much could be read."""

    @property
    def reason(self) -> str:
        """Code and path of the first problem: all that may stand beside quarantined bytes."""
        return brief(self.problems[0])


def accept(
    message: Message | bytes, *, scopes: Scopes, received_at: datetime, seal: Seal
) -> Accepted | Unreadable:
    """Judge one event. Raises nothing, whatever the bytes are.

    `received_at` is aware; deadlines count from it, never from the event's own time.
    """
    message = Message(body=message) if isinstance(message, bytes) else message
    digest = hashlib.sha256(message.exact).hexdigest()
    try:
        attributes, data = cloudevents.open_envelope(message, limits=known_limits())
    except UnreadableJsonError as error:
        return Unreadable(problems=(error.problem,), digest=digest, exact=message.exact)
    reading = _Reading(attributes, data, binary=message.attributes is not None)
    reading.judge(scopes, received_at)
    if reading.envelope is None or reading.event is None or reading.scope is None:
        return Unreadable(
            problems=tuple(reading.problems[:_PROBLEMS_MOST]),
            digest=digest,
            exact=message.exact,
            source=reading.scope.source if reading.scope else "",
        )
    event, capped = _capped(reading.event, reading.scope)
    if capped:
        reading.troubles.append(Trouble.SEVERITY_CAPPED)
    source, id_ = reading.envelope.source, reading.envelope.id
    report = c.Report(
        event_id=event_id(source, id_),
        source=source,
        event=event,
        body=event.model_dump_json(exclude_none=True).encode("utf-8"),
        sealed=_sealed(reading.sealed, reading.foreign, seal=seal),
        received_at=received_at,
        capped=capped,
        source_party=reading.scope.party,
    )
    return Accepted(
        inbox=c.Inbox(source=source, id=id_, digest=digest),
        report=report,
        ceiling=reading.scope.ceiling,
        troubles=tuple(reading.troubles),
        grave=_grave(event, reading.scope),
    )


class _Reading:
    """One event on its way from JSON to models, collecting what is wrong and what is foreign."""

    def __init__(
        self, attributes: dict[str, Any], data: dict[str, Any] | None, *, binary: bool
    ) -> None:
        self.problems: list[Problem] = []
        self.troubles: list[Trouble] = []
        self.foreign: dict[str, Any] = {}
        self.sealed: Any = None
        self.envelope: Envelope | None = None
        self.event: ThreatEvent | None = None
        self.scope: Scope | None = None
        self._attributes = attributes
        self._data = data
        self._binary = binary

    def judge(self, scopes: Scopes, received_at: datetime) -> None:
        """Fill in envelope, scope and event, or the problems that prevent it."""
        envelope = self._read_envelope()
        event = self._read_event()
        if envelope is not None:
            self.scope = scopes(envelope.source)
            if self.scope is None:
                self._wrong(
                    Fault.FOREIGN_SOURCE,
                    "source",
                    "This key may not speak for that source. Send the source the key was made for.",
                )
        if envelope is not None and event is not None and envelope.exercise and not event.exercise:
            self._wrong(
                Fault.CONTRADICTION,
                "data.event.exercise",
                "The envelope says exercise, the event does not. Say the same in both.",
            )
        if self.problems or envelope is None or event is None:
            return
        if event.situation is None and envelope.subject is not None:
            event = event.model_copy(update={"situation": envelope.subject})
        if threat_of(event.code) is None:
            self.troubles.append(Trouble.CODE_UNKNOWN)
        if received_late(event, received_at=received_at):
            self._implausible()
        self.envelope, self.event = envelope, event

    def _read_envelope(self) -> Envelope | None:
        known, foreign = split_known(self._attributes, Envelope)
        self._keep_foreign("envelope", foreign)
        content = known.get("datacontenttype")
        if content is None or (isinstance(content, str) and cloudevents.json_data(content)):
            known.pop("datacontenttype", None)
        if self._binary and known.get("exercise") in ("true", "false"):
            known["exercise"] = known["exercise"] == "true"
        self._lenient_time(known, "time", ("envelope",))
        if known.get("specversion", "1.0") != "1.0":
            self._wrong(Fault.UNKNOWN_VERSION, "specversion", "Send CloudEvents 1.0.")
            known["specversion"] = "1.0"
        if known.get("type", THREAT_TYPE) != THREAT_TYPE:
            self._wrong(Fault.UNKNOWN_TYPE, "type", f"Send the type {THREAT_TYPE}.")
        return self._model(Envelope, {**known, "data": {}}, at="")

    def _read_event(self) -> ThreatEvent | None:
        data = self._data or {}
        self.sealed = data.get("sealed")
        self._keep_foreign("data", {k: v for k, v in data.items() if k not in ("event", "sealed")})
        event = data.get("event")
        if not isinstance(event, dict):
            code = Fault.INVALID if "event" in data else Fault.MISSING
            self._wrong(code, "data.event", "Send the event as a JSON object.")
            return None
        known, foreign = split_known(event, ThreatEvent)
        self._keep_foreign("event", foreign)
        if isinstance(occurred := known.get("occurred"), dict):
            self._lenient_time(occurred, "at", ("event", "occurred"))
        return self._model(ThreatEvent, known, at="data.event")

    def _lenient_time(
        self, holder: dict[str, Any], key: str, where: tuple[str, str] | tuple[str]
    ) -> None:
        """A time nobody can read holds up no alert: it goes into the vault, with a flag."""
        value = holder.get(key)
        if value is None:
            return
        try:
            _MOMENT.validate_python(value)
        except ValidationError:
            holder[key] = None
            nested: dict[str, Any] = {key: value}
            for name in reversed(where[1:]):
                nested = {name: nested}
            self._keep_foreign(f"{where[0]}_time", nested)
            self._implausible()

    def _model(self, model: type[_MODEL], value: dict[str, Any], *, at: str) -> _MODEL | None:
        try:
            # By way of JSON, where strict still lets a string be an enum or a time.
            return model.model_validate_json(orjson.dumps(value), strict=True)
        except ValidationError as error:
            self.problems += (_problem(one, at=at) for one in error.errors(include_url=False))
            return None

    def _keep_foreign(self, where: str, value: Any) -> None:
        if value:
            self.foreign[where] = value

    def _implausible(self) -> None:
        if Trouble.TIME_IMPLAUSIBLE not in self.troubles:
            self.troubles.append(Trouble.TIME_IMPLAUSIBLE)

    def _wrong(self, code: Fault, path: str, fix: str) -> None:
        self.problems.append(Problem(code=code, path=path, fix=fix))


def _capped(event: ThreatEvent, scope: Scope) -> tuple[ThreatEvent, bool]:
    """The event within its key's scope, and whether it claimed more (B14).

    A code keeps its own severity whoever sends it: a report of a killing is never made small.
    """
    threat = threat_of(event.code)
    own = Severity.WATCH if threat is None else threat.severity
    beyond = event.type not in scope.types and event.type is not EventType.EXERCISE
    changes: dict[str, Any] = {}
    if event.severity is not None and not scope.ceiling.at_least(event.severity):
        changes["severity"] = scope.ceiling
    if not scope.ceiling.at_least(own):
        beyond = True
    consent = tuple(
        one.model_copy(
            update={"audiences": tuple(a for a in one.audiences if a in scope.audiences)}
        )
        for one in event.consent
        if not _says_nothing_here(one, scope)
    )
    if consent != event.consent:
        changes["consent"] = consent
    return (event.model_copy(update=changes) if changes else event), beyond or bool(changes)


def _says_nothing_here(given: ConsentGiven, scope: Scope) -> bool:
    """Whether this key may open none of what it grants.

    Then it is no word at all. Kept as a consent to tell nobody, it would narrow what others
    recorded; what takes back or narrows counts whoever says it.
    """
    opens = any(audience in scope.audiences for audience in given.audiences)
    return given.state == "granted" and bool(given.audiences) and not opens


def _grave(event: ThreatEvent, scope: Scope) -> bool:
    if not scope.ceiling.grave or event.type not in scope.types:
        return False
    threat = threat_of(event.code)
    return (
        event.danger_now is Danger.YES
        or threat is None  # an unknown code is a human's, now
        or threat.severity.grave
        or (event.severity is not None and event.severity.grave)
    )


def _sealed(sealed: Any, foreign: dict[str, Any], *, seal: Seal) -> c.SealedBox | None:
    """Everything that is not open, as ciphertext; a publisher's own box passes through unopened."""
    if isinstance(sealed, dict) and not foreign and (box := _own_box(sealed)) is not None:
        return box
    content = {**({"sealed": sealed} if sealed else {})}
    if foreign:
        content["unrecognised"] = foreign
    return seal(orjson.dumps(content)) if content else None


def _own_box(sealed: dict[str, Any]) -> c.SealedBox | None:
    if any(value for key, value in sealed.items() if key not in ("box", "box_key")):
        return None
    box, key = sealed.get("box"), sealed.get("box_key")
    if not (isinstance(box, str) and isinstance(key, str) and 0 < len(key) <= _BOX_KEY_MOST):
        return None
    if not _KEY_WORDS.issuperset(key):
        return None
    try:
        ciphertext = base64.b64decode(box, validate=True)
    except (binascii.Error, ValueError):
        return None
    return c.SealedBox(key_id=key, ciphertext=ciphertext) if ciphertext else None


def _problem(error: Any, *, at: str) -> Problem:
    """One of pydantic's errors without the value that caused it."""
    place = "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"]
    ).lstrip(".")
    path = ".".join(filter(None, (at, place)))
    if error["type"] == "missing":
        return Problem(code=Fault.MISSING, path=path, fix="This field is required. Send it.")
    if place == "schema_version":
        return Problem(code=Fault.UNKNOWN_VERSION, path=path, fix='Send version "1".')
    said = str(error["msg"]).removeprefix("Value error, ")
    return Problem(code=Fault.INVALID, path=path, fix=f"{said[:1].upper()}{said[1:300]}.")


def reasons(problems: Iterable[Problem]) -> str:
    """All problems, one a line, for a person at a terminal."""
    return "\n".join(map(str, problems))
