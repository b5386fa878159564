"""The identity of a command from outside."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """Identity of an outside command."""

    source: str
    id: str
    digest: str
    """sha256 hex of the exact content."""
