"""How two parties are tied to each other: the shortest way, over what holds and over anything.

For a person who asks why. Pure, and it decides nothing: walks say who is told, exclusion who must
not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from rules.graph import EVERY_KIND, Registry
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
        holding=_shortest(registry, a, b, lambda link: registry.link_at(link).current(on)),
        ever=_shortest(registry, a, b, lambda link: True),
    )


def _shortest(registry: Registry, a: str, b: str, counts: Callable[[int], bool]) -> Tie:
    start, end = registry.number(a), registry.number(b)
    if start is None or end is None or start == end:
        return Tie()
    view = registry.merged(EVERY_KIND, EVERY_KIND)
    came: dict[int, tuple[int, int]] = {start: (start, -1)}
    frontier, looked = [start], 0
    for _ in range(FARTHEST):
        further = []
        for node in frontier:
            if node != start and registry.kind_of(node) in _HUBS:
                continue
            for other, link in view.each(node):
                looked += 1
                if other not in came and counts(link):
                    came[other] = (node, link)
                    further.append(other)
            if end in came:
                return Tie(links=_way(registry, came, end))
            if looked > LOOKED_AT_MOST:
                return Tie(ended_early=True)
        frontier = further
    return Tie()


def _way(registry: Registry, came: dict[int, tuple[int, int]], end: int) -> tuple[Link, ...]:
    links = []
    while came[end][1] >= 0:
        end, link = came[end]
        links.append(registry.link_at(link))
    return tuple(reversed(links))
