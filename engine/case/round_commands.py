"""Commands about rounds: who hears of each other, and how often."""

from dataclasses import dataclass
from datetime import datetime

from engine.case.identity import Inbox


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRound:
    """A person lets those who help hear, again and again, what each promised and did."""

    inbox: Inbox
    case: str
    by: str
    alerts: tuple[str, ...]
    """Of the parties that take part; instead of those before, if there was a round."""
    first_at: datetime
    every_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EndRound:
    """A person ends it."""

    inbox: Inbox
    case: str
    by: str
