"""Breadth-first over the numbers of a registry: who is reached from whom, nearest first.

Each node is kept with the trail that led there, as a chain back to where it began: nothing is
copied, and a path is spelled out only when somebody asks for it. Of several nearest trails the one
over the first id counts, so that neither numbers nor the order of records decide anything.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

import numpy as np

from rules.columns import KINDS, NO_START, STATUSES
from rules.graph import Registry
from rules.states import independent
from rules.view import View
from schemas.link import LinkKind, LinkStatus
from schemas.party import PartyKind
from schemas.plan import Hop, Path

Trail = tuple[int, "Trail | None", int | Hop, int, bool]
"""A node; the trail before; the link crossed to it, or what was said; links from the seed; soft."""
Ring = dict[int, Trail]
"""Nodes reached, each by its trail."""
Sides = Mapping[tuple[LinkKind, bool], Ring]
"""By kind of link and whether it was followed from `a` to `b`."""

CONTROLLING_SHARE = 50.0
_FIRM = frozenset({LinkStatus.VERIFIED, LinkStatus.DECLARED})
_SAME = frozenset({LinkKind.SAME_AS})
_RUN = frozenset({LinkKind.OPERATES, LinkKind.PARENT_OF})
_HELD = frozenset({LinkKind.INVESTS_IN})
_BODY = frozenset({LinkKind.BODY_OF})
_CHAPTER = frozenset({LinkKind.CHAPTER_OF})
_NONE: frozenset[LinkKind] = frozenset()
_LONG = 64
"""Links of one node from which numpy picks faster than a loop."""
_BOTH_WAYS = frozenset(
    {LinkKind.JOINT_VENTURE_WITH, LinkKind.CONTRACTS_SECURITY, LinkKind.HOSTS_PUBLIC_SECURITY,
     LinkKind.OFFICER_OF, LinkKind.REPRESENTS}
)  # fmt: skip
_TO_THEM = _BOTH_WAYS | {LinkKind.PROVIDES_TECHNOLOGY}


class Step(NamedTuple):
    """One hop, over several views."""

    control: View | None
    """Control whatever the link says of itself: never soft."""
    holdings: View | None
    """Shares: only from half of them on."""
    bodies: View | None = None
    """To the bodies of a state, less independent institutions."""
    loose: View | None = None
    """Followed, but soft if ended or unverified."""


class Ground:
    """A registry as exclusion walks it: over every link, or over the firm ones alone.

    A party that no record and no link names has a number below zero and no neighbours.
    """

    def __init__(self, registry: Registry, *, on: date | None) -> None:
        self.registry = registry
        self.firm_only = False
        self.soft_met = False
        """Whether a soft link was crossed: without one, a search over firm links finds the same."""
        self._columns = registry.columns
        self._day = NO_START if on is None else on.toordinal()
        self._firm = tuple(status in _FIRM for status in STATUSES)
        self._strangers: dict[str, int] = {}
        self._ids: dict[int, str] = {}
        self._hops: dict[int, Hop] = {}
        self._paths: dict[int, Path] = {}
        """By identity of a trail; whoever asks for paths keeps the trails."""
        self._same = self._view(_SAME, _SAME)
        run_up, held_up = self._view(_NONE, _RUN), self._view(_NONE, _HELD)
        run_down, held_down = self._view(_RUN, _NONE), self._view(_HELD, _NONE)
        self.down = Step(run_down, held_down, loose=self._view(_NONE, _CHAPTER))
        self.up = Step(run_up, held_up, loose=self._view(_CHAPTER, _NONE))
        self.down_state = self.down._replace(bodies=self._view(_NONE, _BODY))
        self.up_to_state = Step(self._view(_BODY, _RUN), held_up)
        self.owners = Step(run_up, held_up)
        self._beside = self._view(_BOTH_WAYS, _TO_THEM)

    # Names.

    def number(self, id: str) -> int:
        """The node of this id."""
        number = self.registry.number(id)
        return (
            self._strangers.setdefault(id, -1 - len(self._strangers)) if number is None else number
        )

    def known(self, id: str) -> int | None:
        """The node of this id, or None when nobody has named it."""
        number = self.registry.number(id)
        return self._strangers.get(id) if number is None else number

    def id(self, node: int) -> str:
        """The id of a node."""
        id = self._ids.get(node)
        if id is None:
            id = self.registry.id_of(node) if node >= 0 else list(self._strangers)[-1 - node]
            self._ids[node] = id
        return id

    def kind(self, node: int) -> PartyKind | None:
        """What the party there is, if it is one."""
        return self.registry.kind_of(node) if node >= 0 else None

    def said(self, hop: Hop, id: str) -> Trail:
        """A trail that begins here, with what the event says."""
        return (self.number(id), None, hop, 0, False)

    # One hop.

    def over(self, trail: Trail, other: int, via: int | Hop) -> Trail:
        """The trail one link further; a kind of link that controls is never soft."""
        soft = trail[4] or (not isinstance(via, Hop) and self._soft(via))
        self.soft_met = self.soft_met or soft
        return (other, trail, via, trail[3] + 1, soft)

    def hop(self, ring: Iterable[Trail], along: LinkKind) -> Iterator[Trail]:
        """From these along the links of one kind."""
        return self._each(ring, self._view(frozenset({along}), _NONE))

    def back(self, ring: Iterable[Trail], against: LinkKind) -> Iterator[Trail]:
        """From these against the links of one kind."""
        return self._each(ring, self._view(_NONE, frozenset({against})))

    def beside(self, ring: Ring, *, technology: bool = False) -> Sides:
        """Everybody who stands beside these; clients of those alone that are law firms."""
        sides: defaultdict[tuple[LinkKind, bool], Ring] = defaultdict(dict)
        view = self._beside
        if view is None:
            return sides
        kinds, sources = self._columns.kind, self._columns.a
        for node in self._with_links(ring, view):
            trail = ring[node]
            for other, link in view.each(node):
                kind, forward = KINDS[kinds[link]], sources[link] == node
                if kind is LinkKind.REPRESENTS and forward:
                    if self.kind(node) is not PartyKind.LAW_FIRM:
                        continue
                elif kind is LinkKind.PROVIDES_TECHNOLOGY and not technology:
                    continue
                if not (self.firm_only and self._soft(link)):
                    self.keep(sides[kind, forward], self.over(trail, other, link))
        return sides

    def soft_ties(self, node: int) -> Iterator[tuple[int, int]]:
        """Everybody whom ended or unverified links, no control, tie to this one; and the link."""
        for view in (self._beside, self._same, self.up.loose, self.down.loose):
            for other, link in self._pairs(view, node):
                if self._soft(link):
                    yield other, link

    def controllers(self, ring: Ring) -> Iterator[tuple[LinkKind, Trail]]:
        """Who controls any of these from outside the ring, and how."""
        kinds = self._columns.kind
        for view in (self.owners.control, self.owners.holdings):
            if view is None:
                continue
            control = view is self.owners.control
            changed, offsets, neighbours = view.changed, view.offsets, view.neighbours
            for node, trail in ring.items():
                if node < 0:
                    continue
                if node not in changed:
                    start, end = offsets[node], offsets[node + 1]
                    if start == end:
                        continue
                    # Most have one controller: the one over whom they were reached.
                    if control and end - start == 1 and neighbours[start] in ring:
                        continue
                for other, link in self._pairs(view, node) if control else self._held(view, node):
                    if other not in ring:
                        yield KINDS[kinds[link]], (other, trail, link, trail[3] + 1, trail[4])

    # All that can be reached.

    def flood(self, starts: Ring, step: Step | None, *, but: Container[int] = ()) -> Ring:
        """The starts and all that is reached from them at any depth, nearest first.

        Records of one party are as one: from each to the other is no distance. Without a step:
        only those. `but` are nodes that are neither kept nor passed.
        """
        seen: Ring = {}
        if not starts:
            return seen
        waiting: defaultdict[int, Ring] = defaultdict(dict)
        for node, trail in starts.items():
            if node not in but:
                waiting[trail[3]][node] = trail
        fresh: Ring = {}
        distance = 0
        while fresh or waiting:
            if not fresh:
                distance = min(waiting)
            for node, trail in waiting.pop(distance, {}).items():
                if node not in seen:
                    self.keep(fresh, trail)
            if self._same is not None:
                self._other_records(fresh, seen, but)
            seen.update(fresh)
            fresh = {} if step is None else self._next(fresh, seen, step, but)
            distance += 1
        return seen

    def keep(self, ring: Ring, trail: Trail) -> None:
        """Keep the nearest trail to a node; of equals the one over the first id, else the known."""
        known = ring.get(trail[0])
        if known is None or trail[3] < known[3]:
            ring[trail[0]] = trail
        elif trail[3] == known[3] and trail[1] is not known[1]:
            if self._before(trail) < self._before(known):
                ring[trail[0]] = trail

    def path(self, trail: Trail) -> Path:
        """The hops of a trail, from what the event says. Trails share what they have in common."""
        known, fresh = self._paths.get(id(trail)), []
        at: Trail | None = trail
        while known is None and at is not None:
            fresh.append(at)
            at = at[1]
            known = self._paths.get(id(at)) if at is not None else ()
        path: Path = known or ()
        for each in reversed(fresh):
            path = (*path, self._hop_of(each[2]))
            self._paths[id(each)] = path
        return path

    def _next(self, fresh: Ring, seen: Ring, step: Step, but: Container[int]) -> Ring:
        """One hop from these to whoever is new. Written out, for it is nearly all the time."""
        reached: Ring = {}
        for view in (step.control, step.holdings, step.bodies, step.loose):
            if view is None:
                continue
            plain = view is step.control
            changed, offsets = view.changed, view.offsets
            neighbours, links = view.neighbours, view.links
            for node, trail in fresh.items():
                if node < 0:
                    continue
                pairs: Iterable[tuple[int, int]]
                if node in changed:
                    pairs = changed[node] if plain else self._picked(view, node, step)
                else:
                    start, end = offsets[node], offsets[node + 1]
                    if start == end:
                        continue
                    if plain:
                        pairs = zip(neighbours[start:end], links[start:end], strict=True)
                    else:
                        pairs = self._picked(view, node, step)
                far, soft, loose = trail[3] + 1, trail[4], view is step.loose
                for other, link in pairs:
                    if other in seen or other in but:
                        continue
                    if loose:
                        soft = trail[4] or self._soft(link)
                        self.soft_met = self.soft_met or soft
                    known = reached.get(other)
                    if known is None:
                        reached[other] = (other, trail, link, far, soft)
                    elif known[1] is not trail and self.id(node) < self._before(known):
                        reached[other] = (other, trail, link, far, soft)
        return reached

    def _other_records(self, fresh: Ring, seen: Ring, but: Container[int]) -> None:
        """Add the other records of these parties, and theirs."""
        ring = fresh
        while ring:
            more: Ring = {}
            for trail in self._each(ring.values(), self._same):
                other = trail[0]
                if other not in seen and other not in fresh and other not in but:
                    self.keep(more, (other, trail[1], trail[2], trail[3] - 1, trail[4]))
            fresh.update(more)
            ring = more

    def _each(self, ring: Iterable[Trail], view: View | None) -> Iterator[Trail]:
        for trail in ring if view is not None else ():
            for other, link in self._pairs(view, trail[0]):
                if not (self.firm_only and self._soft(link)):
                    yield self.over(trail, other, link)

    def _picked(self, view: View, node: int, step: Step) -> Iterable[tuple[int, int]]:
        if view is step.holdings:
            return self._held(view, node)
        if view is step.bodies:
            return [pair for pair in view.each(node) if not self._independent(pair[0])]
        return [pair for pair in view.each(node) if not (self.firm_only and self._soft(pair[1]))]

    def _pairs(self, view: View | None, node: int) -> Iterable[tuple[int, int]]:
        return view.each(node) if view is not None and node >= 0 else ()

    def _held(self, view: View, node: int) -> Iterable[tuple[int, int]]:
        """The holdings that control. Not-a-number, where no share is known, is no control."""
        share = self._columns.share
        if node not in view.changed:
            start, end = view.offsets[node], view.offsets[node + 1]
            if end - start > _LONG:
                links = np.asarray(view.links[start:end])
                found = np.flatnonzero(np.asarray(share)[links] >= CONTROLLING_SHARE).tolist()
                return [(view.neighbours[start + at], view.links[start + at]) for at in found]
        return [pair for pair in view.each(node) if share[pair[1]] >= CONTROLLING_SHARE]

    def _with_links(self, ring: Ring, view: View) -> Iterable[int]:
        """The nodes of the ring that have any link in this view, in the ring's order."""
        if len(ring) < _LONG:
            return [node for node in ring if node >= 0]
        nodes = np.fromiter((node for node in ring if node >= 0), dtype=np.int64)
        offsets = np.asarray(view.offsets)
        inside = nodes[nodes < len(offsets) - 1]
        found: list[int] = inside[offsets[inside] != offsets[inside + 1]].tolist()
        if view.changed:
            known = set(found)
            found += [node for node in ring if node in view.changed and node not in known]
        return found

    def _soft(self, link: int) -> bool:
        """Whether two people may clear what rests on it: no control, and ended or unverified."""
        columns = self._columns
        kind = KINDS[columns.kind[link]]
        if kind.control or (
            kind is LinkKind.INVESTS_IN and columns.share[link] >= CONTROLLING_SHARE
        ):
            return False
        return columns.until[link] < self._day or not self._firm[columns.status[link]]

    def _independent(self, node: int) -> bool:
        if self.kind(node) is not PartyKind.NHRI:
            return False
        party = self.registry.party(self.id(node))
        return party is not None and independent(party)

    def _before(self, trail: Trail) -> str:
        return "" if trail[1] is None else self.id(trail[1][0])

    def _hop_of(self, via: int | Hop) -> Hop:
        if isinstance(via, Hop):
            return via
        hop = self._hops.get(via)
        if hop is None:
            columns = self._columns
            hop = Hop(
                kind=KINDS[columns.kind[via]].value,
                a=self.id(columns.a[via]),
                b=self.id(columns.b[via]),
                link=columns.ids[via],
            )
            self._hops[via] = hop
        return hop

    def _view(self, along: frozenset[LinkKind], against: frozenset[LinkKind]) -> View | None:
        view = self.registry.merged(along, against)
        return view if len(view.links) or view.changed else None
