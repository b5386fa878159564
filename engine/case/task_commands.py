"""Commands about what a person of ours wants done, besides what the engine raises."""

from dataclasses import dataclass
from datetime import datetime

from engine.case.identity import Inbox


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTask:
    """A person writes what must be done, by when, by whom; it escalates like all that is owed."""

    inbox: Inbox
    case: str
    by: str
    due_at: datetime
    note: str
    """Vault id of what is to be done, in words."""
    owner: str = ""
    """Somebody of the roster; empty: whoever has the case, else whoever takes it."""
    critical: bool = False
    """Whoever it is for is told now, not only when it is due."""
