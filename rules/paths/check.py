"""Checks a path against the words there are, and puts checked steps in the place of words.

Every mistake is found, not the first alone. Names of walks are replaced by what they stand for;
tests move to the steps they are about.
"""

import difflib
from collections.abc import Callable, Iterable

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

Find = Callable[[str], "Named | None"]
"""The walk of a name, or None."""


class Named:
    """A path text with its tree, where it may be named by others."""

    __slots__ = ("find", "names", "text", "tree")

    def __init__(self, text: str, tree: Turns, *, find: Find, names: Iterable[str] = ()) -> None:
        self.text = text
        self.tree = tree
        self.find = find
        """How names within it are understood."""
        self.names = tuple(names)
        """Names to suggest for a wrong one."""


def check(walk: Named) -> tuple[Turns, list[Problem]]:
    """The tree with checked steps; it may be run when there is no problem."""
    checker = _Checker(walk, within=())
    turns = tuple(checker.node(turn, (), first=True) for turn in walk.tree.turns)
    return Turns(turns), checker.problems


class _Checker:
    def __init__(self, walk: Named, *, within: tuple[Turns, ...]) -> None:
        self._walk = walk
        self._within = (*within, walk.tree)
        self.problems: list[Problem] = []

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
                if first and self._starts(node.part):
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
        if word.against and word.name not in LINKS:
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
        begin = (Leaf(start="event.parties"),) if first else ()
        return _chain(*begin, *_steps(word, tests))

    def _named(self, word: Word, tests: tuple[Test, ...], *, first: bool) -> Node:
        found = self._walk.find(word.name)
        if found is None:
            known = {*STEPS, *STARTS, *self._walk.names}
            near = difflib.get_close_matches(word.name, sorted(known), n=1, cutoff=0.6)
            remedy = f"Did you mean {near[0]}?" if near else "The reference lists all words."
            self._wrong(word.at, f"There is no step, start or walk {word.name}.", remedy)
            return Leaf()
        if any(found.tree is tree for tree in self._within):
            self._wrong(
                word.at, f"The walk {word.name} leads back to itself.", "Write out what you mean."
            )
            return Leaf()
        if not first and self._starts(word):
            self._wrong(
                word.at,
                f"{word.name} is a whole path and can only begin one.",
                "Begin with it, or join the two with |.",
            )
            return Leaf()
        inner = _Checker(found, within=self._within)  # what is wrong there is told there
        return inner.node(_either(found.tree), tests, first=first)

    def _starts(self, node: Node, seen: tuple[Turns, ...] = ()) -> bool:
        """Whether it says itself where it begins."""
        match node:
            case Word():
                found = None if node.name in STEPS else self._walk.find(node.name)
                if found is None or any(found.tree is tree for tree in seen):
                    return node.name in STARTS
                inner = _Checker(found, within=())
                return inner._starts(_either(found.tree), (*seen, found.tree))
            case Filtered() | Repeat():
                return self._starts(node.part, seen)
            case Sequence():
                return self._starts(node.parts[0], seen)
            case Union():
                return any(self._starts(part, seen) for part in node.parts)
            case Leaf():
                return bool(node.start)

    def _test(self, node: Filtered) -> None:
        for where, message, remedy in check_test(node.test):
            self._wrong(where, message, remedy)
        self._reachable(node)

    def _reachable(self, node: Filtered) -> None:
        """What is known of a link, or of a mission's host, is known right behind that step only."""
        behind = self._behind(node.part)
        for name in names_in(node.test):
            found = ATTRIBUTES.get(name.path)
            if found is None or found.of in ("party", "event", *behind):
                continue
            remedy = (
                "Put the brackets right behind a link, as in ^invests_in[share >= 1%]."
                if found.of == "link"
                else "Use it as in mission[host == event.country]."
            )
            self._wrong(name.at, f"Nothing here has {name.path}.", remedy)

    def _behind(self, node: Node, seen: tuple[Turns, ...] = ()) -> frozenset[str]:
        match node:
            case Word():
                if node.name in LINKS:
                    return frozenset({"link"})
                if node.name == PartyKind.MISSION:
                    return frozenset({"host"})
                found = None if node.name in STEPS else self._walk.find(node.name)
                if found is None or any(found.tree is tree for tree in seen):
                    return frozenset()
                inner = _Checker(found, within=())
                return inner._behind(_either(found.tree), (*seen, found.tree))
            case Filtered():
                return self._behind(node.part, seen)
            case Sequence():
                return self._behind(node.parts[-1], seen)
            case Union():
                first, *others = (self._behind(part, seen) for part in node.parts)
                return first.intersection(*others)
            case Repeat() | Leaf():
                return frozenset()

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
