"""Parties, links and contacts in words."""

from schemas.contact import Level
from schemas.link import LinkStatus
from schemas.party import Mark, Ownership, PartyKind, PolicyClause, PoliticalPolicy

PARTY_KIND: dict[PartyKind, str] = {
    PartyKind.COMPANY: "company",
    PartyKind.SITE: "site",
    PartyKind.MISSION: "embassy or consulate",
    PartyKind.MSI: "multi-stakeholder initiative",
    PartyKind.INVESTOR: "investor",
    PartyKind.BANK: "bank",
    PartyKind.EXPORT_CREDIT_AGENCY: "export credit agency",
    PartyKind.NHRI: "national human rights institution",
    PartyKind.NGO: "organisation",
    PartyKind.NETWORK: "network",
    PartyKind.ASSOCIATION: "association",
    PartyKind.SPORTS_BODY: "sports body",
    PartyKind.EVENT_ORGANISER: "organiser of events",
    PartyKind.LAW_FIRM: "law firm",
    PartyKind.UNION: "union",
    PartyKind.MECHANISM: "mechanism",
    PartyKind.PROTECTION: "provider of protection",
    PartyKind.STATE_BODY: "body of a state",
    PartyKind.STATE: "state",
    PartyKind.PERSON: "person, without a name",
    PartyKind.GROUP: "group",
    PartyKind.AGREEMENT: "agreement",
    PartyKind.CHAMPION: "champion",
}

LEVEL: dict[Level, str] = {
    Level.HQ_HUMAN_RIGHTS: "human rights lead, headquarters",
    Level.LEGAL: "legal",
    Level.COUNTRY_OFFICE: "country office, never told by machine",
    Level.SITE: "site, never told by machine",
    Level.COMMERCIAL: "commercial, never told by machine",
    Level.SOURCING: "sourcing, never told by machine",
    Level.CLIENT_TEAM: "client team, never told by machine",
    Level.FOCAL_POINT: "focal point",
    Level.DEPUTY: "deputy",
    Level.CAPITAL_DESK: "desk in the capital",
    Level.DUTY_LINE: "line at all hours",
    Level.COMPLAINTS_OFFICE: "complaints office",
    Level.SECRETARIAT: "secretariat",
    Level.QUICK_RESPONSE: "quick response group",
    Level.GENERAL: "general",
}

LINK_STATUS: dict[LinkStatus, str] = {
    LinkStatus.VERIFIED: "verified",
    LinkStatus.UNVERIFIED: "not verified: excludes, brings nobody in",
    LinkStatus.LAPSED: "no longer named by its source: excludes",
    LinkStatus.DISPUTED: "disputed: excludes",
    LinkStatus.REFUTED: "refuted by two: excludes, unless cleared for a case",
    LinkStatus.DECLARED: "a conflict they declared: excludes",
    LinkStatus.WITHDRAWN: "taken back or corrected: excludes",
}

OWNERSHIP: dict[Ownership, str] = {
    Ownership.LISTED: "listed on a stock exchange",
    Ownership.PRIVATE: "private",
    Ownership.STATE_OWNED: "owned by its state",
    Ownership.SME: "small or medium",
    Ownership.FAMILY: "owned by a family",
    Ownership.JOINT_VENTURE: "joint venture",
}

POLITICAL_POLICY: dict[PoliticalPolicy, str] = {
    PoliticalPolicy.ACCEPTS: "takes up political matters",
    PoliticalPolicy.REVIEWING: "is reviewing whether it takes up political matters",
    PoliticalPolicy.REFUSES: "refuses political matters",
}

MARK: dict[Mark, str] = {
    Mark.EXCLUDES_USUAL_COUNTERPARTS: "invites others than the usual guests; review the list",
    Mark.PATTERN_ONLY: "gets patterns, no case about a person",
    Mark.LOCAL_CONVENOR: "may convene in its country",
    Mark.COALITION: "a coalition; its members are members",
    Mark.KNOWLEDGE_BINDS: "what a company was told can bind it in law there",
}

POLICY_CLAUSE: dict[PolicyClause, str] = {
    PolicyClause.NON_INTERFERENCE: "not to interfere with defenders",
    PolicyClause.ENGAGE: "to engage with them",
    PolicyClause.PETITION_STATE: "to petition states for them",
    PolicyClause.ZERO_TOLERANCE: "to tolerate no reprisal against anybody who raises a concern",
}
