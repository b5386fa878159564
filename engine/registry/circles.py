"""Circles of control: parties from each of which links lead back to itself. Pure."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

from rules.graph import Registry
from schemas.link import Link, LinkKind, LinkStatus

CONTROL = frozenset(kind for kind in LinkKind if kind.control) - {LinkKind.BODY_OF}
"""By which one party runs another; a body of a state is part of it, nobody's owner."""
_TAKEN_BACK = frozenset({LinkStatus.REFUTED, LinkStatus.WITHDRAWN})
Node = TypeVar("Node", bound=Hashable)


def counts(link: Link) -> bool:
    """Whether it can be part of a circle worth naming. What was said to be wrong already is not:
    it goes on excluding, and there is nothing left to check."""
    return link.status not in _TAKEN_BACK


def circles(registry: Registry, kinds: frozenset[LinkKind]) -> Iterator[tuple[str, ...]]:
    """The ids of each circle over links of these kinds that count; sorted.

    Of parties that only links name as well: they exclude all the same.
    """
    view = registry.view(kinds)

    def near(node: int) -> Iterator[int]:
        return (other for other, link in view.each(node) if counts(registry.link_at(link)))

    every = range(len(registry.kinds))  # those as well that came since the snapshot was built
    for circle in round_from(every, near):
        yield tuple(sorted(map(registry.id_of, circle)))


def round_from(
    roots: Iterable[Node], near: Callable[[Node], Iterable[Node]]
) -> Iterator[list[Node]]:
    """Each circle that can be reached from the roots, once; somebody next to itself is one.

    Strongly connected sets (Tarjan 1972), without recursion: a chain of owners may be longer than
    the stack. Looks at each node and each step once.
    """
    order: dict[Node, int] = {}
    lowest: dict[Node, int] = {}
    path: list[Node] = []
    open_ones: set[Node] = set()
    next_to_themselves: set[Node] = set()
    for root in roots:
        work = [] if root in order else [(root, iter(near(root)))]
        while work:
            node, further = work[-1]
            if node not in order:
                order[node] = lowest[node] = len(order)
                path.append(node)
                open_ones.add(node)
            for other in further:
                if other not in order:
                    work.append((other, iter(near(other))))
                    break
                if other in open_ones:
                    lowest[node] = min(lowest[node], order[other])
                if other == node:
                    next_to_themselves.add(node)
            else:
                work.pop()
                if work:
                    above = work[-1][0]
                    lowest[above] = min(lowest[above], lowest[node])
                if lowest[node] == order[node]:
                    circle = _closed(path, node)
                    open_ones.difference_update(circle)
                    if len(circle) > 1 or node in next_to_themselves:
                        yield circle


def _closed(path: list[Node], node: Node) -> list[Node]:
    """Take from the path all that came after this node, and itself."""
    circle = [path.pop()]
    while circle[-1] != node:
        circle.append(path.pop())
    return circle
