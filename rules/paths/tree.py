"""The syntax tree of a path, and of the tests in its brackets. Every node knows where it stands."""

from dataclasses import dataclass
from typing import TypeAlias

from schemas.link import LinkKind
from schemas.party import PartyKind

MANY = None
"""The upper bound of `*` and `+`: as far as a walk may reach at all."""


@dataclass(frozen=True, slots=True)
class Name:
    """An attribute of the link, the party or the event: `share`, `kind`, `event.country`."""

    path: str
    at: int


@dataclass(frozen=True, slots=True)
class Text:
    """A text in quotes."""

    value: str
    at: int


@dataclass(frozen=True, slots=True)
class Number:
    """A number. `value` is per cent when it was written so."""

    value: float
    per_cent: bool
    whole: bool
    at: int


@dataclass(frozen=True, slots=True)
class ListOf:
    """Texts or numbers in brackets, after `in`."""

    items: tuple["Text | Number", ...]
    at: int


Term: TypeAlias = Name | Text | Number | ListOf


@dataclass(frozen=True, slots=True)
class Compare:
    """Two terms and one of == != < <= > >= in."""

    op: str
    left: Term
    right: Term
    at: int


@dataclass(frozen=True, slots=True)
class Flag:
    """An attribute that is true or false, standing alone."""

    name: Name


@dataclass(frozen=True, slots=True)
class Has:
    """Whether an attribute is known at all."""

    name: Name


@dataclass(frozen=True, slots=True)
class Covers:
    """Whether the party works in one of these countries, and in the sector if one is given."""

    places: Name
    sector: Name | None
    at: int


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; of unknown it is unknown."""

    test: "Test"


@dataclass(frozen=True, slots=True)
class Every:
    """All of them: `&&`."""

    tests: tuple["Test", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """One of them: `||`."""

    tests: tuple["Test", ...]


Test: TypeAlias = Compare | Flag | Has | Covers | Not | Every | Any


@dataclass(frozen=True, slots=True)
class Word:
    """A step, a start or the name of a walk; `^` before a link means against it."""

    name: str
    against: bool
    at: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other: `/`."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Union:
    """Whichever of them: `|`."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """`*`, `+`, `?`, `{n}`, `{n,m}`."""

    part: "Node"
    low: int
    high: int | None
    at: int


@dataclass(frozen=True, slots=True)
class Filtered:
    """What stands before the brackets, as far as the test is true of it."""

    part: "Node"
    test: Test
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One step that was checked. Exactly one of the first four says what it is, or `home`.

    None of them: it stays where it is, to apply tests to what a repetition reached.
    """

    start: str = ""
    """Where paths begin; a key of `words.STARTS`."""
    along: frozenset[LinkKind] = frozenset()
    against: frozenset[LinkKind] = frozenset()
    seated: PartyKind | None = None
    home: bool = False
    tests: tuple[Test, ...] = ()
    by_host: bool = False
    """A mission is looked at once for each state it is accredited to."""


Node: TypeAlias = Word | Sequence | Union | Repeat | Filtered | Leaf


@dataclass(frozen=True, slots=True)
class Turns:
    """A whole walk: first these, `then` those."""

    turns: tuple[Node, ...]
