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
    LinkKind.REPRESENTS: "acts or acted for",
    LinkKind.CONTRACTS_SECURITY: "is guarded by",
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
_PASSIVE: dict[LinkKind, str] = {
    LinkKind.OPERATES: "is run by",
    LinkKind.PARENT_OF: "is controlled by",
    LinkKind.BUYS_FROM: "sells to",
    LinkKind.INVESTS_IN: "is owned in part by",
    LinkKind.FINANCES: "is financed by",
    LinkKind.MEMBER_OF: "has as a member",
    LinkKind.ACCREDITED_TO: "has accredited",
    LinkKind.REPRESENTS: "is or was represented by",
    LinkKind.CONTRACTS_SECURITY: "guards",
    LinkKind.OFFICER_OF: "is led in part by people of",
    LinkKind.SPONSORS: "is sponsored by",
    LinkKind.PROVIDES_TECHNOLOGY: "has technology from",
    LinkKind.JOINT_VENTURE_WITH: "runs a joint venture with",
    LinkKind.BODY_OF: "has as its body",
    LinkKind.SAME_AS: "is, or may be, the same as",
    LinkKind.HOSTS_PUBLIC_SECURITY: "is stationed on the ground of",
    LinkKind.SOURCES_FROM: "delivers to",
    LinkKind.LICENSED_BY: "licenses",
    LinkKind.TRADE_PROMOTED_BY: "promotes the trade of",
    LinkKind.CHAPTER_OF: "has as a chapter",
    LinkKind.HOSTS: "has its events hosted by",
}
"""The same link, said of its other end."""
_VERBS: dict[str, tuple[str, str]] = {
    kind.value: (verb, _PASSIVE[kind]) for kind, verb in LINKS.items()
}
_SAID: dict[str, str] = {
    "alleged_perpetrator": "is said to be behind it",
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
    if hop.kind == "by_hand":
        return (names.party(hop.b), " was added by a person")
    if hop.kind == "seat":
        return (names.party(hop.a), f" belongs to {country_name(hop.b)}")
    verb = LINKS[LinkKind(hop.kind)] if hop.kind in set(LinkKind) else hop.kind.replace("_", " ")
    return (_party_or_state(hop.a, names), f" {verb} ", _party_or_state(hop.b, names))


def _party_or_state(id: str, names: Names) -> Name:
    known = names.party(id)
    return Name(country_name(id)) if known.text == id and len(id) == 2 else known


def path_clause(party: str, path: Path, names: Names) -> Said:
    """The whole way as one would say it after the party's name, back to where it began.

    `is the parent of Cerro Minera, which is guarded by Guardia Sur, which …`. A long way
    is said by its length and its beginning; empty where the way does not lead to the party.
    """
    links = [hop for hop in reversed(path) if hop.kind != "event"]
    if len(links) > LINKS_SAID and path[0].kind == "event":
        far = f"is tied by {len(links)} links to "
        return (far, _party_or_state(path[0].b, names), ", which ", *_began(path[0], names))
    said: list[str | Name] = []
    here = party
    for hop in reversed(path):
        said += [", which "] if said else []
        if hop.kind == "event":
            return (*said, *_began(hop, names))
        if hop.kind == "seat":
            said += ["belongs to ", country_name(hop.b)]
            if path[0].kind == "event" and path[0].b != here:
                said += [", as does ", _party_or_state(path[0].b, names), ", which "]
                said += _began(path[0], names)
            return tuple(said)
        if here not in (hop.a, hop.b):
            return ()
        verb, passive = _VERBS.get(hop.kind, ("is tied to", "is tied to"))
        said.append(f"{verb if hop.a == here else passive} ")
        here = hop.b if hop.a == here else hop.a
        said.append(_party_or_state(here, names))
    return tuple(said)


def _began(hop: Hop, names: Names) -> Said:
    """What the event says of where a way begins, without the name."""
    first, *rest = _hop(hop, names)[1:] or ("is named in the report",)
    return (first.lstrip() if isinstance(first, str) else first, *rest)


LINKS_SAID = 3
"""More links than these are not said in one sentence."""
