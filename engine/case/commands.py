"""Commands: every way into a case. A command asks; facts say what came of it.

Commands of the outside world carry `inbox` (who sent it, its id, a digest): the desk answers a
repeated one with what it answered before, and refuses the same id with other content.
"""

from dataclasses import dataclass
from datetime import datetime

from engine.case.answer_commands import ClassAnswer as ClassAnswer
from engine.case.answer_commands import Respond as Respond
from engine.case.answer_commands import WithdrawPromise as WithdrawPromise
from engine.case.care_commands import LowerSeverity as LowerSeverity
from engine.case.care_commands import NoteRemedy as NoteRemedy
from engine.case.care_commands import NoteStatus as NoteStatus
from engine.case.care_commands import SetContactOwners as SetContactOwners
from engine.case.closing_commands import ConfirmResolution as ConfirmResolution
from engine.case.closing_commands import ProposeResolution as ProposeResolution
from engine.case.closing_commands import Reopen as Reopen
from engine.case.consent_commands import AgreeToConsent as AgreeToConsent
from engine.case.consent_commands import ConsentChanged as ConsentChanged
from engine.case.consent_commands import RevokeByHolder as RevokeByHolder
from engine.case.date_commands import AddDate as AddDate
from engine.case.date_commands import MoveDate as MoveDate
from engine.case.date_commands import RemoveDate as RemoveDate
from engine.case.erasing_commands import AnnounceErasure as AnnounceErasure
from engine.case.erasing_commands import EndKeeping as EndKeeping
from engine.case.erasing_commands import Erase as Erase
from engine.case.erasing_commands import EraseInTime as EraseInTime
from engine.case.erasing_commands import KeepSealed as KeepSealed
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
from engine.case.life_commands import BeLinked as BeLinked
from engine.case.life_commands import BeUnlinked as BeUnlinked
from engine.case.life_commands import ConfirmStanding as ConfirmStanding
from engine.case.life_commands import DocumentAttempt as DocumentAttempt
from engine.case.life_commands import EndStanding as EndStanding
from engine.case.life_commands import LinkCases as LinkCases
from engine.case.life_commands import LinkedGrew as LinkedGrew
from engine.case.life_commands import ProposeStanding as ProposeStanding
from engine.case.life_commands import ReviewCase as ReviewCase
from engine.case.life_commands import UnlinkCase as UnlinkCase
from engine.case.report_commands import EventArrived as EventArrived
from engine.case.report_commands import Quarantine as Quarantine
from engine.case.report_commands import Report as Report
from engine.case.report_commands import SealedBox as SealedBox
from engine.case.round_commands import EndRound as EndRound
from engine.case.round_commands import SetRound as SetRound
from engine.case.sending_commands import Claimed as Claimed
from engine.case.sending_commands import ClaimSends as ClaimSends
from engine.case.sending_commands import DeliveryReported as DeliveryReported
from engine.case.sending_commands import DueNotice as DueNotice
from engine.case.sending_commands import Ending as Ending
from engine.case.sending_commands import Settled as Settled
from engine.case.sending_commands import SettleSends as SettleSends
from engine.case.sending_commands import TryOutcome as TryOutcome
from engine.case.sharing_commands import SetSharing as SetSharing
from engine.case.steering_commands import AddRecipient as AddRecipient
from engine.case.steering_commands import Escalate as Escalate
from engine.case.steering_commands import HandOver as HandOver
from engine.case.steering_commands import JumpStep as JumpStep
from engine.case.steering_commands import Replan as Replan
from engine.case.steering_commands import SkipStep as SkipStep
from engine.case.steering_commands import WithdrawRelease as WithdrawRelease
from engine.case.task_commands import AddTask as AddTask
from schemas.codes import Heard, IncidentCode, TrackName
from schemas.facts.clearing import WhyCleared
from schemas.safeguards import Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Time passed; decide everything that is due."""


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
    heard: Heard | None = None
    """Of a check-in, which needs it: whom it heard."""
    reply: str = ""
    """Of a question: vault id of the answer that its asker reads on their page; `note` is ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseIncident:
    """Something is wrong with Tocsin itself. One open incident per (code, key)."""

    code: IncidentCode
    key: str = ""
    """What it is about: a channel, a case id; opaque."""
    severe: bool = True
    """Pages as critical; else as high."""


CaseCommand = (
    EventArrived
    | Tick
    | Respond
    | ClassAnswer
    | WithdrawPromise
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
    | AddTask
    | SetRound
    | EndRound
    | ProposeResolution
    | ConfirmResolution
    | Reopen
    | ProposeJoint
    | JudgeCertainty
    | HearSource
    | RaiseMode
    | LowerMode
    | SetSharing
    | DecideNecessity
    | WithdrawNecessity
    | NoteStatus
    | SetContactOwners
    | LowerSeverity
    | NoteRemedy
    | JumpStep
    | SkipStep
    | Escalate
    | WithdrawRelease
    | HandOver
    | AddRecipient
    | Replan
    | ProposeStanding
    | ConfirmStanding
    | EndStanding
    | UnlinkCase
    | BeLinked
    | BeUnlinked
    | LinkedGrew
    | DocumentAttempt
    | ReviewCase
    | AddDate
    | MoveDate
    | RemoveDate
    | Erase
    | KeepSealed
    | EndKeeping
    | AnnounceErasure
    | EraseInTime
    | RaiseIncident
    | Claimed
    | Settled
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FireDue:
    """Desk-level: decide what is due, gravest and oldest first, for up to `limit` cases."""

    limit: int


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
    | LinkCases
)
