"""Just enough of the protobuf text format to read the CEL conformance files."""

import re
from collections import defaultdict
from typing import Any

_TOKEN = re.compile(
    r"\s+|\#[^\n]*|(?P<string>\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')"
    r"|(?P<word>[A-Za-z0-9_.+\-/]+)|(?P<sign>[{}<>:\[\],;])",
    re.DOTALL,
)
_ESCAPE = re.compile(
    r"\\(?:([abfnrtv\\'\"?])|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([0-7]{1,3}))"
)
_PLAIN = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}

Message = dict[str, list[Any]]


def read(text: str) -> Message:
    """A message as field name -> list of values; a value is a text or a message."""
    tokens = []
    offset = 0
    while offset < len(text):
        match = _TOKEN.match(text, offset)
        assert match is not None, f"cannot read {text[offset : offset + 40]!r}"
        offset = match.end()
        if match.lastgroup:
            tokens.append((match.lastgroup, match[0]))
    tokens.append(("sign", "}"))
    message, used = _message(tokens, 0)
    assert used == len(tokens)
    return message


def _message(tokens: list[tuple[str, str]], at: int) -> tuple[Message, int]:
    found: defaultdict[str, list[Any]] = defaultdict(list)
    while tokens[at] not in (("sign", "}"), ("sign", ">")):
        if tokens[at] in (("sign", ","), ("sign", ";")):
            at += 1
            continue
        name = tokens[at][1]
        at += 1
        if name == "[":  # an extension or Any: its name runs to the closing bracket
            while tokens[at] != ("sign", "]"):
                name += tokens[at][1]
                at += 1
            at += 1
        if tokens[at] == ("sign", ":"):
            at += 1
        if tokens[at] == ("sign", "["):
            at += 1
            while tokens[at] != ("sign", "]"):
                if tokens[at] == ("sign", ","):
                    at += 1
                    continue
                value, at = _value(tokens, at)
                found[name].append(value)
            at += 1
        else:
            value, at = _value(tokens, at)
            found[name].append(value)
    return dict(found), at + 1


def _value(tokens: list[tuple[str, str]], at: int) -> tuple[Any, int]:
    if tokens[at] in (("sign", "{"), ("sign", "<")):
        return _message(tokens, at + 1)
    kind, text = tokens[at]
    if kind != "string":
        return text, at + 1
    whole = ""
    while tokens[at][0] == "string":  # neighbouring strings are one
        whole += _unescape(tokens[at][1][1:-1])
        at += 1
    return whole, at


def _unescape(text: str) -> str:
    """Octal and hexadecimal escapes are bytes of UTF-8; those of byte strings stay as they are."""

    def one(match: re.Match[str]) -> str:
        plain, hexadecimal, short, long, octal = match.groups()
        if plain:
            return _PLAIN.get(plain, plain)
        if short or long:
            return chr(int(short or long, 16))
        byte = int(hexadecimal, 16) if hexadecimal else int(octal, 8)
        return bytes([byte]).decode("utf-8", "surrogateescape")

    raw = _ESCAPE.sub(one, text).encode("utf-8", "surrogateescape")
    return raw.decode("utf-8", "surrogateescape")
