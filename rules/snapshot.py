"""The registry's graph in flat arrays: nodes by id, links by number, views made when asked for."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Set

import numpy as np

from rules.columns import KINDS, Columns, columns_of
from rules.texts import Numbers, Texts
from rules.view import View, view_of
from schemas.link import Link, LinkKind
from schemas.party import Party, PartyKind

PARTY_KINDS: tuple[PartyKind, ...] = tuple(sorted(PartyKind))
"""What the numbers in `Snapshot.kinds` mean."""
NOBODY = 255
"""In `Snapshot.kinds`: no party, only named by a link."""
VIEWS = 64
"""Views kept at most; the oldest is made again when it is asked for again."""
_REMEMBERED = 1 << 16

Ways = tuple[frozenset[LinkKind], frozenset[LinkKind]]
"""Kinds of links to go along (from `a` to `b`), and against."""


class Snapshot:
    """Every party and everybody a link names, numbered by id; and the links between them.

    Nothing in it changes but rows to spare and what is remembered to answer faster.
    """

    __slots__ = (
        "_bounds", "_links", "_numbers", "_views", "by_id", "codes", "columns", "ids", "kinds",
        "speaking", "states",
    )  # fmt: skip

    def __init__(
        self,
        ids: Texts,
        *,
        kinds: bytes,
        states: memoryview,
        codes: tuple[str, ...],
        columns: Columns,
        by_id: memoryview | None = None,
    ) -> None:
        """As `arranged` makes them: ids and links sorted."""
        self.ids = ids
        self.kinds = kinds
        """Of each node its place in PARTY_KINDS, or NOBODY."""
        self.states = states
        """Of each node the place of its state in `codes`; 0: none. 16 bits."""
        self.codes = codes
        self.columns = columns
        self.by_id = by_id
        """The links' numbers by their ids; made when the first is looked for."""
        kind = np.asarray(columns.kind)[: len(columns)]
        # Asked in the column's own type: else numpy copies the column as wide as the question.
        found = np.searchsorted(kind, np.arange(len(KINDS) + 1, dtype=kind.dtype))
        self._bounds = tuple(int(each) for each in found)
        self._views: dict[Ways, View] = {}
        self.speaking: dict[str, tuple[str, ...]] = {}
        """By state the ids of those that speak for it; each looked up once."""
        self._numbers: dict[str, int | None] = {}
        self._links: dict[int, Link] = {}

    @classmethod
    def of(cls, parties: Mapping[str, Party], links: Iterable[Link]) -> "Snapshot":
        """Of these parties and links; their ids are unique."""
        links = tuple(links)
        node = {id: number for number, id in enumerate(parties)}
        for link in links:
            node.setdefault(link.a, len(node))
            node.setdefault(link.b, len(node))
        place = {kind: number for number, kind in enumerate(PARTY_KINDS)}
        codes = {"": 0}
        kinds = np.full(len(node), NOBODY, dtype=np.uint8)
        states = np.zeros(len(node), dtype=np.uint16)
        for number, party in enumerate(parties.values()):
            kinds[number] = place[party.kind]
            states[number] = codes.setdefault(party.state or "", len(codes))
        return arranged(
            Texts.of(node),
            kinds=kinds,
            states=states,
            codes=tuple(codes),
            columns=columns_of(links, node),
        )

    def number(self, id: str) -> int | None:
        """The node of this id, or None."""
        if id not in self._numbers:
            if len(self._numbers) >= _REMEMBERED:
                self._numbers = {}
            self._numbers[id] = self.ids.find(id)
        return self._numbers[id]

    def link_number(self, id: str) -> int | None:
        """The number of the link of this id, or None."""
        if self.by_id is None:
            self.by_id = self.columns.ids.order().astype(np.uint32).data
        return self.columns.ids.find(id, self.by_id)

    def link(self, number: int) -> Link:
        """The link of this number."""
        link = self._links.get(number)
        if link is None:
            if len(self._links) >= _REMEMBERED:
                self._links = {}
            link = self._links[number] = self.columns.link(number, self.ids)
        return link

    def between(self, a: int, kind: LinkKind, b: int) -> range:
        """The numbers of the links of a kind from one node to another."""
        place = KINDS.index(kind)
        first, last = self._bounds[place], self._bounds[place + 1]
        for column, node in ((self.columns.a, a), (self.columns.b, b)):
            first, last = (cut(column, node, first, last) for cut in (bisect_left, bisect_right))
        return range(first, last)

    def of_kind(self, kind: PartyKind) -> list[int]:
        """The nodes of all parties of a kind, by id."""
        place = PARTY_KINDS.index(kind)
        return np.flatnonzero(np.frombuffer(self.kinds, dtype=np.uint8) == place).tolist()

    def of_state(self, code: str) -> list[int]:
        """The nodes of all parties of a state, by id."""
        if not code or code not in self.codes:
            return []
        return np.flatnonzero(np.asarray(self.states) == self.codes.index(code)).tolist()

    def view(self, along: frozenset[LinkKind], against: frozenset[LinkKind]) -> View:
        """Over links of the kinds `along` from `a` to `b`, and `against` from `b` to `a`."""
        key = (along, against)
        view = self._views.get(key)
        if view is None:
            # Kinds without a link make no other view: many are one, and none costs an array.
            there = (self._there(key[0]), self._there(key[1]))
            view = self._views.get(there) or self._made(*there)
            self._views[there] = view
            while len(self._views) >= VIEWS:
                self._views.pop(next(iter(self._views)), None)
            self._views[key] = view
        return view

    def _there(self, kinds: Set[LinkKind]) -> frozenset[LinkKind]:
        bounds = self._bounds
        return frozenset(
            kind for n, kind in enumerate(KINDS) if kind in kinds and bounds[n] < bounds[n + 1]
        )

    def _made(self, along: Set[LinkKind], against: Set[LinkKind]) -> View:
        a, b = np.asarray(self.columns.a), np.asarray(self.columns.b)
        starts: list[Numbers] = []
        ends: list[Numbers] = []
        links: list[Numbers] = []
        for place, kind in enumerate(KINDS):
            first, last = self._bounds[place], self._bounds[place + 1]
            for wanted, one, other in ((kind in along, a, b), (kind in against, b, a)):
                if wanted and first < last:
                    starts.append(one[first:last])
                    ends.append(other[first:last])
                    links.append(np.arange(first, last, dtype=np.uint32))
        return view_of(
            _joined(starts),
            _joined(ends),
            _joined(links),
            nodes=len(self.ids),
            columns=self.columns,
        )


def arranged(
    ids: Texts, *, kinds: Numbers, states: Numbers, codes: tuple[str, ...], columns: Columns
) -> Snapshot:
    """A snapshot of nodes and links in whatever order; `columns.a` and `.b` are places in `ids`.

    `kinds` and `states` go with `ids`: see Snapshot. Ids of nodes and of links are unique.
    """
    order = ids.order()
    place = np.empty(len(order), dtype=np.uint32)
    place[order] = np.arange(len(order), dtype=np.uint32)
    return Snapshot(
        ids.take(order),
        kinds=kinds[order].tobytes(),
        states=states[order].data,
        codes=codes,
        columns=columns.arranged(place),
    )


def _joined(parts: list[Numbers]) -> Numbers:
    joined: Numbers = np.concatenate([np.empty(0, dtype=np.uint32), *parts])
    return joined
