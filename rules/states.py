"""Who speaks for a state."""

from collections.abc import Iterable

from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Ownership, Party, PartyKind

STATE_KINDS = frozenset({PartyKind.STATE, PartyKind.STATE_BODY, PartyKind.MISSION, PartyKind.NHRI})


def independent(party: Party) -> bool:
    """Whether this is an NHRI with A status that nobody has judged captured."""
    return party.kind is PartyKind.NHRI and party.ganhri == "A" and not party.independence_override


def speaks(party: Party) -> bool:
    """Whether it speaks for a state or belongs to one (A4), listed as its body or not."""
    if party.ownership is Ownership.STATE_OWNED:
        return True
    return party.kind in STATE_KINDS and not independent(party)


def of_state(party: Party, states: Iterable[str]) -> bool:
    """Whether it speaks for, or belongs to, one of these states."""
    return party.state is not None and speaks(party) and party.state in tuple(states)


def state_id(code: str) -> str:
    """The id under which importers enter a state."""
    return f"state:{code}"


def once_of(earlier: Party, *, version: int) -> Link | None:
    """The link by which an earlier record of a party keeps it out with its state; None if it did
    not speak for any. What it was counts for ever: a privatised firm, an embassy moved to another.
    """
    if earlier.state is None or not speaks(earlier) or earlier.kind is PartyKind.STATE:
        return None
    return Link(
        id=f"{earlier.id}~state~{version}",
        kind=LinkKind.BODY_OF,
        a=earlier.id,
        b=state_id(earlier.state),
        status=LinkStatus.WITHDRAWN,
        source=earlier.source,
    )
