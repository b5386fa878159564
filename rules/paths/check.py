"""Checks a path against the words there are, and puts checked steps in the place of words.

Every mistake is found, not the first alone. Names of walks are replaced by what they stand for;
tests move to the steps they are about.
"""

import difflib
import itertools
from collections.abc import Callable

from rules.language.errors import at
from rules.paths.tree import (
    Filtered,
    Leaf,
    Node,
    Repeat,
    Sequence,
    Test,
    Turns,
    Union,
    Word,
)
from rules.paths.types import check_test, names_in
from rules.paths.words import ATTRIBUTES, HOME, LINKS, SEATED, STARTS, STEPS
from rules.source import Problem
from schemas.party import PartyKind

MAX_STEPS = 300
"""Steps of one path when every name in it is written out, repetitions times by times."""


MAX_NAMES = 20
"""Walks named within each other."""


class TooLongError(ValueError):
    """The path has more than MAX_STEPS steps, or MAX_NAMES names within each other."""


Find = Callable[[str], "Named | None"]
"""The walk of a name, or None."""


class Named:
    """A path text with its tree, where others may name it."""

    __slots__ = ("_behind", "_starts", "find", "name", "names", "text", "tree")

    def __init__(
        self, name: str, text: str, tree: Turns, *, find: Find, names: tuple[str, ...] = ()
    ) -> None:
        self.name = name
        self.text = text
        self.tree = tree
        self.find = find
        """How names within it are understood."""
        self.names = names
        """Names to suggest for a wrong one."""
        self._starts: bool | None = None
        self._behind: frozenset[str] | None = None

    def starts(self) -> bool:
        """Whether it says itself where it begins."""
        if self._starts is None:
            self._starts = False  # of a walk that leads back to itself
            self._starts = any(starts(turn, self.find) for turn in self.tree.turns)
        return self._starts

    def behind(self) -> frozenset[str]:
        """Whose attributes are known right behind it, besides the party's and the event's."""
        if self._behind is None:
            self._behind = frozenset()
            self._behind = behind(_either(self.tree), self.find)
        return self._behind


def starts(node: Node, find: Find) -> bool:
    """Whether a path says itself where it begins."""
    match node:
        case Word():
            found = None if node.name in STEPS else find(node.name)
            return node.name in STARTS or (found is not None and found.starts())
        case Filtered() | Repeat():
            return starts(node.part, find)
        case Sequence():
            return starts(node.parts[0], find)
        case Union():
            return any(starts(part, find) for part in node.parts)
        case Leaf():
            return bool(node.start)


def behind(node: Node, find: Find) -> frozenset[str]:
    """Whose attributes are known right behind a path: those of a link, of a mission's host."""
    match node:
        case Word():
            if node.name in LINKS:
                return frozenset({"link"})
            if node.name == PartyKind.MISSION:
                return frozenset({"host"})
            if node.name in STEPS or node.name in STARTS:
                return frozenset()
            found = find(node.name)
            # Of a word that is not there, that is what is told.
            return frozenset({"link", "host"}) if found is None else found.behind()
        case Filtered():
            return behind(node.part, find)
        case Sequence():
            return behind(node.parts[-1], find)
        case Union():
            first, *others = (behind(part, find) for part in node.parts)
            return first.intersection(*others)
        case Repeat() | Leaf():
            return frozenset()


def check(walk: Named) -> tuple[Turns, list[Problem]]:
    """The tree with checked steps; it may be run when there is no problem.

    Raises TooLongError when it has more than MAX_STEPS, every name in it written out.
    """
    checker = _Checker(walk, within=(), count=itertools.count())
    turns = tuple(checker.node(turn, (), first=True) for turn in walk.tree.turns)
    return Turns(turns), checker.problems


class _Checker:
    def __init__(
        self, walk: Named, *, within: tuple[Named, ...], count: "itertools.count[int]"
    ) -> None:
        self._walk = walk
        self._within = (*within, walk)
        self._count = count
        self.problems: list[Problem] = []
        self.loops = False
        """A name in it leads back to where it was named."""

    def node(self, node: Node, tests: tuple[Test, ...], *, first: bool) -> Node:
        """The node with `tests` applied to what it reaches; `first`: where the path begins."""
        match node:
            case Word():
                return self._word(node, tests, first=first)
            case Filtered():
                self._test(node)
                return self.node(node.part, (node.test, *tests), first=first)
            case Union():
                return _merged([self.node(part, tests, first=first) for part in node.parts])
            case Sequence():
                *before, last = node.parts
                parts = [
                    self.node(part, (), first=first and not index)
                    for index, part in enumerate(before)
                ]
                return _chain(*parts, self.node(last, tests, first=False))
            case Repeat():
                if first and starts(node.part, self._walk.find):
                    self._wrong(
                        node.at, "A path begins only once.", "Repeat a step behind the start."
                    )
                    return Leaf()
                again = Repeat(self.node(node.part, (), first=False), node.low, node.high, node.at)
                begin = (Leaf(start="event.parties"),) if first else ()
                return _chain(*begin, again, *((Leaf(tests=tests),) if tests else ()))
            case Leaf():
                return node

    def _word(self, word: Word, tests: tuple[Test, ...], *, first: bool) -> Node:
        known = word.name in STARTS or word.name in STEPS or self._walk.find(word.name)
        if word.against and known and word.name not in LINKS:
            self._wrong(word.at, "^ goes against a link only.", "Remove it, or name a link.")
        if word.name in STARTS:
            if not first:
                self._wrong(
                    word.at,
                    f"{word.name} can only begin a path.",
                    "Begin with it, or join two whole paths with |.",
                )
            return Leaf(start=word.name, tests=tests)
        if word.name not in STEPS:
            return self._named(word, tests, first=first)
        if next(self._count) >= MAX_STEPS:
            raise TooLongError
        begin = (Leaf(start="event.parties"),) if first else ()
        return _chain(*begin, *_steps(word, tests))

    def _named(self, word: Word, tests: tuple[Test, ...], *, first: bool) -> Node:
        found = self._walk.find(word.name)
        if found is None and word.name != self._walk.name:
            known = {*STEPS, *STARTS, *self._walk.names}
            near = difflib.get_close_matches(word.name, sorted(known), n=1, cutoff=0.6)
            remedy = f"Did you mean {near[0]}?" if near else "The reference lists all words."
            self._wrong(word.at, f"There is no step, start or walk {word.name}.", remedy)
            return Leaf()
        if found is None or any(found is walk for walk in self._within):
            return self._loop(word)
        if not first and found.starts():
            self._wrong(
                word.at,
                f"{word.name} is a whole path and can only begin one.",
                "Begin with it, or join the two with |.",
            )
            return Leaf()
        if len(self._within) > MAX_NAMES:
            raise TooLongError
        # What is wrong within it is told there, but not that it leads back to here.
        inner = _Checker(found, within=self._within, count=self._count)
        node = inner.node(_either(found.tree), tests, first=first)
        return self._loop(word) if inner.loops else node

    def _loop(self, word: Word) -> Leaf:
        self.loops = True
        self._wrong(
            word.at, f"The walk {word.name} leads back to itself.", "Write out what you mean."
        )
        return Leaf()

    def _test(self, node: Filtered) -> None:
        for where, message, remedy in check_test(node.test):
            self._wrong(where, message, remedy)
        self._reachable(node)

    def _reachable(self, node: Filtered) -> None:
        """What is known of a link, or of a mission's host, is known right behind that step only."""
        of_step = behind(node.part, self._walk.find)
        for name in names_in(node.test):
            found = ATTRIBUTES.get(name.path)
            if found is None or found.of in ("party", "event", *of_step):
                continue
            remedy = (
                "Put the brackets right behind a link, as in ^invests_in[share >= 1%]."
                if found.of == "link"
                else "Use it as in mission[host == event.country]."
            )
            self._wrong(name.at, f"Nothing here has {name.path}.", remedy)

    def _wrong(self, offset: int, message: str, remedy: str) -> None:
        error = at(self._walk.text, offset, message, remedy=remedy)
        self.problems.append(Problem(error.line, error.column, error.message, error.remedy))


def _steps(word: Word, tests: tuple[Test, ...]) -> tuple[Leaf, ...]:
    if word.name == HOME:
        return (Leaf(home=True, tests=tests),)
    if word.name in LINKS:
        kinds = frozenset({LINKS[word.name]})
        return (
            Leaf(against=kinds, tests=tests) if word.against else Leaf(along=kinds, tests=tests),
        )
    hosted = any(name.path == "host" for test in tests for name in names_in(test))
    return Leaf(home=True), Leaf(seated=SEATED[word.name], tests=tests, by_host=hosted)


def _either(tree: Turns) -> Node:
    return Union(tree.turns) if len(tree.turns) > 1 else tree.turns[0]


def _chain(*parts: Node) -> Node:
    flat = [
        inner for part in parts for inner in (part.parts if isinstance(part, Sequence) else (part,))
    ]
    return Sequence(tuple(flat)) if len(flat) > 1 else flat[0]


def _merged(parts: list[Node]) -> Node:
    """Links with the same tests become one step over all of them: one view instead of several."""
    links: dict[tuple[Test, ...], Leaf] = {}
    others: list[Node] = []
    for part in parts:
        inner = part.parts if isinstance(part, Union) else (part,)
        for each in inner:
            if isinstance(each, Leaf) and (each.along or each.against):
                known = links.get(each.tests, Leaf(tests=each.tests))
                links[each.tests] = Leaf(
                    along=known.along | each.along,
                    against=known.against | each.against,
                    tests=each.tests,
                )
            elif each not in others:
                others.append(each)
    every = (*links.values(), *others)
    return Union(every) if len(every) > 1 else every[0]
