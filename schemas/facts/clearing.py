"""Two people let somebody be asked, in this case only, whom the closure had left out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

WhyCleared = Literal[
    "somebody_else_did_it",
    "operator_not_involved",
    "tie_ended",
    "tie_is_wrong",
    "other",
]
"""Why an exclusion may be cleared: the first two for an unknown perpetrator, the next for a tie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearanceGiven:
    """A person agreed that a party may be asked in this case; a second one is still needed."""

    kind: Literal["clearance_given"] = "clearance_given"
    v: Literal[1] = 1
    party: str
    by: str
    at: datetime
    why: WhyCleared
    grounds: tuple[str, ...]
    """What left it out when they looked, as `Excluded.ground` names it. Nothing else is cleared."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionCleared:
    """Two people agreed: these grounds leave the party out of this case no more. Others do."""

    kind: Literal["exclusion_cleared"] = "exclusion_cleared"
    v: Literal[1] = 1
    party: str
    at: datetime
    by: tuple[str, ...]
    grounds: tuple[str, ...]
