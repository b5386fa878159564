"""What a recipient has itself promised in public about defenders (L3, L4)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class PolicyClause(StrEnum):
    """What a public policy on defenders promises."""

    NON_INTERFERENCE = "non_interference"
    ENGAGE = "engage"
    PETITION_STATE = "petition_state"
    ZERO_TOLERANCE = "zero_tolerance"
    """Tolerates no reprisal against anybody who raises a concern."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """One public promise: the recipient's own, or that of an initiative it is a member of."""

    clauses: tuple[PolicyClause, ...]
    as_of: date | None
    """The day on which somebody last read it there; None where nobody noted it."""
    source: str
    """Where it stands, as the registry has it; empty where nobody noted it."""
    through: str = ""
    """Name of the initiative; empty for its own policy."""
