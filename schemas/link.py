"""Links: typed, dated, sourced relations between two parties."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


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
    SAME_AS = "same_as"
    """Two records of one party, read either way. Unverified (perhaps) it excludes all the same."""
    HOSTS_PUBLIC_SECURITY = "hosts_public_security"
    """A site or company on whose ground police or soldiers (a state body) are stationed (A5)."""
    SOURCES_FROM = "sources_from"
    """A company has exposure to a country, in `Link.sectors` (L2); `b` is the state's party."""
    LICENSED_BY = "licensed_by"
    """Holds a concession or licence of a state body (L8)."""
    TRADE_PROMOTED_BY = "trade_promoted_by"
    """Gets trade promotion from a desk of its home state (L8)."""
    CHAPTER_OF = "chapter_of"
    """A regional chapter of an initiative, network or union (A16)."""
    HOSTS = "hosts"
    """Hosts an event of an organiser: a city, a state, a venue (A23)."""

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
    WITHDRAWN = "withdrawn"
    """Its source took it back, or corrected it into something else; what it said still excludes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One relation: `a` --kind--> `b`."""

    id: str
    kind: LinkKind
    a: str
    b: str
    status: LinkStatus
    source: str
    """Which list or person says so, the same for every edition: `gleif`, `missions`, `ana`."""
    valid_from: date | None = None
    valid_until: date | None = None
    share: float | None = None
    """Per cent, where the kind has one."""
    tier: int | None = None
    """`buys_from`: 1 is a direct supplier."""
    sectors: tuple[str, ...] = ()
    """The lines of business it is about; empty: all or unknown."""
    value: float | None = None
    currency: str = ""
    """Of `value`, ISO 4217."""
    as_of: date | None = None
    """The day of the disclosure, where that is all that is known."""
    terms: tuple[str, ...] = ()
    """What the two agreed that gives leverage: `human_rights_clause`, `audit_right` … (A7)."""
    evidence: str = ""
    """Where to read it up: a title, a page, a record number; no address."""
    verified_by: str = ""
    """The person, or the official register, that stands for it."""
    verified_at: datetime | None = None

    def current(self, on: date) -> bool:
        """Whether it holds on that day and is verified: only then it may include."""
        return (
            self.status is LinkStatus.VERIFIED
            and (self.valid_from is None or self.valid_from <= on)
            and (self.valid_until is None or on <= self.valid_until)
        )
