"""From path texts to walks that run: every mistake of every text at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from rules.language.errors import ConditionError
from rules.paths.check import MAX_STEPS, Named, TooLongError, check
from rules.paths.judge import Judge, compiled
from rules.paths.machine import Machine, machines
from rules.paths.parser import parse
from rules.paths.search import Search
from rules.paths.trail import Item, Nodes
from rules.paths.tree import Leaf, Turns
from rules.snapshot import NOBODY
from rules.source import Problem
from rules.steps import Found, Refused, Start, Walked
from schemas.plan import Reason

Texts = Mapping[str, str]
"""Name of a walk -> its path."""


@dataclass(frozen=True, slots=True)
class PathWalk:
    """A walk written in the path language, checked."""

    name: str
    text: str
    turns: tuple[tuple[Machine, tuple[Judge | None, ...]], ...]

    def __call__(self, start: Start) -> Walked:
        """Whom it finds from here. Never raises on what a registry or an event may say."""
        nodes = Nodes(start.registry)
        searches = [Search(machine, judges, start, nodes).run() for machine, judges in self.turns]
        found, unknown = _found(searches, nodes)
        return Walked(
            found=tuple(found),
            withheld=(*unknown, *_refused(searches, nodes)),
            truncated=any(search.truncated for search in searches),
        )


class Compiled(NamedTuple):
    """What became of some path texts."""

    walks: Mapping[str, PathWalk]
    """Those that run."""
    named: Mapping[str, Named]
    """Those that others may name."""
    problems: Mapping[str, list[Problem]]
    """What is wrong with the others; line and column count from 1 within each text."""


def compile_all(texts: Texts, *, beside: Mapping[str, Named] | None = None) -> Compiled:
    """Compiles all of these texts together.

    A name in a text means the walk of that name among `texts`, except within that walk itself; else
    the one in `beside`.
    """
    beside = beside or {}
    names = (*texts, *beside)
    own: dict[str, Named] = {}
    problems: dict[str, list[Problem]] = {}
    for name, text in texts.items():
        try:
            tree = parse(text)
        except ConditionError as error:
            what = Problem(error.line, error.column, error.message, error.remedy)
            problems[name] = [what]
            continue

        def find(other: str, mine: str = name) -> Named | None:
            if other != mine and other in texts:
                return own.get(other, _BROKEN)
            return beside.get(other)

        own[name] = Named(name, text, tree, find=find, names=names)
    ready: dict[str, PathWalk] = {}
    for name, walk in own.items():
        try:
            tree, wrong = check(walk)
            if not wrong:
                ready[name] = _ready(name, walk.text, machines(tree))
        except (TooLongError, RecursionError):  # the latter from names within names
            wrong = [_too_long()]
        if wrong:
            problems[name] = wrong
    return Compiled(ready, own, problems)


_BROKEN = Named("", "", Turns((Leaf(),)), find=lambda name: None)
"""A walk whose text has a mistake: what is wrong is told once, where it stands."""


def _ready(name: str, text: str, turns: Iterable[Machine]) -> PathWalk:
    made = tuple((each, tuple(compiled(leaf.tests) for leaf in each.steps)) for each in turns)
    return PathWalk(name, text, made)


def _too_long() -> Problem:
    return Problem(
        1, 1, f"Written out, the path has more than {MAX_STEPS} steps.", "Name fewer walks in it."
    )


def _found(searches: Iterable[Search], nodes: Nodes) -> tuple[list[Found], list[Refused]]:
    """Each party once, nearest first; and apart those whom the registry does not know."""
    known: dict[str, Found] = {}
    unknown: dict[str, Refused] = {}
    ids, kinds, spell = nodes.registry.ids, nodes.registry.kinds, nodes.path
    for turn, search in enumerate(searches):
        for cost, ring in search.rings():
            listed: list[tuple[str, bool, Item]] = []
            for node in ring:
                item = search.found[node]
                if node >= 0:
                    listed.append((ids[node], kinds[node] != NOBODY, item))
                else:
                    listed += [(*each, item) for each in nodes.parties(node)]
            listed.sort(key=_BY_ID)
            for id, is_party, item in listed:
                if id in known or id in unknown:
                    continue
                if is_party:
                    known[id] = Found(party=id, path=item, spell=spell, turn=turn, cost=cost)
                else:
                    why = Reason.UNKNOWN_PARTY
                    unknown[id] = Refused(party=id, reason=why, path=item, spell=spell)
    return list(known.values()), list(unknown.values())


_BY_ID = itemgetter(0)


def _refused(searches: list[Search], nodes: Nodes) -> list[Refused]:
    refused: dict[str, Refused] = {}
    reached = set().union(*(search.reached() for search in searches))
    spell = nodes.path
    for search in searches:
        for node, item in search.refused.items():
            if node not in reached:
                id = nodes.id(node)
                if id not in refused:
                    why = search.why(item)
                    refused[id] = Refused(party=id, reason=why, path=item, spell=spell)
    return [refused[id] for id in sorted(refused)]
