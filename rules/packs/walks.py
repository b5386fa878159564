"""The ready-made walks, in the path language of docs/reference/walks.md.

Parts are named by walks and by rulebooks, and cannot be told by themselves. Exclusion is no
business of a walk: whoever must not know is left out of whatever any walk finds.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from schemas.codes import TrackName


class Ready(NamedTuple):
    """A walk: its path, what it is for, and the audience it belongs to."""

    path: str
    meaning: str
    track: TrackName


_HERE = "covers(event.here, event.sector)"
_T = TrackName

PARTS: Mapping[str, str] = MappingProxyType(
    {
        # Those named, the clients of a named guard, partners, and whoever controls any of them.
        "family": (
            "event.parties"
            "/(^contracts_security | joint_venture_with | ^joint_venture_with)?"
            "/(^operates | ^parent_of)*"
            "/(joint_venture_with | ^joint_venture_with)?"
        ),
        # The family, and what those named control.
        "base": "family | event.parties/(operates | parent_of)*",
        # Who is asked which initiatives it belongs to, and who holds a part of it.
        "business": "base/^buys_from?",
        "sports_bodies": 'event.parties[kind in ["sports_body", "event_organiser"]]',
        "governing_bodies": 'sports_bodies/member_of+[kind == "sports_body"]',
    }
)

READY: Mapping[str, Ready] = MappingProxyType(
    {
        # Companies
        "operators": Ready(
            "event.operator | event.parties/^operates",
            "Who operates the place where it happened.",
            _T.COMPANIES,
        ),
        "group": Ready(
            'family[!named && (!has(kind) || !(kind in ["site", "person", "state", "group"]))]',
            "The headquarters above those named: parents, operators, partners, clients.",
            _T.COMPANIES,
        ),
        "group_above": Ready(
            "event.parties/(^operates | ^parent_of)+",
            "Whoever controls those named, at any height.",
            _T.COMPANIES,
        ),
        "group_below": Ready(
            "event.parties/(operates | parent_of)+",
            "Whatever those named control, at any depth.",
            _T.COMPANIES,
        ),
        "ultimate_parent": Ready(
            'event.parties/(^operates | ^parent_of)*[ultimate && kind != "site"]',
            "The top of each group: controlled by nobody we know of.",
            _T.COMPANIES,
        ),
        "buyers": Ready(
            "base/^buys_from",
            "Who buys from those named, or from their group.",
            _T.COMPANIES,
        ),
        "direct_buyers": Ready(
            "base/^buys_from[!has(tier) || tier <= 1]",
            "Buyers of which nobody says that they buy through others.",
            _T.COMPANIES,
        ),
        "buyers_to_tier_2": Ready(
            "base/^buys_from[tier <= 2]",
            "Buyers who name it as a supplier of the first or second tier.",
            _T.COMPANIES,
        ),
        "buyers_to_tier_3": Ready(
            "base/^buys_from[tier <= 3]",
            "Buyers who name it as a supplier of the first to third tier.",
            _T.COMPANIES,
        ),
        "buyers_of_buyers": Ready(
            "base/^buys_from{1,3}",
            "Buyers, who buys from these, and who from those.",
            _T.COMPANIES,
        ),
        "companies": Ready(
            "group | buyers",
            "Headquarters that have a say: the buyers', and the group's own.",
            _T.COMPANIES,
        ),
        "technology_providers": Ready(
            "event.technology_provider | base/^provides_technology",
            "Who provides technology to the business.",
            _T.COMPANIES,
        ),
        "exposed": Ready(
            'event.country/^sources_from[kind == "company"'
            " && (!has(link.sectors) || link.sectors == event.sector)]",
            "Companies that get goods of this sector from this country: patterns only.",
            _T.COMPANIES,
        ),
        # Money
        "investors": Ready(
            "business/^invests_in",
            "Who holds shares in the group, then in its buyers.",
            _T.INVESTORS,
        ),
        "direct_investors": Ready(
            "event.parties/^invests_in",
            "Who holds shares in those named themselves.",
            _T.INVESTORS,
        ),
        "group_investors": Ready(
            "base/^invests_in", "Who holds shares in the group.", _T.INVESTORS
        ),
        "major_investors": Ready(
            "business/^invests_in[share >= 1%]",
            "Who holds at least one per cent of the group or of a buyer.",
            _T.INVESTORS,
        ),
        "lenders": Ready("base/^finances", "Who finances the group.", _T.INVESTORS),
        "export_credit": Ready(
            'base/^finances[kind == "export_credit_agency"]',
            "Export credit agencies behind the group.",
            _T.INVESTORS,
        ),
        # States
        "home_states": Ready(
            "family/home[!(state in event.country)]",
            "The states where the group has its seats, without the one where it happened.",
            _T.MISSIONS,
        ),
        "home_missions": Ready(
            "home_states/mission[host == event.country]",
            "Missions, in the country of the event, of the states where the group has its seats.",
            _T.MISSIONS,
        ),
        "residence_missions": Ready(
            "event.residence/mission[host == event.here]",
            "Missions of the state where the person lives, where they are or are held on the way.",
            _T.MISSIONS,
        ),
        "nationality_missions": Ready(
            "event.nationality/mission[host == event.here]",
            "Missions of the person's own state. Dangerous: only with explicit consent (A30).",
            _T.MISSIONS,
        ),
        "third_missions": Ready(
            "desk.states/mission[host == event.country]",
            "Missions of the states on the desk's own list, where it happened.",
            _T.MISSIONS,
        ),
        "home_nhri": Ready(
            "home_states/nhri",
            "The human rights institutions of the states where the group has its seats.",
            _T.NHRIS,
        ),
        # Initiatives: regional chapters first, then the secretariats.
        "msis": Ready(
            f'business/member_of[kind == "msi"]/^chapter_of[{_HERE}]'
            f' then business/member_of[kind == "msi" && {_HERE}]'
            f' then business/member_of/chapter_of[kind == "msi" && {_HERE}]',
            "Initiatives of which the group or a buyer is a member, for this sector and country.",
            _T.MSIS,
        ),
        "msis_by_place": Ready(
            f"registry.msi[{_HERE}]/^chapter_of[{_HERE}] then registry.msi[{_HERE}]",
            "Initiatives for this sector and country, whoever is a member.",
            _T.MSIS,
        ),
        "trade_associations": Ready(
            f'business/member_of[kind == "association" && {_HERE}]',
            "Trade associations of the group or a buyer; where an excluded party holds office,"
            " exclusion leaves it out.",
            _T.MSIS,
        ),
        "networks": Ready(
            f'business/member_of[kind == "network" && {_HERE}]',
            "Business networks of the group or a buyer.",
            _T.MSIS,
        ),
        "agreements": Ready(
            f'business/member_of[kind == "agreement" && {_HERE}]',
            "Binding agreements that the group or a buyer has signed.",
            _T.MSIS,
        ),
        # Mechanisms
        "mechanisms": Ready(
            f"registry.mechanism[{_HERE}] | lenders",
            "UN and regional mechanisms for this country, and the complaint offices of lenders.",
            _T.MECHANISMS,
        ),
        "mechanisms_by_treaty": Ready(
            'event.country/member_of[kind == "mechanism"]',
            "Mechanisms of treaties to which the state is a party.",
            _T.MECHANISMS,
        ),
        "mechanisms_by_region": Ready(
            f"registry.mechanism[has(regions) && {_HERE}]",
            "Mechanisms made for this region.",
            _T.MECHANISMS,
        ),
        "complaints_offices": Ready(
            "lenders", "The lenders, by their complaints offices.", _T.MECHANISMS
        ),
        # Help that needs no link
        "protection": Ready(
            f"registry.protection[{_HERE}]", "Vetted providers of protection.", _T.PROTECTION
        ),
        "protection_wanted": Ready(
            f"registry.protection[{_HERE} && support == event.wanted]",
            "Providers of the kind of protection that the person asked for.",
            _T.PROTECTION,
        ),
        "legal": Ready(
            f"registry.law_firm[{_HERE}]",
            "Law firms that work in this country; whom they represent is for exclusion to see.",
            _T.LEGAL,
        ),
        "unions": Ready(
            f"registry.union[{_HERE}]", "Unions for this country and sector.", _T.UNIONS
        ),
        # Sport
        "sports": Ready(
            "(sports_bodies | governing_bodies)/^sponsors?",
            "The sports bodies named, the bodies above them, and who sponsors these.",
            _T.SPORTS,
        ),
        "event_sponsors": Ready(
            "(event.organiser | sports_bodies)/(^sponsors | ^hosts)",
            "Who sponsors or hosts the event.",
            _T.SPORTS,
        ),
    }
)
