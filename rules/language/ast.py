"""The syntax tree of a condition: five kinds of node, each knowing where it stands."""

from dataclasses import dataclass
from enum import StrEnum


class Op(StrEnum):
    """Operators, as they are written."""

    AND = "&&"
    OR = "||"
    NOT = "!"
    EQ = "=="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    IN = "in"
    HAS = "has"
    SIZE = "size"


ORDERING = frozenset({Op.LT, Op.LE, Op.GT, Op.GE})


@dataclass(frozen=True, slots=True)
class Literal:
    """A string, whole number, true or false."""

    value: str | int | bool
    at: int


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list literal."""

    items: tuple["Node", ...]
    at: int


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, dots included: `event.subjects.kinds`."""

    path: str
    at: int


@dataclass(frozen=True, slots=True)
class Apply:
    """An operator with its operands; `&&` and `||` take any number of them."""

    op: Op
    args: tuple["Node", ...]
    at: int


Node = Literal | ListOf | Name | Apply
