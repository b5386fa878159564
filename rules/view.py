"""Views: the links of some kinds, seen from one end, as flat arrays (CSR)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

import numpy as np

from rules.columns import NEVER, NO_END, Columns
from rules.texts import Numbers

Near = tuple[tuple[int, int], ...]
_UNCHANGED: Mapping[int, Near] = MappingProxyType({})

EPOCH = date(1969, 12, 31).toordinal()
LATEST = 0xFFFD
"""The days 1 to LATEST, counted from EPOCH, are those a view can tell apart: 1970 to 2149."""
NO_DAY = 0xFFFF
"""In `View.until`: no end. As a day: only links without an end hold."""

_ENTRY = np.dtype([("neighbour", "u4"), ("link", "u4"), ("opens", "u2"), ("until", "u2")])


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Who is one hop away from each node.

    The neighbours of node `n` are `neighbours[i]`, over the links `links[i]`, for every `i` in
    `range(offsets[n], offsets[n + 1])`; but of a node in `changed` that is outdated and the pairs
    stand there. A loop over the arrays looks into `changed` first, as `each` does. Ordered by
    kind, along before against, then by the ids of neighbour and link.
    """

    offsets: memoryview
    neighbours: memoryview
    links: memoryview
    opens: memoryview
    """Of each link whether it may include, beside it so that nobody has to look far: it does on a
    day, as `short_day` gives it, when `opens[i] <= day <= until[i]`. Unsigned 16 bits."""
    until: memoryview
    changed: Mapping[int, Near] = field(default_factory=lambda: _UNCHANGED)

    def each(self, node: int) -> Iterable[tuple[int, int]]:
        """(neighbour, link number) of this node."""
        if node in self.changed:
            return self.changed[node]
        start, end = self.offsets[node], self.offsets[node + 1]
        if start == end:
            return ()
        return zip(self.neighbours[start:end], self.links[start:end], strict=True)

    def degree(self, node: int) -> int:
        """How many hops there are from this node."""
        changed = self.changed.get(node)
        return self.offsets[node + 1] - self.offsets[node] if changed is None else len(changed)

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays."""
        return self.offsets.nbytes + len(self.links) * _ENTRY.itemsize


def short_day(day: int) -> tuple[int, bool]:
    """A day (`columns.day_number`) as views have it, and whether that settles every link.

    Where it does not, too long ago or too far, a link that passes is to be asked its columns.
    """
    if EPOCH < day <= EPOCH + LATEST:  # nearly every day somebody asks about
        return day - EPOCH, True
    if day == NO_END:
        return NO_DAY, True
    return min(max(day - EPOCH, 0), LATEST + 1), False


def view_of(
    starts: Numbers, ends: Numbers, links: Numbers, *, nodes: int, columns: Columns
) -> View:
    """The view of these links: from where, to where, which number, in the order they are to have.

    Of each start they stay in the order given. `nodes`: how many there are.
    """
    offsets = np.zeros(nodes + 1, dtype=np.uint32)
    np.cumsum(np.bincount(starts, minlength=nodes), out=offsets[1:])
    # Sorted as (start, place): numpy sorts plain numbers many times faster than by a key.
    packed = (starts.astype(np.uint64) << np.uint64(32)) | np.arange(len(starts), dtype=np.uint64)
    packed.sort()
    order = (packed & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    entries = np.empty(len(order), dtype=_ENTRY)
    entries["neighbour"] = ends[order]
    entries["link"] = numbers = links[order]
    opens, until = np.asarray(columns.opens)[numbers], np.asarray(columns.until)[numbers]
    never = opens >= NEVER
    entries["opens"] = np.where(never, NO_DAY, _short(opens))
    entries["until"] = np.where(never, 0, np.where(until == NO_END, NO_DAY, _short(until)))
    return View(
        offsets.data,
        neighbours=entries["neighbour"].data,
        links=entries["link"].data,
        opens=entries["opens"].data,
        until=entries["until"].data,
    )


def _short(days: Numbers) -> Numbers:
    short: Numbers = np.clip(days, EPOCH, EPOCH + LATEST + 1) - EPOCH
    return short
