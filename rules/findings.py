"""What a search for the excluded found: of the grounds for one party the hardest counts."""

from collections.abc import Iterable
from typing import NamedTuple

from rules.flood import Ground, Ring, Trail
from schemas.closure import Closure, Excluded
from schemas.contact import Level
from schemas.reason import Reason

NEVER_OF_A_CONTROLLER: tuple[str, ...] = tuple(
    sorted({*(level.value for level in Level if not level.automatic), Level.LEGAL.value})
)
"""Levels of a controller that not even two people may release."""

_HARDEST_FIRST = (
    Reason.PERPETRATOR_CLOSURE,
    Reason.REQUESTING_STATE,
    Reason.TRANSIT_STATE,
    Reason.STATE_OF_PERPETRATOR,
    Reason.MECHANISM_OF_COMPLAINT,
    Reason.REPRESENTS,
    Reason.OFFICER_OF,
    Reason.UNKNOWN_PERPETRATOR_GROUP,
    Reason.CONTROLLER_NEEDS_TWO,
)
_Hardness = tuple[bool, bool, bool, int, int]


class Stage(NamedTuple):
    """Parties excluded on one ground."""

    reason: Reason
    tagged: bool
    ring: Ring

    @property
    def levels(self) -> tuple[str, ...]:
        """Of whom this ground shuts some levels for good; empty: it shuts all alike."""
        return NEVER_OF_A_CONTROLLER if self.reason is Reason.CONTROLLER_NEEDS_TWO else ()


class Searched:
    """The findings of one event over one registry."""

    def __init__(self, ground: Ground, stages: Iterable[Stage]) -> None:
        self._ground = ground
        self._stages = tuple(stages)

    def find(self, party: str) -> Excluded | None:
        """The exclusion of this party, or None."""
        node = self._ground.known(party)
        if node is None:
            return None
        best: tuple[_Hardness, Stage, Trail] | None = None
        for stage in self._stages:
            trail = stage.ring.get(node)
            if trail is not None:
                hard = _hardness_of(stage, trail)
                if best is None or hard < best[0]:
                    best = (hard, stage, trail)
        return None if best is None else self._entry(party, best[1], best[2])

    def grounds(self, party: str) -> tuple[Excluded, ...]:
        """All that excludes this party, hardest first.

        Two people who clear it must see every tie: where nothing firm excludes it, each of its
        ended or unverified links to anybody excluded is a ground of its own.
        """
        node = self._ground.known(party)
        if node is None:
            return ()
        found = [
            (stage, trail) for stage in self._stages if (trail := stage.ring.get(node)) is not None
        ]
        found.sort(key=lambda each: _hardness_of(*each))
        entries = [self._entry(party, *each) for each in found]
        if entries and all(entry.tagged or entry.clearable for entry in entries):
            entries += self._softly_tied(party, node, found[0][0])
        return tuple({entry.ground: entry for entry in reversed(entries)}.values())[::-1]

    def _softly_tied(self, party: str, node: int, stage: Stage) -> list[Excluded]:
        tied = []
        for other, link in self._ground.soft_ties(node):
            near = self._nearest(other)
            if near is not None:
                tied.append(self._entry(party, stage, self._ground.over(near, node, link)))
        return sorted(tied, key=_spelled)

    def _nearest(self, node: int) -> Trail | None:
        trails = [trail for stage in self._stages if (trail := stage.ring.get(node)) is not None]
        return min(trails, key=lambda trail: trail[3]) if trails else None

    def entries(self) -> tuple[Excluded, ...]:
        """Every exclusion, sorted by party."""
        best: dict[int, tuple[Stage, Trail]] = {}
        for stage in self._stages:
            for node, trail in stage.ring.items():
                known = best.get(node)
                if known is None or _hardness_of(stage, trail) < _hardness_of(*known):
                    best[node] = (stage, trail)
        named = sorted((self._ground.id(node), node) for node in best)
        return tuple(self._entry(party, *best[node]) for party, node in named)

    @property
    def weight(self) -> int:
        """Trails held."""
        return sum(len(stage.ring) for stage in self._stages)

    def _entry(self, party: str, stage: Stage, trail: Trail) -> Excluded:
        return Excluded(
            party=party,
            reason=stage.reason,
            path=self._ground.path(trail),
            tagged=stage.tagged,
            levels=stage.levels,
            clearable=trail[4],
            distance=trail[3],
        )


class Joined:
    """The findings of several closures together."""

    def __init__(self, parts: Iterable[Closure]) -> None:
        self._parts = tuple(parts)

    def find(self, party: str) -> Excluded | None:
        """The hardest exclusion of this party, or None."""
        found = [entry for part in self._parts if (entry := part.find(party)) is not None]
        return _hardest(found) if found else None

    def grounds(self, party: str) -> tuple[Excluded, ...]:
        """All that excludes this party, hardest first."""
        found = [entry for part in self._parts for entry in part.grounds(party)]
        found.sort(key=lambda entry: (_hardness(entry), _spelled(entry)))
        return tuple({entry.ground: entry for entry in reversed(found)}.values())[::-1]

    def entries(self) -> tuple[Excluded, ...]:
        """Every exclusion, sorted by party."""
        hardest: dict[str, Excluded] = {}
        for part in self._parts:
            for entry in part.entries:
                known = hardest.get(entry.party)
                hardest[entry.party] = entry if known is None else _hardest((known, entry))
        return tuple(hardest[party] for party in sorted(hardest))

    @property
    def weight(self) -> int:
        """What the parts hold."""
        return sum(part.weight for part in self._parts)


def _hardest(entries: Iterable[Excluded]) -> Excluded:
    """What nobody can lift stands before what two people can; then the nearest."""
    first, *others = entries
    for entry in others:
        one, other = _hardness(first), _hardness(entry)
        if other < one or (other == one and _spelled(entry) < _spelled(first)):
            first = entry
    return first


def _hardness_of(stage: Stage, trail: Trail) -> _Hardness:
    softer_kind = stage.reason is Reason.CONTROLLER_NEEDS_TWO
    return (stage.tagged, trail[4], softer_kind, _HARDEST_FIRST.index(stage.reason), trail[3])


def _hardness(entry: Excluded) -> _Hardness:
    return (
        entry.tagged,
        entry.clearable,
        bool(entry.levels),
        _HARDEST_FIRST.index(entry.reason),
        entry.distance,
    )


def _spelled(entry: Excluded) -> str:
    return repr((entry.path, entry.levels))
