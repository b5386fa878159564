"""What happened to the deployment itself: logins, keys, reveals. Stream `system` of the journal.

Ids and codes only, as in every fact: no name, no address, no reason in words.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from schemas.codes import FieldName
from schemas.consent import ConsentDoor
from schemas.facts.registry import AddressesErased as AddressesErased
from schemas.facts.registry import AmendmentProposed as AmendmentProposed
from schemas.facts.registry import CaptureJudged as CaptureJudged
from schemas.facts.registry import CaptureProposed as CaptureProposed
from schemas.facts.registry import LinkRefuted as LinkRefuted
from schemas.facts.registry import LinkVerified as LinkVerified
from schemas.facts.registry import PartyAmended as PartyAmended
from schemas.facts.registry import RefutationProposed as RefutationProposed
from schemas.facts.registry import RegistryLookedAt as RegistryLookedAt


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAdded:
    """Somebody may log in from now on."""

    kind: Literal["person_added"] = "person_added"
    v: Literal[1] = 1
    person: str
    role: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDisabled:
    """Somebody may log in no more; their sessions have ended."""

    kind: Literal["person_disabled"] = "person_disabled"
    v: Literal[1] = 1
    person: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn:
    """A person proved both factors."""

    kind: Literal["logged_in"] = "logged_in"
    v: Literal[1] = 1
    person: str
    session: str
    """First half of the session's digest: tells sessions apart, opens none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginFailed:
    """Somebody tried to log in as this person and did not prove both factors."""

    kind: Literal["login_failed"] = "login_failed"
    v: Literal[1] = 1
    person: str
    failures: int
    """In a row, this one included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedOut:
    """A person ended their session."""

    kind: Literal["logged_out"] = "logged_out"
    v: Literal[1] = 1
    person: str
    session: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceKeyIssued:
    """A publisher may report over HTTP from now on."""

    kind: Literal["source_key_issued"] = "source_key_issued"
    v: Literal[1] = 1
    key: str
    source: str
    types: str
    severity_ceiling: str
    by: str
    party: str = ""
    """Id of the party that runs it; empty: nobody of the registry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceKeyRevoked:
    """A publisher's key opens nothing any more."""

    kind: Literal["source_key_revoked"] = "source_key_revoked"
    v: Literal[1] = 1
    key: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultOpened:
    """A person read something sealed."""

    kind: Literal["vault_opened"] = "vault_opened"
    v: Literal[1] = 1
    vault: str
    by: str
    reason: str
    """Vault id of the reason they gave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingStopped:
    """A person stopped everything that goes out; duty is still told."""

    kind: Literal["outgoing_stopped"] = "outgoing_stopped"
    v: Literal[1] = 1
    by: str
    """A person, or `file` where one lies in the data directory of an engine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingLiftGiven:
    """A person agreed that messages go out again; a second one is needed."""

    kind: Literal["outgoing_lift_given"] = "outgoing_lift_given"
    v: Literal[1] = 1
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingAllowed:
    """Two people let messages go out again."""

    kind: Literal["outgoing_allowed"] = "outgoing_allowed"
    v: Literal[1] = 1
    by: str
    """The second of them."""
    agreed: str = ""
    """The first; empty in journals of releases in which one was enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivocated:
    """The same id came again with other content; the first stays."""

    kind: Literal["equivocated"] = "equivocated"
    v: Literal[1] = 1
    id: str
    """hash(source, id): row id of the event, if it was one."""
    digest: str
    """Of what came now and was not taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """Bytes that are no event were kept, sealed."""

    kind: Literal["quarantined"] = "quarantined"
    v: Literal[1] = 1
    id: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineEmptied:
    """What was put aside before a time was erased; that it came, and its digest, stay."""

    kind: Literal["quarantine_emptied"] = "quarantine_emptied"
    v: Literal[1] = 1
    rows: int
    before: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineStarted:
    """An engine started on this store."""

    kind: Literal["engine_started"] = "engine_started"
    v: Literal[1] = 1
    instance: str
    unknown: int
    """Messages that were being sent when the one before ended: nobody knows whether they left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendsTakenOver:
    """Messages of an engine that ended or fell silent are sent again by another one."""

    kind: Literal["sends_taken_over"] = "sends_taken_over"
    v: Literal[1] = 1
    instance: str
    """Who took them."""
    of: str
    unknown: int
    """How many: nobody knows whether they left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldActivated:
    """Another registry, roster or rulebook is in force."""

    kind: Literal["world_activated"] = "world_activated"
    v: Literal[1] = 1
    part: Literal["registry", "roster", "rulebook"]
    version: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyChanged:
    """A person changed who is on duty: an absence, a cover, a swap, or one of them taken back.

    The roster that it led to, with all of its times, is kept under its version.
    """

    kind: Literal["duty_changed"] = "duty_changed"
    v: Literal[1] = 1
    change: Literal["absence", "cover", "swap", "withdrawn"]
    entry: str
    """Id of what was entered or taken back."""
    person: str
    """Who is away, who covers, or who gives the first stint of a swap."""
    starts: datetime
    ends: datetime
    roster: str
    """Version of the roster from then on."""
    by: str
    left_empty: bool = False
    """Whether they were told that a role stays empty, and said so again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderLinkMade:
    """A person made a link by which whoever holds a consent sees who was told."""

    kind: Literal["holder_link_made"] = "holder_link_made"
    v: Literal[1] = 1
    link: str
    """Id of the link: names it, opens nothing."""
    pseudonym: str
    until: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderLinkEnded:
    """A person ended such a link before its time."""

    kind: Literal["holder_link_ended"] = "holder_link_ended"
    v: Literal[1] = 1
    link: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderLinkOpened:
    """Somebody opened such a link with the right code."""

    kind: Literal["holder_link_opened"] = "holder_link_opened"
    v: Literal[1] = 1
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecorded:
    """A consent was recorded, or taken back, by a person of ours or by whoever holds it.

    What a publisher says is an event, which has a row of its own.
    """

    kind: Literal["consent_recorded"] = "consent_recorded"
    v: Literal[1] = 1
    consent: str
    """Id of the record: its row says whose and what."""
    state: Literal["granted", "narrowed", "revoked", "asked"]
    digest: str
    """sha256 hex of the row's body, so that nobody changes it unseen."""
    by: str
    door: ConsentDoor


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofMade:
    """A person made a receipt that says what one party was told, to be handed out."""

    kind: Literal["proof_made"] = "proof_made"
    v: Literal[1] = 1
    case: str
    party: str
    n: int
    """How far the chain of the case went when it was made."""
    hash: str
    """Of the last leaf it went to."""
    digest: str
    """sha256 hex of the receipt as a whole: whether a file is this one, unchanged."""
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormMade:
    """A person had the form of a mechanism filled in, as a draft to take away."""

    kind: Literal["form_made"] = "form_made"
    v: Literal[1] = 1
    case: str
    party: str
    fields: tuple[FieldName, ...]
    """Which classes of content stood in it; never the content."""
    by: str


SystemFact = Annotated[
    PersonAdded
    | PersonDisabled
    | LoggedIn
    | LoginFailed
    | LoggedOut
    | SourceKeyIssued
    | SourceKeyRevoked
    | VaultOpened
    | OutgoingStopped
    | OutgoingLiftGiven
    | OutgoingAllowed
    | Equivocated
    | Quarantined
    | QuarantineEmptied
    | EngineStarted
    | SendsTakenOver
    | WorldActivated
    | RegistryLookedAt
    | DutyChanged
    | LinkVerified
    | RefutationProposed
    | LinkRefuted
    | CaptureProposed
    | CaptureJudged
    | AmendmentProposed
    | PartyAmended
    | AddressesErased
    | ConsentRecorded
    | HolderLinkMade
    | HolderLinkEnded
    | HolderLinkOpened
    | ProofMade
    | FormMade,
    Field(discriminator="kind"),
]

_FACT: TypeAdapter[SystemFact] = TypeAdapter(SystemFact)


def dump_system_fact(fact: SystemFact) -> bytes:
    """Return the exact bytes that the journal keeps and hashes."""
    return _FACT.dump_json(fact)


def load_system_fact(body: bytes) -> SystemFact:
    """Return the fact of these bytes. Raises pydantic.ValidationError on foreign ones."""
    return _FACT.validate_json(body)
