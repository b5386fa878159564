"""Who stands around a party: at most sixty, the weightiest first, for a person who looks.

To the left stands who does something to it, to the right those to whom it does something; each
neighbour's own neighbours follow on the same side while there is room. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from rules.graph import Registry
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import PartyKind

MOST = 60
"""Parties in one picture, the one in the middle among them: more is no picture any more."""
_FIRST_RING = 36
_DEEP = 2
_HUBS = frozenset({PartyKind.STATE, PartyKind.MSI, PartyKind.ASSOCIATION})
"""Everybody is linked to these: what is behind them says nothing about the party in the middle."""
_WEIGHT = tuple(LinkKind)
"""Control stands first in the vocabulary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """One party in the picture, with the links that tie it to the one before it."""

    id: str
    name: str
    kind: PartyKind | None
    """None: a link names it, and nobody has entered it."""
    beside: str
    """The party one step nearer to the middle."""
    ring: int
    left: bool
    links: tuple[Link, ...]
    """At least one; the first is the weightiest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbourhood:
    """Those around one party, nearest first."""

    centre: str
    around: tuple[Neighbour, ...]
    left_out: int
    """Direct neighbours for which there was no room."""


def neighbourhood(registry: Registry, centre: str, *, most: int = MOST) -> Neighbourhood:
    """The picture of one party; the same registry always gives the same one."""
    seen = {centre}
    first = list(_beside(registry, centre, ring=1, seen=seen))
    kept = first[: min(_FIRST_RING, most - 1)]
    left_out = len(first) - len(kept)
    around = list(kept)
    ring = kept
    for number in range(2, _DEEP + 1):
        further: list[Neighbour] = []
        for each in ring:
            if each.kind in _HUBS:
                continue
            for found in _beside(registry, each.id, ring=number, seen=seen):
                if found.left is each.left and len(around) + len(further) < most - 1:
                    further.append(found)
                    seen.add(found.id)
        around += further
        ring = further
    return Neighbourhood(centre=centre, around=tuple(around), left_out=left_out)


def _beside(registry: Registry, id: str, *, ring: int, seen: set[str]) -> Iterator[Neighbour]:
    """The direct neighbours not seen yet, weightiest first. Marks those of the first ring seen."""
    ties: dict[str, list[Link]] = {}
    for link in (*registry.links_to(id), *registry.links_from(id)):
        other = link.a if link.b == id else link.b
        if other != id and other not in seen:
            ties.setdefault(other, []).append(link)
    found = []
    for other, links in ties.items():
        links.sort(key=_weight)
        party = registry.party(other)
        found.append(
            Neighbour(
                id=other,
                name=party.name if party else other,
                kind=party.kind if party else None,
                beside=id,
                ring=ring,
                left=links[0].b == id,
                links=tuple(links),
            )
        )
    found.sort(key=lambda each: (_weight(each.links[0])[:2], each.name, each.id))
    if ring == 1:
        seen.update(each.id for each in found)
    yield from found


def _weight(link: Link) -> tuple[bool, int, str]:
    """Smaller stands first: what counts today, control, then the id."""
    return (link.status is not LinkStatus.VERIFIED, _WEIGHT.index(link.kind), link.id)
