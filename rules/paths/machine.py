"""A checked path as a machine: its steps, and which of them may follow which.

Each step of the text is one place (a repetition with bounds has one for each time); a walk stands
on places and parties at once. So the same party may be reached twice on two different ways, and
loops of links end by themselves.
"""

from collections.abc import Iterable, Iterator
from collections.abc import Sequence as Listed
from dataclasses import dataclass

from rules.paths.check import MAX_STEPS, TooLongError
from rules.paths.tree import Leaf, Node, Repeat, Sequence, Turns, Union
from rules.steps import CONTROL
from schemas.link import LinkKind

Way = tuple[frozenset[LinkKind], frozenset[LinkKind], bool]
"""Kinds to go along and against, and whether that is control."""


@dataclass(frozen=True, slots=True)
class Machine:
    """One turn of a path, ready to run."""

    steps: tuple[Leaf, ...]
    first: tuple[int, ...]
    follows: tuple[tuple[int, ...], ...]
    """Of each place, those that may come next."""
    ends: frozenset[int]
    """Places where what was reached is found."""
    lane: tuple[int, ...]
    """Places of one lane are the times of one repetition: who came earlier there may go further."""
    turn: tuple[int, ...]
    """Within its lane, smaller is earlier."""
    ways: tuple[tuple[Way, ...], ...]
    """Of each place over which links it goes: those of control apart, for they are nearer."""


@dataclass(frozen=True, slots=True)
class _Piece:
    first: tuple[int, ...]
    last: tuple[int, ...]
    empty: bool
    """Whether it may be left out."""


def machines(tree: Turns) -> tuple[Machine, ...]:
    """One for each turn. Raises TooLongError."""
    return tuple(_Builder().whole(turn) for turn in tree.turns)


class _Builder:
    def __init__(self) -> None:
        self._steps: list[Leaf] = []
        self._follows: list[dict[int, None]] = []
        self._lane: list[int] = []
        self._turn: list[int] = []

    def whole(self, node: Node) -> Machine:
        piece = self._piece(node)
        return Machine(
            steps=tuple(self._steps),
            first=piece.first,
            follows=tuple(tuple(self._earliest(after)) for after in self._follows),
            ends=frozenset(piece.last),
            lane=tuple(self._lane),
            turn=tuple(self._turn),
            ways=tuple(tuple(_ways(leaf)) for leaf in self._steps),
        )

    def _earliest(self, after: Iterable[int]) -> list[int]:
        """Of places in one lane the earliest alone: whoever stands there may go wherever the others
        may, over the same links, so that to try those as well finds nobody else."""
        first: dict[int, int] = {}
        for place in after:
            known = first.setdefault(self._lane[place], place)
            if self._turn[place] < self._turn[known]:
                first[self._lane[place]] = place
        return list(first.values())

    def _piece(self, node: Node) -> _Piece:
        match node:
            case Leaf():
                place = self._place(node)
                return _Piece((place,), (place,), False)
            case Union():
                pieces = [self._piece(part) for part in node.parts]
                return _Piece(
                    tuple(place for piece in pieces for place in piece.first),
                    tuple(place for piece in pieces for place in piece.last),
                    any(piece.empty for piece in pieces),
                )
            case Sequence():
                return self._chain([self._piece(part) for part in node.parts])
            case Repeat(high=None):
                return self._loop(node)
            case Repeat():
                return self._times(node)
            case _:
                raise TypeError("a path is checked before it is built")

    def _place(self, leaf: Leaf) -> int:
        if len(self._steps) == MAX_STEPS:
            raise TooLongError
        self._steps.append(leaf)
        self._follows.append({})
        self._lane.append(len(self._lane))
        self._turn.append(0)
        return len(self._steps) - 1

    def _join(self, last: Listed[int], first: Listed[int]) -> None:
        for place in last:
            self._follows[place].update(dict.fromkeys(first))

    def _chain(self, pieces: Listed[_Piece]) -> _Piece:
        whole = pieces[0]
        for piece in pieces[1:]:
            self._join(whole.last, piece.first)
            whole = _Piece(
                (*whole.first, *piece.first) if whole.empty else whole.first,
                (*whole.last, *piece.last) if piece.empty else piece.last,
                whole.empty and piece.empty,
            )
        return whole

    def _loop(self, node: Repeat) -> _Piece:
        piece = self._piece(node.part)
        self._join(piece.last, piece.first)
        return _Piece(piece.first, piece.last, node.low == 0 or piece.empty)

    def _times(self, node: Repeat) -> _Piece:
        high = node.high or 1
        pieces = [self._piece(node.part) for _ in range(high)]
        if isinstance(node.part, Leaf):
            # Once it may end, whoever was reached sooner can still go wherever the later one can.
            sooner = pieces[max(node.low - 1, 0)].first[0]
            for time, piece in enumerate(pieces[max(node.low - 1, 0) :]):
                self._lane[piece.first[0]] = sooner
                self._turn[piece.first[0]] = time
        optional = [
            _Piece(piece.first, piece.last, piece.empty or time >= node.low)
            for time, piece in enumerate(pieces)
        ]
        return self._chain(optional)


def _ways(leaf: Leaf) -> Iterator[Way]:
    for along, against, control in (
        (leaf.along & CONTROL, leaf.against & CONTROL, True),
        (leaf.along - CONTROL, leaf.against - CONTROL, False),
    ):
        if along or against:
            yield along, against, control
