"""Commands that end a case, or open it again."""

from dataclasses import dataclass
from typing import Literal

from engine.case.identity import Inbox
from schemas.facts import HeardAtTheEnd, RemedyState


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeResolution:
    """A person says that the case is resolved."""

    inbox: Inbox
    case: str
    by: str
    outcome: str
    residual_risk: str
    remedy: RemedyState
    heard: HeardAtTheEnd
    said: Literal["agrees", "informed", "objects"] = "informed"
    """What they said to it; where nobody was reached it says nothing."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmResolution:
    """Another person agrees."""

    inbox: Inbox
    case: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen:
    """A person opens a monitored case again, or takes a proposal back."""

    inbox: Inbox
    case: str
    by: str
