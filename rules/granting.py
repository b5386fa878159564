"""How two words of one subject go together: narrower at once, wider only by people.

What counts is a scope: audiences, mode, fields, time, and who must have agreed. `narrowest` allows
what both allow and nothing else; it asks neither which of them came first nor how often one came,
so that words which arrive late, twice or in the wrong order never open what another one shut.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from schemas.codes import Audience, FieldName, Mode, TrackName
from schemas.consent import Basis, Community, Consent, Scope

NOTHING = Scope(audiences=(), mode=Mode.QUIET, basis=Basis.PERSON)
"""What somebody allows of whom nothing is recorded, or who took it back."""

EVERYTHING = Scope(audiences=tuple(Audience), mode=Mode.PUBLIC, basis=Basis.NO_IDENTIFIABLE_PERSON)
"""Narrows nothing: where a word names a part only, the rest is as here."""

_OURS = (FieldName.ASK, FieldName.ANSWER_BY)
"""Fields that say nothing of the case: what is left where two words have none in common."""

_STRICTER: Mapping[Basis, int] = MappingProxyType(
    {
        Basis.NECESSITY: 0,  # opens the door to vetted protection alone
        Basis.COMMUNITY: 1,  # counts only once enough agreed
        Basis.PERSON: 2,
        Basis.REPRESENTATIVE: 2,
        Basis.GUARDIAN: 2,
        Basis.NO_IDENTIFIABLE_PERSON: 3,  # opens where there is nobody to ask
    }
)


_THEIR_OWN = (Basis.PERSON, Basis.COMMUNITY)
"""Not said for somebody by another. A community's word may have come to a person's own."""


def counting(known: Consent | None) -> Scope:
    """What is allowed by the record that counts, as it stands."""
    if known is None or known.revoked:
        return NOTHING
    return replace(known.scope, audiences=known.opens)


def narrowest(one: Scope, other: Scope) -> Scope:
    """What both allow. The person's own word goes before one that was said for them: whoever speaks
    for them may not go beyond it alone, however the two came. Of two representatives: of `one`."""
    basis = min(one.basis, other.basis, key=lambda each: (_STRICTER[each], each.proxy))
    return Scope(
        audiences=tuple(each for each in one.audiences if each in other.audiences),
        mode=one.mode if one.mode.within(other.mode) else other.mode,
        basis=basis,
        fields=_fields(one.fields, other.fields),
        until=_earlier(one.until, other.until),
        community=_community(one, other) if basis is Basis.COMMUNITY else None,
    )


def within(one: Scope, other: Scope) -> bool:
    """Whether `other` allows all that `one` allows."""
    if not one.audiences and one.basis is not Basis.NECESSITY:
        return True
    return _same(narrowest(one, other), one)


def people_needed(known: Consent | None, said: Scope) -> int:
    """How many people of ours it takes to widen to this; 0 where it is no widening.

    Two for companies, the public, wherever nobody is said to be identifiable, and for a
    representative who goes beyond the person's own word, or their community's.
    """
    now = counting(known)
    if within(said, now):
        return 0
    companies = not within(_only(said, TrackName.COMPANIES), _only(now, TrackName.COMPANIES))
    nobody = said.basis is Basis.NO_IDENTIFIABLE_PERSON
    over_own_word = said.basis.proxy and known is not None and known.basis in _THEIR_OWN
    return 2 if companies or nobody or over_own_word or said.mode is Mode.PUBLIC else 1


def digest(scope: Scope) -> str:
    """Names a scope, so that whoever agrees says to what; the order of its parts is no matter."""
    community = scope.community
    said = repr(
        (
            sorted(set(scope.audiences)),
            scope.mode,
            scope.basis,
            _beyond_ours(scope.fields),
            None if scope.until is None else scope.until.timestamp(),
            None
            if community is None
            else (community.needed, community.of, sorted(set(community.agreed))),
        )
    )
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _same(one: Scope, other: Scope) -> bool:
    return (
        set(one.audiences) == set(other.audiences)
        and one.mode is other.mode
        and _STRICTER[one.basis] == _STRICTER[other.basis]
        and _beyond_ours(one.fields) == _beyond_ours(other.fields)
        and one.until == other.until
        and one.community == other.community
    )


def _only(scope: Scope, audience: Audience) -> Scope:
    """What it allows this audience; one that is not allowed has nothing that could be narrower."""
    if audience not in scope.audiences:
        return NOTHING
    return replace(scope, audiences=(audience,))


def _fields(one: tuple[FieldName, ...], other: tuple[FieldName, ...]) -> tuple[FieldName, ...]:
    """None named: all. What is ours anyway stays, or nothing left would read as all."""
    if not one or not other or set(one) == set(other):
        return one or other
    return tuple(each for each in FieldName if each in _OURS or (each in one and each in other))


def _beyond_ours(fields: tuple[FieldName, ...]) -> list[FieldName] | None:
    """What a consent is needed for; None: all."""
    return sorted(set(fields) - set(_OURS)) if fields else None


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((each for each in (one, other) if each is not None), default=None)


def _community(one: Scope, other: Scope) -> Community | None:
    """Of two words of a community: as many as either needs, and those whom both name."""
    said = [scope.community for scope in (one, other) if scope.basis is Basis.COMMUNITY]
    if None in said:
        return None
    first, *more = (each for each in said if each is not None)
    for each in more:
        first = Community(
            needed=max(first.needed, each.needed),
            of=min(first.of, each.of),
            agreed=tuple(id for id in first.agreed if id in each.agreed),
        )
    return first
