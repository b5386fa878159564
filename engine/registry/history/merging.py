"""One party out of what several sources say of it.

Two sources share a party by a shared identifier alone. Each keeps its own edition of it, so that
importing them again in any order changes nothing; the party in force is made of all. The source
that named it first has precedence; the others fill what it leaves open. What protects is believed
of whoever says it: owned by the state, judged captured, not of A status.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from typing import TypeVar

from rules.states import STATE_KINDS
from schemas.party import Ownership, Party, PartyKind

T = TypeVar("T")


def merge(claims: Sequence[Party]) -> Party:
    """The party in force; `claims`: at least one, the first source first."""
    first = claims[0]
    if all(each == first for each in claims[1:]):
        return first
    policy = _policy(claims)
    return replace(
        first,
        aliases=_aliases(claims),
        identifiers=_all(each.identifiers for each in claims),
        state=_first(each.state for each in claims),
        located=_first(each.located for each in claims),
        ownership=_ownership(claims),
        ganhri=_ganhri(claims),
        independence_override=any(each.independence_override for each in claims),
        sectors=_filled(each.sectors for each in claims),
        support=_filled(each.support for each in claims),
        languages=_filled(each.languages for each in claims),
        political_policy=_first(each.political_policy for each in claims),
        policy=policy.policy,
        policy_clauses=policy.policy_clauses,
        policy_as_of=policy.policy_as_of,
        complaints=_first(each.complaints for each in claims) or "",
        complaint_window=_shortest(each.complaint_window for each in claims),
        requirements=_filled(each.requirements for each in claims),
        marks=_all(each.marks for each in claims),
        details=tuple(sorted(dict(chain(*(each.details for each in reversed(claims)))).items())),
    )


def _policy(claims: Sequence[Party]) -> Party:
    """Whose word on its policy counts: where it stands and what it promises go together.

    The first that says what it promises; else the first that knows where it stands.
    """
    promising = next((each for each in claims if each.policy_clauses), None)
    return promising or next((each for each in claims if each.policy), claims[0])


def _aliases(claims: Sequence[Party]) -> tuple[str, ...]:
    named = _all((each.name, *each.aliases) for each in claims)
    own = set(claims[0].aliases)
    return tuple(name for name in named if name in own or name != claims[0].name)


def _ownership(claims: Sequence[Party]) -> Ownership | None:
    said = [each.ownership for each in claims]
    if claims[0].kind not in STATE_KINDS and any(x.kind is PartyKind.STATE_BODY for x in claims):
        return Ownership.STATE_OWNED  # a body of the state is what the first source calls a firm
    return Ownership.STATE_OWNED if Ownership.STATE_OWNED in said else _first(said)


def _ganhri(claims: Sequence[Party]) -> str | None:
    """`A` only where nobody says otherwise."""
    said = [each.ganhri for each in claims if each.ganhri is not None]
    return next((status for status in said if status != "A"), _first(said))


def _first(said: Iterable[T | None]) -> T | None:
    """What the first source says that says anything."""
    return next((each for each in said if each), None)


def _shortest(said: Iterable[int | None]) -> int | None:
    """Whoever acts within it is in time, whoever of them is right."""
    return min((days for days in said if days is not None), default=None)


def _filled(said: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    return next((each for each in said if each), ())


def _all(said: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    """Everything that any of them says, each once."""
    return tuple(dict.fromkeys(chain(*said)))
