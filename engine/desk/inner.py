"""What the engine's own loops ask of the desk, and what they get. Never handed in from outside."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from engine.case.commands import (
    ClaimSends,
    Command,
    DeliveryReported,
    FireDue,
    SettleSends,
    TryOutcome,
)
from engine.case.commands import Report as Accepted
from schemas.codes import Severity, TrackName
from schemas.contact import Endpoint
from schemas.plan import Verdict
from schemas.projection import Purpose

SHARED_PAUSE = timedelta(milliseconds=50)
"""After this a loop looks again where another process holds what is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fire:
    """Decide what is due. `only`: these cases and no others, after a batch could not be written."""

    limit: int
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Hand out what may be sent: `free` slots per channel, `others` on channels not named.

    `only`: these notifications and no others. `canaries`: those as well, for their own sink.
    """

    free: tuple[tuple[str, int], ...] = ()
    others: int = 0
    only: tuple[str, ...] = ()
    canaries: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """Outcomes of tries. `plain`: write the rows only, because deciding on them failed."""

    outcomes: tuple[TryOutcome, ...]
    plain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a provider reports. `plain`: write the row only, because deciding on it failed."""

    report: DeliveryReported
    plain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Note that a case could not be decided, by a path that decides nothing."""

    case: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Ask the guard once more about messages that are in the sender's hands."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Those of them that may not leave any more."""

    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StopFile:
    """Whether this engine sees the file that stops everything outgoing."""

    place: str
    """The engine, by the name that its restarts keep."""
    there: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """Let notifications that could not be claimed come again later."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """A canary of our own arrived. What it says is nobody's, and it is in no inbox."""

    id: str
    way: str
    at: datetime
    report: Accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """What firing came to."""

    cases: int
    more: bool
    """Whether more is due already."""
    next_due: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What a claim came to."""

    jobs: tuple["SendJob", ...]
    next_at: datetime | None
    """When the next message may be sent that may not be sent yet; None while none waits."""
    canaries: tuple["CanaryJob", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SendJob:
    """One try of one notification, allowed by the guard in the transaction that claimed it."""

    key: str
    attempt_no: int
    case: str
    case_ref: str
    alert: str
    alert_ref: str
    track: TrackName
    party: str
    contact: str
    channel: str
    endpoint: Endpoint | None
    """None when the registry no longer has it."""
    purpose: Purpose
    severity: Severity
    exercise: bool
    deadline: datetime | None
    detail: str
    language: str
    zone: str
    """IANA zone of the contact's hours; empty: they name none, the deployment's is meant."""
    verdict: Verdict
    tell_no: int = 0
    """How often its alert was told, this time counted; the same on each way of one telling."""
    token: str = field(default="", repr=False)
    """Of the answer page; empty where nothing is to be answered there."""
    code: str = field(default="", repr=False)
    send_by: float = 0.0
    """On the event loop's time: after this the claim may have been judged on an older truth."""
    also: tuple["SendJob", ...] = ()
    """Others that this one message tells as well; what becomes of it becomes of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryJob:
    """The message of a canary. By its type no channel can be given it, only the canary's sink."""

    job: SendJob


def of(command: Command | Canary) -> Any:
    """The loops' commands in the form the desk works with."""
    match command:
        case FireDue():
            return Fire(limit=command.limit)
        case SettleSends():
            return Settle(outcomes=command.outcomes)
        case DeliveryReported():
            return Report(report=command)
        case ClaimSends():
            raise TypeError("what is claimed must be sent: use Desk.claim_sends")
    return command
