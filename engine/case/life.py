"""What a case remembers of how it lasts, what it is linked with, and how it may end.

Without slots: `engine.case.replacing` copies them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.facts.erasing import WhyKept
from schemas.facts.life import TriedBy, WhyStanding
from schemas.linked import Strictures


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Two people let the case stand; a review date ends nothing, it only calls people."""

    by: tuple[str, ...]
    at: datetime
    why: WhyStanding
    review_at: datetime


@dataclass(frozen=True, kw_only=True)
class StandingProposal:
    """One person wants it to stand; another one agrees, or nobody does."""

    by: str
    at: datetime
    why: WhyStanding
    review_at: datetime


@dataclass(frozen=True, kw_only=True)
class Linked:
    """A case that is about the same, and what it asks for."""

    case: str
    ref: str
    at: datetime
    strictures: Strictures


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A try to reach whoever holds the consent, since anybody last spoke to them."""

    at: datetime
    way: TriedBy


@dataclass(frozen=True, kw_only=True)
class KeptSealed:
    """A person said that what is sealed is kept until then."""

    by: str
    until: datetime
    why: WhyKept


@dataclass(frozen=True, kw_only=True)
class Round:
    """When those who take part are told next what each of them promised and did."""

    next_at: datetime
    every: timedelta
