"""Who can be reached over links that hold: the loops that look at most links, written out.

They read the arrays of a view directly; many links at once are numpy's, a few a plain loop's.
"""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

import numpy as np

from rules.columns import Columns, day_number
from rules.graph import Registry
from rules.snapshot import Ways
from rules.texts import Numbers
from rules.view import View, short_day

Reached = dict[int, int]
"""Of each node the link over which it was reached first; of those one started from START."""
START = -1
_MANY_NODES = 32
"""Nodes at one distance whose links numpy looks at faster than a loop does."""
_MANY_LINKS = 48
"""Links of one node from which numpy is faster."""


def within(
    registry: Registry, starts: Iterable[int], ways: Ways, *, hops: int, on: date | None
) -> set[int]:
    """Everybody at most so many hops away over links that include on that day, starts included.

    `ways`: the kinds of links to go along (`a` to `b`), and against.
    """
    reached = set(starts)
    view, day = registry.merged(*ways), day_number(on)
    _near(view, reached, reached, columns=registry.columns, day=day, hops=hops)
    return reached


def through(
    registry: Registry, starts: Iterable[int], steps: Sequence[Ways], *, on: date | None
) -> set[int]:
    """Those at the end of a chain of steps, each one hop from those of the step before."""
    ends, day = set(starts), day_number(on)
    for ways in steps:
        if not ends:
            break
        after: set[int] = set()
        _near(registry.merged(*ways), ends, after, columns=registry.columns, day=day)
        ends = after
    return ends


def _near(
    view: View,
    starts: Iterable[int],
    reached: set[int],
    *,
    columns: Columns,
    day: int,
    hops: int = 1,
) -> None:
    """Add to `reached` whoever is so many hops from these nodes, over whoever is added.

    In no order: a set is all that comes of it.
    """
    short, settled = short_day(day)
    changed, offsets = view.changed, view.offsets
    neighbours, opens, until = view.neighbours, view.opens, view.until
    add = reached.add
    nodes = list(starts)
    while nodes and hops:
        hops -= 1
        fresh: list[int] = []
        if not settled or (changed and not changed.keys().isdisjoint(nodes)):
            others = [other for other, _ in _slowly(view, nodes, columns=columns, day=day)]
            fresh += _added(others, reached, last=not hops)
        elif len(nodes) > _MANY_NODES:
            others = np.asarray(neighbours)[_of_many(view, nodes, short)].tolist()
            fresh += _added(others, reached, last=not hops)
        else:
            for node in nodes:
                start, end = offsets[node], offsets[node + 1]
                if end - start > _MANY_LINKS:
                    others = np.asarray(neighbours)[_of_one(view, start, end, short)].tolist()
                    fresh += _added(others, reached, last=not hops)
                    continue
                for at in range(start, end):
                    if opens[at] <= short <= until[at]:
                        other = neighbours[at]
                        if other not in reached:
                            add(other)
                            fresh.append(other)
        nodes = fresh


def _added(others: list[int], reached: set[int], *, last: bool) -> Iterable[int]:
    """Who of these was not reached before, and is now; as whole sets, not one by one.

    Nobody goes on from the `last`, who are the most: who of them is new is not worked out.
    """
    if last:
        reached.update(others)
        return ()
    fresh = set(others)
    fresh -= reached
    reached |= fresh
    return fresh


def spread(
    view: View, nodes: Collection[int], reached: Reached, *, columns: Columns, day: int
) -> None:
    """Add to `reached` whoever is one hop from these nodes, and the first link that leads there.

    Over links that include on `day` (`columns.day_number`), in the view's order.
    """
    short, settled = short_day(day)
    changed = view.changed
    if not settled or (changed and not changed.keys().isdisjoint(nodes)):
        for other, link in _slowly(view, nodes, columns=columns, day=day):
            reached.setdefault(other, link)
    elif nodes:
        at = _of_many(view, nodes, short)
        others, links = np.asarray(view.neighbours)[at], np.asarray(view.links)[at]
        # A loop over both, three times as fast.
        deque(map(reached.setdefault, others.tolist(), links.tolist()), maxlen=0)


def _slowly(
    view: View, nodes: Iterable[int], *, columns: Columns, day: int
) -> Iterator[tuple[int, int]]:
    """The hops from these over links that include on any day there is."""
    opens, until = columns.opens, columns.until
    for node in nodes:
        for other, link in view.each(node):
            if opens[link] <= day <= until[link]:
                yield other, link


def _of_many(view: View, nodes: Collection[int], short: int) -> Numbers:
    """Where in the view the links of these stand that include on that day; none is changed."""
    offsets, some = np.asarray(view.offsets), np.fromiter(nodes, dtype=np.int64, count=len(nodes))
    starts = offsets[some].astype(np.int64)
    lengths = offsets[some + 1] - starts
    ends = lengths.cumsum()
    at: Numbers = (starts - ends + lengths).repeat(lengths)
    at += np.arange(len(at))
    return at[(np.asarray(view.opens)[at] <= short) & (np.asarray(view.until)[at] >= short)]


def _of_one(view: View, start: int, end: int, short: int) -> Numbers:
    """The same of one node, whose links lie side by side."""
    opens, until = np.asarray(view.opens)[start:end], np.asarray(view.until)[start:end]
    return np.flatnonzero((opens <= short) & (until >= short)) + start
