"""Rounds: those who help hear, again and again, what each of them promised and did."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundSet:
    """A person says who hears of each other, from when, and how often; it replaces the last."""

    kind: Literal["round_set"] = "round_set"
    v: Literal[1] = 1
    by: str
    at: datetime
    alerts: tuple[str, ...]
    first_at: datetime
    every_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundHeld:
    """Its time came: those of it are told, but after an outage nobody outside."""

    kind: Literal["round_held"] = "round_held"
    v: Literal[1] = 1
    at: datetime
    due_at: datetime
    next_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundEnded:
    """A person ended it; nobody of it hears of the others any more."""

    kind: Literal["round_ended"] = "round_ended"
    v: Literal[1] = 1
    by: str
    at: datetime
