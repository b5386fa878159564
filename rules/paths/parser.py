"""Reads a path into its tree, by recursive descent. The grammar: docs/reference/walks.md."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple, TypeVar

from rules.language.errors import ConditionError, at
from rules.paths.tree import (
    MANY,
    Any,
    Compare,
    Covers,
    Every,
    Filtered,
    Flag,
    Has,
    ListOf,
    Name,
    Node,
    Not,
    Number,
    Repeat,
    Sequence,
    Term,
    Test,
    Text,
    Turns,
    Union,
    Word,
)

T = TypeVar("T")

MAX_LENGTH = 2_000
"""Characters of a path. A longer one is two walks."""
MAX_DEPTH = 20
"""Brackets within each other."""
MAX_TIMES = 10
"""The largest number in `{n,m}`."""

_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)"
    r"|(?P<name>[A-Za-z_](?:[A-Za-z0-9_]|-(?=[A-Za-z0-9_]))*)"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?%?)"
    r"|(?P<text>\"[^\"\n]*\"|'[^'\n]*')"
    r"|(?P<sign>==|!=|<=|>=|&&|\|\||[<>!()\[\]{},./|^*+?])"
)
_RELATIONS = frozenset({"==", "!=", "<", "<=", ">", ">="})


class _Token(NamedTuple):
    kind: str
    value: str
    at: int


def parse(text: str) -> Turns:
    """The tree of a path. Raises ConditionError with line, column and what to do."""
    if len(text) > MAX_LENGTH:
        raise at(
            text,
            MAX_LENGTH,
            f"The path is longer than {MAX_LENGTH} characters.",
            remedy="Give a part of it a name of its own under walks:.",
        )
    return _Parser(text).whole()


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    offset = 0
    while offset < len(text):
        match = _TOKEN.match(text, offset)
        if match is None:
            quote = text[offset] in "\"'"
            raise at(
                text,
                offset,
                "This text has no end." if quote else f"{text[offset]!r} has no meaning here.",
                remedy="Close it with the quote it began with."
                if quote
                else "Join steps with / and |, go against a link with ^, put tests into [ ].",
            )
        if match.lastgroup != "space":
            found.append(_Token(str(match.lastgroup), match[0], offset))
        offset = match.end()
    return [*found, _Token("end", "", len(text))]


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._index = 0
        self._depth = 0

    def whole(self) -> Turns:
        if self._peek().kind == "end":
            raise self._wrong("The path is empty.", "Write for example ^buys_from.")
        turns = [self._union()]
        while self._peek()[:2] == ("name", "then"):
            self._index += 1
            turns.append(self._union())
        if self._peek().kind != "end":
            token = self._peek()
            raise self._wrong(
                f"{token.value} is not expected here.",
                "Write | for either of two steps."
                if token.value == "||"
                else "Join two steps with /, or with | for either of them.",
            )
        return Turns(tuple(turns))

    # Steps

    def _union(self) -> Node:
        parts = self._joined("|", self._sequence)
        return Union(parts) if len(parts) > 1 else parts[0]

    def _sequence(self) -> Node:
        parts = self._joined("/", self._part)
        return Sequence(parts) if len(parts) > 1 else parts[0]

    def _part(self) -> Node:
        opened = self._peek()
        node: Node
        if self._taken("("):
            node = self._nested(self._union)
            self._close(")", opened)
        else:
            node = self._word()
        while True:
            token = self._peek()
            if self._taken("["):
                test = self._nested(self._any)
                self._close("]", token)
                node = Filtered(node, test, token.at)
            elif token.kind == "sign" and token.value in "*+?{":
                node = Repeat(node, *self._times(), token.at)
            else:
                return node

    def _word(self) -> Word:
        token = self._peek()
        against = self._taken("^")
        if self._peek().kind != "name" or self._peek().value == "then":
            remedy = "Put a step here: a link such as ^buys_from, a seat such as home, or a walk."
            if self._peek().kind == "end":
                raise self._wrong("The path ends too early.", remedy)
            raise self._wrong(f"{self._peek().value} is not expected here.", remedy)
        return Word(self._dotted(), against, token.at)

    def _times(self) -> tuple[int, int | None]:
        opened = self._peek()
        self._index += 1
        if opened.value != "{":
            return {"*": (0, MANY), "+": (1, MANY), "?": (0, 1)}[opened.value]
        low = high = self._count()
        if self._taken(","):
            high = self._count()
        self._close("}", opened)
        if high < max(low, 1):
            raise at(
                self._text,
                opened.at,
                "The upper bound is too small.",
                remedy="Write the smaller number first, for example {0,3}.",
            )
        return low, high

    def _count(self) -> int:
        token = self._peek()
        if token.kind != "number" or not token.value.isdecimal():
            raise self._wrong("A whole number belongs here.", "Write for example {0,3}.")
        if len(token.value) > 3 or int(token.value) > MAX_TIMES:
            raise self._wrong(
                f"More than {MAX_TIMES} times is too far.", "Write * to go as far as walks go."
            )
        self._index += 1
        return int(token.value)

    # Tests

    def _any(self) -> Test:
        tests = self._joined("||", self._every)
        return Any(tests) if len(tests) > 1 else tests[0]

    def _every(self) -> Test:
        tests = self._joined("&&", self._not)
        return Every(tests) if len(tests) > 1 else tests[0]

    def _not(self) -> Test:
        opened = self._peek()
        if self._taken("!"):
            return Not(self._nested(self._not))
        if self._taken("("):
            test = self._nested(self._any)
            self._close(")", opened)
            return test
        follows = self._tokens[self._index + 1 : self._index + 2]
        if opened.kind == "name" and follows and follows[0].value == "(":
            return self._call()
        return self._relation()

    def _relation(self) -> Test:
        left = self._term()
        token = self._peek()
        if token.value in _RELATIONS or token[:2] == ("name", "in"):
            self._index += 1
            return Compare(token.value, left, self._term(), token.at)
        if not isinstance(left, Name):
            raise self._wrong(
                "A test is missing here.", 'Compare it with something: kind == "msi".'
            )
        return Flag(left)

    def _call(self) -> Test:
        called, opened = self._peek(), self._tokens[self._index + 1]
        if called.value not in ("has", "covers"):
            raise self._wrong(
                f"There is no function {called.value}().",
                "Only has(name) and covers(event.country, event.sector) can be called.",
            )
        self._index += 2
        names = [self._name()]
        if called.value == "covers" and self._taken(","):
            names.append(self._name())
        self._close(")", opened)
        if called.value == "has":
            return Has(names[0])
        return Covers(names[0], names[1] if len(names) > 1 else None, called.at)

    def _term(self) -> Term:
        token = self._peek()
        if token.kind == "name":
            return self._name()
        if self._taken("["):
            items: list[Text | Number] = []
            while not self._taken("]"):
                items.append(self._literal())
                if not self._taken(","):
                    self._close("]", token)
                    break
            return ListOf(tuple(items), token.at)
        return self._literal()

    def _name(self) -> Name:
        token = self._peek()
        if token.kind != "name":
            raise self._wrong("A name belongs here.", "Write for example event.country.")
        return Name(self._dotted(), token.at)

    def _literal(self) -> Text | Number:
        token = self._peek()
        if token.kind == "text":
            self._index += 1
            return Text(token.value[1:-1], token.at)
        if token.kind == "number":
            self._index += 1
            digits = token.value.rstrip("%")
            return Number(
                float(Decimal(digits)), token.value != digits, digits.isdecimal(), token.at
            )
        what = "The path ends too early." if token.kind == "end" else "A value belongs here."
        raise self._wrong(what, 'Write a name, a number or a text such as "msi".')

    # Tokens

    def _dotted(self) -> str:
        parts = [self._peek().value]
        self._index += 1
        while self._taken("."):
            if self._peek().kind != "name":
                raise self._wrong("A name must follow the dot.", "Write for example event.country.")
            parts.append(self._peek().value)
            self._index += 1
        return ".".join(parts)

    def _joined(self, sign: str, part: Callable[[], T]) -> tuple[T, ...]:
        parts = [part()]
        while self._taken(sign):
            parts.append(part())
        return tuple(parts)

    def _nested(self, part: Callable[[], T]) -> T:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._wrong(
                f"More than {MAX_DEPTH} brackets within each other.",
                "Give a part of it a name of its own under walks:.",
            )
        node = part()
        self._depth -= 1
        return node

    def _close(self, sign: str, opened: _Token) -> None:
        if not self._taken(sign):
            raise at(
                self._text,
                opened.at,
                f"This {opened.value} is not closed.",
                remedy=f"Put {sign} where it ends.",
            )

    def _taken(self, sign: str) -> bool:
        if self._peek()[:2] == ("sign", sign):
            self._index += 1
            return True
        return False

    def _peek(self) -> _Token:
        return self._tokens[self._index]

    def _wrong(self, message: str, remedy: str) -> ConditionError:
        return at(self._text, self._peek().at, message, remedy=remedy)
