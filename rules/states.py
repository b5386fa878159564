"""Who speaks for a state."""

from collections.abc import Iterable

from schemas.party import Party, PartyKind

STATE_KINDS = frozenset({PartyKind.STATE, PartyKind.STATE_BODY, PartyKind.MISSION, PartyKind.NHRI})


def independent(party: Party) -> bool:
    """Whether this is an NHRI with A status that nobody has judged captured."""
    return party.kind is PartyKind.NHRI and party.ganhri == "A" and not party.independence_override


def of_state(party: Party, states: Iterable[str]) -> bool:
    """Whether it speaks for one of these states, listed as its body or not."""
    return party.kind in STATE_KINDS and party.state in tuple(states) and not independent(party)
