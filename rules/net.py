"""Reaching out from the perpetrators over the registry: the geometry of exclusion (design 6.1).

Down, up, aside, states, mechanisms. Who the seeds are is decided in `rules.exclusion`; how a
registry is walked, in `rules.flood`.
"""

from collections.abc import Iterable

from rules.findings import Stage
from rules.flood import CONTROLLING_SHARE, Ground, Ring, Sides, Trail
from rules.states import speaks, state_id
from schemas.link import Link, LinkKind
from schemas.party import Party, PartyKind
from schemas.plan import Hop, Reason

_PARTNER = LinkKind.JOINT_VENTURE_WITH
_GUARDS = (LinkKind.CONTRACTS_SECURITY, LinkKind.HOSTS_PUBLIC_SECURITY)


class Net:
    """Collects stages; which ground counts for a party of several is decided when one asks."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.stages: list[Stage] = []
        self.tagged = False
        """Whether what is being gathered rests on nobody knowing the perpetrator."""

    def around(self, seeds: Ring, reason: Reason, *, spyware: bool = False) -> None:
        """The seeds, what they control, who controls them, and those beside them."""
        ground = self.ground
        below = ground.flood(seeds, ground.down)
        up = ground.flood(seeds, ground.up)
        above = {node: trail for node, trail in up.items() if node not in below}
        self._add(reason, below)
        operators, partners, owners = self._share_control(below, above)
        firmly = {node for node, trail in below.items() if not trail[4]}
        self._controllers(_together(above, owners), reason, but=firmly)

        by_below = ground.beside(below, technology=spyware)
        by_operators = ground.beside(operators, technology=spyware)
        by_above = ground.beside(above)
        aside = self._nearest(
            partners.values(),
            *_sides(by_below, (_PARTNER, True), (_PARTNER, False)),
            *_sides(by_operators, (_PARTNER, True), (_PARTNER, False)),
            *_sides(by_below, *((kind, True) for kind in _GUARDS)),
            *_sides(by_operators, *((kind, True) for kind in _GUARDS)),
            *_sides(by_below, *((kind, False) for kind in _GUARDS)),
            *_sides(by_below, (LinkKind.PROVIDES_TECHNOLOGY, False)),
            *_sides(by_operators, (LinkKind.PROVIDES_TECHNOLOGY, False)),
        )
        aside = ground.flood(aside, None)
        aside = self._nearest(aside.values(), self._operators_of_sites(aside))
        self.with_all_below(aside, reason)
        houses = _together(below, operators, above)
        self._for_hire(houses, (by_below, by_operators, by_above), but=firmly)

    def with_all_below(self, starts: Ring, reason: Reason) -> None:
        """These and what they control."""
        self._add(reason, self.ground.flood(starts, self.ground.down))

    def state(self, starts: Ring, reason: Reason, *, spyware: bool = False) -> None:
        """Those who speak for a state, its bodies and its firms, but no independent NHRI.

        Its law firms, and where its people hold office, as well: they would hear it there.
        """
        ground = self.ground
        ring = ground.flood(starts, ground.down_state)
        self._add(reason, ring)
        sides = ground.beside(ring, technology=spyware)
        vendors = self._nearest(*_sides(sides, (LinkKind.PROVIDES_TECHNOLOGY, False)))
        self.with_all_below(vendors, Reason.PERPETRATOR_CLOSURE)
        self._for_hire(ring, (sides,))

    def seated(self, code: str, reached: Trail | Hop) -> list[Trail]:
        """Where the state of this code begins: those who speak for it, listed as its own or not.

        `reached` is the trail to it, or what the event says of it.
        """
        registry, ground = self.ground.registry, self.ground
        root = ground.said(reached, state_id(code)) if isinstance(reached, Hop) else reached
        listed = {party.id: party for party in registry.speaking_for(code)}
        named = [id for id in (code, state_id(code)) if registry.number(id) is not None]
        starts: list[Trail] = []
        for id in dict.fromkeys([*named, *listed]):
            state = id in named or listed[id].kind is PartyKind.STATE
            if isinstance(reached, Hop) and state:
                starts.append(ground.said(reached, id))
            else:
                seat = Hop(kind="seat", a=id, b=code)
                starts.append((ground.number(id), root, seat, root[3] + 1, root[4]))
        return starts

    def states_above(self, seeds: Ring) -> list[tuple[str | None, Trail]]:
        """The states that seeds speak for, belong to or are owned by, whatever lies between."""
        ground = self.ground
        ring = ground.flood(seeds, ground.up_to_state)
        # What has bodies is a state, even if nobody has entered it as one; as firmly as they are.
        listed: dict[int, bool] = {}
        for trail in ground.hop(ring.values(), LinkKind.BODY_OF):
            listed[trail[0]] = trail[4] and listed.get(trail[0], True)
        found: list[tuple[str | None, Trail]] = []
        for node, trail in ring.items():
            id = ground.id(node)
            party = ground.registry.party(id)
            if party is not None and speaks(party):
                found.append((_code(id, party), trail))
            elif node in listed:
                at, before, hop, distance, soft = trail
                found.append((_code(id, party), (at, before, hop, distance, soft or listed[node])))
        return found

    def mechanism(self, start: Ring) -> None:
        """Whoever runs a complaint mechanism after which this happened."""
        ring = self.ground.flood(start, None)
        operators = self._nearest(trail for _, trail in self.ground.controllers(ring))
        self.tagged = not operators  # nobody knows who runs it: two people may say
        self.with_all_below(_together(ring, operators), Reason.MECHANISM_OF_COMPLAINT)
        self.tagged = False

    # Parts of `around`.

    def _share_control(self, below: Ring, above: Ring) -> tuple[Ring, Ring, Ring]:
        """Who controls something below from outside, next to the seeds: the operators of sites,
        the partners that operate something together with them, and those that own a share.
        """
        operators: list[Trail] = []
        partners: list[Trail] = []
        owners: list[Trail] = []
        for kind, trail in self.ground.controllers(below):
            operates = kind is LinkKind.OPERATES
            site = trail[1] is not None and self._kind(trail[1][0]) is PartyKind.SITE
            if operates and site:
                operators.append(trail)
            if trail[0] not in above:
                (partners if operates else owners).append(trail)
        return (
            self.ground.flood(self._nearest(operators), None),
            self._nearest(partners),
            self._nearest(owners),
        )

    def _controllers(self, above: Ring, reason: Reason, *, but: set[int]) -> None:
        """Those above and what they control besides: two people may release headquarters."""
        reason = reason if self.tagged else Reason.CONTROLLER_NEEDS_TWO
        self._add(
            reason, self.ground.flood(above, self.ground.down, but=() if self.tagged else but)
        )

    def _for_hire(self, houses: Ring, sides: Iterable[Sides], *, but: Iterable[int] = ()) -> None:
        """Law firms of these houses, clients of theirs that are one, and where they hold office."""
        sides, ground = tuple(sides), self.ground
        represents, office = LinkKind.REPRESENTS, LinkKind.OFFICER_OF
        but = frozenset(but) if not self.tagged else frozenset()
        firms = [_sides(side, (represents, False), (represents, True)) for side in sides]
        law = self._nearest(*(trails for side in firms for trails in side))
        self._add(Reason.REPRESENTS, ground.flood(law, ground.down, but=but))
        people = self._nearest(*(t for side in sides for t in _sides(side, (office, False))))
        people = ground.flood(people, None)
        offices = self._nearest(
            *(t for side in sides for t in _sides(side, (office, True))),
            ground.hop(people.values(), office),
        )
        # Directors sit on their parent's board by nature: that must not shut it for good.
        seats = {node: trail for node, trail in offices.items() if node not in houses}
        self._add(Reason.OFFICER_OF, ground.flood(seats, ground.down, but=but))

    def _operators_of_sites(self, ring: Ring) -> list[Trail]:
        sites = [trail for trail in ring.values() if self._kind(trail[0]) is PartyKind.SITE]
        return list(self.ground.back(sites, LinkKind.OPERATES))

    def _add(self, reason: Reason, ring: Ring) -> None:
        if ring:
            self.stages.append(Stage(reason, self.tagged, ring))

    def _nearest(self, *trails: Iterable[Trail]) -> Ring:
        ring: Ring = {}
        for some in trails:
            for trail in some:
                self.ground.keep(ring, trail)
        return ring

    def _kind(self, node: int) -> PartyKind | None:
        return self.ground.kind(node)


def controls(link: Link) -> bool:
    """Whether `a` controls `b` by it (or, of a body, `b` controls `a`)."""
    if link.kind is LinkKind.INVESTS_IN:
        return link.share is not None and link.share >= CONTROLLING_SHARE
    return link.kind.control


def _code(id: str, party: Party | None) -> str | None:
    if party is not None:
        return party.state
    return id.removeprefix("state:") if id.startswith("state:") else None


def _sides(sides: Sides, *wanted: tuple[LinkKind, bool]) -> list[Iterable[Trail]]:
    return [sides[each].values() for each in wanted if each in sides]


def _together(*rings: Ring) -> Ring:
    """All of them; of one node the nearest trail, else the first."""
    whole: Ring = {}
    for ring in rings:
        for node, trail in ring.items():
            known = whole.get(node)
            if known is None or trail[3] < known[3]:
                whole[node] = trail
    return whole
