"""Views: the links of some kinds, seen from one end, as flat arrays (CSR)."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

Near = tuple[tuple[int, int], ...]
_UNCHANGED: Mapping[int, Near] = MappingProxyType({})


class View:
    """Who is one hop away from each node. Immutable.

    The neighbours of node `n` are `neighbours[i]`, over the links `links[i]`, for every `i` in
    `range(offsets[n], offsets[n + 1])`; but of a node in `changed` that is outdated and the pairs
    stand there. A loop over the arrays looks into `changed` first, as `each` does. Ordered by
    kind, along before against, then by the ids of neighbour and link.
    """

    __slots__ = ("changed", "links", "neighbours", "offsets")

    def __init__(
        self,
        offsets: memoryview,
        neighbours: memoryview,
        links: memoryview,
        changed: Mapping[int, Near] = _UNCHANGED,
    ) -> None:
        self.offsets = offsets
        self.neighbours = neighbours
        self.links = links
        self.changed = changed

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
        return self.offsets.nbytes + self.neighbours.nbytes + self.links.nbytes
