"""Who can be reached over links that hold: the loop that looks at most links, written out.

It reads the arrays of a view directly; many links at once are numpy's, a few a plain loop's.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice

import numpy as np

from rules.columns import Columns, day_number
from rules.graph import Registry
from rules.snapshot import Ways
from rules.texts import Numbers
from rules.view import View, short_day

Reached = dict[int, int]
"""Of each node the link over which it was reached first; of those one started from START."""
START = -1
_MANY = 64
"""Nodes at one distance, or links of one node, that numpy looks at faster than a loop does."""


def within(
    registry: Registry, starts: Iterable[int], ways: Ways, *, hops: int, on: date | None
) -> Reached:
    """Everybody at most so many hops away over links that include on that day, starts included.

    Nearest first. `ways`: the kinds of links to go along (`a` to `b`), and against.
    """
    reached = dict.fromkeys(starts, START)
    view, day = registry.merged(*ways), day_number(on)
    spread(view, list(reached), reached, columns=registry.columns, day=day, hops=hops)
    return reached


def through(
    registry: Registry, starts: Iterable[int], steps: Sequence[Ways], *, on: date | None
) -> Reached:
    """Those at the end of a chain of steps, each one hop from those of the step before."""
    ends, day = dict.fromkeys(starts, START), day_number(on)
    for ways in steps:
        if not ends:
            break
        after: Reached = {}
        view = registry.merged(*ways)
        spread(view, list(ends), after, columns=registry.columns, day=day)
        ends = after
    return ends


def spread(
    view: View,
    nodes: list[int],
    reached: Reached,
    *,
    columns: Columns,
    day: int,
    hops: int = 1,
) -> None:
    """Add to `reached` whoever is so many hops from these nodes, over whoever is added.

    Over links that include on `day` (`columns.day_number`), in the view's order.
    """
    short, settled = short_day(day)
    changed, offsets = view.changed, view.offsets
    neighbours, links, opens, until = view.neighbours, view.links, view.opens, view.until
    for _ in range(hops):
        if not settled:
            nodes = _add(_slowly(view, nodes, columns=columns, day=day), reached)
            continue
        if len(nodes) > _MANY and not (changed and not changed.keys().isdisjoint(nodes)):
            nodes = _add(_many(view, nodes, short), reached)
            continue
        fresh: list[int] = []
        for node in nodes:
            if changed and node in changed:
                fresh += _add(_slowly(view, [node], columns=columns, day=day), reached)
                continue
            start, end = offsets[node], offsets[node + 1]
            if end - start > _MANY:
                fresh += _add(_many(view, [node], short), reached)
                continue
            for at in range(start, end):
                if opens[at] <= short <= until[at]:
                    other = neighbours[at]
                    if other not in reached:
                        reached[other] = links[at]
                        fresh.append(other)
        nodes = fresh
        if not nodes:
            break


def _add(hops: Iterable[tuple[int, int]], reached: Reached) -> list[int]:
    before = len(reached)
    for other, link in hops:
        if other not in reached:
            reached[other] = link
    return list(islice(reached, before, None))


def _slowly(
    view: View, nodes: Iterable[int], *, columns: Columns, day: int
) -> Iterator[tuple[int, int]]:
    """The hops from these over links that include on any day there is."""
    opens, until = columns.opens, columns.until
    for node in nodes:
        for other, link in view.each(node):
            if opens[link] <= day <= until[link]:
                yield other, link


def _many(view: View, nodes: list[int], short: int) -> Iterable[tuple[int, int]]:
    """The hops from these, none of them changed, over links that include on that day."""
    offsets, some = np.asarray(view.offsets), np.array(nodes)
    starts = offsets[some].astype(np.int64)
    lengths = offsets[some + 1] - starts
    ends = np.cumsum(lengths)
    at: Numbers = np.repeat(starts - ends + lengths, lengths) + np.arange(ends[-1])
    opens, until = np.asarray(view.opens)[at], np.asarray(view.until)[at]
    at = at[(opens <= short) & (until >= short)]
    others, links = np.asarray(view.neighbours)[at], np.asarray(view.links)[at]
    return zip(others.tolist(), links.tolist(), strict=True)
