"""Views: the links of some kinds, seen from one end, as flat arrays (CSR)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from rules.columns import NEVER, NO_END, NO_START, Columns
from rules.texts import Numbers

Near = tuple[tuple[int, int], ...]
_UNCHANGED: Mapping[int, Near] = MappingProxyType({})

NO, YES, LOOK = 0, 1, 2
"""In `View.holds`: not verified; verified, without start or end; look at its days."""


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
    holds: bytes
    """Whether the link may include at all: most are settled without a look at their days."""
    changed: Mapping[int, Near] = field(default_factory=lambda: _UNCHANGED)

    def each(self, node: int) -> Iterable[tuple[int, int]]:
        """(neighbour, link number) of this node."""
        if node in self.changed:
            return self.changed[node]
        start, end = self.offsets[node], self.offsets[node + 1]
        if start == end:
            return ()
        return zip(self.neighbours[start:end], self.links[start:end], strict=True)

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays."""
        arrays = (self.offsets, self.neighbours, self.links)
        return sum(array.nbytes for array in arrays) + len(self.holds)


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
    numbers: Numbers = links[order]
    return View(offsets.data, ends[order].data, numbers.data, _holds(columns)[numbers].tobytes())


def _holds(columns: Columns) -> Numbers:
    opens, until = np.asarray(columns.opens), np.asarray(columns.until)
    ever = (opens == NO_START) & (until == NO_END)
    holds: Numbers = np.where(opens >= NEVER, NO, np.where(ever, YES, LOOK)).astype(np.uint8)
    return holds
