"""How the person is, as far as anybody knows: drives check-ins, and may raise severity.

Codes follow the HURIDOCS list of victim statuses (25) and of whereabouts (30) where these have one;
the rest are ours (`reference: practice, section 7`). Never a place, never a name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from schemas.codes.scales import Severity


class SubjectStatus(StrEnum):
    """The status of a person, the gravest first: of several people the gravest counts."""

    DEAD = "dead"
    DISAPPEARED = "disappeared"
    """Nobody says where the person is: missing, abducted, held unacknowledged."""
    DETAINED = "detained"
    """Held, whatever for: investigation, trial, a sentence, arbitrarily."""
    INJURED = "injured"
    IN_HIDING = "in_hiding"
    DISPLACED = "displaced"
    RESTRICTED = "restricted"
    """House arrest, a travel ban, reporting duties."""
    RELOCATED = "relocated"
    """In a safer place for a while; also exiled."""
    RELEASED = "released"
    """Out of custody; the next danger often follows within days."""
    FREE = "free"
    """At liberty, as far as known."""
    UNKNOWN = "unknown"
    """Nobody has said."""

    @property
    def rank(self) -> int:
        """0 for the gravest; what nobody said is the least."""
        return _RANK[self]

    def worse_than(self, other: "SubjectStatus") -> bool:
        """Whether this is graver news: something was done to the person that was not known."""
        return self.rank < other.rank and self.rank <= SubjectStatus.RESTRICTED.rank

    @property
    def at_least(self) -> Severity:
        """A case about such a person is at least this grave."""
        return STATUSES[self].at_least


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRow:
    """One line of the codelist."""

    at_least: Severity
    source: str
    """Where the code comes from: a HURIDOCS list and its terms, or ours."""


_C, _H, _E, _W = Severity

STATUSES: Mapping[SubjectStatus, StatusRow] = MappingProxyType(
    {
        SubjectStatus.DEAD: StatusRow(at_least=_C, source="HURIDOCS 25: dead"),
        SubjectStatus.DISAPPEARED: StatusRow(
            at_least=_C, source="HURIDOCS 25: missing; 30: not acknowledged"
        ),
        SubjectStatus.DETAINED: StatusRow(
            at_least=_H, source="HURIDOCS 25: held for investigation, trial, sentence, arbitrarily"
        ),
        SubjectStatus.INJURED: StatusRow(at_least=_H, source="HURIDOCS 25: injured"),
        SubjectStatus.IN_HIDING: StatusRow(at_least=_H, source="HURIDOCS 25: fugitive"),
        SubjectStatus.DISPLACED: StatusRow(at_least=_E, source="HURIDOCS 25: displaced"),
        SubjectStatus.RESTRICTED: StatusRow(at_least=_E, source="HURIDOCS 25: restricted"),
        SubjectStatus.RELOCATED: StatusRow(at_least=_W, source="HURIDOCS 25: exiled; ours"),
        SubjectStatus.RELEASED: StatusRow(at_least=_W, source="HURIDOCS 25: arrested, released"),
        SubjectStatus.FREE: StatusRow(at_least=_W, source="HURIDOCS 25: discovered; ours"),
        SubjectStatus.UNKNOWN: StatusRow(at_least=_W, source="ours"),
    }
)
_RANK = {status: rank for rank, status in enumerate(SubjectStatus)}

SAID_BY_CODE: Mapping[str, SubjectStatus] = MappingProxyType(
    {
        "killing": SubjectStatus.DEAD,
        "disappearance": SubjectStatus.DISAPPEARED,
        "abduction": SubjectStatus.DISAPPEARED,
        "arrest": SubjectStatus.DETAINED,
        "detention": SubjectStatus.DETAINED,
        "house_arrest": SubjectStatus.RESTRICTED,
        "travel_ban": SubjectStatus.RESTRICTED,
        "displacement": SubjectStatus.DISPLACED,
        "eviction": SubjectStatus.DISPLACED,
        "exile": SubjectStatus.RELOCATED,
        "released_from_custody": SubjectStatus.RELEASED,
    }
)
"""What the code of a report says of the people it is about, unless the report says it itself."""


class Heard(StrEnum):
    """Whom a check-in heard. Only the first is the person's own word (design section 5.8)."""

    SAFE_CHANNEL = "safe_channel"
    """The person, on the safe channel, and the code phrase was right."""
    RELATIVE = "relative"
    LAWYER = "lawyer"
    NO_SIGN = "no_sign"
    """Nobody heard from the person: a danger sign."""
