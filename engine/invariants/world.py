"""What the world outside saw, where somebody wrote it down: tests, the crash test, the demo."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message as it left the house: who gets it, and every byte of it, headers included."""

    key: str
    """Of the notification."""
    raw: bytes


@dataclass(slots=True)
class Outside:
    """Grows while a run goes on; the checks compare it with the tables.

    A production auditor has none and checks the tables alone. Every part may be left empty: what
    nobody wrote down is not judged.
    """

    accepted: dict[tuple[str, str], str] = field(default_factory=dict)
    """(source, id) of every report answered with 202, and the digest of its first content."""
    refused_content: set[tuple[str, str]] = field(default_factory=set)
    """(source, id) that came again with other content and was answered with 409."""
    sends: Counter[str] = field(default_factory=Counter)
    """Notification key -> messages that really left."""
    left_at: dict[str, datetime] = field(default_factory=dict)
    """Notification key -> when it first left, by true time (I5)."""
    fenced: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Event id -> parties tied to whoever did it, as somebody knows who is no engine (I17)."""
    letters: list[Letter] = field(default_factory=list)
    """Messages byte by byte (I16)."""
    secrets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """A string seeded into reports -> parties that may read it; none: nobody outside (I16)."""
    identities: tuple[str, ...] = ()
    """Strings seeded where only the vault may keep them, and no message may carry them (I18)."""
    spoken: dict[str, bytes] = field(default_factory=dict)
    """Place (a log, `metrics`, a topic, addresses) -> all that was ever said there (I18)."""
    calm_seconds: list[float] = field(default_factory=list)
    """From report to hand-over of the gravest, while nothing else was going on (I21)."""
    flood_seconds: list[float] = field(default_factory=list)
    """The same while the other lanes were flooded."""
    poison: set[str] = field(default_factory=set)
    """Digests of contents that the door took and that are no report, or end a process (I22)."""
    left_before_restore: Counter[str] | None = None
    """`sends` when a backup was put back; None: none was (I24)."""
    left_since_copy: set[str] = field(default_factory=set)
    """Keys of messages that left after a copy was taken that was put back: the store knows nothing
    of it, and yet whoever got them may still say so."""
    states: dict[str, str] = field(default_factory=dict)
    """Notification key -> delivery state at the last check; kept by the check itself."""
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Case -> newest leaf at the last check; kept by the check itself."""
