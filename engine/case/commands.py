"""Commands: every way into a case. A command asks; facts say what came of it.

Commands of the outside world carry `inbox` (who sent it, its id, a digest): the desk answers a
repeated one with what it answered before, and refuses the same id with other content.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from engine.case.closing_commands import ConfirmResolution as ConfirmResolution
from engine.case.closing_commands import ProposeResolution as ProposeResolution
from engine.case.closing_commands import Reopen as Reopen
from engine.case.gate_commands import DecideNecessity as DecideNecessity
from engine.case.gate_commands import HearSource as HearSource
from engine.case.gate_commands import JudgeCertainty as JudgeCertainty
from engine.case.gate_commands import LowerMode as LowerMode
from engine.case.gate_commands import ProposeJoint as ProposeJoint
from engine.case.gate_commands import RaiseMode as RaiseMode
from engine.case.gate_commands import Release as Release
from engine.case.gate_commands import ReleaseRecord as ReleaseRecord
from engine.case.gate_commands import WithdrawNecessity as WithdrawNecessity
from engine.case.identity import Inbox as Inbox
from schemas.codes import IncidentCode, TrackName
from schemas.consent import Consent, ConsentDoor
from schemas.event import ThreatEvent
from schemas.facts.clearing import WhyCleared
from schemas.facts.erasing import WhyErased
from schemas.plan import Candidates
from schemas.responses import Response
from schemas.safeguards import Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedBox:
    """Ciphertext of the sealed companion, ready for the vault."""

    key_id: str
    ciphertext: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An accepted report: what may be read, what is sealed, and whose it is."""

    event_id: str
    """hash(source, id): row id of the event."""
    source: str
    event: ThreatEvent
    body: bytes
    """Exact bytes of the event as stored (open and need-to-know fields only)."""
    sealed: SealedBox | None
    received_at: datetime
    capped: bool = False
    """The publisher claimed a severity or type beyond its key's scope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventArrived:
    """A report reached us."""

    inbox: Inbox
    report: Report
    candidates: Candidates


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Time passed; decide everything that is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Respond:
    """Somebody answered an alert."""

    inbox: Inbox
    alert: str
    response: Response


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearExclusion:
    """A person lets these be asked in this case though the closure leaves them out; takes two.

    Only the liftable set of an unknown perpetrator, and ended or unverified links that are no
    control. All or none of them.
    """

    inbox: Inbox
    case: str
    parties: tuple[str, ...]
    by: str
    why: WhyCleared
    note: str = ""
    """Vault id of what was written in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """The registry changed: judge again everybody whom the case has planned or told."""

    case: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentChanged:
    """A subject's consent was granted, narrowed or revoked."""

    inbox: Inbox
    consent: Consent
    """As it is said now; what counts afterwards is decided where it is stored."""
    state: Literal["granted", "narrowed", "revoked", "asked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreeToConsent:
    """Desk-level: a person agrees that a subject allows more, as somebody said it does."""

    inbox: Inbox
    pseudonym: str
    wider: str
    """Digest of what is agreed to, as it was shown: nobody agrees to what came since."""
    id: str
    """Of the record that this leads to."""
    by: str
    door: ConsentDoor


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeByHolder:
    """Desk-level: whoever holds a subject's consent takes it back, by their signed link."""

    inbox: Inbox
    pseudonym: str
    holder: str
    """Opaque id of the holder, as the link names it."""
    id: str
    """Of the record that this leads to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """A person stops tracks of a case."""

    inbox: Inbox
    case: str
    tracks: tuple[TrackName, ...]
    by: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """A person lets a frozen track go on."""

    inbox: Inbox
    case: str
    track: TrackName
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceHold:
    """A person asks to wait: nobody of this scope is approached until then."""

    inbox: Inbox
    case: str
    hold: Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftHold:
    """A person lets a hold end before its time; it takes two."""

    inbox: Inbox
    case: str
    hold: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedByAct:
    """An act in another case, too soon after a notice, is about the same as this case."""

    case: str
    event: str
    """Row id of the act."""
    after: str
    """The case whose notice it followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeTask:
    """A person takes a task."""

    inbox: Inbox
    case: str
    task: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishTask:
    """A person did what a task asked for."""

    inbox: Inbox
    case: str
    task: str
    by: str
    result: str = "done"
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erase:
    """A person wants what is sealed of a case that is over destroyed for good."""

    inbox: Inbox
    case: str
    why: WhyErased
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseIncident:
    """Something is wrong with Tocsin itself. One open incident per (code, key)."""

    code: IncidentCode
    key: str = ""
    """What it is about: a channel, a case id; opaque."""
    severe: bool = True
    """Pages as critical; else as high."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """The sender is about to send these notices of a case; the guard looks once more."""

    notices: tuple["DueNotice", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DueNotice:
    """A notification that is due, as read under the case lock."""

    key: str
    alert: str
    tell_no: int
    purpose: str
    contact: str
    endpoint: str
    decided_at: datetime


Ending = Literal[
    "handed_off", "delivered", "failed_permanent", "unknown_exhausted", "not_delivered"
]
"""Of a message; *delivered* and *not delivered* are what a provider reports after it took it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of one notification of a case, once that is certain."""

    key: str
    alert: str
    tell_no: int
    purpose: str
    contact: str
    endpoint: str
    state: Ending


CaseCommand = (
    EventArrived
    | Tick
    | Respond
    | Release
    | ClearExclusion
    | Recheck
    | ConsentChanged
    | Freeze
    | Lift
    | TouchedByAct
    | PlaceHold
    | LiftHold
    | TakeTask
    | FinishTask
    | ProposeResolution
    | ConfirmResolution
    | Reopen
    | ProposeJoint
    | JudgeCertainty
    | HearSource
    | RaiseMode
    | LowerMode
    | DecideNecessity
    | WithdrawNecessity
    | Erase
    | RaiseIncident
    | Claimed
    | Settled
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FireDue:
    """Desk-level: decide what is due, gravest and oldest first, for up to `limit` cases."""

    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimSends:
    """Desk-level: hand out up to `slots` notifications that may be sent now."""

    slots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TryOutcome:
    """What one try of the sender came to."""

    key: str
    attempt_no: int
    state: Literal["handed_off", "failed_temporary", "failed_permanent", "unknown"]
    reason: str
    """An `OutcomeReason` code."""
    provider_id: str = ""
    retry_after: float | None = None
    """Seconds, as the provider asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleSends:
    """Desk-level: outcomes of tries, in groups."""

    outcomes: tuple[TryOutcome, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReported:
    """Desk-level: what a provider says became of a message after it took it.

    Found by our `key` or, failing that, by the provider's own name for it on this channel.
    """

    channel: str
    delivered: bool
    key: str = ""
    provider_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine:
    """Desk-level: bytes that are not an event. Kept sealed; a human is told by an incident."""

    source: str
    reason: str
    """Code and field path of the first error; never the content."""
    sealed: SealedBox
    digest: str
    topic: str | None = None
    """Where it stood, when it came from a log; with `partition` and `offset`."""
    partition: int | None = None
    offset: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopOutgoing:
    """Desk-level: the kill switch, on or off. Duty is still told."""

    inbox: Inbox
    on: bool
    by: str


Command = (
    CaseCommand
    | AgreeToConsent
    | RevokeByHolder
    | FireDue
    | ClaimSends
    | SettleSends
    | DeliveryReported
    | Quarantine
    | StopOutgoing
)
