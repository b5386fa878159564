"""The registry's graph in flat arrays: nodes by id, links by number, views made when asked for."""

from collections.abc import Iterable, Mapping, Set

import numpy as np

from rules.columns import KINDS, Columns, columns_of
from rules.texts import Numbers, Texts
from rules.view import View
from schemas.link import Link, LinkKind
from schemas.party import Party, PartyKind

PARTY_KINDS: tuple[PartyKind, ...] = tuple(sorted(PartyKind))
_NOBODY = 255
_VIEWS = 64
_REMEMBERED = 1 << 16


class Snapshot:
    """Every party and everybody a link names, numbered by id; and the links between them."""

    __slots__ = ("_bounds", "_numbers", "_order", "_views", "columns", "ids", "kinds")

    def __init__(self, ids: Texts, kinds: memoryview, columns: Columns) -> None:
        self.ids = ids
        self.kinds = kinds
        """Of each node its place in PARTY_KINDS; 255: no party, only named by a link."""
        self.columns = columns
        found = np.searchsorted(np.asarray(columns.kind), np.arange(len(KINDS) + 1))
        self._bounds = tuple(int(each) for each in found)
        self._views: dict[tuple[frozenset[LinkKind], frozenset[LinkKind]], View] = {}
        self._numbers: dict[str, int | None] = {}
        self._order: memoryview | None = None

    @classmethod
    def of(cls, parties: Mapping[str, Party], links: Iterable[Link]) -> "Snapshot":
        """Of these parties and links; ids are unique."""
        links = tuple(links)
        ids = sorted({*parties, *(link.a for link in links), *(link.b for link in links)})
        node = {id: number for number, id in enumerate(ids)}
        place = {kind: number for number, kind in enumerate(PARTY_KINDS)}
        kinds = bytes(place[parties[id].kind] if id in parties else _NOBODY for id in ids)
        return cls(Texts.of(ids), memoryview(kinds), columns_of(links, node))

    def number(self, id: str) -> int | None:
        """The node of this id, or None."""
        if id not in self._numbers:
            if len(self._numbers) >= _REMEMBERED:
                self._numbers.clear()
            self._numbers[id] = self.ids.find(id)
        return self._numbers[id]

    def kind_of(self, node: int) -> PartyKind | None:
        """The kind of the party there; None: it is only named by a link."""
        place = self.kinds[node]
        return None if place == _NOBODY else PARTY_KINDS[place]

    def link_number(self, id: str) -> int | None:
        """The number of the link of this id, or None."""
        if self._order is None:
            self._order = self.columns.ids.order().astype(np.uint32).data
        return self.columns.ids.find(id, self._order)

    def view(self, along: Set[LinkKind], against: Set[LinkKind]) -> View:
        """Over links of the kinds `along` from `a` to `b`, and `against` from `b` to `a`."""
        key = (frozenset(along), frozenset(against))
        view = self._views.get(key)
        if view is None:
            view = self._made(*key)
            if len(self._views) >= _VIEWS:
                self._views.pop(next(iter(self._views)), None)
            self._views[key] = view
        return view

    def _made(self, along: Set[LinkKind], against: Set[LinkKind]) -> View:
        a, b = np.asarray(self.columns.a), np.asarray(self.columns.b)
        starts: list[Numbers] = []
        ends: list[Numbers] = []
        numbers: list[Numbers] = []
        for place, kind in enumerate(KINDS):
            these = slice(self._bounds[place], self._bounds[place + 1])
            span = np.arange(these.start, these.stop, dtype=np.uint32)
            for here, one, other in ((kind in along, a, b), (kind in against, b, a)):
                if here and len(span):
                    starts.append(one[these])
                    ends.append(other[these])
                    numbers.append(span)
        return _csr(_joined(starts), _joined(ends), _joined(numbers), len(self.ids))


def _joined(parts: list[Numbers]) -> Numbers:
    return np.concatenate([np.empty(0, dtype=np.uint32), *parts])


def _csr(starts: Numbers, ends: Numbers, numbers: Numbers, nodes: int) -> View:
    offsets = np.zeros(nodes + 1, dtype=np.uint32)
    np.cumsum(np.bincount(starts, minlength=nodes), out=offsets[1:])
    # Sorted as (start, place): numpy sorts plain numbers many times faster than by a key.
    packed = (starts.astype(np.uint64) << np.uint64(32)) | np.arange(len(starts), dtype=np.uint64)
    packed.sort()
    order = (packed & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    return View(offsets.data, ends[order].data, numbers[order].data)
