"""How a party is linked to what happened: read off the path, hop by hop, and never more than that.

The event says how it begins: each role has the most that can be said of whoever plays it. Each hop
has a most of its own. The weakest of all counts (docs/reference/walks.md; UNGP 13 and 19, L1).
"""

from collections.abc import Mapping
from types import MappingProxyType

from schemas.codes import CountryRole
from schemas.link import LinkKind
from schemas.plan import Linkage, Path

_ORDER = tuple(Linkage)

_ROLE: Mapping[str, Linkage] = MappingProxyType(
    {
        "alleged_perpetrator": Linkage.ALLEGED_PERPETRATOR,
        "operator": Linkage.DIRECTLY_LINKED,
        "site": Linkage.DIRECTLY_LINKED,
        "employer": Linkage.DIRECTLY_LINKED,
        "buyer": Linkage.DIRECTLY_LINKED,
        "investor": Linkage.DIRECTLY_LINKED,
        "adverse_party": Linkage.DIRECTLY_LINKED,
        "security_contractor": Linkage.DIRECTLY_LINKED,
        "technology_provider": Linkage.DIRECTLY_LINKED,
        "organiser": Linkage.DIRECTLY_LINKED,
        **{role.value: Linkage.CONTEXT_LINKED for role in CountryRole},
    }
)
"""Of any other role nothing is said but that somebody named it."""

_ALONG: Mapping[LinkKind, Linkage] = MappingProxyType(
    {
        LinkKind.SAME_AS: Linkage.ALLEGED_PERPETRATOR,
        LinkKind.OPERATES: Linkage.DIRECTLY_LINKED,
        LinkKind.PARENT_OF: Linkage.DIRECTLY_LINKED,
        LinkKind.JOINT_VENTURE_WITH: Linkage.DIRECTLY_LINKED,
        LinkKind.BUYS_FROM: Linkage.DIRECTLY_LINKED,
        LinkKind.CONTRACTS_SECURITY: Linkage.DIRECTLY_LINKED,
        LinkKind.PROVIDES_TECHNOLOGY: Linkage.DIRECTLY_LINKED,
    }
)
_AGAINST: Mapping[LinkKind, Linkage] = MappingProxyType(
    {
        LinkKind.SAME_AS: Linkage.ALLEGED_PERPETRATOR,
        LinkKind.OPERATES: Linkage.CAUSES,
        LinkKind.PARENT_OF: Linkage.CAUSES,
        LinkKind.CONTRACTS_SECURITY: Linkage.CONTRIBUTES,
        LinkKind.HOSTS_PUBLIC_SECURITY: Linkage.CONTRIBUTES,
        LinkKind.PROVIDES_TECHNOLOGY: Linkage.CONTRIBUTES,
        LinkKind.JOINT_VENTURE_WITH: Linkage.DIRECTLY_LINKED,
        LinkKind.BUYS_FROM: Linkage.DIRECTLY_LINKED,
        LinkKind.INVESTS_IN: Linkage.DIRECTLY_LINKED,
        LinkKind.FINANCES: Linkage.DIRECTLY_LINKED,
        LinkKind.SPONSORS: Linkage.DIRECTLY_LINKED,
        LinkKind.HOSTS: Linkage.DIRECTLY_LINKED,
        LinkKind.SOURCES_FROM: Linkage.CONTEXT_LINKED,
    }
)
"""What is not here gives leverage and ties nobody to what happened: memberships, offices, seats."""


def linkage(path: Path) -> Linkage:
    """How whoever stands at the end of the path is linked to what happened."""
    if not path or path[0].kind != "event":
        return Linkage.LEVERAGE_ONLY
    first, *hops = path
    weakest = _ROLE.get(first.a, Linkage.LEVERAGE_ONLY)
    if not hops and first.a in set(CountryRole):
        return Linkage.LEVERAGE_ONLY  # found for the country alone
    here = first.b
    for hop in hops:
        along = hop.a == here
        here = hop.b if along else hop.a
        most = Linkage.LEVERAGE_ONLY
        if hop.kind in set(LinkKind):
            most = (_ALONG if along else _AGAINST).get(LinkKind(hop.kind), most)
        weakest = max(weakest, most, key=_ORDER.index)
    return weakest
