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
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date

from rules.graph import Registry
from schemas.codes import CountryRole
from schemas.event import PartyRole, ThreatEvent
from schemas.party import Level, Link, LinkKind, LinkStatus, Party, PartyKind
from schemas.plan import Closure, Excluded, Hop, Path, Reason

NEVER_OF_A_CONTROLLER: tuple[str, ...] = tuple(
    sorted({*(level.value for level in Level if not level.automatic), Level.LEGAL.value})
)
"""Levels of a controller that not even two people may release."""

_SEED_ROLES = ("alleged_perpetrator", "adverse_party")
_OPERATOR_ROLES = ("operator", "site", "employer")
_OWNS = frozenset({LinkKind.OPERATES, LinkKind.PARENT_OF, LinkKind.INVESTS_IN})
_CONTROLLING_SHARE = 50.0
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
_STATE_KINDS = frozenset({PartyKind.STATE, PartyKind.STATE_BODY, PartyKind.MISSION, PartyKind.NHRI})

_HARDEST_FIRST = (
    Reason.PERPETRATOR_CLOSURE,
    Reason.REQUESTING_STATE,
    Reason.TRANSIT_STATE,
    Reason.STATE_OF_PERPETRATOR,
    Reason.MECHANISM_OF_COMPLAINT,
    Reason.REPRESENTS,
    Reason.OFFICER_OF,
    Reason.UNKNOWN_PERPETRATOR_GROUP,
    Reason.CONTROLLER_NEEDS_TWO,
)


def closure(registry: Registry, event: ThreatEvent) -> Closure:
    """Everybody excluded by this event over this registry. Never raises; never truncated."""
    net = _Net(registry, on=event.occurred.at.date() if event.occurred.at else None)
    seeds = list(_seeds(registry, event))
    states = _states(registry, event, seeds)
    spyware = event.code == "spyware"
    net.around(seeds, Reason.PERPETRATOR_CLOSURE, vendors=spyware)
    for part in event.parties:
        beside = part.role == "security_contractor" or (
            spyware and part.role == "technology_provider"
        )
        if part.party and beside:
            net.with_all_below(_Reach(part.party, (_said(part),)), Reason.PERPETRATOR_CLOSURE)
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
        if known is None or _hardness(entry) < _hardness(known):
            hardest[entry.party] = entry
    return _sealed(hardest.values(), {*a.states, *b.states})


def independent(party: Party) -> bool:
    """Whether this is an NHRI with A status that nobody has judged captured."""
    return party.kind is PartyKind.NHRI and party.ganhri == "A" and not party.independence_override


def of_state(party: Party, states: Iterable[str]) -> bool:
    """Whether it speaks for one of these states, listed as its body or not."""
    return party.kind in _STATE_KINDS and party.state in tuple(states) and not independent(party)


@dataclass(frozen=True, slots=True)
class _Reach:
    """A party reached, with the path to it and whether a soft link lies on that path."""

    party: str
    path: Path
    distance: int = 0
    clearable: bool = False


_Near = Callable[[str], Iterable[tuple[str, Link]]]


@dataclass
class _Net:
    """Collects exclusions; of several grounds for one party the hardest stays."""

    registry: Registry
    on: date | None
    tagged: bool = False
    _kept: dict[str, Excluded] = field(default_factory=dict)

    def entries(self) -> Iterator[Excluded]:
        return iter(self._kept.values())

    def around(self, seeds: Iterable[_Reach], reason: Reason, *, vendors: bool = False) -> None:
        """The seeds, what they control, who controls them, and those beside them."""
        seeds = tuple(seeds)
        below = self._flood(seeds, self._controlled)
        # A site is no house of its own: its operators stand where it stands for what lies aside.
        beside = (*below, *(up for reach in below for up in self._operators_of(reach)))
        above = [
            reach
            for reach in self._flood(seeds, self._controllers)
            if reach.party not in {known.party for known in below}
        ]
        for reach in below:
            self._add(reach, reason)
        for reach in above:
            self._controller(reach, reason)
        self._aside(beside, below, reason, vendors=vendors)
        controllers = {reach.party for reach in above}
        for firm in self._neighbours((*beside, *above), self._law_firms):
            self.with_all_below(firm, Reason.REPRESENTS)
        for firm in self._neighbours(self._law_firms_among(below), self._clients_of_law_firm):
            self.with_all_below(firm, Reason.REPRESENTS)
        for body in self._seats_of((*beside, *above)):
            # Directors sit on their parent's board by nature; two people decide about that one.
            if body.party not in controllers:
                self.with_all_below(body, Reason.OFFICER_OF)

    def with_all_below(self, start: _Reach, reason: Reason) -> None:
        for reach in self._flood((start,), self._controlled):
            self._add(reach, reason)

    def state(self, code: str | None, state: _Reach, reason: Reason) -> None:
        """A state, its bodies, missions and firms, but no independent NHRI."""
        starts = [state]
        for party in self.registry.of_state(code) if code else ():
            if of_state(party, (code or "",)):
                seat = Hop(kind="seat", a=party.id, b=code or "")
                starts.append(_Reach(party.id, (*state.path, seat), state.distance + 1))
        for reach in self._flood(starts, self._controlled_by_state):
            self._add(reach, reason)

    def mechanisms(self, event: ThreatEvent) -> None:
        """Who runs the complaint mechanism after which this happened."""
        if event.reprisal_of is None:
            return
        named = {part.party for part in event.parties if part.role == "mechanism"}
        for id in sorted({event.reprisal_of.mechanism, *named} - {None, ""}, key=str):
            path = (Hop(kind="event", a="reprisal_of", b=str(id)),)
            start = _Reach(str(id), path)
            operators = self._neighbours((start,), self._controllers)
            self.tagged = not operators  # nobody knows who runs it: two people may say
            self.with_all_below(start, Reason.MECHANISM_OF_COMPLAINT)
            self.tagged = False
            for operator in operators:
                self.with_all_below(operator, Reason.MECHANISM_OF_COMPLAINT)

    def _aside(
        self,
        beside: Iterable[_Reach],
        below: Iterable[_Reach],
        reason: Reason,
        *,
        vendors: bool,
    ) -> None:
        reached = [
            *self._neighbours(beside, self._partners),
            *self._neighbours(beside, self._guards),
            *self._neighbours(below, self._clients),
            *(self._neighbours(beside, self._vendors) if vendors else ()),
        ]
        for reach in reached:
            self.with_all_below(reach, reason)
            for operator in self._operators_of(reach):
                self.with_all_below(operator, reason)

    def _controller(self, reach: _Reach, reason: Reason) -> None:
        if self.tagged:
            self._add(reach, reason)
            return
        self._add(reach, Reason.CONTROLLER_NEEDS_TWO, levels=NEVER_OF_A_CONTROLLER)
        party = self.registry.party(reach.party)
        if party is not None and party.kind in _STATE_KINDS:
            return  # a state's other firms are excluded with the state
        for sister in self._flood((reach,), self._controlled)[1:]:
            self._add(sister, Reason.CONTROLLER_NEEDS_TWO, levels=NEVER_OF_A_CONTROLLER)

    def _add(self, reach: _Reach, reason: Reason, *, levels: tuple[str, ...] = ()) -> None:
        entry = Excluded(
            party=reach.party,
            reason=reason,
            path=reach.path,
            tagged=self.tagged,
            levels=levels,
            clearable=reach.clearable,
            distance=reach.distance,
        )
        known = self._kept.get(reach.party)
        if known is None or _hardness(entry) < _hardness(known):
            self._kept[reach.party] = entry

    # Walking. Every listing of the registry is ordered, so the first path found is always the same.

    def _flood(self, starts: Iterable[_Reach], near: _Near) -> list[_Reach]:
        """The starts and all that is reached from them, any depth, nearest first."""
        frontier = list(starts)
        seen: dict[str, _Reach] = {}
        while frontier:
            fresh: dict[str, _Reach] = {}
            for reach in frontier:
                known = seen.get(reach.party)
                # A firm ground found later replaces a soft one found earlier.
                if known is None or (known.clearable and not reach.clearable):
                    seen[reach.party] = fresh[reach.party] = reach
            frontier = self._neighbours(fresh.values(), near)
        return list(seen.values())

    def _neighbours(self, starts: Iterable[_Reach], near: _Near) -> list[_Reach]:
        """One hop from each start."""
        return [
            self._over(start, other, link) for start in starts for other, link in near(start.party)
        ]

    def _over(self, start: _Reach, party: str, link: Link) -> _Reach:
        hop = Hop(kind=link.kind.value, a=link.a, b=link.b, link=link.id)
        return _Reach(
            party, (*start.path, hop), start.distance + 1, start.clearable or self._soft(link)
        )

    def _soft(self, link: Link) -> bool:
        """Whether two people may clear what rests on it: no control, and ended or unverified."""
        if _controls(link):
            return False
        ended = self.on is not None and link.valid_until is not None and link.valid_until < self.on
        return ended or link.status not in (LinkStatus.VERIFIED, LinkStatus.DECLARED)

    def _controlled(self, id: str) -> Iterator[tuple[str, Link]]:
        for link in self.registry.links_from(id, _OWNS):
            if _controls(link):
                yield link.b, link

    def _controlled_by_state(self, id: str) -> Iterator[tuple[str, Link]]:
        yield from self._controlled(id)
        for link in self.registry.links_to(id, {LinkKind.BODY_OF}):
            body = self.registry.party(link.a)
            if body is None or not independent(body):
                yield link.a, link

    def _controllers(self, id: str) -> Iterator[tuple[str, Link]]:
        for link in self.registry.links_to(id, _OWNS):
            if _controls(link):
                yield link.a, link

    def _operators_of(self, reach: _Reach) -> list[_Reach]:
        party = self.registry.party(reach.party)
        if party is None or party.kind is not PartyKind.SITE:
            return []
        operators = self.registry.links_to(reach.party, {LinkKind.OPERATES})
        return [self._over(reach, link.a, link) for link in operators]

    def _partners(self, id: str) -> Iterator[tuple[str, Link]]:
        for link in self.registry.links_from(id, {LinkKind.JOINT_VENTURE_WITH}):
            yield link.b, link
        for link in self.registry.links_to(id, {LinkKind.JOINT_VENTURE_WITH}):
            yield link.a, link

    def _guards(self, id: str) -> Iterator[tuple[str, Link]]:
        for link in self.registry.links_from(id, {LinkKind.CONTRACTS_SECURITY}):
            yield link.b, link

    def _clients(self, id: str) -> Iterator[tuple[str, Link]]:
        for link in self.registry.links_to(id, {LinkKind.CONTRACTS_SECURITY}):
            yield link.a, link

    def _vendors(self, id: str) -> Iterator[tuple[str, Link]]:
        for link in self.registry.links_to(id, {LinkKind.PROVIDES_TECHNOLOGY}):
            yield link.a, link

    def _law_firms(self, id: str) -> Iterator[tuple[str, Link]]:
        for link in self.registry.links_to(id, {LinkKind.REPRESENTS}):
            yield link.a, link

    def _clients_of_law_firm(self, id: str) -> Iterator[tuple[str, Link]]:
        for link in self.registry.links_from(id, {LinkKind.REPRESENTS}):
            yield link.b, link

    def _law_firms_among(self, reaches: Iterable[_Reach]) -> list[_Reach]:
        found = []
        for reach in reaches:
            party = self.registry.party(reach.party)
            if party is not None and party.kind is PartyKind.LAW_FIRM:
                found.append(reach)
        return found

    def _offices(self, id: str) -> Iterator[tuple[str, Link]]:
        for link in self.registry.links_from(id, {LinkKind.OFFICER_OF}):
            yield link.b, link

    def _officers(self, id: str) -> Iterator[tuple[str, Link]]:
        for link in self.registry.links_to(id, {LinkKind.OFFICER_OF}):
            yield link.a, link

    def _seats_of(self, houses: Iterable[_Reach]) -> list[_Reach]:
        """Where a house, or one of its people, holds office."""
        houses = list(houses)
        people = self._neighbours(houses, self._officers)
        own = {house.party for house in houses}
        return [
            body
            for body in self._neighbours((*houses, *people), self._offices)
            if body.party not in own
        ]


def _seeds(registry: Registry, event: ThreatEvent) -> Iterator[_Reach]:
    for part in event.parties:
        if part.role in _SEED_ROLES and part.party:
            seed = _Reach(part.party, (_said(part),))
            yield seed
            yield from _houses_of_person(registry, seed)


def _houses_of_person(registry: Registry, seed: _Reach) -> Iterator[_Reach]:
    """The firm whose manager is alleged is alleged with them."""
    person = registry.party(seed.party)
    if person is None or person.kind is not PartyKind.PERSON:
        return
    for link in registry.links_from(seed.party, {LinkKind.OFFICER_OF}):
        house = registry.party(link.b)
        if house is not None and house.kind in _HOUSES:
            hop = Hop(kind=link.kind.value, a=link.a, b=link.b, link=link.id)
            yield _Reach(link.b, (*seed.path, hop), 1)


def _states(
    registry: Registry, event: ThreatEvent, seeds: Iterable[_Reach]
) -> list[tuple[str | None, _Reach, Reason]]:
    """Excluded states as (code if known, where the path starts, reason)."""
    found: list[tuple[str | None, _Reach, Reason]] = []
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
) -> Iterator[tuple[str, _Reach, Reason]]:
    path = (Hop(kind="event", a=said, b=code),)
    listed = [party.id for party in registry.of_state(code) if party.kind is PartyKind.STATE]
    for id in listed or [code]:
        yield code, _Reach(id, path), reason


def _state_above(registry: Registry, seed: _Reach) -> list[_Reach]:
    """The states a seed speaks for, belongs to or is owned by, whatever lies between."""
    found, seen, frontier = [], {seed.party}, [seed]
    while frontier:
        above: list[_Reach] = []
        for reach in frontier:
            party = registry.party(reach.party)
            if party is not None and party.kind in _STATE_KINDS and not independent(party):
                found.append(reach)
            links = (
                *((link.b, link) for link in registry.links_from(reach.party, {LinkKind.BODY_OF})),
                *((link.a, link) for link in registry.links_to(reach.party, _OWNS)),
            )
            for other, link in links:
                if other not in seen and _controls(link):
                    seen.add(other)
                    hop = Hop(kind=link.kind.value, a=link.a, b=link.b, link=link.id)
                    above.append(_Reach(other, (*reach.path, hop), reach.distance + 1))
        frontier = above
    return found


def _perpetrator_unknown(registry: Registry, event: ThreatEvent, seeds: Iterable[_Reach]) -> bool:
    """Nobody alleged, or somebody alleged whom the registry does not know."""
    alleged = [part for part in event.parties if part.role in _SEED_ROLES]
    named = {seed.party for seed in seeds if registry.party(seed.party) is not None}
    unresolved = [
        part for part in alleged if part.party not in named and part.perpetrator_kind != "state"
    ]
    return not alleged or bool(unresolved)


def _operators(registry: Registry, event: ThreatEvent) -> list[_Reach]:
    """Those who run what the event is about, with their joint-venture partners to come."""
    found = []
    for part in event.parties:
        if part.role in _OPERATOR_ROLES and part.party:
            found.append(_Reach(part.party, (_said(part),)))
    return found


def _controls(link: Link) -> bool:
    """Whether `a` controls `b` by it (or, of a body, `b` controls `a`)."""
    if link.kind is LinkKind.INVESTS_IN:
        return link.share is not None and link.share >= _CONTROLLING_SHARE
    return link.kind.control


def _said(part: PartyRole) -> Hop:
    return Hop(kind="event", a=part.role, b=part.party or "")


def _hardness(entry: Excluded) -> tuple[bool, bool, bool, int, int, str]:
    """Smaller is harder: what nobody can lift stands before what two people can."""
    return (
        entry.tagged,
        entry.clearable,
        bool(entry.levels),
        _HARDEST_FIRST.index(entry.reason),
        entry.distance,
        repr(entry.path),
    )


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
