"""Commands about the person: how they are, who may speak with them, how grave it is, remedy."""

from dataclasses import dataclass

from engine.case.identity import Inbox
from schemas.codes import Severity, SubjectStatus
from schemas.facts.care import RemedyState, WhyLowered
from schemas.plan import Track


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteStatus:
    """A person says how the person is. Better news softens nothing and closes nothing."""

    inbox: Inbox
    case: str
    status: SubjectStatus
    by: str
    subject: str = ""
    """One of the case's, as `source/pseudonym`; empty: everybody it is about."""
    note: str = ""
    """Vault id of what was written in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetContactOwners:
    """A person says who alone may speak with the person, as the sealed protocol has it."""

    inbox: Inbox
    case: str
    owners: tuple[str, ...]
    """Ids of our people; none: whoever is on duty."""
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LowerSeverity:
    """A person says that the case is less grave. Nothing else ever makes it so."""

    inbox: Inbox
    case: str
    severity: Severity
    was: Severity
    """What it was when they looked: somebody may have made it graver since."""
    why: WhyLowered
    by: str
    duty: Track | None = None
    """Duty's ladder of the rulebook for that severity; None: the built-in one."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRemedy:
    """A person says whether a remedy is sought. While it is, it is followed up."""

    inbox: Inbox
    case: str
    state: RemedyState
    by: str
    note: str = ""
