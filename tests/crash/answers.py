"""What people asked of the desk and were told is done: the memory outside, as for reports."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum


class Deed(StrEnum):
    """What somebody does."""

    TAKE = "take"
    """Duty says: I have it."""
    RELEASE = "release"
    """Duty lets the embassies be told."""
    REPLY = "reply"
    """A recipient answers what they were asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One deed as its doer wrote it down before sending; sent again, it is the same one."""

    id: str
    deed: Deed
    by: str
    """Person of duty, or contact."""
    ref: str
    """Of the case; of a reply, of the alert: what the message said."""
    kind: str = ""
    """Of a reply: the fact that it becomes."""


@dataclass(slots=True)
class Answers:
    """Every deed, and when it was said to be done."""

    given: dict[str, Answer] = field(default_factory=dict)
    acknowledged: dict[str, float] = field(default_factory=dict)
    """Id -> when its doer was told so, on the wall clock."""
    told_nobody: set[str] = field(default_factory=set)
    """Ids of releases after which, so they said, nobody is asked."""
    closed: set[str] = field(default_factory=set)
    """Ids of replies of which it was said that nothing is asked any more."""
    doubtful: int = 0
    """Tries of which nobody knows what became."""
    refused: Counter[str] = field(default_factory=Counter)
    """What was said of deeds that were not carried out; nobody does here what is not allowed."""
