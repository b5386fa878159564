"""Commands about how far a case may be passed on, and whom its recipients may speak to."""

from dataclasses import dataclass

from engine.case.identity import Inbox
from schemas.codes import ContactRule, Label
from schemas.facts.sharing import WhyShared


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSharing:
    """A person sets the label or the contact rule: stricter at once, wider when a second agrees."""

    inbox: Inbox
    case: str
    by: str
    why: WhyShared
    label: Label | None = None
    may_contact: ContactRule | None = None
    note: str = ""
    """Vault id of what was written in words."""
