"""Lists of words of Open Supply Hub: sectors and kinds of contributors. They name no party.

They are read all the same, so that no file that came with the others is passed over in silence.
"""

from collections.abc import Iterator

from engine.registry.imports import delimited, documents
from engine.registry.rows import Fate, Format, RowRead, Setting, SourceFile, Why

SOURCE = "osh"
_TYPES = ("contributor_type", "count_in_fixture")
_SECTOR = ("model", "pk", "fields")


def read(file: SourceFile, setting: Setting) -> Iterator[RowRead]:
    """Each word, refused as a word. Raises FileRefusedError."""
    if file.data.lstrip()[:1] in (b"[", b"{"):
        records = documents.read(file, starts=_SECTOR[:1])
        return (each if isinstance(each, RowRead) else _word(each.number, "pk") for each in records)
    rows = delimited.read(file, needed=_TYPES)
    return (row if isinstance(row, RowRead) else _word(row.line, _TYPES[0]) for row in rows)


def _word(line: int, column: str) -> RowRead:
    return RowRead(line=line, fate=Fate.REFUSED, why=Why.VOCABULARY, column=column)


def _recognises(file: SourceFile) -> bool:
    return {*_TYPES} <= delimited.columns(file) or {*_SECTOR} == documents.first_keys(file)


VOCABULARY = Format(
    name="osh-words",
    title="Sectors and kinds of contributors of Open Supply Hub: words, no parties",
    source=SOURCE,
    read=read,
    recognises=_recognises,
)
