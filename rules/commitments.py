"""What a recipient has promised in public, by its own policy or through an initiative. Pure.

Only what holds now and somebody verified: nobody is reminded of a promise it has not given.
"""

from datetime import date

from rules.graph import Registry
from rules.steps import usable
from schemas.commitment import Commitment
from schemas.link import LinkKind
from schemas.party import Party

MOST = 4
"""So many fit on a small screen beside the ask."""

_MEMBER = frozenset({LinkKind.MEMBER_OF})


def commitments(party: Party, *, registry: Registry, on: date) -> tuple[Commitment, ...]:
    """Its own promise first, then those of its initiatives by name; at most four."""
    own = _of(party, through="")
    joined = {link.b for link in registry.links_from(party.id, _MEMBER) if usable(link, on) is None}
    parties = sorted(
        (initiative for id in joined if (initiative := registry.party(id)) is not None),
        key=lambda each: (each.name, each.id),
    )
    shared = [promise for each in parties for promise in _of(each, through=each.name)]
    return (*own, *shared)[:MOST]


def _of(party: Party, *, through: str) -> tuple[Commitment, ...]:
    if not party.policy_clauses:
        return ()
    return (
        Commitment(
            clauses=tuple(sorted(set(party.policy_clauses))),
            as_of=party.policy_as_of,
            source=party.policy,
            through=through,
        ),
    )
