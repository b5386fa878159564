"""How far a case may be passed on, and whom its recipients may speak to, as people set it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from schemas.codes import ContactRule, Label

WhyShared = Literal["publisher_agreed", "person_agreed", "caution", "other"]
"""Why a label or a contact rule is set: whoever it protects agreed, or somebody is careful."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WiderSharingAsked:
    """A person asks that more may be passed on or said; nothing changes until a second agrees."""

    kind: Literal["wider_sharing_asked"] = "wider_sharing_asked"
    v: Literal[1] = 1
    by: str
    at: datetime
    why: WhyShared
    label: Label | None = None
    may_contact: ContactRule | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharingSet:
    """A label or a contact rule counts from now on: stricter by one person, wider by two."""

    kind: Literal["sharing_set"] = "sharing_set"
    v: Literal[1] = 1
    by: tuple[str, ...]
    at: datetime
    why: WhyShared
    label: Label | None = None
    may_contact: ContactRule | None = None
    note: str = ""
