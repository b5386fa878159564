"""What one person asked for, and a second has to agree to, about passing on and speaking."""

from dataclasses import dataclass
from datetime import datetime

from schemas.codes import ContactRule, Label


@dataclass(frozen=True, kw_only=True)
class WiderSharing:
    """A wider label, or contact rule, that somebody asked for."""

    by: str
    at: datetime
    label: Label | None = None
    may_contact: ContactRule | None = None
