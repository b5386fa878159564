"""Checks a condition against the fields it may use, before any event is seen."""

import difflib
from collections.abc import Mapping
from enum import StrEnum

from rules.language import errors
from rules.language.ast import ORDERING, Apply, ListOf, Literal, Name, Node, Op


class Type(StrEnum):
    """What a value is."""

    TEXT = "a text"
    INT = "a number"
    BOOL = "true or false"
    TEXTS = "a list of texts"
    INTS = "a list of numbers"
    BOOLS = "a list of true or false"
    EMPTY = "an empty list"


_LIST_OF = {Type.TEXT: Type.TEXTS, Type.INT: Type.INTS, Type.BOOL: Type.BOOLS}
_ITEM_OF = {list_: item for item, list_ in _LIST_OF.items()}
_LISTS = frozenset({*_ITEM_OF, Type.EMPTY})


def check(text: str, tree: Node, *, fields: Mapping[str, Type], scales: frozenset[str]) -> None:
    """Raises ConditionError unless the tree is true or false over these fields.

    `scales` are text fields whose order is not that of the alphabet: < and > refuse them.
    """
    found = _Checker(text, fields, scales).type_of(tree)
    if found is not Type.BOOL:
        raise errors.at(
            text,
            tree.at,
            f"The condition is {found}, not true or false.",
            remedy="Compare it with something.",
        )


class _Checker:
    def __init__(self, text: str, fields: Mapping[str, Type], scales: frozenset[str]) -> None:
        self._text = text
        self._fields = fields
        self._scales = scales

    def type_of(self, node: Node) -> Type:
        match node:
            case Literal(value=bool()):
                return Type.BOOL
            case Literal(value=int()):
                return Type.INT
            case Literal():
                return Type.TEXT
            case ListOf():
                return self._list(node)
            case Name():
                return self._name(node)
            case Apply():
                return self._apply(node)

    def _list(self, node: ListOf) -> Type:
        types = [self.type_of(item) for item in node.items]
        if not types:
            return Type.EMPTY
        if types[0] not in _LIST_OF:
            raise self._wrong(node, "A list of lists is not known.", "Use one flat list.")
        for item, type_ in zip(node.items, types, strict=True):
            if type_ is not types[0]:
                raise self._wrong(
                    item, f"This is {type_} in {_LIST_OF[types[0]]}.", "Use items of one kind."
                )
        return _LIST_OF[types[0]]

    def _name(self, node: Name) -> Type:
        found = self._fields.get(node.path)
        if found is None:
            near = difflib.get_close_matches(node.path, self._fields, n=1, cutoff=0.5)
            remedy = f"Did you mean {near[0]}?" if near else "The reference lists all fields."
            raise self._wrong(node, f"There is no field {node.path}.", remedy)
        return found

    def _apply(self, node: Apply) -> Type:
        if node.op is Op.HAS:
            self.type_of(node.args[0])
            return Type.BOOL
        types = [self.type_of(arg) for arg in node.args]
        match node.op:
            case Op.AND | Op.OR | Op.NOT:
                for arg, type_ in zip(node.args, types, strict=True):
                    if type_ is not Type.BOOL:
                        raise self._wrong(
                            arg,
                            f"{node.op} takes true or false, and this is {type_}.",
                            "Compare it with something.",
                        )
            case Op.SIZE:
                if types[0] is not Type.TEXT and types[0] not in _LISTS:
                    raise self._wrong(
                        node, f"size() of {types[0]} is not known.", "Use a list or a text."
                    )
                return Type.INT
            case Op.IN:
                self._in(node, *types)
            case _:
                self._relation(node, *types)
        return Type.BOOL

    def _in(self, node: Apply, item: Type, whole: Type) -> None:
        if whole not in _LISTS:
            raise self._wrong(
                node, f"in looks into a list, and this is {whole}.", "Use == to compare two values."
            )
        if whole is not Type.EMPTY and _ITEM_OF[whole] is not item:
            raise self._wrong(
                node,
                f"{item.capitalize()} is never in {whole}.",
                "Use items of the same kind as the list.",
            )

    def _relation(self, node: Apply, left: Type, right: Type) -> None:
        lists = left in _LISTS and right in _LISTS
        if left is not right and not (lists and Type.EMPTY in (left, right)):
            raise self._wrong(
                node,
                f"{node.op} compares {left} with {right}.",
                "Use in to look into a list." if Type.TEXTS in (left, right) else "Compare alike.",
            )
        if node.op not in ORDERING:
            return
        if left in _LISTS:
            raise self._wrong(node, "Lists have no order.", "Compare their size().")
        for arg in node.args:
            if isinstance(arg, Name) and arg.path in self._scales:
                raise self._wrong(
                    node,
                    f"{arg.path} would be compared by the alphabet.",
                    f'List the values you mean: {arg.path} in ["...", "..."].',
                )

    def _wrong(self, node: Node, message: str, remedy: str) -> errors.ConditionError:
        return errors.at(self._text, node.at, message, remedy=remedy)
