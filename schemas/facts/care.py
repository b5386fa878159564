"""How the person is, who may speak with them, how grave it is now, and the remedy they seek."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from schemas.codes import Severity, SubjectStatus
from schemas.plan import Track

WhyLowered = Literal["danger_passed", "misjudged", "better_known", "other"]
"""Why a person says that a case is less grave than it was."""
RemedyState = Literal["sought", "obtained", "none_sought"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusNoted:
    """Somebody said how the person is."""

    kind: Literal["status_noted"] = "status_noted"
    v: Literal[1] = 1
    status: SubjectStatus
    at: datetime
    """When it was so, as far as known; else when it was said."""
    by: str
    """One of our people, or `event`."""
    subject: str = ""
    """Whom it is about, as `source/pseudonym`; empty: everybody the case is about."""
    worse: bool = False
    """Whether the case knew of nothing so grave before."""
    note: str = ""
    """Vault id of what was written in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactOwnersSet:
    """Who alone may speak with the person, as the sealed contact protocol says."""

    kind: Literal["contact_owners_set"] = "contact_owners_set"
    v: Literal[1] = 1
    owners: tuple[str, ...]
    """Ids of our people; none: whoever is on duty."""
    by: str
    at: datetime
    to: str = ""
    """Whose the open check-ins are now, where theirs may not do them any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityLowered:
    """A person says that the case is less grave. Whatever is owed already keeps its time."""

    kind: Literal["severity_lowered"] = "severity_lowered"
    v: Literal[1] = 1
    severity: Severity
    by: str
    at: datetime
    why: WhyLowered
    duty: Track
    """Duty's ladder from now on."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyNoted:
    """A person says whether a remedy is sought; while it is, following it up is owed."""

    kind: Literal["remedy_noted"] = "remedy_noted"
    v: Literal[1] = 1
    state: RemedyState
    by: str
    at: datetime
    note: str = ""
