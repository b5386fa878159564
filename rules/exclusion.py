"""Who must never know of an event: the perpetrators and everybody tied to them (design 6.1).

Over every link ever known, whatever its status: a wrong exclusion costs one helper, a wrong
inclusion may cost a life. From the alleged perpetrators (the *seeds*):

* down: all they control, at any depth;
* up: whoever controls them, told only by two people and never below headquarters; what those
  control besides (sister companies) likewise, since they answer to the same house;
* aside, one hop, adding those and what they control, not what controls them: joint-venture
  partners, guards, the clients of an alleged guard firm, law firms, associations in which their
  people hold office, spyware vendors;
* states, if a state is behind it, asks for the person, or holds them on the way.

Two judgements of ours. A site is no house of its own: whoever operates it stands beside it. And
law firms and board seats are followed from the controllers too, or a parent that needs two people
would hear it from the association it chairs.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict

from rules.graph import Registry
from rules.net import OWNS, Net, Reach, controls, hardness, said
from rules.states import STATE_KINDS, independent
from schemas.codes import CountryRole
from schemas.event import ThreatEvent
from schemas.link import LinkKind
from schemas.party import PartyKind
from schemas.plan import Closure, Excluded, Hop, Reason

_SEED_ROLES = ("alleged_perpetrator", "adverse_party")
_OPERATOR_ROLES = ("operator", "site", "employer")
_HOUSES = frozenset(
    {
        PartyKind.COMPANY,
        PartyKind.SITE,
        PartyKind.INVESTOR,
        PartyKind.BANK,
        PartyKind.EXPORT_CREDIT_AGENCY,
        PartyKind.LAW_FIRM,
        PartyKind.EVENT_ORGANISER,
        PartyKind.STATE_BODY,
        PartyKind.STATE,
        PartyKind.MISSION,
    }
)
"""An alleged person's own house of one of these kinds is alleged with them; in others they sit."""


def closure(registry: Registry, event: ThreatEvent) -> Closure:
    """Everybody excluded by this event over this registry. Never raises; never truncated."""
    net = Net(registry, on=event.occurred.at.date() if event.occurred.at else None)
    seeds = list(_seeds(registry, event))
    states = _states(registry, event, seeds)
    spyware = event.code == "spyware"
    net.around(seeds, Reason.PERPETRATOR_CLOSURE, vendors=spyware)
    for part in event.parties:
        beside = part.role == "security_contractor" or (
            spyware and part.role == "technology_provider"
        )
        if part.party and beside:
            net.with_all_below(Reach(part.party, (said(part),)), Reason.PERPETRATOR_CLOSURE)
    for code, state, reason in states:
        net.state(code, state, reason)
    if _perpetrator_unknown(registry, event, seeds):
        net.tagged = True
        net.around(_operators(registry, event), Reason.UNKNOWN_PERPETRATOR_GROUP)
        net.tagged = False
    net.mechanisms(event)
    return _sealed(
        (entry for entry in net.entries()), {code for code, _, _ in states if code is not None}
    )


def join(a: Closure, b: Closure) -> Closure:
    """Both together: nobody excluded by either becomes tellable, the harder reason stays."""
    hardest: dict[str, Excluded] = {}
    for entry in (*a.entries, *b.entries):
        known = hardest.get(entry.party)
        if known is None or hardness(entry) < hardness(known):
            hardest[entry.party] = entry
    return _sealed(hardest.values(), {*a.states, *b.states})


def _seeds(registry: Registry, event: ThreatEvent) -> Iterator[Reach]:
    for part in event.parties:
        if part.role in _SEED_ROLES and part.party:
            seed = Reach(part.party, (said(part),))
            yield seed
            yield from _houses_of_person(registry, seed)


def _houses_of_person(registry: Registry, seed: Reach) -> Iterator[Reach]:
    """The firm whose manager is alleged is alleged with them."""
    person = registry.party(seed.party)
    if person is None or person.kind is not PartyKind.PERSON:
        return
    for link in registry.links_from(seed.party, {LinkKind.OFFICER_OF}):
        house = registry.party(link.b)
        if house is not None and house.kind in _HOUSES:
            hop = Hop(kind=link.kind.value, a=link.a, b=link.b, link=link.id)
            yield Reach(link.b, (*seed.path, hop), 1)


def _states(
    registry: Registry, event: ThreatEvent, seeds: Iterable[Reach]
) -> list[tuple[str | None, Reach, Reason]]:
    """Excluded states as (code if known, where the path starts, reason)."""
    found: list[tuple[str | None, Reach, Reason]] = []
    for country in event.countries:
        reason = {
            CountryRole.REQUESTING: Reason.REQUESTING_STATE,
            CountryRole.TRANSIT: Reason.TRANSIT_STATE,
        }.get(country.role)
        if reason is not None:
            found.extend(_state_of_code(registry, country.code, country.role.value, reason))
    for seed in seeds:
        for reach in _state_above(registry, seed):
            state = registry.party(reach.party)
            found.append((state.state if state else None, reach, Reason.STATE_OF_PERPETRATOR))
    happened = [each.code for each in event.countries if each.role is CountryRole.HAPPENED]
    for part in event.parties:
        if part.role in _SEED_ROLES and part.perpetrator_kind == "state":
            known = registry.party(part.party) if part.party else None
            for code in [known.state] if known and known.state else happened:
                found.extend(_state_of_code(registry, code, part.role, Reason.STATE_OF_PERPETRATOR))
    return found


def _state_of_code(
    registry: Registry, code: str, said: str, reason: Reason
) -> Iterator[tuple[str, Reach, Reason]]:
    path = (Hop(kind="event", a=said, b=code),)
    listed = [party.id for party in registry.of_state(code) if party.kind is PartyKind.STATE]
    for id in listed or [code]:
        yield code, Reach(id, path), reason


def _state_above(registry: Registry, seed: Reach) -> list[Reach]:
    """The states a seed speaks for, belongs to or is owned by, whatever lies between."""
    found, seen, frontier = [], {seed.party}, [seed]
    while frontier:
        above: list[Reach] = []
        for reach in frontier:
            party = registry.party(reach.party)
            # What has bodies is a state, even if nobody has entered it as one.
            listed = bool(reach.path) and reach.path[-1].kind == LinkKind.BODY_OF
            if listed or (
                party is not None and party.kind in STATE_KINDS and not independent(party)
            ):
                found.append(reach)
            links = (
                *((link.b, link) for link in registry.links_from(reach.party, {LinkKind.BODY_OF})),
                *((link.a, link) for link in registry.links_to(reach.party, OWNS)),
            )
            for other, link in links:
                if other not in seen and controls(link):
                    seen.add(other)
                    hop = Hop(kind=link.kind.value, a=link.a, b=link.b, link=link.id)
                    above.append(Reach(other, (*reach.path, hop), reach.distance + 1))
        frontier = above
    return found


def _perpetrator_unknown(registry: Registry, event: ThreatEvent, seeds: Iterable[Reach]) -> bool:
    """Nobody alleged, or somebody alleged whom the registry does not know."""
    alleged = [part for part in event.parties if part.role in _SEED_ROLES]
    named = {seed.party for seed in seeds if registry.party(seed.party) is not None}
    unresolved = [
        part for part in alleged if part.party not in named and part.perpetrator_kind != "state"
    ]
    return not alleged or bool(unresolved)


def _operators(registry: Registry, event: ThreatEvent) -> list[Reach]:
    """Those who run what the event is about, with their joint-venture partners to come."""
    found = []
    for part in event.parties:
        if part.role in _OPERATOR_ROLES and part.party:
            found.append(Reach(part.party, (said(part),)))
    return found


def _sealed(entries: Iterable[Excluded], states: Iterable[str]) -> Closure:
    """Sorted, with the digest that facts name it by."""
    ordered = tuple(sorted(entries, key=lambda entry: entry.party))
    codes = tuple(sorted(states))
    if not ordered and not codes:
        return Closure()
    whole = json.dumps([[asdict(entry) for entry in ordered], codes], sort_keys=True)
    return Closure(
        digest=hashlib.sha256(whole.encode()).hexdigest()[:32], entries=ordered, states=codes
    )
