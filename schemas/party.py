"""Parties: everybody in the registry who can be linked or told."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from schemas.commitment import PolicyClause as PolicyClause
from schemas.form import FormPoint as FormPoint


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
    """A list whose members the guard expands; a response group has `Party.expires`."""
    AGREEMENT = "agreement"
    """A binding agreement: its signatories are members, who enforces it operates it (A28)."""
    CHAMPION = "champion"
    """Somebody well known who speaks up; public mode only (A22)."""


class Ownership(StrEnum):
    """Who owns a company (A4)."""

    LISTED = "listed"
    PRIVATE = "private"
    STATE_OWNED = "state_owned"
    """Excluded with its state, linked to it or not."""
    SME = "sme"
    FAMILY = "family"
    JOINT_VENTURE = "joint_venture"


class PoliticalPolicy(StrEnum):
    """Whether an initiative takes up what it calls political (A17)."""

    ACCEPTS = "accepts"
    REVIEWING = "reviewing"
    REFUSES = "refuses"


class Mark(StrEnum):
    """A standing remark about a party that people and templates heed."""

    EXCLUDES_USUAL_COUNTERPARTS = "excludes_usual_counterparts"
    """Its invitations go beyond the usual guests; somebody reviews the list (A12)."""
    PATTERN_ONLY = "pattern_only"
    """Gets patterns, no case about a person (A20)."""
    LOCAL_CONVENOR = "local_convenor"
    """May own a case room in its country (A27)."""
    COALITION = "coalition"
    """A coalition of investors; its members are members (A8)."""
    KNOWLEDGE_BINDS = "knowledge_binds"
    """Of a state: what a company was told can bind it in law there (L9)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One party of the registry."""

    id: str
    kind: PartyKind
    name: str
    """Need-to-know: shown on the board and on authenticated pages, never in a message."""
    aliases: tuple[str, ...] = ()
    """Other names that somebody stands for, letter for letter; former ones too."""
    identifiers: tuple[str, ...] = ()
    """`lei:…`, `os_id:…`, `wikidata:Q42`: at most one party has each."""
    state: str | None = None
    """ISO code: the seat of a company, the sending state of a mission, the state of an NHRI."""
    located: str | None = None
    """ISO code of the country it physically is in, where that is another: a mission, a fund."""
    ownership: Ownership | None = None
    ganhri: str | None = None
    """`A`, `B` or None, of an NHRI."""
    independence_override: bool = False
    """Two people judged this NHRI captured: treated as without A status."""
    sectors: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    """ISO codes that an MSI, network or mechanism covers; empty means everywhere."""
    support: tuple[str, ...] = ()
    """Of a provider of protection: `relocation`, `legal`, `medical`, `digital`, `grant` …"""
    languages: tuple[str, ...] = ()
    political_policy: PoliticalPolicy | None = None
    policy: str = ""
    """Where its own public policy on defenders is to be found (L3)."""
    policy_clauses: tuple[PolicyClause, ...] = ()
    """What that policy promises; shown to the party itself beside what is asked."""
    policy_as_of: date | None = None
    """When somebody last read it there."""
    complaints: str = ""
    """Where it takes complaints, or a mechanism its communications (A15, A25)."""
    complaint_window: int | None = None
    """Days after what happened within which it takes a complaint: of an agreement, what its
    contract says (A28). None: nobody said."""
    requirements: tuple[FormPoint, ...] = ()
    """What its form wants to be told, in the order of that form (A25)."""
    marks: tuple[Mark, ...] = ()
    expires: date | None = None
    """Of a response group made for one matter (A18): nobody is told through it afterwards."""
    source: str = ""
    """Which list or person says so, the same for every edition."""
    details: tuple[tuple[str, str], ...] = ()
    """What a person may want to read, sorted by its key; decides nothing."""
    exercise: bool = False
    other_states: tuple[str, ...] = ()
    """States it was counted to before, or is by another source. Only excludes; the store's to say,
    never a file's."""
