"""The tests of a path as functions: true, false, or unknown (None), which lets nobody in.

Unknown is what nobody recorded: it is neither equal nor more nor less, and its opposite is unknown
as well. A list is known even when it is empty. The steps and their tests look at one `Here`.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any as Anything

from rules.columns import Columns
from rules.graph import Registry
from rules.paths.tree import (
    Any,
    Compare,
    Covers,
    Every,
    Flag,
    Has,
    ListOf,
    Name,
    Not,
    Number,
    Term,
    Test,
    Text,
)
from rules.paths.words import ATTRIBUTES, NO_BUSINESS, PLACES
from rules.view import View
from schemas.event import ThreatEvent
from schemas.link import LinkKind
from schemas.party import Party

Judge = Callable[["Here"], bool | None]
_Get = Callable[["Here"], Anything]

_WANTED = {
    "relocation_wanted": "relocation",
    "legal_help_wanted": "legal",
    "medical_help_wanted": "medical",
}
"""The kind of support behind a wish."""
_CONTROL = frozenset({LinkKind.OPERATES, LinkKind.PARENT_OF})


class Here:
    """What a test looks at: a link just gone over, the party reached, and the event."""

    __slots__ = (
        "_above", "_said", "_values", "columns", "day", "host", "link", "node", "party", "registry",
    )  # fmt: skip

    def __init__(
        self, registry: Registry, event: ThreatEvent, day: int, states: tuple[str, ...]
    ) -> None:
        self.registry = registry
        self.columns: Columns = registry.columns
        self.day = day
        self._said = (event, states)
        self._values: Mapping[str, Anything] | None = None
        self.node = -1
        self.party: Party | None = None
        self.link = -1
        self.host: str | None = None
        self._above: View | None = None

    @property
    def event(self) -> Mapping[str, Anything]:
        """What the event says, by the words of paths; most walks ask nothing of it."""
        if self._values is None:
            self._values = _values(*self._said)
        return self._values

    def id(self) -> str:
        """The party reached, known or not."""
        if self.party is not None:
            return self.party.id
        return self.registry.id_of(self.node) if self.node >= 0 else ""

    def ultimate(self) -> bool | None:
        """Whether no link that holds says who controls this party."""
        if self.node < 0:
            return None
        if self._above is None:
            self._above = self.registry.view(_CONTROL, forward=False)
        opens, until = self.columns.opens, self.columns.until
        return not any(
            opens[link] <= self.day <= until[link] for _, link in self._above.each(self.node)
        )


def compiled(tests: tuple[Test, ...]) -> Judge | None:
    """All of these tests as one function; None when there is nothing to test."""
    if not tests:
        return None
    return _judge(tests[0] if len(tests) == 1 else Every(tests))


def _values(event: ThreatEvent, states: tuple[str, ...]) -> Mapping[str, Anything]:
    values: dict[str, Anything] = {
        name: tuple(each.code for each in event.countries if each.role in roles)
        for name, roles in PLACES.items()
    }
    return {
        **values,
        "desk.states": states,
        "event.sector": event.sector,
        "event.code": event.code,
        "event.type": event.type.value,
        "event.defender_kinds": event.defender_kind,
        "event.wanted": tuple(_WANTED[wish] for wish in event.wishes if wish in _WANTED),
        "event.exercise": event.exercise,
        "named": frozenset(
            part.party for part in event.parties if part.party and part.role not in NO_BUSINESS
        ),
    }


def _judge(test: Test) -> Judge:
    match test:
        case Every(tests=tests):
            return _every([_judge(each) for each in tests])
        case Any(tests=tests):
            return _any([_judge(each) for each in tests])
        case Not(test=inner):
            return _opposite(_judge(inner))
        case Flag(name=name):
            return _get(name)
        case Has(name=name):
            get = _get(name)
            return lambda here: get(here) not in (None, ())
        case Covers():
            return _covers(test)
        case Compare(op="!="):
            return _opposite(_compare(Compare("==", test.left, test.right, test.at)))
        case Compare():
            return _compare(test)


def _every(judges: list[Judge]) -> Judge:
    def every(here: Here) -> bool | None:
        result: bool | None = True
        for judge in judges:
            found = judge(here)
            if found is False:
                return False
            if found is None:
                result = None
        return result

    return every


def _any(judges: list[Judge]) -> Judge:
    no = _every([_opposite(judge) for judge in judges])
    return _opposite(no)


def _opposite(judge: Judge) -> Judge:
    def opposite(here: Here) -> bool | None:
        found = judge(here)
        return None if found is None else not found

    return opposite


def _covers(test: Covers) -> Judge:
    places = _get(test.places)
    sector = _get(test.sector) if test.sector else lambda here: None

    def covers(here: Here) -> bool | None:
        party = here.party
        if party is None:
            return None
        there = not party.regions or _shared(party.regions, places(here))
        wanted = sector(here)
        return there and (not party.sectors or wanted is None or wanted in party.sectors)

    return covers


def _compare(test: Compare) -> Judge:
    left, right = _get(test.left), _get(test.right)
    left_many, right_many = _many(test.left), _many(test.right)
    if test.op in ("==", "in"):
        if left_many and right_many:
            return _known(left, right, _shared)
        if left_many:
            return _known(left, right, lambda whole, one: one in whole)
        if right_many:
            return _known(left, right, lambda one, whole: one in whole)
        return _known(left, right, lambda one, other: bool(one == other))
    match test.op:
        case "<":
            return _known(left, right, lambda one, other: bool(one < other))
        case "<=":
            return _known(left, right, lambda one, other: bool(one <= other))
        case ">":
            return _known(left, right, lambda one, other: bool(one > other))
        case _:
            return _known(left, right, lambda one, other: bool(one >= other))


def _known(left: _Get, right: _Get, relation: Callable[[Anything, Anything], bool]) -> Judge:
    def known(here: Here) -> bool | None:
        one, other = left(here), right(here)
        return None if one is None or other is None else relation(one, other)

    return known


def _shared(one: Collection[str], other: Collection[str]) -> bool:
    return any(each in other for each in one)


def _many(term: Term) -> bool:
    return isinstance(term, ListOf) or (isinstance(term, Name) and ATTRIBUTES[term.path].many)


def _get(term: Term) -> _Get:
    match term:
        case Text() | Number():
            value = _literal(term)
            return lambda here: value
        case ListOf(items=items):
            whole = frozenset(_literal(item) for item in items)
            return lambda here: whole
        case Name(path=path):
            return _NAMED.get(path) or _of_party_or_event(path)


def _literal(term: Text | Number) -> str | float:
    return term.value if isinstance(term, Text) else _number(term)


def _number(term: Number) -> float:
    # 0.01 is one per cent, and shares are kept in per cent; a tier is written without a point.
    return term.value if term.per_cent or term.whole else round(term.value * 100, 10)


def _of_party_or_event(path: str) -> _Get:
    about = ATTRIBUTES[path]
    if about.of == "event":
        return lambda here: here.event[path]
    return lambda here: None if here.party is None else getattr(here.party, path)


def _share(here: Here) -> float | None:
    share = here.columns.share[here.link] if here.link >= 0 else None
    return None if share is None or share != share else float(share)


def _of_link(name: str, *, many: bool) -> _Get:
    def get(here: Here) -> Anything:
        if here.link < 0:
            return () if many else None
        return getattr(here.columns.abouts[here.columns.about[here.link]], name)

    return get


_NAMED: Mapping[str, _Get] = {
    "share": _share,
    "tier": _of_link("tier", many=False),
    "terms": _of_link("terms", many=True),
    "link.sectors": _of_link("sectors", many=True),
    "host": lambda here: here.host,
    "named": lambda here: here.id() in here.event["named"],
    "ultimate": lambda here: here.ultimate(),
}
