"""Evaluates a condition over known values: true, false, or unknown with the reason.

Unknown is never no: `&&` and `||` absorb it where the answer does not depend on it, exactly as CEL
absorbs errors, and everywhere else it comes out at the top. Nothing here raises.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from rules.language.ast import ORDERING, Apply, ListOf, Literal, Name, Node, Op

Value: TypeAlias = str | int | bool | Sequence["Value"]


class Why(StrEnum):
    """Why a condition could not be decided."""

    MISSING = "missing"
    """The event does not say."""
    MISMATCH = "mismatch"
    """The values cannot be compared or joined that way."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Neither true nor false. `about` names the field or the operator."""

    why: Why
    about: str


def evaluate(node: Node, values: Mapping[str, Value]) -> Value | Unknown:
    """The value of a tree. A name that `values` lacks is missing."""
    match node:
        case Literal(value=value):
            return value
        case Name(path=path):
            return values.get(path, Unknown(Why.MISSING, path))
        case ListOf(items=items):
            return _list(items, values)
        case Apply():
            return _apply(node, values)


def same(left: Value, right: Value) -> bool:
    """Equality of CEL: values of different kinds are never equal, lists item by item."""
    if isinstance(left, str) or isinstance(right, str):
        return isinstance(left, str) and isinstance(right, str) and left == right
    if isinstance(left, int) or isinstance(right, int):  # bool is an int: kinds must agree too
        return type(left) is type(right) and left == right
    return len(left) == len(right) and all(map(same, left, right))


def _list(items: tuple[Node, ...], values: Mapping[str, Value]) -> Value | Unknown:
    found: list[Value] = []
    for item in items:
        value = evaluate(item, values)
        if isinstance(value, Unknown):
            return value
        found.append(value)
    return tuple(found)


def _apply(node: Apply, values: Mapping[str, Value]) -> Value | Unknown:
    if node.op is Op.AND:
        return _absorb(node, values, decides=False)
    if node.op is Op.OR:
        return _absorb(node, values, decides=True)
    if node.op is Op.HAS:
        return isinstance(field := node.args[0], Name) and field.path in values
    args: list[Value] = []
    for arg in node.args:
        value = evaluate(arg, values)
        if isinstance(value, Unknown):
            return value
        args.append(value)
    return _strict(node.op, args)


def _absorb(node: Apply, values: Mapping[str, Value], *, decides: bool) -> bool | Unknown:
    """One operand that decides settles it, whatever the others are."""
    unknown: Unknown | None = None
    for arg in node.args:
        value = evaluate(arg, values)
        if value is decides:
            return decides
        if isinstance(value, Unknown):
            unknown = unknown or value
        elif not isinstance(value, bool):
            unknown = unknown or Unknown(Why.MISMATCH, node.op)
    return not decides if unknown is None else unknown


def _strict(op: Op, args: list[Value]) -> Value | Unknown:
    first = args[0]
    if op is Op.NOT:
        return not first if isinstance(first, bool) else Unknown(Why.MISMATCH, op)
    if op is Op.SIZE:
        return len(first) if isinstance(first, Sequence) else Unknown(Why.MISMATCH, op)
    second = args[1]
    if op is Op.EQ:
        return same(first, second)
    if op is Op.NE:
        return not same(first, second)
    if op is Op.IN:
        if isinstance(second, str) or not isinstance(second, Sequence):
            return Unknown(Why.MISMATCH, op)
        return any(same(first, item) for item in second)
    return _ordered(op, first, second)


def _ordered(op: Op, left: Value, right: Value) -> bool | Unknown:
    if isinstance(left, str) and isinstance(right, str):
        order = (left > right) - (left < right)
    elif isinstance(left, int) and isinstance(right, int) and type(left) is type(right):
        order = (left > right) - (left < right)
    else:
        return Unknown(Why.MISMATCH, op)
    assert op in ORDERING  # noqa: S101 (every other operator was handled by the caller)
    return {Op.LT: order < 0, Op.LE: order <= 0, Op.GT: order > 0, Op.GE: order >= 0}[op]
