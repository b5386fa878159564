"""The words of the path language: where paths start, their steps, what tests may look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, get_args

from schemas.codes import CountryRole, EventType, is_country
from schemas.event import PartyRole
from schemas.link import LinkKind
from schemas.party import Mark, Ownership, PartyKind, PoliticalPolicy

NO_BUSINESS = frozenset({"mechanism", "investor"})
"""Roles that `event.parties` leaves out: helpers or bystanders, not part of the business."""
ROLES: tuple[str, ...] = get_args(PartyRole.model_fields["role"].annotation)
PLACES: Mapping[str, tuple[CountryRole, ...]] = MappingProxyType(
    {
        "event.country": (CountryRole.HAPPENED,),
        "event.here": (CountryRole.HAPPENED, CountryRole.TRANSIT),
        "event.residence": (CountryRole.RESIDENCE,),
        "event.nationality": (CountryRole.NATIONALITY,),
        "event.transit": (CountryRole.TRANSIT,),
        "event.requesting": (CountryRole.REQUESTING,),
    }
)
"""Countries of the event by role: starts, and lists for tests."""
STARTS: Mapping[str, str] = MappingProxyType(
    {
        "event.parties": "those of the business whom the event names",
        **{f"event.{role}": f"whom the event names as {role}" for role in ROLES},
        "event.country": "the state where it happened",
        "event.here": "the states where it happened or where the person is held on the way",
        "event.residence": "the states where the persons live",
        "event.nationality": "the persons' own states",
        "event.transit": "the states that hold somebody on the way",
        "event.requesting": "the states that ask for somebody's return",
        "desk.states": "the states listed beside the path under `states:`",
        **{f"registry.{kind}": f"every party of the kind {kind}" for kind in PartyKind},
    }
)
HOME = "home"
"""The step from a party to its state."""
LINKS: Mapping[str, LinkKind] = MappingProxyType({kind.value: kind for kind in LinkKind})
"""Steps along a link, or with `^` against it."""
SEATED: Mapping[str, PartyKind] = MappingProxyType(
    {
        kind.value: kind
        for kind in (
            PartyKind.MISSION,
            PartyKind.NHRI,
            PartyKind.STATE_BODY,
            PartyKind.EXPORT_CREDIT_AGENCY,
            PartyKind.COMPANY,
            PartyKind.BANK,
            PartyKind.INVESTOR,
        )
    }
)
"""Steps from a state, or from a party by way of its state, to what has its seat there."""
STEPS: frozenset[str] = frozenset({HOME, *LINKS, *SEATED})


class Domain(StrEnum):
    """What a value is; only values of one domain are compared."""

    COUNTRY = "a country"
    SECTOR = "a sector"
    SUPPORT = "a kind of support"
    LANGUAGE = "a language"
    KIND = "a kind of party"
    OWNERSHIP = "a kind of ownership"
    POLICY = "a policy on political cases"
    MARK = "a mark"
    GANHRI = "a GANHRI status"
    TERM = "a term of contract"
    CODE = "an event code"
    TYPE = "an event type"
    DEFENDER = "a kind of defender"
    NUMBER = "a number"
    SHARE = "a share"
    FLAG = "true or false"

    @property
    def ordered(self) -> bool:
        """Whether < and > mean anything."""
        return self in (Domain.NUMBER, Domain.SHARE)


VALUES: Mapping[Domain, tuple[str, ...]] = MappingProxyType(
    {
        Domain.KIND: tuple(PartyKind),
        Domain.OWNERSHIP: tuple(Ownership),
        Domain.POLICY: tuple(PoliticalPolicy),
        Domain.MARK: tuple(Mark),
        Domain.GANHRI: ("A", "B"),
        Domain.TYPE: tuple(EventType),
    }
)
"""The only values of these domains. A country is checked by `is_country`."""


def known(domain: Domain, text: str) -> bool:
    """Whether the text can be a value of the domain at all."""
    if domain is Domain.COUNTRY:
        return is_country(text)
    return domain not in VALUES or text in VALUES[domain]


Of = Literal["link", "host", "party", "event"]
"""Whose attribute it is: the link just gone over, the mission's host, the party reached."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """Something that a test may look at. `many`: a list, which is known even when empty."""

    of: Of
    domain: Domain
    meaning: str
    many: bool = False


_D = Domain
ATTRIBUTES: Mapping[str, Attribute] = MappingProxyType(
    {
        "share": Attribute("link", _D.SHARE, "what part is held, written 1% or 0.01"),
        "tier": Attribute("link", _D.NUMBER, "of buys_from: 1 is a direct supplier"),
        "terms": Attribute("link", _D.TERM, "what the two agreed that gives leverage", True),
        "link.sectors": Attribute("link", _D.SECTOR, "the lines of business it is about", True),
        "host": Attribute("host", _D.COUNTRY, "of the step mission: where it is accredited"),
        "kind": Attribute("party", _D.KIND, "what the party is"),
        "state": Attribute("party", _D.COUNTRY, "its seat, or the state itself"),
        "located": Attribute("party", _D.COUNTRY, "where it physically is, if elsewhere"),
        "sectors": Attribute("party", _D.SECTOR, "its sectors", True),
        "regions": Attribute("party", _D.COUNTRY, "the countries it covers", True),
        "support": Attribute("party", _D.SUPPORT, "what kinds of protection it offers", True),
        "languages": Attribute("party", _D.LANGUAGE, "its languages", True),
        "ownership": Attribute("party", _D.OWNERSHIP, "who owns it"),
        "political_policy": Attribute("party", _D.POLICY, "whether it takes up political cases"),
        "ganhri": Attribute("party", _D.GANHRI, "of an NHRI"),
        "independence_override": Attribute("party", _D.FLAG, "of an NHRI: judged captured"),
        "marks": Attribute("party", _D.MARK, "standing remarks about it", True),
        "named": Attribute("party", _D.FLAG, "the event names it as part of the business"),
        "ultimate": Attribute("party", _D.FLAG, "no good link says who controls it"),
        **{
            name: Attribute("event", _D.COUNTRY, STARTS[name].removeprefix("the "), True)
            for name in PLACES
        },
        "desk.states": Attribute("event", _D.COUNTRY, "the states listed beside the path", True),
        "event.sector": Attribute("event", _D.SECTOR, "its sector"),
        "event.code": Attribute("event", _D.CODE, "what was done"),
        "event.type": Attribute("event", _D.TYPE, "act, warning, change ..."),
        "event.defender_kinds": Attribute("event", _D.DEFENDER, "kinds of defender", True),
        "event.wanted": Attribute("event", _D.SUPPORT, "the kinds of help asked for", True),
        "event.exercise": Attribute("event", _D.FLAG, "whether it is a drill"),
    }
)
