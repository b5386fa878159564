"""Parties, links and contacts: the registry's records as everybody else sees them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class PartyKind(StrEnum):
    """What a party is."""

    COMPANY = "company"
    SITE = "site"
    MISSION = "mission"
    MSI = "msi"
    INVESTOR = "investor"
    BANK = "bank"
    EXPORT_CREDIT_AGENCY = "export_credit_agency"
    NHRI = "nhri"
    NGO = "ngo"
    NETWORK = "network"
    ASSOCIATION = "association"
    SPORTS_BODY = "sports_body"
    EVENT_ORGANISER = "event_organiser"
    LAW_FIRM = "law_firm"
    UNION = "union"
    MECHANISM = "mechanism"
    PROTECTION = "protection"
    STATE_BODY = "state_body"
    STATE = "state"
    PERSON = "person"
    """An officer or owner known by an opaque id, for `officer_of` links; never a defender."""
    GROUP = "group"


class LinkKind(StrEnum):
    """A typed relation; `a` does it to `b`: a operates b, a is parent_of b, a buys_from b."""

    OPERATES = "operates"
    PARENT_OF = "parent_of"
    BUYS_FROM = "buys_from"
    INVESTS_IN = "invests_in"
    FINANCES = "finances"
    MEMBER_OF = "member_of"
    ACCREDITED_TO = "accredited_to"
    """A mission to a host state; its operator state is `Party.state`."""
    REPRESENTS = "represents"
    CONTRACTS_SECURITY = "contracts_security"
    OFFICER_OF = "officer_of"
    SPONSORS = "sponsors"
    PROVIDES_TECHNOLOGY = "provides_technology"
    JOINT_VENTURE_WITH = "joint_venture_with"
    BODY_OF = "body_of"
    """A state body, state-owned firm or NHRI of a state."""

    @property
    def control(self) -> bool:
        """Whether `a` controls `b`; such a link can never be cleared for a case."""
        return self in (LinkKind.OPERATES, LinkKind.PARENT_OF, LinkKind.BODY_OF)


class LinkStatus(StrEnum):
    """What we know of a link. Only `verified` ever includes; every status excludes."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    LAPSED = "lapsed"
    DISPUTED = "disputed"
    REFUTED = "refuted"
    """Refuted by two people; still excludes, unless cleared for one case."""
    DECLARED = "declared"
    """A recipient declared a conflict; excludes from then on."""


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
class Party:
    """One party of the registry."""

    id: str
    kind: PartyKind
    name: str
    """Need-to-know: shown on the board and on authenticated pages, never in a message."""
    state: str | None = None
    """ISO code: the seat of a company, the sending state of a mission, the state of an NHRI."""
    ganhri: str | None = None
    """`A`, `B` or None, of an NHRI."""
    independence_override: bool = False
    """Two people judged this NHRI captured: treated as without A status."""
    sectors: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    """ISO codes an MSI or network covers; empty means everywhere."""
    exercise: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One relation: `a` --kind--> `b`."""

    id: str
    kind: LinkKind
    a: str
    b: str
    status: LinkStatus
    source: str
    valid_from: date | None = None
    valid_until: date | None = None
    share: float | None = None
    """Per cent, where the kind has one."""

    def current(self, on: date) -> bool:
        """Whether it holds on that day and is verified: only then it may include."""
        return (
            self.status is LinkStatus.VERIFIED
            and (self.valid_from is None or self.valid_from <= on)
            and (self.valid_until is None or on <= self.valid_until)
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
