"""Limits on JSON that reached us, checked before any parser is trusted with it.

Parsers differ on duplicate keys, NaN, huge numbers, lone surrogates and depth (security, S15), so
one linear scan of our own settles all of these first. It works on the bytes in place and keeps a
stack no deeper than the limit: a bomb costs no more memory than it brought along.
"""

import math
import re
from dataclasses import dataclass, field
from typing import Any, Never

import orjson

from schemas.problem import Fault, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of everything one message may have."""

    bytes: int = 256 * 1024
    depth: int = 32
    """Objects and lists inside one another, the outermost included."""
    keys: int = 1_000
    """Over the whole message."""
    string: int = 32 * 1024
    """Bytes of one string or key between its quotes."""
    integer: int = 2**53
    """Largest absolute whole number: beyond it a double is no longer exact."""
    known: frozenset[str] = field(default=frozenset())
    """Keys that may be named in a problem; any other could be a name and appears as `*`."""


LIMITS = Limits()
BATCH_BYTES = 1024 * 1024
BATCH_ITEMS = 500
_NUMBER_DIGITS = 400  # no finite double needs more; keeps int() and float() off bombs

_SPACE = re.compile(rb"[ \t\n\r]*+")
_STRING = re.compile(
    rb'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+"'
)
_NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]*+)(\.[0-9]++)?+([eE][+-]?[0-9]++)?+")
_WORD = re.compile(rb"true|false|null")
_NOT_FINITE = re.compile(rb"[+-]?(?:nan|inf(?:inity)?)\b", re.IGNORECASE)
_ESCAPES = re.compile(rb"\\(?:u([0-9a-fA-F]{4})|.)")
_OPEN, _CLOSE = b"{[", b"}]"


class UnreadableJsonError(ValueError):
    """JSON that breaks a limit, or is none. `problem` says what, where and what to do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def parse(raw: bytes, *, limits: Limits = LIMITS) -> dict[str, Any]:
    """Return the object in these bytes once nothing in them can mislead a parser.

    Raises UnreadableJsonError, and nothing else whatever the bytes are.
    """
    _check_bytes(raw, most=limits.bytes)
    _Scan(raw, limits).run()
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        _refuse(Fault.NOT_JSON, "", "This is not JSON. Send one JSON object in UTF-8.", None)
    if not isinstance(value, dict):
        _refuse(Fault.NOT_OBJECT, "", "Send one JSON object, in braces.", 0)
    return value


def split(raw: bytes, *, most: int = BATCH_BYTES, items: int = BATCH_ITEMS) -> list[bytes]:
    """Return the exact bytes of each element of the JSON list in `raw`, unjudged.

    Only the outer list is looked at: what is wrong within one element is that element's own
    problem. Raises UnreadableJsonError when the list itself cannot be taken apart.
    """
    _check_bytes(raw, most=most)
    at = _after_space(raw, 0)
    if raw[at : at + 1] != b"[":
        _refuse(Fault.NOT_JSON, "", "A batch is a JSON list of events.", at)
    parts: list[bytes] = []
    at = _after_space(raw, at + 1)
    if raw[at : at + 1] == b"]":
        _check_end(raw, at + 1)
        return parts
    while True:
        if len(parts) == items:
            _refuse(Fault.TOO_LARGE, "", f"A batch has at most {items} events. Send several.", at)
        end = _end_of_item(raw, at)
        parts.append(raw[at:end].rstrip(b" \t\n\r"))
        if raw[end : end + 1] == b"]":
            _check_end(raw, end + 1)
            return parts
        at = _after_space(raw, end + 1)


def _end_of_item(raw: bytes, at: int) -> int:
    """Index of the comma or bracket that ends the element beginning here."""
    start, depth = at, 0
    mark = re.compile(rb'["\[\]{},]')
    while found := mark.search(raw, at):
        sign, at = found[0], found.start()
        if sign == b'"':
            closed = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL).match(raw, at)
            if closed is None:
                _refuse(Fault.TRUNCATED, "", "A string in the batch has no end.", at)
            at = closed.end()
            continue
        if depth == 0 and sign in (b",", b"]"):
            if at == start:
                _refuse(Fault.NOT_JSON, "", "The batch has an empty place between commas.", at)
            return at
        depth += (sign in (b"{", b"[")) - (sign in (b"}", b"]"))
        if depth < 0:
            break
        at += 1
    _refuse(Fault.TRUNCATED, "", "The list of the batch has no end. Send it whole.", len(raw))


def _check_bytes(raw: bytes, *, most: int) -> None:
    if len(raw) > most:
        _refuse(
            Fault.TOO_LARGE, "", f"At most {most} bytes are taken. Send less, or in parts.", most
        )
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        _refuse(Fault.NOT_UTF8, "", "This looks like UTF-16. Send UTF-8.", 0)
    if raw.startswith(b"\xef\xbb\xbf"):
        _refuse(Fault.BOM, "", "Send UTF-8 without a byte order mark.", 0)
    if not raw.strip(b" \t\n\r"):
        _refuse(Fault.EMPTY, "", "Nothing was sent. Send one JSON object.", 0)
    if (nul := raw.find(b"\0")) >= 0:
        _refuse(Fault.NUL, "", "Take the NUL byte out (or send UTF-8, if this is UTF-16).", nul)
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse(Fault.NOT_UTF8, "", "This byte is not UTF-8. Encode the message anew.", error.start)


def _after_space(raw: bytes, at: int) -> int:
    found = _SPACE.match(raw, at)
    return at if found is None else found.end()


def _check_end(raw: bytes, at: int) -> None:
    if (at := _after_space(raw, at)) != len(raw):
        _refuse(Fault.NOT_JSON, "", "Something follows the end of the JSON. Take it out.", at)


def _refuse(code: Fault, path: str, fix: str, offset: int | None) -> Never:
    raise UnreadableJsonError(Problem(code=code, path=path, fix=fix, offset=offset))


class _Scan:
    """One walk over the bytes with a stack of what is open."""

    def __init__(self, raw: bytes, limits: Limits) -> None:
        self._raw = raw
        self._limits = limits
        self._at = 0
        self._keys = 0
        # Per open object: its keys so far; per open list: None. Beside it the current place in it.
        self._open: list[set[str] | None] = []
        self._place: list[str | int] = []

    def run(self) -> None:
        """Walk to the end. Raises UnreadableJsonError at the first thing wrong."""
        self._value()
        while self._open:
            self._space()
            self._after_value()
        _check_end(self._raw, self._at)

    def _after_value(self) -> None:
        """A value has ended inside a container: a comma and the next one, or the container ends."""
        keys = self._open[-1]
        sign = self._raw[self._at : self._at + 1]
        if sign == (b"]" if keys is None else b"}"):
            self._at += 1
            self._open.pop()
            self._place.pop()
            return
        if sign != b",":
            self._unexpected("a comma or a closing bracket")
        self._at += 1
        self._space()
        if keys is None:
            place = self._place[-1]
            self._place[-1] = place + 1 if isinstance(place, int) else 0
        else:
            self._key(keys)
        self._value()

    def _value(self) -> None:
        """Walk one scalar, or open one container and, unless it is empty, its first value."""
        while True:
            self._space()
            sign = self._raw[self._at : self._at + 1]
            if sign == b'"':
                self._string()
                return
            if sign not in (b"{", b"["):
                self._scalar()
                return
            if len(self._open) == self._limits.depth:
                self._fail(Fault.TOO_DEEP, f"Nest at most {self._limits.depth} deep.")
            keys: set[str] | None = set() if sign == b"{" else None
            self._open.append(keys)
            self._place.append("" if keys is not None else 0)
            self._at += 1
            self._space()
            if self._raw[self._at : self._at + 1] == (b"]" if keys is None else b"}"):
                self._at += 1
                self._open.pop()
                self._place.pop()
                return
            if keys is not None:
                self._key(keys)

    def _key(self, keys: set[str]) -> None:
        if self._raw[self._at : self._at + 1] != b'"':
            self._unexpected("a key in double quotes")
        start = self._at
        token = self._string()
        key = str(orjson.loads(token))  # escapes undone: "a" and "\u0061" are one key
        self._place[-1] = key
        self._keys += 1
        if self._keys > self._limits.keys:
            self._fail(Fault.TOO_MANY_KEYS, f"Send at most {self._limits.keys} keys.", start)
        if key in keys:
            self._fail(
                Fault.DUPLICATE_KEY, "This key stands twice in one object. Send it once.", start
            )
        keys.add(key)
        self._space()
        if self._raw[self._at : self._at + 1] != b":":
            self._unexpected("a colon")
        self._at += 1

    def _string(self) -> bytes:
        found = _STRING.match(self._raw, self._at)
        if found is None:
            if b'"' not in self._raw[self._at + 1 :]:
                self._fail(Fault.TRUNCATED, "This string has no end. Send the whole message.")
            self._fail(Fault.NOT_JSON, "This string has a control character or a broken escape.")
        token = found[0]
        if len(token) - 2 > self._limits.string:
            self._fail(Fault.STRING_TOO_LONG, f"Send at most {self._limits.string} bytes here.")
        if b"\\u" in token:
            self._escapes(token)
        self._at = found.end()
        return token

    def _escapes(self, token: bytes) -> None:
        """Refuse NUL and halves of characters, which JSON allows and nothing else does."""
        high = False
        end = 0
        for found in _ESCAPES.finditer(token):
            unit = int(found[1], 16) if found[1] else -1
            low = 0xDC00 <= unit <= 0xDFFF
            if unit == 0:
                self._fail(Fault.NUL, "Take the NUL character out.", self._at + found.start())
            if low != high or (high and found.start() != end):
                break
            high = 0xD800 <= unit <= 0xDBFF
            end = found.end()
        else:
            if not high:
                return
        self._fail(Fault.LONE_SURROGATE, "Half a character (a lone surrogate). Send whole ones.")

    def _scalar(self) -> None:
        raw, at = self._raw, self._at
        if found := _WORD.match(raw, at):
            self._at = found.end()
            return
        if _NOT_FINITE.match(raw, at):
            self._fail(Fault.NUMBER_NOT_FINITE, "JSON has no NaN or Infinity. Leave the field out.")
        found = _NUMBER.match(raw, at)
        if found is None:
            self._unexpected("a value")
        self._number(found[0], whole=found[1] is None and found[2] is None)
        self._at = found.end()

    def _number(self, token: bytes, *, whole: bool) -> None:
        if whole:
            if token == b"-0":
                self._fail(Fault.NEGATIVE_ZERO, "Send 0.")
            if len(token) > 20 or abs(int(token)) > self._limits.integer:
                self._fail(Fault.NUMBER_TOO_BIG, "Whole numbers reach 2^53. Send it as a string.")
            return
        value = float(token) if len(token) <= _NUMBER_DIGITS else math.inf
        if not math.isfinite(value):
            self._fail(Fault.NUMBER_NOT_FINITE, "This number is too large. Send it as a string.")
        if value == 0 and token.startswith(b"-"):
            self._fail(Fault.NEGATIVE_ZERO, "Send 0.")

    def _space(self) -> None:
        self._at = _after_space(self._raw, self._at)

    def _unexpected(self, wanted: str) -> Never:
        if self._at >= len(self._raw):
            self._fail(Fault.TRUNCATED, f"The message ends where {wanted} should stand.")
        self._fail(Fault.NOT_JSON, f"Here {wanted} should stand.")

    def _fail(self, code: Fault, fix: str, offset: int | None = None) -> Never:
        _refuse(code, self._path(), fix, self._at if offset is None else offset)

    def _path(self) -> str:
        path = ""
        for place in self._place:
            if isinstance(place, int):
                path += f"[{place}]"
            elif place:
                path += ("." if path else "") + (place if place in self._limits.known else "*")
        return path
