"""Who can be reached over links that hold: the loop that looks at most links, written out.

It reads the arrays of a view directly, and settles most links by one byte, without their days.
"""

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np

from rules.columns import Columns, day_number
from rules.graph import Registry
from rules.snapshot import Ways
from rules.view import YES, View

Reached = dict[int, int]
"""Of each node the link over which it was reached first; of those one started from START."""
START = -1
_WIDE = 40
"""Links of one node from which numpy picks those that hold faster than a loop does."""


def within(
    registry: Registry, starts: Iterable[int], ways: Ways, *, hops: int, on: date | None
) -> Reached:
    """Everybody at most so many hops away over links that include on that day, starts included.

    Nearest first. `ways`: the kinds of links to go along (`a` to `b`), and against.
    """
    view, day = registry.merged(*ways), day_number(on)
    reached = dict.fromkeys(starts, START)
    fresh: Iterable[int] = tuple(reached)
    for _ in range(hops):
        fresh = hop(view, fresh, reached, columns=registry.columns, day=day)
    return reached


def through(
    registry: Registry, starts: Iterable[int], steps: Sequence[Ways], *, on: date | None
) -> Reached:
    """Those at the end of a chain of steps, each one hop from those of the step before."""
    day = day_number(on)
    ends = dict.fromkeys(starts, START)
    for ways in steps:
        after: Reached = {}
        hop(registry.merged(*ways), ends, after, columns=registry.columns, day=day)
        ends = after
    return ends


def hop(
    view: View, nodes: Iterable[int], reached: Reached, *, columns: Columns, day: int
) -> list[int]:
    """One hop from these nodes to whoever is not in `reached`; they are added to it. Returns them.

    Over links that include on `day` (`columns.day_number`), in the view's order.
    """
    fresh: list[int] = []
    changed = view.changed
    offsets, neighbours, links, holds = view.offsets, view.neighbours, view.links, view.holds
    opens, until = columns.opens, columns.until
    for node in nodes:
        if node in changed:
            pairs: Iterable[tuple[int, int]] = changed[node]
            pairs = [pair for pair in pairs if opens[pair[1]] <= day <= until[pair[1]]]
        else:
            start, end = offsets[node], offsets[node + 1]
            if end - start < _WIDE:
                for at in range(start, end):
                    held = holds[at]
                    if held:
                        other = neighbours[at]
                        if other not in reached:
                            link = links[at]
                            if held == YES or opens[link] <= day <= until[link]:
                                reached[other] = link
                                fresh.append(other)
                continue
            pairs = _holding(view, start, end, columns=columns, day=day)
        for other, link in pairs:
            if other not in reached:
                reached[other] = link
                fresh.append(other)
    return fresh


def _holding(
    view: View, start: int, end: int, *, columns: Columns, day: int
) -> Iterable[tuple[int, int]]:
    links = np.asarray(view.links[start:end])
    opens, until = np.asarray(columns.opens), np.asarray(columns.until)
    good = (opens[links] <= day) & (until[links] >= day)
    others = np.asarray(view.neighbours[start:end])
    return zip(others[good].tolist(), links[good].tolist(), strict=True)
