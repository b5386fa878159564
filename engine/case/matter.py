"""What a page is about, as read from the store in one go. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.case.around import Beside
from engine.case.state import Case
from schemas.event import ThreatEvent
from schemas.facts import Planned
from schemas.plan import Closure
from schemas.safeguards import Consent


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """All that the guard needs to judge one look at a page."""

    case: Case
    events: tuple[ThreatEvent, ...]
    """Newest first."""
    event_ids: tuple[str, ...]
    """Their row ids, in the same order."""
    as_of: datetime | None
    plans: tuple[Planned, ...]
    closure: Closure
    consents: tuple[Consent, ...]
    linked: tuple[Beside, ...] = ()
    """What counts of the cases that it is linked with."""
    reports: Mapping[str, tuple[ThreatEvent, ...]] = field(default_factory=dict)
    """Every report of it, and of the cases that it is linked with, by case: who is out by them."""
    stopped: bool
    answer_by: datetime | None
    """Of the newest message to this contact."""
