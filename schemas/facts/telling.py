"""Who was told, over which way, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from schemas.codes import FieldName, TrackName
from schemas.plan import Reason
from schemas.projection import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message to one endpoint for one tell, as decided."""

    key: str
    """hash(alert, tell_no, purpose, endpoint): Message-ID and provider key."""
    endpoint: str
    """`channel:endpoint id`."""
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFired:
    """A rung of a ladder was decided; it is never decided again."""

    kind: Literal["step_fired"] = "step_fired"
    v: Literal[1] = 1
    track: TrackName
    step: int
    """Index of the step; len(steps) and above are repeats."""
    due_at: datetime
    next_at: datetime | None
    """When the next rung is due; None when an outward ladder has no further rung."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackHastened:
    """The case is graver: from now on this track asks for answers sooner."""

    kind: Literal["track_hastened"] = "track_hastened"
    v: Literal[1] = 1
    track: TrackName
    at: datetime
    answer_by: int
    """Seconds; whoever owes an answer owes it this long from `at` at the latest."""
    answer_holds_for: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSkipped:
    """A rung had nobody to tell; a task says so."""

    kind: Literal["step_skipped"] = "step_skipped"
    v: Literal[1] = 1
    track: TrackName
    step: int
    reason: Reason


WhyPassed = Literal[
    "superseded_by_later",
    "stale_after_outage",
    "date_moved",
    "satisfied",
    "other_severity",
    "jumped",
]
"""Satisfied: what quietens the track is promised or done. Other severity: the rung is for graver,
or less grave, cases. Jumped: a person let the ladder go on to a later one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSuperseded:
    """A rung did not fire: it gave way to a later one or to a person, or nobody needs it."""

    kind: Literal["step_superseded"] = "step_superseded"
    v: Literal[1] = 1
    track: TrackName
    step: int
    reason: WhyPassed


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One round of telling one party was decided; its messages are now owed."""

    kind: Literal["told"] = "told"
    v: Literal[1] = 1
    alert: str
    ref: str
    track: TrackName
    party: str
    tell_no: int
    purpose: Purpose
    at: datetime
    notices: tuple[Notice, ...]
    answer_by: datetime | None = None
    """When silence of these contacts brings in the next."""
    detail: str = ""
    """Code that a duty message shows, such as the kind of a task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerouted:
    """A way to reach a contact failed for good; the next way is tried now."""

    kind: Literal["rerouted"] = "rerouted"
    v: Literal[1] = 1
    alert: str
    ref: str
    track: TrackName
    party: str
    tell_no: int
    purpose: Purpose
    at: datetime
    notices: tuple[Notice, ...]
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOff:
    """A message was accepted by the next hop. Sent is not delivered, delivered is not seen."""

    kind: Literal["handed_off"] = "handed_off"
    v: Literal[1] = 1
    key: str
    alert: str
    at: datetime
    contact: str = ""
    """Who is thereby told; only they are ever stood down."""
    stand_down: bool = False
    """It said that nothing more is asked: nobody is told anything by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A provider reports that a message reached the device. Delivered is not seen.

    It changes nothing that is owed: whoever was told still owes an answer.
    """

    kind: Literal["delivered"] = "delivered"
    v: Literal[1] = 1
    key: str
    alert: str
    at: datetime
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFailed:
    """A message will not arrive this way: refused for good, unknown after all attempts, or its
    provider took it and reports that it did not arrive."""

    kind: Literal["delivery_failed"] = "delivery_failed"
    v: Literal[1] = 1
    key: str
    alert: str
    contact: str
    endpoint: str
    reason: Literal["refused_permanent", "unknown_exhausted", "not_delivered"]
    at: datetime
    stand_down: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TellRefused:
    """The guard refused at the last moment: the message was not sent."""

    kind: Literal["tell_refused"] = "tell_refused"
    v: Literal[1] = 1
    alert: str
    tell_no: int
    keys: tuple[str, ...]
    contacts: tuple[str, ...]
    """Contacts that were to be told and were not."""
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesCancelled:
    """Messages of these alerts that had not left are no longer right."""

    kind: Literal["notices_cancelled"] = "notices_cancelled"
    v: Literal[1] = 1
    alerts: tuple[str, ...]
    purposes: tuple[Purpose, ...]
    contact: str = ""
    """Empty: of every contact; else only of this one."""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertClosed:
    """A recipient's page closed: nothing more is asked, nothing more can be read."""

    kind: Literal["alert_closed"] = "alert_closed"
    v: Literal[1] = 1
    alert: str
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertWithheld:
    """A planned recipient will not be told, at least for now."""

    kind: Literal["alert_withheld"] = "alert_withheld"
    v: Literal[1] = 1
    alert: str
    reason: Reason
    untold: tuple[str, ...] = ()
    """Contacts whose message was called off before it left: they count as not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldBeforeExcluded:
    """A party that had been told turned out to be one that must not know, and what it saw."""

    kind: Literal["told_before_excluded"] = "told_before_excluded"
    v: Literal[1] = 1
    alert: str
    party: str
    reason: Reason
    tells: int
    contacts: tuple[str, ...] = ()
    """To whom a message left the house."""
    handed_off: int = 0
    """Messages that left, or may have."""
    delivered: int = 0
    """Of them, how many a provider reported as arrived."""
    shown: tuple[FieldName, ...] = ()
    """What the page showed to whoever entered the code; empty: nobody read anything of the case."""
