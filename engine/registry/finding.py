"""Finding a party for a person who looks for one: by its id, or by letters of a name. Pure.

Only for showing. What resolves a name to a party that may be linked is `names.parties`.
"""

from rules.graph import Registry
from schemas.party import Party, PartyKind

MOST = 50
_SHORTEST = 2


def find(registry: Registry, words: str, *, most: int = MOST) -> tuple[tuple[Party, ...], bool]:
    """Parties by id, identifier, or letters of a name or alias; and whether there are more.

    The id and whole names stand first, then beginnings, then the rest, each by name.
    """
    sought = words.strip().casefold()
    exact = registry.party(words.strip())
    if len(sought) < _SHORTEST:
        return ((exact,) if exact else (), False)
    ranked: list[tuple[int, str, str, Party]] = []
    for kind in PartyKind:
        for party in registry.of_kind(kind):
            rank = 0 if party is exact else _rank(party, sought)
            if rank is not None:
                ranked.append((rank, party.name.casefold(), party.id, party))
    ranked.sort(key=lambda each: each[:3])
    return tuple(party for *_, party in ranked[:most]), len(ranked) > most


def _rank(party: Party, sought: str) -> int | None:
    names = [party.name.casefold(), *(alias.casefold() for alias in party.aliases)]
    if sought in names or any(sought == each.casefold() for each in party.identifiers):
        return 1
    if any(name.startswith(sought) for name in names):
        return 2
    return 3 if any(sought in name for name in names) else None
