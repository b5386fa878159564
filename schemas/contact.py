"""Contacts: persons and mailboxes of a party, and the addresses that reach them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Level(StrEnum):
    """Where in a party a contact sits."""

    HQ_HUMAN_RIGHTS = "hq_human_rights"
    LEGAL = "legal"
    COUNTRY_OFFICE = "country_office"
    SITE = "site"
    COMMERCIAL = "commercial"
    SOURCING = "sourcing"
    CLIENT_TEAM = "client_team"
    FOCAL_POINT = "focal_point"
    DEPUTY = "deputy"
    CAPITAL_DESK = "capital_desk"
    DUTY_LINE = "duty_line"
    COMPLAINTS_OFFICE = "complaints_office"
    SECRETARIAT = "secretariat"
    QUICK_RESPONSE = "quick_response"
    """The group an initiative keeps for urgent cases (A15)."""
    GENERAL = "general"

    @property
    def automatic(self) -> bool:
        """Whether a rule may address it; the others are never told automatically."""
        return self not in (
            Level.SITE,
            Level.COUNTRY_OFFICE,
            Level.CLIENT_TEAM,
            Level.COMMERCIAL,
            Level.SOURCING,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address on one channel."""

    id: str
    channel: str
    """`email`, `sms`, `webhook`, `outbox` …: the name of a configured channel."""
    address: str
    members: tuple[str, ...] = ()
    """Contact ids behind a list address; refused unless all of them are allowed."""
    exercise: bool = False

    def __repr__(self) -> str:
        return f"Endpoint(id={self.id!r}, channel={self.channel!r}, address='***')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person or mailbox of a party, with the order in which its endpoints are tried."""

    id: str
    party: str
    label: str
    """What the board shows: a role, not a private name."""
    level: Level
    endpoints: tuple[Endpoint, ...] = ()
    languages: tuple[str, ...] = ("en",)
    hours: str = ""
    """`Mon-Fri 08:00-16:00 Europe/Berlin`; empty: reachable at all hours."""
    rank: int = 0
    """Order within its party; the lowest is told first."""
    verified_until: datetime | None = None
    """Until when somebody stands for its addresses; afterwards it is stale (N28)."""
    away_until: date | None = None
    """On leave to the end of that day; the next contact is told (A11)."""
    source: str = ""
