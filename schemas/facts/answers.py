"""What those who were told answered, promised and did."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from schemas.codes import ActionKind, Effect, Proviso
from schemas.responses import AnswerClass, DeclineReason, WithdrawnBecause


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Somebody answered without a promise: got it, a question, already acting."""

    kind: Literal["answered"] = "answered"
    v: Literal[1] = 1
    alert: str
    answer: Literal["acknowledged", "asks", "warns", "already_acting"]
    by: str
    way: str
    at: datetime
    hold_until: datetime
    note: str = ""
    contact: str = ""
    """Contact it counts for, where somebody of duty typed it in; empty: `by`."""
    action_kind: ActionKind | None = None
    """Already acting: what it does. Warns: what it warns of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerExpired:
    """An answer held as long as it could; the answerer is asked again."""

    kind: Literal["answer_expired"] = "answer_expired"
    v: Literal[1] = 1
    alert: str
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactSilent:
    """A contact did not answer in time; the next one is told."""

    kind: Literal["contact_silent"] = "contact_silent"
    v: Literal[1] = 1
    alert: str
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """Somebody promised to do something by a time."""

    kind: Literal["promised"] = "promised"
    v: Literal[1] = 1
    alert: str
    action: str
    action_kind: ActionKind
    by: str
    way: str
    at: datetime
    due_at: datetime
    ask_at: datetime
    note: str = ""
    contact: str = ""
    """Contact it counts for, where somebody of duty typed it in; empty: `by`."""
    condition: Proviso | None = None
    for_date: str = ""
    """Id of the date of the case that it is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionMet:
    """What a promise waited for on our side is there."""

    kind: Literal["condition_met"] = "condition_met"
    v: Literal[1] = 1
    alert: str
    action: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseWithdrawn:
    """A promise is no longer one."""

    kind: Literal["promise_withdrawn"] = "promise_withdrawn"
    v: Literal[1] = 1
    alert: str
    action: str
    by: str
    way: str
    at: datetime
    reason: WithdrawnBecause
    hold_until: datetime | None = None
    """Its giver is let be until here; None: who comes next is told."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerClassed:
    """A person said what an answer is worth; a token one, and worse, quietens nothing."""

    kind: Literal["answer_classed"] = "answer_classed"
    v: Literal[1] = 1
    alert: str
    answer_class: AnswerClass
    by: str
    at: datetime
    action: str = ""
    """The promise or act; empty: what was answered without one."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseAsked:
    """A promise fell due and its giver was asked how it went."""

    kind: Literal["promise_asked"] = "promise_asked"
    v: Literal[1] = 1
    alert: str
    action: str
    next_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseMissed:
    """Nobody said that a promise was kept; the next contact is told."""

    kind: Literal["promise_missed"] = "promise_missed"
    v: Literal[1] = 1
    alert: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """Somebody did something for the person."""

    kind: Literal["acted"] = "acted"
    v: Literal[1] = 1
    alert: str
    action: str
    action_kind: ActionKind
    effect: Effect
    by: str
    way: str
    at: datetime
    note: str = ""
    contact: str = ""
    """Contact it counts for, where somebody of duty typed it in; empty: `by`."""
    for_date: str = ""
    """Id of the date of the case that it was for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined:
    """Somebody will not act; never asked again in this case."""

    kind: Literal["declined"] = "declined"
    v: Literal[1] = 1
    alert: str
    party: str
    by: str
    way: str
    at: datetime
    reason: DeclineReason
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictDeclared:
    """Somebody has a conflict of interest; its page closed and it is excluded from now on."""

    kind: Literal["conflict_declared"] = "conflict_declared"
    v: Literal[1] = 1
    alert: str
    party: str
    by: str
    way: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswered:
    """A person of ours answered what somebody asked; they read it on their page alone."""

    kind: Literal["question_answered"] = "question_answered"
    v: Literal[1] = 1
    alert: str
    contact: str
    """Who asked."""
    by: str
    at: datetime
    note: str
    """Vault id of the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDropped:
    """The wrong contact: never asked again in this case; the party's next one is told."""

    kind: Literal["contact_dropped"] = "contact_dropped"
    v: Literal[1] = 1
    alert: str
    contact: str
    by: str
    way: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOn:
    """A recipient gave it to somebody else."""

    kind: Literal["passed_on"] = "passed_on"
    v: Literal[1] = 1
    alert: str
    by: str
    way: str
    at: datetime
    to: str
    """Party or contact id, or empty when it could not be resolved."""
    inside_closure: bool = False
    note: str = ""
    contact: str = ""
    """Contact it counts for, where somebody of duty typed it in; empty: `by`."""
