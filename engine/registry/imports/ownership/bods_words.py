"""Code lists of BODS: kinds of interests and entities, and what they mean. They name no party.

They are read all the same, so that no file that came with the others is passed over in silence.
"""

from collections.abc import Iterator

from engine.registry.imports import delimited
from engine.registry.rows import Fate, Format, RowRead, Setting, SourceFile, Why

_COLUMNS = ("code", "title", "description")


def read(file: SourceFile, setting: Setting) -> Iterator[RowRead]:
    """Each code, refused as a word. Raises FileRefusedError."""
    for row in delimited.read(file, needed=_COLUMNS):
        if isinstance(row, RowRead):
            yield row
        else:
            yield RowRead(line=row.line, fate=Fate.REFUSED, why=Why.VOCABULARY, column="code")


BODS_WORDS = Format(
    name="bods-words",
    title="Code lists of BODS: words, no parties",
    source="bods",
    read=read,
    recognises=lambda file: {*_COLUMNS} == delimited.columns(file),
)
