"""What an event says that decides who must not know. Events with equal grounds exclude alike."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from schemas.codes import CountryRole
from schemas.event import ThreatEvent


class Part(NamedTuple):
    """A party that the event names, and the part it plays."""

    role: str
    party: str | None
    perpetrator_kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """Hashable: what is worked out for one event serves every other with the same grounds.

    Sorted, for the order in which an event names things means nothing.
    """

    parts: tuple[Part, ...] = ()
    happened: tuple[str, ...] = ()
    requesting: tuple[str, ...] = ()
    transit: tuple[str, ...] = ()
    mechanisms: tuple[str, ...] = ()
    """Complaint mechanisms after which this happened."""
    spyware: bool = False
    on: date | None = None
    """The day of the event; a link that ended before it may be cleared by two people."""

    @classmethod
    def of(cls, event: ThreatEvent) -> "Grounds":
        """The grounds of an event."""
        parts = {Part(each.role, each.party, each.perpetrator_kind) for each in event.parties}
        codes = {
            role: tuple(sorted({each.code for each in event.countries if each.role is role}))
            for role in (CountryRole.HAPPENED, CountryRole.REQUESTING, CountryRole.TRANSIT)
        }
        mechanisms: set[str] = set()
        if event.reprisal_of is not None:
            mechanisms = {part.party for part in parts if part.role == "mechanism" and part.party}
            mechanisms |= {event.reprisal_of.mechanism or ""} - {""}
        return cls(
            parts=tuple(sorted(parts, key=lambda part: (part.role, part.party or "", *part[2:]))),
            happened=codes[CountryRole.HAPPENED],
            requesting=codes[CountryRole.REQUESTING],
            transit=codes[CountryRole.TRANSIT],
            mechanisms=tuple(sorted(mechanisms)),
            spyware=event.code == "spyware",
            on=event.occurred.at.date() if event.occurred.at else None,
        )
