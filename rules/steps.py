"""The steps that walks are made of: over usable links only, each find with its path."""

from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, field
from datetime import date

from rules.graph import Registry
from schemas.codes import CountryRole
from schemas.event import ThreatEvent
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Party, PartyKind
from schemas.plan import Hop, Path, Reason, Withheld

_CONTROL = frozenset({LinkKind.OPERATES, LinkKind.PARENT_OF})
_NO_START = ("mechanism", "investor")
"""Roles from which no walk starts: they are helpers or bystanders, not part of the business."""
_WHERE = frozenset({CountryRole.HAPPENED, CountryRole.TRANSIT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A party a walk reached."""

    party: str
    path: Path

    @property
    def nearness(self) -> tuple[int, int, str]:
        """Smaller is nearer: hops that are no control, all hops, then the id."""
        loose = sum(hop.kind not in _CONTROL and hop.kind != "event" for hop in self.path)
        return (loose, len(self.path), self.party)


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """What a walk yields: those it may include, and those only a bad link would include."""

    found: tuple[Found, ...] = ()
    withheld: tuple[Withheld, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where walks start: one event over one registry, on one day."""

    registry: Registry
    event: ThreatEvent
    on: date | None
    """The day links must hold. None: only links without an end are trusted."""
    states: tuple[str, ...] = ()
    """`third_missions`: the states whose missions the desk trusts."""


def usable(link: Link, on: date | None) -> Reason | None:
    """None when the link may include on that day, else why not."""
    if link.status is LinkStatus.LAPSED:
        return Reason.LINK_NOT_CURRENT
    if link.status is not LinkStatus.VERIFIED:
        return Reason.LINK_UNVERIFIED
    holds = link.valid_until is None if on is None else link.current(on)
    return None if holds else Reason.LINK_NOT_CURRENT


@dataclass
class Steps:
    """One walk under way: remembers whom a bad link would have brought in."""

    start: Start
    _refused: dict[str, Withheld] = field(default_factory=dict)
    _base: tuple[Found, ...] | None = None

    def done(self, finds: Iterable[Found]) -> Walked:
        """Each party once, by its nearest path; withheld only if no good link brings it in."""
        by_nearness = nearest(finds)
        kept = tuple(found for found in by_nearness if self.start.registry.party(found.party))
        unknown = tuple(
            Withheld(party=found.party, reason=Reason.UNKNOWN_PARTY, path=found.path)
            for found in by_nearness
            if not self.start.registry.party(found.party)
        )
        there = {found.party for found in by_nearness}
        refused = tuple(
            self._refused[party] for party in sorted(self._refused) if party not in there
        )
        return Walked(found=kept, withheld=unknown + refused)

    def kind(self, found: Found) -> PartyKind | None:
        party = self.start.registry.party(found.party)
        return party.kind if party else None

    def covers(self, found: Found) -> bool:
        party = self.start.registry.party(found.party)
        return party is not None and covers(party, self.start.event)

    def named(self) -> list[Found]:
        """The business parties that the event itself names."""
        return [
            Found(party=part.party, path=(Hop(kind="event", a=part.role, b=part.party),))
            for part in self.start.event.parties
            if part.party and part.role not in _NO_START
        ]

    def family(self) -> tuple[Found, ...]:
        """Those named, the clients of a named guard, partners, and whoever controls any of them."""
        named = self.named()
        beside = [
            *named,
            *self.into(named, LinkKind.CONTRACTS_SECURITY),
            *self.into(named, LinkKind.JOINT_VENTURE_WITH),
            *self.out_of(named, LinkKind.JOINT_VENTURE_WITH),
        ]
        controlled = self._spread(beside, lambda each: self.into(each, *sorted(_CONTROL)))
        partners = [
            *self.into(controlled, LinkKind.JOINT_VENTURE_WITH),
            *self.out_of(controlled, LinkKind.JOINT_VENTURE_WITH),
        ]
        return nearest((*controlled, *partners))

    def base(self) -> tuple[Found, ...]:
        """The family, and what those named control."""
        if self._base is None:
            below = self._spread(self.named(), lambda each: self.out_of(each, *sorted(_CONTROL)))
            self._base = nearest((*self.family(), *below))
        return self._base

    def buyers(self) -> list[Found]:
        return self.into(self.base(), LinkKind.BUYS_FROM)

    def up(self, starts: Iterable[Found], kind: LinkKind) -> list[Found]:
        """All that is reached over this kind of link from `a` to `b`, without the starts."""
        starts = tuple(starts)
        known = {found.party for found in starts}
        reached = self._spread(starts, lambda each: self.out_of(each, kind))
        return [found for found in reached if found.party not in known]

    def into(self, finds: Iterable[Found], *kinds: LinkKind) -> list[Found]:
        """One hop against the links: who does it to these."""
        return list(self._hop(finds, frozenset(kinds), forward=False))

    def out_of(self, finds: Iterable[Found], *kinds: LinkKind) -> list[Found]:
        """One hop along the links: to whom these do it."""
        return list(self._hop(finds, frozenset(kinds), forward=True))

    def home_states(self) -> list[tuple[str, Path]]:
        """The seats of the family, but not the country where it happened."""
        happened = _codes(self.start.event, CountryRole.HAPPENED)
        found: dict[str, Path] = {}
        for member in self.family():
            party = self.start.registry.party(member.party)
            if party is None or party.state is None or party.state in happened:
                continue
            seat = Hop(kind="seat", a=party.id, b=party.state)
            found.setdefault(party.state, (*member.path, seat))
        return list(found.items())

    def said_states(self, role: CountryRole) -> list[tuple[str, Path]]:
        return [
            (code, (Hop(kind="event", a=role.value, b=code),))
            for code in _codes(self.start.event, role)
        ]

    def missions(self, states: Iterable[tuple[str, Path]], *, in_transit: bool) -> Iterator[Found]:
        """The missions of these states to where it happened."""
        event = self.start.event
        hosts = set(_codes(event, CountryRole.HAPPENED))
        if in_transit:
            hosts.update(_codes(event, CountryRole.TRANSIT))
        for code, path in states:
            for party in self.start.registry.of_state(code):
                if party.kind is not PartyKind.MISSION:
                    continue
                mission = Found(party=party.id, path=path)
                for link in self.start.registry.links_from(party.id, {LinkKind.ACCREDITED_TO}):
                    host = self.start.registry.party(link.b)
                    if (host.state if host else link.b) in hosts:
                        yield from self._over(mission, party.id, link)

    def _spread(
        self, starts: Iterable[Found], step: Callable[[Iterable[Found]], list[Found]]
    ) -> tuple[Found, ...]:
        seen: dict[str, Found] = {}
        frontier = list(starts)
        while frontier:
            fresh = [found for found in nearest(frontier) if found.party not in seen]
            seen.update((found.party, found) for found in fresh)
            frontier = step(fresh)
        return tuple(seen.values())

    def _hop(
        self, finds: Iterable[Found], kinds: Set[LinkKind], *, forward: bool
    ) -> Iterator[Found]:
        registry = self.start.registry
        for found in finds:
            links = registry.links_from if forward else registry.links_to
            for link in links(found.party, kinds):
                yield from self._over(found, link.b if forward else link.a, link)

    def _over(self, found: Found, party: str, link: Link) -> Iterator[Found]:
        path = (*found.path, Hop(kind=link.kind.value, a=link.a, b=link.b, link=link.id))
        reason = usable(link, self.start.on)
        if reason is None:
            yield Found(party=party, path=path)
        else:
            self._refused.setdefault(party, Withheld(party=party, reason=reason, path=path))


def covers(party: Party, event: ThreatEvent) -> bool:
    here = {country.code for country in event.countries if country.role in _WHERE}
    in_region = not party.regions or not here.isdisjoint(party.regions)
    in_sector = not party.sectors or event.sector is None or event.sector in party.sectors
    return in_region and in_sector


def _codes(event: ThreatEvent, role: CountryRole) -> list[str]:
    return [country.code for country in event.countries if country.role is role]


def nearest(finds: Iterable[Found]) -> tuple[Found, ...]:
    best: dict[str, Found] = {}
    for found in finds:
        known = best.get(found.party)
        if known is None or found.nearness < known.nearness:
            best[found.party] = found
    return tuple(sorted(best.values(), key=lambda found: found.nearness))
