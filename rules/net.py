"""Reaching out from the perpetrators over the registry, and keeping the hardest ground for each.

The geometry of exclusion: down, up, aside, states, mechanisms. Who the seeds are is decided in
`rules.exclusion`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from rules.graph import Registry
from rules.states import STATE_KINDS, independent, of_state
from schemas.contact import Level
from schemas.event import PartyRole, ThreatEvent
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import PartyKind
from schemas.plan import Excluded, Hop, Path, Reason

NEVER_OF_A_CONTROLLER: tuple[str, ...] = tuple(
    sorted({*(level.value for level in Level if not level.automatic), Level.LEGAL.value})
)
"""Levels of a controller that not even two people may release."""

OWNS = frozenset({LinkKind.OPERATES, LinkKind.PARENT_OF, LinkKind.INVESTS_IN})
_CONTROLLING_SHARE = 50.0
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


@dataclass(frozen=True, slots=True)
class Reach:
    """A party reached, with the path to it and whether a soft link lies on that path."""

    party: str
    path: Path
    distance: int = 0
    clearable: bool = False


_Near = Callable[[str], Iterable[tuple[str, Link]]]


@dataclass
class Net:
    """Collects exclusions; of several grounds for one party the hardest stays."""

    registry: Registry
    on: date | None
    tagged: bool = False
    _kept: dict[str, Excluded] = field(default_factory=dict)

    def entries(self) -> Iterator[Excluded]:
        return iter(self._kept.values())

    def around(self, seeds: Iterable[Reach], reason: Reason, *, vendors: bool = False) -> None:
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
        for firm in self._neighbours((*beside, *above), self._law_firms):
            self.with_all_below(firm, Reason.REPRESENTS)
        for firm in self._neighbours(self._law_firms_among(below), self._clients_of_law_firm):
            self.with_all_below(firm, Reason.REPRESENTS)
        for body in self._seats_of((*beside, *above)):
            self.with_all_below(body, Reason.OFFICER_OF)

    def with_all_below(self, start: Reach, reason: Reason) -> None:
        for reach in self._flood((start,), self._controlled):
            self._add(reach, reason)

    def state(self, code: str | None, state: Reach, reason: Reason) -> None:
        """A state, its bodies, missions and firms, but no independent NHRI."""
        starts = [state]
        for party in self.registry.of_state(code) if code else ():
            if of_state(party, (code or "",)):
                seat = Hop(kind="seat", a=party.id, b=code or "")
                starts.append(Reach(party.id, (*state.path, seat), state.distance + 1))
        for reach in self._flood(starts, self._controlled_by_state):
            self._add(reach, reason)

    def mechanisms(self, event: ThreatEvent) -> None:
        """Who runs the complaint mechanism after which this happened."""
        if event.reprisal_of is None:
            return
        named = {part.party for part in event.parties if part.role == "mechanism"}
        for id in sorted({event.reprisal_of.mechanism, *named} - {None, ""}, key=str):
            path = (Hop(kind="event", a="reprisal_of", b=str(id)),)
            start = Reach(str(id), path)
            operators = self._neighbours((start,), self._controllers)
            self.tagged = not operators  # nobody knows who runs it: two people may say
            self.with_all_below(start, Reason.MECHANISM_OF_COMPLAINT)
            self.tagged = False
            for operator in operators:
                self.with_all_below(operator, Reason.MECHANISM_OF_COMPLAINT)

    def _aside(
        self,
        beside: Iterable[Reach],
        below: Iterable[Reach],
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

    def _controller(self, reach: Reach, reason: Reason) -> None:
        if self.tagged:
            self._add(reach, reason)
            return
        self._add(reach, Reason.CONTROLLER_NEEDS_TWO, levels=NEVER_OF_A_CONTROLLER)
        party = self.registry.party(reach.party)
        if party is not None and party.kind in STATE_KINDS:
            return  # a state's other firms are excluded with the state
        for sister in self._flood((reach,), self._controlled)[1:]:
            self._add(sister, Reason.CONTROLLER_NEEDS_TWO, levels=NEVER_OF_A_CONTROLLER)

    def _add(self, reach: Reach, reason: Reason, *, levels: tuple[str, ...] = ()) -> None:
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
        if known is None or hardness(entry) < hardness(known):
            self._kept[reach.party] = entry

    # Walking. Every listing of the registry is ordered, so the first path found is always the same.

    def _flood(self, starts: Iterable[Reach], near: _Near) -> list[Reach]:
        """The starts and all that is reached from them, any depth, nearest first."""
        frontier = list(starts)
        seen: dict[str, Reach] = {}
        while frontier:
            fresh: dict[str, Reach] = {}
            for reach in frontier:
                known = seen.get(reach.party)
                # A firm ground found later replaces a soft one found earlier.
                if known is None or (known.clearable and not reach.clearable):
                    seen[reach.party] = fresh[reach.party] = reach
            frontier = self._neighbours(fresh.values(), near)
        return list(seen.values())

    def _neighbours(self, starts: Iterable[Reach], near: _Near) -> list[Reach]:
        """One hop from each start."""
        return [
            self._over(start, other, link) for start in starts for other, link in near(start.party)
        ]

    def _over(self, start: Reach, party: str, link: Link) -> Reach:
        hop = Hop(kind=link.kind.value, a=link.a, b=link.b, link=link.id)
        return Reach(
            party, (*start.path, hop), start.distance + 1, start.clearable or self._soft(link)
        )

    def _soft(self, link: Link) -> bool:
        """Whether two people may clear what rests on it: no control, and ended or unverified."""
        if controls(link):
            return False
        ended = self.on is not None and link.valid_until is not None and link.valid_until < self.on
        return ended or link.status not in (LinkStatus.VERIFIED, LinkStatus.DECLARED)

    def _controlled(self, id: str) -> Iterator[tuple[str, Link]]:
        for link in self.registry.links_from(id, OWNS):
            if controls(link):
                yield link.b, link

    def _controlled_by_state(self, id: str) -> Iterator[tuple[str, Link]]:
        yield from self._controlled(id)
        for link in self.registry.links_to(id, {LinkKind.BODY_OF}):
            body = self.registry.party(link.a)
            if body is None or not independent(body):
                yield link.a, link

    def _controllers(self, id: str) -> Iterator[tuple[str, Link]]:
        for link in self.registry.links_to(id, OWNS):
            if controls(link):
                yield link.a, link

    def _operators_of(self, reach: Reach) -> list[Reach]:
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

    def _law_firms_among(self, reaches: Iterable[Reach]) -> list[Reach]:
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

    def _seats_of(self, houses: Iterable[Reach]) -> list[Reach]:
        """Where a house, or one of its people, holds office, beyond these houses themselves.

        Directors sit on their parent's board by nature: that must not shut the parent for good.
        """
        houses = list(houses)
        people = self._neighbours(houses, self._officers)
        own = {house.party for house in houses}
        return [
            body
            for body in self._neighbours((*houses, *people), self._offices)
            if body.party not in own
        ]


def controls(link: Link) -> bool:
    """Whether `a` controls `b` by it (or, of a body, `b` controls `a`)."""
    if link.kind is LinkKind.INVESTS_IN:
        return link.share is not None and link.share >= _CONTROLLING_SHARE
    return link.kind.control


def said(part: PartyRole) -> Hop:
    return Hop(kind="event", a=part.role, b=part.party or "")


def hardness(entry: Excluded) -> tuple[bool, bool, bool, int, int, str]:
    """Smaller is harder: what nobody can lift stands before what two people can."""
    return (
        entry.tagged,
        entry.clearable,
        bool(entry.levels),
        _HARDEST_FIRST.index(entry.reason),
        entry.distance,
        repr(entry.path),
    )
