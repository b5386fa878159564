"""Reads a condition into its tree: a subset of CEL, by recursive descent.

In it: == != < <= > >= in && || ! has() size(), parentheses, lists, texts, whole numbers, true and
false. Not in it, on purpose: arithmetic, fractions, macros, maps, calls, `? :`.
"""

from collections.abc import Callable
from typing import NoReturn, TypeVar

from rules.language import errors
from rules.language.ast import Apply, ListOf, Literal, Name, Node, Op
from rules.language.tokens import INT_MAX, INT_MIN, Kind, Token, tokenise

T = TypeVar("T")

MAX_LENGTH = 500
"""Characters. A longer condition is two rules."""
MAX_DEPTH = 40
"""Parentheses, lists, calls and negations within each other."""

_RELATIONS = {"==": Op.EQ, "!=": Op.NE, "<": Op.LT, "<=": Op.LE, ">": Op.GT, ">=": Op.GE}
_FUNCTIONS = {"has": Op.HAS, "size": Op.SIZE}
_RESERVED = frozenset(
    "as break const continue else for function if import let loop package namespace return var "
    "void while in null".split()
)


def parse(text: str, *, max_length: int = MAX_LENGTH) -> Node:
    """The tree of a condition. Raises ConditionError with line and column."""
    if len(text) > max_length:
        raise errors.at(
            text,
            max_length,
            f"The condition is longer than {max_length} characters.",
            remedy="Split it into two rules.",
        )
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokenise(text)
        self._index = 0
        self._depth = 0

    def whole(self) -> Node:
        if self._peek().kind is Kind.END:
            raise self._wrong("The condition is empty.", "Write true to match every event.")
        node = self._or()
        if self._peek().kind is not Kind.END:
            raise self._wrong(
                f"{self._shown()} is not expected here.",
                "Join two conditions with && or ||.",
            )
        return node

    def _or(self) -> Node:
        return self._chain(Op.OR, self._and)

    def _and(self) -> Node:
        return self._chain(Op.AND, self._relation)

    def _chain(self, op: Op, part: Callable[[], Node]) -> Node:
        first = part()
        parts, at = [first], self._peek().at
        while self._taken(op.value):
            parts.append(part())
        return Apply(op, tuple(parts), at) if len(parts) > 1 else first

    def _relation(self) -> Node:
        left = self._unary()
        while True:
            token = self._peek()
            if token.kind is Kind.SIGN and token.value in _RELATIONS:
                op = _RELATIONS[str(token.value)]
            elif token.kind is Kind.NAME and token.value == "in":
                op = Op.IN
            else:
                return left
            self._index += 1
            left = Apply(op, (left, self._unary()), token.at)

    def _unary(self) -> Node:
        token = self._peek()
        if self._taken("!"):
            return Apply(Op.NOT, (self._nested(self._unary),), token.at)
        if self._taken("-"):
            number = self._peek()
            if number.kind is not Kind.INT:
                raise self._wrong("A minus stands before a number only.", "Write for example -1.")
            self._index += 1
            return self._number(-int(number.value), token.at)
        return self._primary()

    def _primary(self) -> Node:
        token = self._peek()
        if token.kind is Kind.END:
            raise self._wrong("The condition ends too early.", "Complete it, or remove the rest.")
        self._index += 1
        if token.kind is Kind.STRING:
            return Literal(str(token.value), token.at)
        if token.kind is Kind.INT:
            return self._number(int(token.value), token.at)
        if token.kind is Kind.NAME:
            return self._named(str(token.value), token.at)
        if token.value == "(":
            node = self._nested(self._or)
            self._close(")", token)
            return node
        if token.value == "[":
            return ListOf(self._nested(self._items), token.at)
        self._index -= 1
        raise self._wrong(f"{self._shown()} is not expected here.", "Put a value or a name here.")

    def _items(self) -> tuple[Node, ...]:
        opened = self._tokens[self._index - 1]
        items: list[Node] = []
        while not self._taken("]"):
            items.append(self._or())
            if not self._taken(","):
                self._close("]", opened)
                break
        return tuple(items)

    def _named(self, name: str, at: int) -> Node:
        if name in ("true", "false"):
            return Literal(name == "true", at)
        if name in _RESERVED:
            self._index -= 1
            raise self._wrong(f"{name} is a reserved word.", "Use a name from the list of fields.")
        if self._peek().value == "(" and self._peek().kind is Kind.SIGN:
            return self._call(name, at)
        parts = [name]
        while self._taken("."):
            token = self._peek()
            if token.kind is not Kind.NAME:
                raise self._wrong("A name must follow the dot.", "Write for example event.code.")
            self._index += 1
            parts.append(str(token.value))
        if len(parts) > 1 and self._peek().kind is Kind.SIGN and self._peek().value == "(":
            self._no_function(".".join(parts), at)
        return Name(".".join(parts), at)

    def _call(self, name: str, at: int) -> Node:
        op = _FUNCTIONS.get(name)
        if op is None:
            self._no_function(name, at)
        opened = self._peek()
        self._index += 1
        argument = self._nested(self._or)
        self._close(")", opened)
        if op is Op.HAS and not (isinstance(argument, Name) and "." in argument.path):
            raise errors.at(
                self._text,
                at,
                "has() takes a field.",
                remedy="Write for example has(event.sector).",
            )
        return Apply(op, (argument,), at)

    def _no_function(self, name: str, at: int) -> NoReturn:
        raise errors.at(
            self._text,
            at,
            f"There is no function {name}().",
            remedy="Only has(field) and size(list or text) can be called.",
        )

    def _number(self, value: int, at: int) -> Node:
        if not INT_MIN <= value <= INT_MAX:
            raise errors.at(
                self._text, at, "The number is too large.", remedy="Stay below 2 to the 63rd."
            )
        return Literal(value, at)

    def _nested(self, part: Callable[[], T]) -> T:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._wrong(
                f"More than {MAX_DEPTH} levels within each other.", "Split it into two rules."
            )
        node = part()
        self._depth -= 1
        return node

    def _close(self, sign: str, opened: Token) -> None:
        if not self._taken(sign):
            raise errors.at(
                self._text,
                opened.at,
                f"This {opened.value} is not closed.",
                remedy=f"Put {sign} where it ends.",
            )

    def _taken(self, sign: str) -> bool:
        token = self._peek()
        if token.kind is Kind.SIGN and token.value == sign:
            self._index += 1
            return True
        return False

    def _peek(self) -> Token:
        return self._tokens[self._index]

    def _shown(self) -> str:
        token = self._peek()
        return f"{token.value!r}" if token.kind is Kind.STRING else f"{token.value}"

    def _wrong(self, message: str, remedy: str) -> errors.ConditionError:
        return errors.at(self._text, self._peek().at, message, remedy=remedy)
