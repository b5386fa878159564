"""The pre-flight of a release: what people looked at before companies, or several, are asked (P10).

Each point is a code; words about it lie in the vault. A point that nobody can judge counts as
missing: absence and ambiguity mean no.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Literal


class Check(StrEnum):
    """One point of the pre-flight (source row P10)."""

    CONVENOR_LEGITIMACY = "convenor_legitimacy"
    """Whether those concerned accept whoever calls for this."""
    ACTORS_ABILITY = "actors_ability"
    """Whether those who would be asked can do anything."""
    POWER_DYNAMICS = "power_dynamics"
    """Who depends on whom, and whether the person can bear what follows."""
    PREVIOUS_INTERVENTIONS = "previous_interventions"
    """What came of earlier ones, here and in like cases."""
    CONTEXT = "context"
    """Whether this fits the place and the moment."""
    REPRISAL_POTENTIAL = "reprisal_potential"
    """What those behind the threat may do in return."""


UNKNOWN = "unknown"
"""Nobody can say: somebody has to find out first."""

CODES: Mapping[Check, tuple[str, ...]] = MappingProxyType(
    {
        Check.CONVENOR_LEGITIMACY: ("accepted", "contested", UNKNOWN),
        Check.ACTORS_ABILITY: ("able", "in_part", UNKNOWN),
        Check.POWER_DYNAMICS: ("balanced", "uneven_provided_for", UNKNOWN),
        Check.PREVIOUS_INTERVENTIONS: ("none", "helped", "no_effect", "did_harm", UNKNOWN),
        Check.CONTEXT: ("fits", "changing", UNKNOWN),
        Check.REPRISAL_POTENTIAL: ("low", "medium", "high", UNKNOWN),
    }
)
"""What may be said of each point."""

Risk = Literal["low", "medium", "high", "unknown"]
Whether = Literal["caused_or_contributed", "linked", "business_case", "moral_choice"]
"""The ground on which those who are asked should act at all (practice reference, section 5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found on one point."""

    check: Check
    code: str
    """One of `CODES[check]`."""
    note: str = ""
    """Vault id of what was written about it."""


def unanswered(findings: Iterable[Finding]) -> tuple[Check, ...]:
    """The points that are missing, unknown, or answered by a code that is none of theirs."""
    said = {finding.check: finding.code for finding in findings}
    return tuple(
        check
        for check, codes in CODES.items()
        if said.get(check, UNKNOWN) == UNKNOWN or said[check] not in codes
    )
