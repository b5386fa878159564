"""What left, as the judge sees it, and the names of the harm it may have done."""

from dataclasses import dataclass
from datetime import datetime

TOLD_EXCLUDED = "told_excluded"
TOLD_WITHOUT_CONSENT = "told_without_consent"
AFTER_REVOCATION = "after_revocation"
AFTER_STOP = "after_stop"
WHILE_HELD = "told_while_held"
UNRELEASED = "told_without_release"
AFTER_NO = "told_after_no"
TOO_OPEN = "too_open"
NOT_SHOWN = "not_shown_to_holder"
"""Somebody was told, and whoever holds the consent does not find them on their page."""
NOT_STOPPED = "not_stopped_by_holder"
BESIDES = (AFTER_STOP, WHILE_HELD, UNRELEASED, AFTER_NO, TOO_OPEN, NOT_SHOWN, NOT_STOPPED)
"""Harm that the last line has no name for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Something that left, to one endpoint of one party."""

    at: datetime
    n: int
    """The commit by which it was allowed to."""
    case: str
    track: str
    mode: str
    """How openly its track may act by the rulebook."""
    endpoint: str = ""
    reader: str = ""
    """The party that reads a stream, which has no endpoint."""
    purpose: str
    fields: frozenset[str] = frozenset()
    """Of the event, where a page showed some."""
    labels: frozenset[str] = frozenset()
    """How far its reader may pass it on, as the page said."""
    asked_mode: str = ""
    """How openly the page asked its reader to act."""
    maybe_told: bool = False
    """Something went out to it before whose outcome nobody knows: the process died meanwhile."""
