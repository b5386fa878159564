"""What people asked to wait for: scoped holds."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from schemas.safeguards import Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPlaced:
    """A person asked to wait: nobody of this scope is approached until then."""

    kind: Literal["hold_placed"] = "hold_placed"
    v: Literal[1] = 1
    hold: Hold
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLiftGiven:
    """A person agreed to end a hold before its time; a second one is needed."""

    kind: Literal["hold_lift_given"] = "hold_lift_given"
    v: Literal[1] = 1
    hold: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldEnded:
    """A hold is over: what it held back and is still right goes on."""

    kind: Literal["hold_ended"] = "hold_ended"
    v: Literal[1] = 1
    hold: str
    at: datetime
    by: tuple[str, ...]
    """Two people, or `engine` when its time had come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertHeld:
    """What a party owes an answer for waits with the hold that covers it: its clocks stand."""

    kind: Literal["alert_held"] = "alert_held"
    v: Literal[1] = 1
    alert: str
    hold: str
    until: datetime
