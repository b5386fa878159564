"""Why somebody was found or left out, as a path in words: who does what to whom."""

from engine.web.console.names import Names
from engine.web.words.countries import country_name
from engine.web.words.sentence import Name, Said
from engine.web.words.states import COUNTRY_ROLE
from schemas.codes import CountryRole
from schemas.link import LinkKind
from schemas.plan import Hop, Path

LINKS: dict[LinkKind, str] = {
    LinkKind.OPERATES: "operates",
    LinkKind.PARENT_OF: "is the parent of",
    LinkKind.BUYS_FROM: "buys from",
    LinkKind.INVESTS_IN: "holds part of",
    LinkKind.FINANCES: "finances",
    LinkKind.MEMBER_OF: "is a member of",
    LinkKind.ACCREDITED_TO: "is accredited to",
    LinkKind.REPRESENTS: "represents or represented",
    LinkKind.CONTRACTS_SECURITY: "has its security done by",
    LinkKind.OFFICER_OF: "holds office in",
    LinkKind.SPONSORS: "sponsors",
    LinkKind.PROVIDES_TECHNOLOGY: "provides technology to",
    LinkKind.JOINT_VENTURE_WITH: "runs a joint venture with",
    LinkKind.BODY_OF: "belongs to",
    LinkKind.SAME_AS: "is, or may be, the same as",
    LinkKind.HOSTS_PUBLIC_SECURITY: "has on its ground",
    LinkKind.SOURCES_FROM: "gets goods from",
    LinkKind.LICENSED_BY: "has its licence from",
    LinkKind.TRADE_PROMOTED_BY: "has its trade promoted by",
    LinkKind.CHAPTER_OF: "is a chapter of",
    LinkKind.HOSTS: "hosts events of",
}
_SAID: dict[str, str] = {
    "alleged_perpetrator": "is alleged in the report to be behind it",
    "operator": "operates where it happened",
    "site": "is the site",
    "employer": "is the employer",
    "buyer": "buys from there",
    "investor": "has money in it",
    "mechanism": "runs a complaint line that is named",
    "adverse_party": "is the other side",
    "security_contractor": "guards the place",
    "technology_provider": "provided the technology",
    "organiser": "organises the event",
    "other": "is named in the report",
    "reprisal_of": "runs the complaint line after which this happened",
    "third_state": "is a third state that the desk may ask",
}


def tell_path(path: Path, names: Names) -> tuple[Said, ...]:
    """One sentence per link, in the order of the path."""
    return tuple(_hop(hop, names) for hop in path)


def _hop(hop: Hop, names: Names) -> Said:
    if hop.kind == "event":
        if hop.a in set(CountryRole):
            return (f"{country_name(hop.b)}: {COUNTRY_ROLE[CountryRole(hop.a)]}",)
        who = _party_or_state(hop.b, names)
        return (who, f" {_SAID.get(hop.a, 'is named in the report')}")
    if hop.kind == "seat":
        return (names.party(hop.a), f" belongs to {country_name(hop.b)}")
    verb = LINKS[LinkKind(hop.kind)] if hop.kind in set(LinkKind) else hop.kind.replace("_", " ")
    return (_party_or_state(hop.a, names), f" {verb} ", _party_or_state(hop.b, names))


def _party_or_state(id: str, names: Names) -> Name:
    known = names.party(id)
    return Name(country_name(id)) if known.text == id and len(id) == 2 else known
