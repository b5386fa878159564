"""Facts: one thing that happened to a case, past tense. The journal is a list of them.

What lives here: one frozen class per kind of fact, and the codec between facts and exact bytes.
What may not: decisions. Bodies are open class only: opaque ids, codes, severities, times.
Add a fact to the module of its family and to `Fact`; a changed fact gets a new `v`.
"""

from typing import Annotated

from pydantic import Field, TypeAdapter

from schemas.facts.answers import (
    Acted,
    AnswerClassed,
    Answered,
    AnswerExpired,
    ConditionMet,
    ConflictDeclared,
    ContactDropped,
    ContactSilent,
    Declined,
    PassedOn,
    PromiseAsked,
    Promised,
    PromiseMissed,
    PromiseWithdrawn,
    QuestionAnswered,
)
from schemas.facts.care import (
    ContactOwnersSet,
    RemedyNoted,
    RemedyState,
    SeverityLowered,
    StatusNoted,
    WhyLowered,
)
from schemas.facts.cases import (
    Archived,
    CaseFaulted,
    CaseOpened,
    ConsentApplied,
    EventJoined,
    ExclusionsJoined,
    HeardAtTheEnd,
    IncidentRepeated,
    ModeRaised,
    Planned,
    PlannedAlert,
    ProposalDropped,
    Reopened,
    ReprisalSuspected,
    ResolutionProposed,
    Resolved,
    SeverityRaised,
    SourceInside,
)
from schemas.facts.clearing import ClearanceGiven, ExclusionCleared, WhyCleared
from schemas.facts.dates import (
    CheckSuperseded,
    ConfirmAsked,
    ConfirmMissed,
    DateChecked,
    DateConfirmed,
    DateCovered,
    DateMoved,
    DatePassed,
    DateRemoved,
    DateSet,
    PromiseMoved,
)
from schemas.facts.duty import (
    FloorCalled,
    FreezeReason,
    HoldExtended,
    HoldShortened,
    LiftGiven,
    Owned,
    ReleaseGiven,
    TaskDone,
    TaskKind,
    TaskRaised,
    TaskReminded,
    TaskTaken,
    TrackFrozen,
    TrackLifted,
    TrackReleased,
    TrackWoken,
)
from schemas.facts.erasing import (
    Erased,
    ErasureAnnounced,
    ErasureGiven,
    KeepingEnded,
    SealedKept,
    WhyErased,
    WhyKept,
)
from schemas.facts.gates import (
    CertaintyJudged,
    JointProposed,
    ModeLowered,
    NecessityDecided,
    NecessityGiven,
    NecessityReviewed,
    NecessityWithdrawn,
    ProtocolApplied,
    ReleaseExpired,
    SourceHeard,
)
from schemas.facts.holding import AlertHeld, HoldEnded, HoldLiftGiven, HoldPlaced
from schemas.facts.life import (
    AttemptDocumented,
    CasesLinked,
    CasesUnlinked,
    Lesson,
    LinkedChanged,
    Reviewed,
    StandingDropped,
    StandingEnded,
    StandingProposed,
    StandingSet,
    TriedBy,
    UnlinkGiven,
    WhyStanding,
    WhyUnlinked,
)
from schemas.facts.rounds import RoundEnded, RoundHeld, RoundSet
from schemas.facts.sharing import SharingSet, WhyShared, WiderSharingAsked
from schemas.facts.steering import (
    CaseHandedOver,
    RecipientAdded,
    ReleaseWithdrawn,
    Replanned,
    StepCaughtUp,
    StepLeftOut,
    TrackJumped,
    WhySteered,
)
from schemas.facts.telling import (
    AlertClosed,
    AlertWithheld,
    Delivered,
    DeliveryFailed,
    HandedOff,
    Notice,
    NoticesCancelled,
    Rerouted,
    StepFired,
    StepSkipped,
    StepSuperseded,
    TellRefused,
    Told,
    ToldBeforeExcluded,
    TrackHastened,
    WhyPassed,
)

Fact = Annotated[
    CaseOpened
    | EventJoined
    | SeverityRaised
    | Planned
    | ExclusionsJoined
    | StepFired
    | TrackHastened
    | StepSkipped
    | StepSuperseded
    | Told
    | Rerouted
    | HandedOff
    | Delivered
    | DeliveryFailed
    | TellRefused
    | NoticesCancelled
    | Answered
    | AnswerExpired
    | ContactSilent
    | Promised
    | PromiseAsked
    | PromiseMissed
    | PromiseWithdrawn
    | ConditionMet
    | AnswerClassed
    | Acted
    | Declined
    | ConflictDeclared
    | ContactDropped
    | PassedOn
    | QuestionAnswered
    | AlertClosed
    | AlertWithheld
    | ToldBeforeExcluded
    | ErasureGiven
    | Erased
    | ErasureAnnounced
    | SealedKept
    | KeepingEnded
    | ClearanceGiven
    | ExclusionCleared
    | Owned
    | HoldExtended
    | HoldShortened
    | TrackWoken
    | TaskRaised
    | FloorCalled
    | TaskTaken
    | TaskReminded
    | TaskDone
    | ReleaseGiven
    | TrackReleased
    | TrackFrozen
    | LiftGiven
    | TrackLifted
    | HoldPlaced
    | HoldLiftGiven
    | HoldEnded
    | AlertHeld
    | ReleaseExpired
    | JointProposed
    | ProtocolApplied
    | CertaintyJudged
    | SourceHeard
    | ModeRaised
    | ModeLowered
    | NecessityGiven
    | NecessityDecided
    | NecessityReviewed
    | NecessityWithdrawn
    | ConsentApplied
    | ResolutionProposed
    | Resolved
    | ProposalDropped
    | Reopened
    | Archived
    | ReprisalSuspected
    | SourceInside
    | SharingSet
    | WiderSharingAsked
    | StatusNoted
    | ContactOwnersSet
    | SeverityLowered
    | RemedyNoted
    | RoundEnded
    | RoundHeld
    | RoundSet
    | CaseHandedOver
    | RecipientAdded
    | ReleaseWithdrawn
    | Replanned
    | StepCaughtUp
    | StepLeftOut
    | TrackJumped
    | StandingProposed
    | StandingSet
    | StandingDropped
    | StandingEnded
    | CasesLinked
    | LinkedChanged
    | UnlinkGiven
    | CasesUnlinked
    | AttemptDocumented
    | Reviewed
    | DateSet
    | DateMoved
    | DateRemoved
    | DateChecked
    | CheckSuperseded
    | DatePassed
    | ConfirmAsked
    | ConfirmMissed
    | DateConfirmed
    | DateCovered
    | PromiseMoved
    | IncidentRepeated
    | CaseFaulted,
    Field(discriminator="kind"),
]

_FACT: TypeAdapter[Fact] = TypeAdapter(Fact)


def dump_fact(fact: Fact) -> bytes:
    """Return the exact bytes that the journal keeps and hashes."""
    return _FACT.dump_json(fact, exclude_defaults=False)


def load_fact(body: bytes) -> Fact:
    """Return the fact of these bytes. Raises pydantic.ValidationError on foreign ones."""
    return _FACT.validate_json(body)


__all__ = [
    "Acted", "AlertClosed", "AlertHeld", "AlertWithheld", "AnswerClassed", "AnswerExpired",
    "Answered", "Archived", "AttemptDocumented", "CaseFaulted", "CaseHandedOver", "CaseOpened",
    "CasesLinked", "CasesUnlinked", "CertaintyJudged", "CheckSuperseded", "ClearanceGiven",
    "ConditionMet", "ConfirmAsked", "ConfirmMissed", "ConflictDeclared", "ConsentApplied",
    "ContactDropped", "ContactOwnersSet", "ContactSilent", "DateChecked", "DateConfirmed",
    "DateCovered", "DateMoved", "DatePassed", "DateRemoved", "DateSet", "Declined", "Delivered",
    "DeliveryFailed", "Erased", "ErasureAnnounced", "ErasureGiven", "EventJoined",
    "ExclusionCleared", "ExclusionsJoined", "Fact", "FloorCalled", "FreezeReason", "HandedOff",
    "HeardAtTheEnd", "HoldEnded", "HoldExtended", "HoldLiftGiven", "HoldPlaced", "HoldShortened",
    "IncidentRepeated", "JointProposed", "KeepingEnded", "Lesson", "LiftGiven", "LinkedChanged",
    "ModeLowered", "ModeRaised", "NecessityDecided", "NecessityGiven", "NecessityReviewed",
    "NecessityWithdrawn", "Notice", "NoticesCancelled", "Owned", "PassedOn", "Planned",
    "PlannedAlert", "PromiseAsked", "PromiseMissed", "PromiseMoved", "PromiseWithdrawn", "Promised",
    "ProposalDropped", "ProtocolApplied", "QuestionAnswered", "RecipientAdded", "ReleaseExpired",
    "ReleaseGiven", "ReleaseWithdrawn", "RemedyNoted", "RemedyState", "Reopened", "Replanned",
    "ReprisalSuspected", "Rerouted", "ResolutionProposed", "Resolved", "Reviewed", "RoundEnded",
    "RoundHeld", "RoundSet", "SealedKept", "SeverityLowered", "SeverityRaised", "SharingSet",
    "SourceHeard", "SourceInside", "StandingDropped", "StandingEnded", "StandingProposed",
    "StandingSet", "StatusNoted", "StepCaughtUp", "StepFired", "StepLeftOut", "StepSkipped",
    "StepSuperseded", "TaskDone", "TaskKind", "TaskRaised", "TaskReminded", "TaskTaken",
    "TellRefused", "Told", "ToldBeforeExcluded", "TrackFrozen", "TrackHastened", "TrackJumped",
    "TrackLifted", "TrackReleased", "TrackWoken", "TriedBy", "UnlinkGiven", "WhyCleared",
    "WhyErased", "WhyKept", "WhyLowered", "WhyPassed", "WhyShared", "WhyStanding", "WhySteered",
    "WhyUnlinked", "WiderSharingAsked", "dump_fact", "load_fact",
]  # fmt: skip
