"""Commands by which a case stands, is linked with another, and is looked back at."""

from dataclasses import dataclass
from datetime import datetime

from engine.case.identity import Inbox
from schemas.facts.life import Lesson, TriedBy, WhyStanding, WhyUnlinked
from schemas.linked import Strictures


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeStanding:
    """A person says that a case lasts, or goes on lasting, and when it is looked at again."""

    inbox: Inbox
    case: str
    by: str
    why: WhyStanding
    review_at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmStanding:
    """Another person agrees."""

    inbox: Inbox
    case: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndStanding:
    """A person opens a standing case again, or takes a proposal back."""

    inbox: Inbox
    case: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCases:
    """Desk-level: a person says that two cases are about the same. It narrows; one is enough."""

    inbox: Inbox
    case: str
    other: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlinkCase:
    """Desk-level: a person says that a case is not about the same as those it is linked with."""

    inbox: Inbox
    case: str
    by: str
    why: WhyUnlinked
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BeLinked:
    """One side of a new link, as the desk hands it to either case."""

    case: str
    other: str
    ref: str
    by: str
    strictures: Strictures
    act: str = ""
    """Row id of an act in one of the two that followed a notice of the other too soon."""
    after: str = ""
    """The case whose notice that was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedGrew:
    """What a linked case asks for changed."""

    case: str
    other: str
    strictures: Strictures


@dataclass(frozen=True, slots=True, kw_only=True)
class BeUnlinked:
    """One side of a link that two people undid."""

    case: str
    other: str
    by: tuple[str, ...]
    why: WhyUnlinked


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentAttempt:
    """A person tried to reach whoever holds the consent, and could not."""

    inbox: Inbox
    case: str
    by: str
    way: TriedBy
    tried_at: datetime | None = None
    """None: just now."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCase:
    """A person says what is learned from a case that is over."""

    inbox: Inbox
    case: str
    by: str
    lesson: Lesson
    note: str = ""
    spill_over: bool = False
    """Whether what one did moved others as well: for who looks back at many cases, and a rulebook
    made after; it quietens and closes nothing."""
