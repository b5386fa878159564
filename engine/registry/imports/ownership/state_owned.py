"""Firms that a state stands above, as far as one file shows it."""

from collections.abc import Mapping
from dataclasses import replace

from engine.registry.imports.ownership.interests import CONTROLLING
from schemas.link import Link, LinkKind
from schemas.party import Ownership, Party, PartyKind

_OF_A_STATE = frozenset({PartyKind.STATE, PartyKind.STATE_BODY})
_CONTROLS = frozenset({LinkKind.PARENT_OF, LinkKind.OPERATES})


def state_owned(parties: Mapping[str, Party], links: Mapping[str, Link]) -> dict[str, Party]:
    """The parties, firms below a state or a state's body marked so, over whatever lies between.

    By every link, ended or not: they are excluded with their state (A4).
    """
    below: dict[str, list[str]] = {}
    for link in links.values():
        if link.kind in _CONTROLS or (link.share or 0) >= CONTROLLING:
            below.setdefault(link.a, []).append(link.b)
        elif link.kind is LinkKind.SAME_AS:
            below.setdefault(link.a, []).append(link.b)
            below.setdefault(link.b, []).append(link.a)
    reached = {id for id, party in parties.items() if party.kind in _OF_A_STATE}
    frontier = sorted(reached)
    while frontier:
        fresh = {other for id in frontier for other in below.get(id, ())} - reached
        reached |= fresh
        frontier = sorted(fresh)
    return {
        id: replace(party, ownership=Ownership.STATE_OWNED)
        if id in reached and party.kind is PartyKind.COMPANY
        else party
        for id, party in parties.items()
    }
