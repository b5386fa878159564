"""Records out of an XML file, one after the other, in the shape that GLEIF's JSON has.

Read by the parser of Python's own library, with everything that XML can do besides elements turned
off: a file with a document type is refused, for its entities may be other files, or grow without
end. What comes before damage is read; at it the file ends, since nobody can say what follows.
"""

import re
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from engine.registry.imports.documents import RECORD_AT_MOST, Document
from engine.registry.rows import Fate, FileRefusedError, RowRead, SourceFile, Why

DEPTH_AT_MOST = 32
_CHUNK = 1 << 16
_LOOKS_LIKE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[?!\w]")
_TEXT = "$"
_EACH = 16
"""What each element and piece of text takes besides its letters, at least."""


def looks_like(file: SourceFile) -> bool:
    """Whether it begins as XML does."""
    return _LOOKS_LIKE.match(file.data) is not None


def read(file: SourceFile, *, elements: tuple[str, ...]) -> Iterator[Document | RowRead]:
    """Each such element once; `number` counts them from 1. Raises FileRefusedError at once."""
    if b"<!DOCTYPE" in file.data[:_CHUNK]:
        raise FileRefusedError(
            f"{file.name}:1: this XML has a document type, which may name other files. "
            "Fetch it again from its source."
        )
    return _Reader(elements).read(file.data)


class _Reader:
    """The elements that are open, and what was read of them."""

    def __init__(self, elements: tuple[str, ...]) -> None:
        self._elements = frozenset(elements)
        self._open: list[tuple[str, dict[str, Any], list[str]]] = []
        self._above = 0
        self._deeper = 0
        self._size = 0
        self._refused: Why | None = None
        self._number = 0
        self._found: list[Document | RowRead] = []
        self._parser = expat.ParserCreate()
        self._parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = _no_doctype

    def read(self, data: bytes) -> Iterator[Document | RowRead]:
        try:
            for at in range(0, len(data), _CHUNK):
                self._parser.Parse(data[at : at + _CHUNK], False)
                yield from self._taken()
            self._parser.Parse(b"", True)
        except (expat.ExpatError, _DoctypeError) as error:
            yield from self._taken()
            yield self._refusal(_why(error))
        yield from self._taken()

    def _taken(self) -> list[Document | RowRead]:
        found, self._found = self._found, []
        return found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._open and name.rpartition(":")[2] not in self._elements:
            self._above += 1
            return
        if len(self._open) >= DEPTH_AT_MOST:
            self._refused, self._deeper = Why.TOO_DEEP, self._deeper + 1
            return
        self._grow(len(name) + sum(map(len, attributes.values())))
        given = {f"@{key}": value for key, value in attributes.items()}
        self._open.append((name.rpartition(":")[2], given, []))

    def _text(self, text: str) -> None:
        if self._open and not self._deeper:
            self._grow(len(text))
            if self._refused is None:
                self._open[-1][2].append(text)

    def _grow(self, by: int) -> None:
        self._size += by + _EACH
        if self._size > RECORD_AT_MOST:
            self._refused = self._refused or Why.TOO_LONG

    def _end(self, name: str) -> None:
        if self._deeper:
            self._deeper -= 1
            return
        if not self._open:
            self._above -= 1
            return
        own, held, texts = self._open.pop()
        if not any(not key.startswith("@") for key in held):
            held[_TEXT] = "".join(texts).strip()
        if self._open and self._refused is not None:
            return
        if self._open:
            _put(self._open[-1][1], own, held)
            return
        if self._refused is None:
            self._number += 1
            self._found.append(Document(number=self._number, data=held))
        else:
            self._found.append(self._refusal(self._refused))
        self._refused, self._size = None, 0

    def _refusal(self, why: Why) -> RowRead:
        self._number += 1
        return RowRead(line=self._number, fate=Fate.REFUSED, why=why)


class _DoctypeError(Exception):
    """A document type, further down than it may stand."""


def _no_doctype(*_: Any) -> None:
    raise _DoctypeError


def _why(error: Exception) -> Why:
    cut_off = isinstance(error, expat.ExpatError) and error.code in _ENDS_EARLY
    return Why.CUT_OFF if cut_off else Why.WRONG_SHAPE


_ENDS_EARLY = (
    expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
    expat.errors.codes[expat.errors.XML_ERROR_PARTIAL_CHAR],
)
"""How the parser calls a file that ends in the middle."""


def _put(parent: dict[str, Any], name: str, value: dict[str, Any]) -> None:
    """An element that stands there several times becomes a list."""
    known = parent.get(name)
    if known is None:
        parent[name] = value
    elif isinstance(known, list):
        known.append(value)
    else:
        parent[name] = [known, value]
