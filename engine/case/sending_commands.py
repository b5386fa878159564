"""Commands about messages: handing them out, and what became of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class DueNotice:
    """A notification that is due, as read under the case lock."""

    key: str
    alert: str
    tell_no: int
    purpose: str
    contact: str
    endpoint: str
    decided_at: datetime
    tried: bool = False
    """Whether it may have left before; then it goes on being tried, however late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """The sender is about to send these notices of a case; the guard looks once more."""

    notices: tuple[DueNotice, ...]


Ending = Literal[
    "handed_off", "delivered", "failed_permanent", "unknown_exhausted", "not_delivered"
]
"""Of a message; *delivered* and *not delivered* are what a provider reports after it took it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of one notification of a case, once that is certain."""

    key: str
    alert: str
    tell_no: int
    purpose: str
    contact: str
    endpoint: str
    state: Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimSends:
    """Desk-level: hand out up to `slots` notifications that may be sent now."""

    slots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TryOutcome:
    """What one try of the sender came to."""

    key: str
    attempt_no: int
    state: Literal["handed_off", "failed_temporary", "failed_permanent", "unknown"]
    reason: str
    """An `OutcomeReason` code."""
    provider_id: str = ""
    retry_after: float | None = None
    """Seconds, as the provider asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleSends:
    """Desk-level: outcomes of tries, in groups."""

    outcomes: tuple[TryOutcome, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReported:
    """Desk-level: what a provider says became of a message after it took it.

    Found by our `key` or, failing that, by the provider's own name for it on this channel.
    """

    channel: str
    delivered: bool
    key: str = ""
    provider_id: str = ""
