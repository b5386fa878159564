"""Runs a path over the registry: nearest first, over links that hold, each party by its best path.

A search in breadth where the distance is (hops that are no control, all hops). What a link that
does not hold would bring in is remembered with its reason, and nothing behind it is looked at.
"""

from collections.abc import Iterator
from itertools import islice

from rules.columns import STATUSES, day_number
from rules.paths.judge import Here, Judge
from rules.paths.machine import Machine
from rules.paths.trail import SEAT, SEATED, Item, Nodes
from rules.paths.words import NO_BUSINESS, PLACES, ROLES
from rules.steps import Start
from rules.view import View, short_day
from schemas.event import ThreatEvent
from schemas.link import LinkKind, LinkStatus
from schemas.party import PartyKind
from schemas.plan import Hop, Reason

_SAME = frozenset({LinkKind.SAME_AS})
_ACCREDITED = frozenset({LinkKind.ACCREDITED_TO})

Bucket = list[Item]
_Array = memoryview
_Plain = tuple[int, View, bool, _Array, _Array, _Array, _Array, _Array]
"""A step over links without tests: its place, the view, whether it is control; then its arrays:
offsets, neighbours, links, opens, until."""
_Plan = tuple[tuple[_Plain, ...], tuple[int, ...]]


class Search:
    """One turn of a path under way. Afterwards: `found`, `refused`, `truncated`."""

    def __init__(
        self, machine: Machine, judges: tuple[Judge | None, ...], start: Start, nodes: Nodes
    ) -> None:
        self.found: dict[int, Item] = {}
        """Of each node how it was reached; nearest first, for so a search finds them."""
        self._rings: list[tuple[tuple[int, int], int]] = []
        """Of each distance, how many were found up to there."""
        self.refused: dict[int, Item] = {}
        """What only a bad link would have brought in, as far as this search knows."""
        self.truncated = False
        self._machine = machine
        self._judges = judges
        self._start = start
        self._nodes = nodes
        self._registry = start.registry
        self._columns = start.registry.columns
        self._day = day_number(start.on)
        self._here = Here(start.registry, start.event, self._day, start.states)
        lanes: dict[int, dict[int, int]] = {lane: {} for lane in machine.lane}
        self._best = [lanes[lane] for lane in machine.lane]
        """Of each place and node, the earliest turn of its lane at which it was settled."""
        self._plans: list[_Plan | None] = [None] * len(machine.steps)
        same = self._registry.merged(_SAME, _SAME)
        self._same = same if len(same.links) or same.changed else None
        self._links_left = start.reach.links
        self._parties_left = start.reach.parties

    def reached(self) -> set[int]:
        """The nodes by which a good path came, at its end or on the way."""
        return set().union(*self._best)

    def rings(self) -> Iterator[tuple[tuple[int, int], Iterator[int]]]:
        """The nodes found at each distance: hops that are no control, and all hops."""
        found, first = iter(self.found), 0
        for distance, last in self._rings:
            yield distance, islice(found, last - first)
            first = last

    def run(self) -> "Search":
        """Everything within reach."""
        now: dict[int, Bucket] = {1: []}
        later: dict[int, Bucket] = {}
        for place in self._machine.first:
            for node, hop in self._starts(self._machine.steps[place].start):
                self._offer(None, hop, node, place, now[1])
        loose = 0
        while now or later:
            if not now:
                now, later, loose = later, {}, loose + 1
            hops = min(now)
            bucket = now.pop(hops)
            if hops > self._start.reach.hops:
                beyond: Bucket = []
                whole = self._settle(bucket, beyond, beyond)
                self.truncated = self.truncated or bool(beyond)
            else:
                near, far = now.get(hops + 1, []), later.get(hops + 1, [])
                whole = self._settle(bucket, near, far)
                if near:
                    now[hops + 1] = near
                if far:
                    later[hops + 1] = far
            self._rings.append(((loose, hops), len(self.found)))
            if not whole:
                self.truncated = True
                break
        return self

    def _settle(self, bucket: Bucket, near: Bucket, far: Bucket) -> bool:
        """Takes up everything at one distance. False: that is as far as a walk may reach.

        The hot loop of every walk: plain steps over links stand in it, all others are called.
        """
        machine, best, plans, found = self._machine, self._best, self._plans, self.found
        ends, turns = machine.ends, machine.turn
        opens, until, day = self._columns.opens, self._columns.until, self._day
        short, settled = short_day(day)
        refused, most = self.refused, self._start.reach.parties
        for item in bucket:  # which grows while steps are taken that cost nothing
            node, place = item[2], item[3]
            mine, turn = best[place], turns[place]
            if node in mine and mine[node] <= turn:
                continue
            if self._parties_left <= 0 or self._links_left <= 0:
                return False
            self._parties_left -= 1
            mine[node] = turn
            if place in ends and node not in found:
                found[node] = item
            plain, others = plans[place] or self._plan(place)
            for after in others:
                self._step(item, node, after, bucket, near, far)
            for after, view, control, offsets, neighbours, links, since, ends_on in plain:
                if node < 0 or node in view.changed:
                    self._over_links(item, node, after, view, near if control else far)
                    continue
                first, last = offsets[node], offsets[node + 1]
                if first == last:
                    continue
                if last - first > self._links_left:
                    last, self.truncated = first + self._links_left, True
                self._links_left -= last - first
                theirs, soon, target = best[after], turns[after], near if control else far
                for at in range(first, last):  # of most there are few: slices would cost more
                    other = neighbours[at]
                    if other in theirs and theirs[other] <= soon:
                        continue  # it came by here sooner
                    if since[at] <= short <= ends_on[at] and (
                        settled or opens[links[at]] <= day <= until[links[at]]
                    ):
                        target.append((item, links[at], other, after))
                    elif other not in refused and len(refused) < most:
                        refused[other] = (item, links[at], other, after)
        return True

    def _step(
        self, item: Item, node: int, place: int, bucket: Bucket, near: Bucket, far: Bucket
    ) -> None:
        leaf = self._machine.steps[place]
        if leaf.along or leaf.against:
            for view, control in self._views(place):
                self._over_links(item, node, place, view, near if control else far)
        elif leaf.home:
            self._home(item, node, place, bucket, far)
        elif leaf.seated is not None:
            self._seated(item, node, place, far)
        else:
            self._stay(item, node, place, bucket)

    def _over_links(self, item: Item, node: int, place: int, view: View, bucket: Bucket) -> None:
        opens, until, day = self._columns.opens, self._columns.until, self._day
        for source in self._nodes.sources(node):
            for other, link in view.each(source):
                if self._links_left <= 0:
                    self.truncated = True
                    return
                self._links_left -= 1
                if opens[link] <= day <= until[link]:
                    self._offer(item, link, other, place, bucket)
                else:
                    self._refuse(item, link, other, place)

    def _plan(self, place: int) -> _Plan:
        """What may follow a place: plain steps over links with their views, and the others."""
        plain: list[_Plain] = []
        others: list[int] = []
        for after in self._machine.follows[place]:
            leaf = self._machine.steps[after]
            if (leaf.along or leaf.against) and not leaf.tests and self._same is None:
                for view, control in self._views(after):
                    arrays = (view.offsets, view.neighbours, view.links, view.opens, view.until)
                    plain.append((after, view, control, *arrays))
            else:
                others.append(after)
        plan = self._plans[place] = (tuple(plain), tuple(others))
        return plan

    def _home(self, item: Item, node: int, place: int, bucket: Bucket, far: Bucket) -> None:
        if self._nodes.is_state(node):
            self._stay(item, node, place, bucket)
            return
        party = self._nodes.party(node)
        if party is not None and party.state is not None:
            self._offer(item, SEAT, self._nodes.state_node(party.state), place, far)

    def _stay(self, item: Item, node: int, place: int, bucket: Bucket) -> None:
        """The next step without a hop: only its tests are asked."""
        if self._passes(node, place, -1):
            bucket.append((item[0], item[1], node, place))

    def _seated(self, item: Item, node: int, place: int, far: Bucket) -> None:
        leaf = self._machine.steps[place]
        code = self._nodes.id(node)
        there = self._registry.of_state(code)
        alike = self._registry.of_kind(leaf.seated) if leaf.seated else ()
        for party in there if len(there) <= len(alike) else alike:
            if party.kind is not leaf.seated or party.state != code:
                continue
            self._links_left -= 1
            other = self._nodes.party_node(party.id)
            if leaf.by_host:
                self._by_host(item, other, place, far)
            else:
                self._offer(item, SEATED, other, place, far)

    def _by_host(self, item: Item, mission: int, place: int, far: Bucket) -> None:
        opens, until = self._columns.opens, self._columns.until
        for host, link in self._registry.view(_ACCREDITED).each(mission):
            self._links_left -= 1
            id = self._registry.id_of(host)
            state = self._registry.party(id)
            self._here.host = state.state if state else id
            if opens[link] <= self._day <= until[link]:
                self._offer(item, link, mission, place, far)
            else:
                self._refuse(item, link, mission, place)
        self._here.host = None

    def _offer(
        self, before: Item | None, hop: Hop | int, node: int, place: int, bucket: Bucket
    ) -> None:
        """Takes a node, and every other record of the same party, as far as the tests let it."""
        link = hop if isinstance(hop, int) and hop >= 0 else -1
        turn = self._machine.turn[place]
        for item in self._records((before, hop, node, place), link):
            known = self._best[place].get(item[2])
            if (known is None or known > turn) and self._passes(item[2], place, link):
                bucket.append(item)

    def _records(self, item: Item, link: int) -> Iterator[Item]:
        """The item, and over links `same_as` that hold the other records of its party."""
        yield item
        if self._same is None or item[2] < 0:
            return
        seen, waiting = {item[2]}, [item]
        for each in waiting:
            for other, same in self._same.each(each[2]):
                self._links_left -= 1
                if other in seen:
                    continue
                if self._columns.opens[same] <= self._day <= self._columns.until[same]:
                    seen.add(other)
                    waiting.append((each, same, other, item[3]))
                    yield waiting[-1]
                elif self._may_refuse(other) and self._passes(other, item[3], link):
                    self._remember(each, same, other, item[3])

    def _refuse(self, item: Item, link: int, other: int, place: int) -> None:
        """Remembers whom a link that does not hold would have brought in."""
        if self._may_refuse(other) and self._passes(other, place, link):
            self._remember(item, link, other, place)

    def _may_refuse(self, node: int) -> bool:
        return node not in self.refused and len(self.refused) < self._start.reach.parties

    def _remember(self, item: Item, link: int, other: int, place: int) -> None:
        self.refused[other] = (item, link, other, place)

    def why(self, item: Item) -> Reason:
        """Why the link by which it would have come brings nobody in."""
        return _WHY[self._columns.status[item[1]]]

    def _passes(self, node: int, place: int, link: int) -> bool:
        judge = self._judges[place]
        if judge is None:
            return True
        here = self._here
        here.node, here.link, here.party = node, link, self._nodes.party(node)
        return judge(here) is True

    def _views(self, place: int) -> Iterator[tuple[View, bool]]:
        for along, against, control in self._machine.ways[place]:
            yield self._registry.merged(along, against), control

    def _starts(self, name: str) -> Iterator[tuple[int, Hop]]:
        event, nodes = self._start.event, self._nodes
        of, _, what = name.partition(".")
        if name in PLACES:
            for country in event.countries:
                if country.role in PLACES[name]:
                    hop = Hop(kind="event", a=country.role.value, b=country.code)
                    yield nodes.state_node(country.code), hop
        elif name == "desk.states":
            for code in self._start.states:
                yield nodes.state_node(code), Hop(kind="event", a="third_state", b=code)
        elif of == "registry":
            for party in self._registry.of_kind(PartyKind(what)):
                if self._links_left <= 0:
                    self.truncated = True
                    return
                self._links_left -= 1
                yield nodes.party_node(party.id), _where(event)
        else:
            roles = (
                [role for role in ROLES if role not in NO_BUSINESS] if what == "parties" else [what]
            )
            for part in event.parties:
                if part.party and part.role in roles:
                    hop = Hop(kind="event", a=part.role, b=part.party)
                    yield nodes.party_node(part.party), hop


def _where(event: ThreatEvent) -> Hop:
    """Whoever needs no link is found by where it happened, or where the person is held."""
    for role in PLACES["event.here"]:
        for country in event.countries:
            if country.role is role:
                return Hop(kind="event", a=role.value, b=country.code)
    return Hop(kind="event", a="happened", b="")


_ENDED = (LinkStatus.VERIFIED, LinkStatus.LAPSED, LinkStatus.WITHDRAWN)
_WHY = tuple(
    Reason.LINK_NOT_CURRENT if status in _ENDED else Reason.LINK_UNVERIFIED for status in STATUSES
)
"""Why a link that does not hold brings nobody in, by its status as in the columns."""
