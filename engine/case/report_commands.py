"""Commands that bring a report, or bytes that are none."""

from dataclasses import dataclass
from datetime import datetime

from engine.case.identity import Inbox
from schemas.event import ThreatEvent
from schemas.plan import Candidates


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedBox:
    """Ciphertext of the sealed companion, ready for the vault."""

    key_id: str
    ciphertext: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An accepted report: what may be read, what is sealed, and whose it is."""

    event_id: str
    """hash(source, id): row id of the event."""
    source: str
    event: ThreatEvent
    body: bytes
    """Exact bytes of the event as stored (open and need-to-know fields only)."""
    sealed: SealedBox | None
    received_at: datetime
    capped: bool = False
    """The publisher claimed a severity or type beyond its key's scope."""
    source_party: str = ""
    """Id of the party that runs the publisher, as its key or topic names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventArrived:
    """A report reached us."""

    inbox: Inbox
    report: Report
    candidates: Candidates


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine:
    """Desk-level: bytes that are not an event. Kept sealed; a human is told by an incident."""

    source: str
    reason: str
    """Code and field path of the first error; never the content."""
    sealed: SealedBox
    digest: str
    topic: str | None = None
    """Where it stood, when it came from a log; with `partition` and `offset`."""
    partition: int | None = None
    offset: int | None = None
