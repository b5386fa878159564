"""How a case begins, grows, is resolved and ends."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from schemas.codes import Certainty, ContactRule, EventType, Label, Mode, Severity, TrackName
from schemas.consent import ConsentDoor
from schemas.facts.care import RemedyState
from schemas.plan import Candidate, Closure, Track, Trouble, Withheld

HeardAtTheEnd = Literal["safe_channel", "representative", "unreachable_documented"]
"""Who was asked whether the case is resolved: the person, whoever speaks for them, or nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened:
    """A situation nobody had reported before became a case."""

    kind: Literal["case_opened"] = "case_opened"
    v: Literal[1] = 1
    case: str
    ref: str
    case_kind: Literal["case", "incident"]
    severity: Severity
    generation: int
    opened_at: datetime
    exercise: bool = False
    incident: str = ""
    """Code of an incident: what is wrong with Tocsin itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventJoined:
    """An event became part of this case."""

    kind: Literal["event_joined"] = "event_joined"
    v: Literal[1] = 1
    event: str
    """Row id of the event: hash(source, id)."""
    event_type: EventType
    code: str
    at: datetime
    """When it was accepted; deadlines count from here."""
    certainty: Certainty
    independent_sources: int
    subjects: tuple[str, ...] = ()
    refused_tracks: tuple[TrackName, ...] = ()
    """Tracks the person's wishes rule out."""
    source: str = ""
    """Opaque id of its publisher: heard twice, it is one source."""
    source_party: str = ""
    """Id of the party that runs it, where that is known."""
    label: Label | None = None
    may_contact: ContactRule | None = None
    personal: bool = False
    """It tells of somebody, or of something that may happen: no mere pattern."""
    people: int | None = None
    """Of a pattern: how many it is about in its country, sector and period."""
    small_cell: int = 0
    """Of a pattern: how many the rulebook asked for at least when it came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityRaised:
    """The case is graver than it was; it never becomes less grave by itself."""

    kind: Literal["severity_raised"] = "severity_raised"
    v: Literal[1] = 1
    severity: Severity
    duty: Track | None = None
    """Duty's ladder from now on: a graver case pages as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAlert:
    """A candidate that became an alert of the case, not told yet."""

    alert: str
    ref: str
    candidate: Candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A policy was frozen for this case: tracks, alerts, and who is left out and why."""

    kind: Literal["planned"] = "planned"
    v: Literal[1] = 1
    plan_no: int
    world: str
    policy: str
    rules: tuple[str, ...]
    at: datetime
    tracks: tuple[Track, ...]
    """Tracks added by this plan; those already there are never replaced."""
    alerts: tuple[PlannedAlert, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionsJoined:
    """The closure of the case grew. The content is stored once, by digest."""

    kind: Literal["exclusions_joined"] = "exclusions_joined"
    v: Literal[1] = 1
    digest: str
    closure: Annotated[Closure, Field(exclude=True)] = field(default_factory=Closure)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceInside:
    """A publisher of the case is run by somebody who must not know of it."""

    kind: Literal["source_inside"] = "source_inside"
    v: Literal[1] = 1
    source: str
    party: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentApplied:
    """The case took note of a consent: granted, narrowed or revoked."""

    kind: Literal["consent_applied"] = "consent_applied"
    v: Literal[1] = 1
    consent: str
    """Id of the record that counts from now on."""
    state: Literal["granted", "narrowed", "revoked", "asked"]
    """*Asked*: more is said to be allowed; nothing changes until people agree."""
    at: datetime
    by: str = ""
    """Who recorded it: a person of ours, its publisher, or whoever holds the consent."""
    door: ConsentDoor = ConsentDoor.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeRaised:
    """A person raised how openly recipients may act."""

    kind: Literal["mode_raised"] = "mode_raised"
    v: Literal[1] = 1
    mode: Mode
    by: str
    track: TrackName | None = None
    """None: the ceiling of the whole case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReprisalSuspected:
    """A new act followed an outward notice within 30 days."""

    kind: Literal["reprisal_suspected"] = "reprisal_suspected"
    v: Literal[1] = 1
    event: str
    at: datetime
    after: str = ""
    """The case whose notice it followed; empty: this one's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolutionProposed:
    """One person proposed that the case is resolved."""

    kind: Literal["resolution_proposed"] = "resolution_proposed"
    v: Literal[1] = 1
    by: str
    at: datetime
    outcome: str
    residual_risk: str
    remedy: RemedyState
    heard: HeardAtTheEnd
    note: str = ""
    said: Literal["agrees", "informed", ""] = ""
    """What whoever was heard said to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """Another person confirmed: the case is monitored, and those told are stood down."""

    kind: Literal["resolved"] = "resolved"
    v: Literal[1] = 1
    by: str
    at: datetime
    monitored_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalDropped:
    """A proposal to resolve is void: something happened since, or it was taken back."""

    kind: Literal["proposal_dropped"] = "proposal_dropped"
    v: Literal[1] = 1
    reason: Literal["new_event", "withdrawn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """A monitored case is open again."""

    kind: Literal["reopened"] = "reopened"
    v: Literal[1] = 1
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """Monitoring ended with nothing owed."""

    kind: Literal["archived"] = "archived"
    v: Literal[1] = 1
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRepeated:
    """What is wrong with Tocsin itself was seen again."""

    kind: Literal["incident_repeated"] = "incident_repeated"
    v: Literal[1] = 1
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFaulted:
    """Deciding raised. Nothing was lost; it is tried again, and an incident tells duty."""

    kind: Literal["case_faulted"] = "case_faulted"
    v: Literal[1] = 1
    at: datetime
    code: str
    """Type of the exception, never its text."""
    retry_at: datetime
