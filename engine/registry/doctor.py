"""What is unsound in a registry, for a person to mend before a night comes. Pure.

Each finding names who, and what could happen; none of it stops anything by itself.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.registry.circles import CONTROL, circles
from engine.registry.houses import Houses
from rules.graph import Registry
from rules.states import of_state
from schemas.contact import Contact, Level
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Party, PartyKind
from schemas.plan import Closure

_FOCAL = frozenset({Level.FOCAL_POINT, Level.DUTY_LINE})
"""Who at a mission answers for defenders. A desk in the capital does not: it stands behind all of a
state's missions, and is told when this one is silent."""

_NUMBER, _BETWEEN_DIGITS = re.compile(r"\+?[\d ().\-/]+"), re.compile(r"[ ().\-/]")


class Unsound(StrEnum):
    """What is wrong, and what to do."""

    IN_EXCLUDED_HOUSE = "in_excluded_house"
    """In an open case somebody is told at an address in the house of whoever must not know."""
    STALE_CONTACT = "stale_contact"
    """Nobody has stood for its addresses for too long: ask there, then import a new date."""
    SHARED_ENDPOINT = "shared_endpoint"
    """Two parties have one address: whoever reads it gets both parties' alerts."""
    SHARED_DOMAIN = "shared_domain"
    """Its address lies in another party's house: were that one excluded, mail would reach it."""
    NO_FOCAL_POINT = "no_focal_point"
    """A mission where nobody is known who answers for defenders, or nobody at all."""
    NO_SOURCE = "no_source"
    """A link of which nobody can say who said it."""
    TO_NOBODY = "to_nobody"
    """A link names a party that nobody has entered: it excludes, and shows as a bare id."""
    OWNS_ITSELF = "owns_itself"
    """Control runs in a circle: one of these links is wrong, or all are excluded together."""
    PERHAPS_THE_SAME = "perhaps_the_same"
    """Two records that may be one party: decide, or each excludes with the other for ever."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Finding:
    """One thing to mend. Ids only; whoever prints it looks the names up."""

    what: Unsound
    parties: tuple[str, ...]
    record: str = ""
    """Of a contact or a link."""
    since: str = ""
    """A day."""
    case: str = ""
    """The reference of an open case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Somebody who is told in an open case, or would be."""

    case: str
    """Its reference."""
    party: str
    closure: str
    """Digest of whom the case excludes."""


def tenants(registry: Registry) -> dict[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    """Of each party with a contact in another's mail house: each such contact, and whose it is."""
    contacts = list(registry.everybody_reached())
    houses = Houses(registry.parties(), contacts)
    found: defaultdict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    for contact in contacts:
        others = houses.others(contact)
        if others:
            found[contact.party].append((contact.id, others))
    return {party: tuple(sorted(some)) for party, some in found.items()}


def in_cases(
    registry: Registry, told: Iterable[Told], closures: Mapping[str, Closure]
) -> tuple[Finding, ...]:
    """Who is told in an open case at an address in the house of somebody it excludes.

    Of what control ties them to this says nothing: a sister company may be told, and writes from
    its excluded parent's house. Whoever two people cleared for the case is still named.
    """
    of_party = tenants(registry)
    found = set()
    for each in told:
        closure = closures.get(each.closure, Closure())
        for contact, others in of_party.get(each.party, ()):
            shut = tuple(other for other in others if _shut(registry, other, closure))
            if shut:
                parties = (each.party, *shut)
                what = Unsound.IN_EXCLUDED_HOUSE
                found.add(Finding(what=what, parties=parties, record=contact, case=each.case))
    return tuple(sorted(found))


def _shut(registry: Registry, id: str, closure: Closure) -> bool:
    party = registry.party(id)
    of_its_state = party is not None and of_state(party, closure.states)
    return of_its_state or closure.find(id) is not None


def examine(registry: Registry, *, now: datetime) -> tuple[Finding, ...]:
    """Everything found in the registry alone, in a fixed order. Looks at every record once."""
    parties = [party for kind in PartyKind for party in registry.of_kind(kind)]
    contacts = [contact for party in parties for contact in registry.contacts(party.id)]
    return tuple(
        sorted(
            {
                *_stale(contacts, now),
                *_shared(contacts),
                *_domains(registry),
                *_unmanned(registry, parties),
                *_links(registry, parties),
                *_circles(registry),
            }
        )
    )


def _stale(contacts: Iterable[Contact], now: datetime) -> Iterator[Finding]:
    for contact in contacts:
        if contact.verified_until is not None and contact.verified_until < now:
            day = contact.verified_until.date().isoformat()
            yield Finding(
                what=Unsound.STALE_CONTACT, parties=(contact.party,), record=contact.id, since=day
            )


def _shared(contacts: Iterable[Contact]) -> Iterator[Finding]:
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for contact in contacts:
        for end in contact.endpoints:
            owners[_as_reached(end.address)].add(contact.party)
    for parties in owners.values():
        if len(parties) > 1:
            yield Finding(what=Unsound.SHARED_ENDPOINT, parties=tuple(sorted(parties)))


def _as_reached(address: str) -> str:
    """The same for all ways in which people write one mailbox or number, by whatever channel."""
    plain = address.strip().casefold()
    return _BETWEEN_DIGITS.sub("", plain) if _NUMBER.fullmatch(plain) else plain


def _domains(registry: Registry) -> Iterator[Finding]:
    """Contacts in a domain that is another party's, unless that one controls them anyway."""
    for party, contacts in tenants(registry).items():
        for contact, others in contacts:
            strangers = [other for other in others if not _controls(registry, other, party)]
            if strangers:
                yield Finding(
                    what=Unsound.SHARED_DOMAIN, parties=(party, *strangers), record=contact
                )


def _controls(registry: Registry, above: str, below: str) -> bool:
    return any(link.a == above for link in registry.links_to(below, CONTROL))


def _unmanned(registry: Registry, parties: Iterable[Party]) -> Iterator[Finding]:
    for party in parties:
        levels = {contact.level for contact in registry.contacts(party.id)}
        if party.kind is PartyKind.MISSION and not levels & _FOCAL:
            yield Finding(what=Unsound.NO_FOCAL_POINT, parties=(party.id,))


def _links(registry: Registry, parties: Iterable[Party]) -> Iterator[Finding]:
    for party in parties:
        for link in (*registry.links_from(party.id), *_from_strangers(registry, party.id)):
            both = tuple(sorted((link.a, link.b)))
            if not link.source:
                yield Finding(what=Unsound.NO_SOURCE, parties=both, record=link.id)
            strangers = tuple(id for id in both if registry.party(id) is None)
            if strangers and link.kind is LinkKind.SAME_AS:
                continue  # what a source calls it elsewhere: nobody is missing, nothing to decide
            if strangers:
                yield Finding(what=Unsound.TO_NOBODY, parties=strangers, record=link.id)
            if link.kind is LinkKind.SAME_AS and link.status is LinkStatus.UNVERIFIED:
                yield Finding(what=Unsound.PERHAPS_THE_SAME, parties=both, record=link.id)


def _from_strangers(registry: Registry, id: str) -> Iterator[Link]:
    for link in registry.links_to(id):
        if registry.party(link.a) is None:
            yield link


def _circles(registry: Registry) -> Iterator[Finding]:
    for ids in circles(registry, CONTROL):
        yield Finding(what=Unsound.OWNS_ITSELF, parties=ids)
