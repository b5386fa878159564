"""Circles in a registry: parties from each of which links lead back to itself. Pure."""

from collections.abc import Iterable, Iterator

from rules.graph import Registry
from schemas.link import LinkKind
from schemas.party import PartyKind


def circles(registry: Registry, kinds: frozenset[LinkKind]) -> Iterator[tuple[str, ...]]:
    """The ids of each circle over links of these kinds, whatever their status; sorted.

    Strongly connected sets of more than one (Tarjan 1972), without recursion: a chain of owners
    may be longer than the stack.
    """
    view = registry.view(kinds)
    order: dict[int, int] = {}
    lowest: dict[int, int] = {}
    path: list[int] = []
    open_ones: set[int] = set()
    for root in _nodes(registry):
        if root in order:
            continue
        work = [(root, iter(view.each(root)))]
        while work:
            node, further = work[-1]
            if node not in order:
                order[node] = lowest[node] = len(order)
                path.append(node)
                open_ones.add(node)
            for other, _ in further:
                if other not in order:
                    work.append((other, iter(view.each(other))))
                    break
                if other in open_ones:
                    lowest[node] = min(lowest[node], order[other])
            else:
                work.pop()
                if work:
                    above = work[-1][0]
                    lowest[above] = min(lowest[above], lowest[node])
                if lowest[node] == order[node]:
                    circle = _closed(path, node)
                    open_ones.difference_update(circle)
                    if len(circle) > 1:
                        yield tuple(sorted(registry.id_of(each) for each in circle))


def _closed(path: list[int], node: int) -> list[int]:
    """Take from the path all that came after this node, and itself."""
    circle = [path.pop()]
    while circle[-1] != node:
        circle.append(path.pop())
    return circle


def _nodes(registry: Registry) -> Iterable[int]:
    for kind in PartyKind:
        for party in registry.of_kind(kind):
            number = registry.number(party.id)
            if number is not None:
                yield number
