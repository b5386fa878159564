"""Cuts a condition into tokens. Literals follow the CEL specification."""

import re
from dataclasses import dataclass
from enum import StrEnum

from rules.language import errors

INT_MIN, INT_MAX = -(2**63), 2**63 - 1


class Kind(StrEnum):
    """What a token is."""

    INT = "a number"
    STRING = "a text"
    NAME = "a name"
    SIGN = "a sign"
    END = "the end"


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `value` is decoded, `at` is the offset of its first character."""

    kind: Kind
    value: str | int
    at: int


_SPACE = re.compile(r"(?:[ \t\r\n\f]|//[^\n]*)+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_INT = re.compile(r"0x[0-9A-Fa-f]+|[0-9]+")
_SIGN = re.compile(r"==|!=|<=|>=|&&|\|\||[<>!()\[\],.\-]")
_STRING = re.compile(
    r"(?P<raw>[rR]?)(?:"
    r'(?P<q3>"""|' + r"''')(?P<long>(?:\\.|(?!(?P=q3)).)*)(?P=q3)"
    r"|(?P<q1>[\"'])(?P<short>(?:\\.|(?!(?P=q1))[^\\\r\n])*)(?P=q1))",
    re.DOTALL,
)
_RAW_STRING = re.compile(
    r"[rR](?:"
    r'(?P<q3>"""|' + r"''')(?P<long>(?:(?!(?P=q3)).)*)(?P=q3)"
    r"|(?P<q1>[\"'])(?P<short>(?:(?!(?P=q1))[^\r\n])*)(?P=q1))",
    re.DOTALL,
)
_ESCAPE = re.compile(
    r"\\(?:(?P<plain>[abfnrtv\\?\"'`])|[xX](?P<x>[0-9A-Fa-f]{2})|u(?P<u>[0-9A-Fa-f]{4})"
    r"|U(?P<big>[0-9A-Fa-f]{8})|(?P<octal>[0-3][0-7]{2})|(?P<bad>.?))",
    re.DOTALL,
)
_PLAIN = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def tokenise(text: str) -> list[Token]:
    """The tokens of a condition, an END last. Raises ConditionError."""
    tokens: list[Token] = []
    offset = 0
    while True:
        if space := _SPACE.match(text, offset):
            offset = space.end()
        if offset == len(text):
            tokens.append(Token(Kind.END, "", offset))
            return tokens
        token, offset = _next(text, offset)
        tokens.append(token)


def _next(text: str, offset: int) -> tuple[Token, int]:
    if match := _RAW_STRING.match(text, offset):
        body = match["long"] if match["q3"] else match["short"]
        return Token(Kind.STRING, body, offset), match.end()
    if match := _STRING.match(text, offset):
        body, start = (
            (match["long"], match.start("long"))
            if match["q3"]
            else (match["short"], match.start("short"))
        )
        return Token(Kind.STRING, _unescape(text, body, start), offset), match.end()
    if match := _NAME.match(text, offset):
        return Token(Kind.NAME, match[0], offset), match.end()
    if match := _INT.match(text, offset):
        return Token(Kind.INT, _int(text, match), offset), match.end()
    if match := _SIGN.match(text, offset):
        return Token(Kind.SIGN, match[0], offset), match.end()
    if text[offset] in "\"'":
        raise errors.at(
            text, offset, "This text has no end.", remedy="Close it with the quote it began with."
        )
    raise errors.at(
        text,
        offset,
        f"The character {text[offset]!r} has no meaning here.",
        remedy="Use == != < <= > >= in && || ! has() size(), lists in [ ] and texts in quotes.",
    )


def _int(text: str, match: re.Match[str]) -> int:
    follows = text[match.end() : match.end() + 1]
    if follows.isalnum() or follows == "_" or (follows == "." and _digit(text, match.end() + 1)):
        raise errors.at(
            text, match.start(), "Only whole numbers are known.", remedy="Write it without a part."
        )
    digits = match[0]
    value = int(digits, 16) if digits[:2] == "0x" else int(digits)
    if value > INT_MAX + 1:  # one more, because -9223372036854775808 is a number
        raise errors.at(
            text, match.start(), "The number is too large.", remedy="Stay below 2 to the 63rd."
        )
    return value


def _digit(text: str, offset: int) -> bool:
    return text[offset : offset + 1].isdigit()


def _unescape(text: str, body: str, start: int) -> str:
    def one(match: re.Match[str]) -> str:
        if match["plain"]:
            return _PLAIN.get(match["plain"], match["plain"])
        if match["bad"] is None:
            number = match["x"] or match["u"] or match["big"]
            code = int(number, 16) if number else int(match["octal"], 8)
            if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF:
                return chr(code)
        raise errors.at(
            text,
            start + match.start(),
            "This escape is not known.",
            remedy="Write a backslash itself as two of them.",
        )

    return _ESCAPE.sub(one, body)
