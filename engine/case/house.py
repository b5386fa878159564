"""Who runs a publisher of the case: whoever must not know may publish, and receives nothing."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class House:
    """A publisher of the case, and the party that runs it."""

    source: str
    party: str
    noted: bool = False
    """Duty was told that this party is among those who must not know."""
