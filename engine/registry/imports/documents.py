"""Files of JSON records, a list or one record a line, read record by record.

Each record is taken by itself, under the limits that hold for everything that reaches us
(`schemas.limits`): size, depth, keys that stand twice, NaN, half characters. So a bad record, a
wrong byte or half a file spoils one record and not the rest.

    for record in documents.read(file, starts=("LEI", "Relationship")):
        if isinstance(record, RowRead):  # refused already
            yield record
            continue
        yield RowRead(line=record.number, …)
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from engine.registry.rows import Fate, FileRefusedError, RowRead, SourceFile, Why
from schemas.limits import Limits, UnreadableJsonError, parse
from schemas.problem import Fault

RECORD_AT_MOST = 1 << 20
"""Bytes of one record."""
DAMAGE_AT_MOST = 4
"""Times the length of the file that is looked at again behind damage; then reading on is given up,
and what follows is one refusal."""

_LIMITS = Limits(bytes=RECORD_AT_MOST, keys=5_000, string=1 << 16)
_BOM = b"\xef\xbb\xbf"
_SPACE = re.compile(rb"[ \t\r\n]*+")
_MARK = re.compile(rb'"(?:[^"\\\n]|\\.)*+(?:"|(?=\n)|\Z)|[\[\]{},]')
"""A whole string, one that ends with its line because nobody closed it, or a sign outside one."""

_WHY = {
    Fault.NOT_UTF8: Why.NOT_UTF8,
    Fault.TRUNCATED: Why.CUT_OFF,
    Fault.TOO_LARGE: Why.TOO_LONG,
    Fault.STRING_TOO_LONG: Why.TOO_LONG,
    Fault.TOO_MANY_KEYS: Why.TOO_LONG,
    Fault.TOO_DEEP: Why.TOO_DEEP,
    Fault.DUPLICATE_KEY: Why.KEY_TWICE,
    Fault.NUMBER_NOT_FINITE: Why.NOT_A_NUMBER,
    Fault.NUMBER_TOO_BIG: Why.NOT_A_NUMBER,
    Fault.NEGATIVE_ZERO: Why.NOT_A_NUMBER,
    Fault.NUL: Why.CONTROL_CHARACTER,
    Fault.LONE_SURROGATE: Why.CONTROL_CHARACTER,
    Fault.NOT_OBJECT: Why.WRONG_SHAPE,
}


_Found = Mapping[str, Any] | tuple[Why, str]
"""A record, or why there is none and where in it."""


class _How(Enum):
    """How an element of a list ends."""

    COMMA = "comma"
    LAST = "last"
    CUT_OFF = "cut off"
    TOO_LONG = "too long"

    @property
    def closed(self) -> bool:
        return self in (_How.COMMA, _How.LAST)


_NOT_CLOSED = {_How.CUT_OFF: (Why.CUT_OFF, ""), _How.TOO_LONG: (Why.TOO_LONG, "")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One record that could be read. `number` counts from 1; of one record a line, the line."""

    number: int
    data: Mapping[str, Any]


def read(
    file: SourceFile,
    *,
    starts: tuple[str, ...],
    known: frozenset[str] = frozenset(),
    lists: tuple[str, ...] = (),
) -> Iterator[Document | RowRead]:
    """Each record of the file once: its content, or why it is refused.

    `starts` are the keys a record may begin with: behind damage, reading goes on there. `known`
    are keys that may be named in a reason. `lists`: the one key under which an object may have the
    list. Raises FileRefusedError at once: no JSON list, and no record a line.
    """
    data = _unwrapped(file.data.removeprefix(_BOM), lists)
    at = _after_space(data, 0)
    limits = replace(_LIMITS, known=known)
    if data[at : at + 1] == b"[":
        return _of_list(data, at + 1, starts=starts, limits=limits)
    if data[at : at + 1] == b"{" and data[at : at + 2].strip() != b"{":
        return _of_lines(data, limits)
    raise FileRefusedError(
        f"{file.name}:1: this is no list of JSON records and no JSON record a line, in UTF-8. "
        "Save it as that, or name the right format with --format."
    )


def first_keys(file: SourceFile, *, lists: tuple[str, ...] = ()) -> frozenset[str]:
    """The outer keys of its first record, to recognise a format by; empty if it has none."""
    data = _unwrapped(file.data.removeprefix(_BOM), lists)
    at = _after_space(data, 0)
    if data[at : at + 1] == b"[":
        found = next(_elements(data, at + 1, starts=(), limits=_LIMITS), None)
    else:
        found = _parsed(data[at : at + RECORD_AT_MOST].split(b"\n", 1)[0], _LIMITS)
    return frozenset() if found is None or isinstance(found, tuple) else frozenset(found)


def _unwrapped(data: bytes, lists: tuple[str, ...]) -> bytes:
    """The list of a file that is one object with nothing but that list; else the file."""
    keys = b"|".join(re.escape(key.encode()) for key in lists) or rb"(?!)"
    found = re.match(
        rb'[ \t\r\n]*+\{[ \t\r\n]*+"(?:' + keys + rb')"[ \t\r\n]*+:[ \t\r\n]*+(?=\[)', data
    )
    if found is None:
        return data
    listed = data[found.end() :].rstrip()
    closed = listed[:-1].rstrip() if listed.endswith(b"}") else b""
    return closed if closed.endswith(b"]") else listed


def _of_lines(data: bytes, limits: Limits) -> Iterator[Document | RowRead]:
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.strip():
            yield _row(number, _parsed(line.strip(), limits))


def _of_list(
    data: bytes, at: int, *, starts: tuple[str, ...], limits: Limits
) -> Iterator[Document | RowRead]:
    for number, found in enumerate(_elements(data, at, starts=starts, limits=limits), 1):
        yield _row(number, found)


def _row(number: int, found: _Found) -> Document | RowRead:
    if isinstance(found, tuple):
        why, column = found
        return RowRead(line=number, fate=Fate.REFUSED, why=why, column=column)
    return Document(number=number, data=found)


def _parsed(raw: bytes, limits: Limits) -> _Found:
    try:
        return parse(raw, limits=limits)
    except UnreadableJsonError as error:
        return _WHY.get(error.problem.code, Why.NOT_JSON), error.problem.path


def _elements(data: bytes, at: int, *, starts: tuple[str, ...], limits: Limits) -> Iterator[_Found]:
    """What stands between the commas of the list.

    A record that is never closed would swallow the rest, so it ends where the next one begins.
    """
    beginning = _beginning(starts)
    left = DAMAGE_AT_MOST * len(data) + RECORD_AT_MOST // 4
    at = _after_space(data, at)
    if data[at : at + 1] == b"]" and _after_space(data, at + 1) == len(data):
        return
    while True:
        end, how = _end(data, at)
        found = _parsed(data[at:end].strip(), limits) if how.closed else _NOT_CLOSED[how]
        if isinstance(found, tuple):
            left -= end - at
            until = end if how.closed else len(data)
            next_one = beginning.search(data, at + 1, until)
            if next_one is not None and left > 0:
                yield (Why.NOT_JSON, "") if how is _How.CUT_OFF else found
                at = next_one.start()
                continue
        yield found
        if how is not _How.COMMA:
            return
        at = _after_space(data, end + 1)


def _beginning(starts: tuple[str, ...]) -> re.Pattern[bytes]:
    keys = b"|".join(re.escape(key.encode()) for key in starts) or rb"(?!)"
    return re.compile(rb'\{\s*+"(?:' + keys + rb')"\s*+:')


def _end(data: bytes, at: int) -> tuple[int, _How]:
    """Where the element that begins here ends, and how."""
    depth = 0
    for found in _MARK.finditer(data, at):
        sign = found[0]
        if found.start() - at > RECORD_AT_MOST:
            return found.start(), _How.TOO_LONG
        if sign in (b"{", b"["):
            depth += 1
        elif sign == b"," and depth == 0:
            return found.start(), _How.COMMA
        elif sign in (b"}", b"]"):
            if depth == 0 and sign == b"]" and _after_space(data, found.end()) == len(data):
                return found.start(), _How.LAST
            depth = max(depth - 1, 0)
    return len(data), _How.CUT_OFF


def _after_space(data: bytes, at: int) -> int:
    found = _SPACE.match(data, at)
    return at if found is None else found.end()
