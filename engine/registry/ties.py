"""How two parties are tied to each other: the shortest way, over what holds and over anything.

For a person who asks why. Pure, and it decides nothing: walks say who is told, exclusion who must
not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import islice

from rules.columns import day_number
from rules.graph import EVERY_KIND, Registry
from rules.reach import START, Reached, spread
from rules.view import View
from schemas.link import Link
from schemas.party import PartyKind

FARTHEST = 6
"""Links; what lies farther apart is tied to everybody."""
LOOKED_AT_MOST = 500_000
"""Links; a search that would look at more ends, and says so."""
_HUBS = frozenset({PartyKind.STATE})
"""Everybody is linked to these: a way may begin or end at one, not lead through it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """The shortest way from one party to another; empty when there is none within reach."""

    links: tuple[Link, ...] = ()
    ended_early: bool = False
    """The search was cut short: there may be one all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """Two answers: over links that are verified and hold that day, and over any ever known."""

    holding: Tie
    ever: Tie


def ties(registry: Registry, a: str, b: str, *, on: date) -> Ties:
    """How `a` and `b` are tied, in whichever direction the links point."""
    return Ties(
        holding=_shortest(registry, a, b, partial(_holding, registry, day_number(on))),
        ever=_shortest(registry, a, b, _ever),
    )


Hop = Callable[[View, list[int], Reached], None]
"""Adds whoever is one hop from these nodes."""


def _shortest(registry: Registry, a: str, b: str, hop: Hop) -> Tie:
    start, end = registry.number(a), registry.number(b)
    if start is None or end is None or start == end:
        return Tie()
    view = registry.merged(EVERY_KIND, EVERY_KIND)
    reached: Reached = {start: START}
    nodes, looked = [start], 0
    for _ in range(FARTHEST):
        looked += sum(view.degree(node) for node in nodes)
        if looked > LOOKED_AT_MOST:
            return Tie(ended_early=True)
        before = len(reached)
        hop(view, nodes, reached)
        if end in reached:
            return Tie(links=_way(registry, reached, end))
        fresh = islice(reached, before, None)
        nodes = [node for node in fresh if registry.kind_of(node) not in _HUBS]
    return Tie()


def _holding(registry: Registry, day: int, view: View, nodes: list[int], reached: Reached) -> None:
    spread(view, nodes, reached, columns=registry.columns, day=day)


def _ever(view: View, nodes: list[int], reached: Reached) -> None:
    for node in nodes:
        for other, link in view.each(node):
            reached.setdefault(other, link)


def _way(registry: Registry, reached: Reached, end: int) -> tuple[Link, ...]:
    links, columns = [], registry.columns
    while (number := reached[end]) != START:
        links.append(registry.link_at(number))
        end = columns.b[number] if columns.a[number] == end else columns.a[number]
    return tuple(reversed(links))
