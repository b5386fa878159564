"""From the bytes of a file to its checked rows: which format it is, and reading it. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from engine.registry.checks import checked
from engine.registry.imports.together import FileRows
from engine.registry.rows import FileRefusedError, Format, Setting, SourceFile

BYTES_AT_MOST = 256 * 1024 * 1024
"""Of one file; it is read as a whole."""

_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")
"""How zip files, and with them spreadsheets, gzip files and old spreadsheets begin."""
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTaken:
    """A file of which nothing is taken, and why, with what to do."""

    name: str
    why: str
    known: bool = True
    """False: no format knows it, so perhaps it is no registry data at all."""


def read_file(
    file: SourceFile, setting: Setting, *, formats: Mapping[str, Format], named: str = ""
) -> FileRows | NotTaken:
    """Its rows, each checked. `named` is the format somebody chose; empty: recognise it."""
    chosen = [formats[named]] if named else [f for f in formats.values() if f.recognises(file)]
    if len(chosen) != 1:
        return _unknown(file, chosen)
    format = chosen[0]
    try:
        rows = tuple(checked(row) for row in format.read(file, _dated(file, setting)))
    except FileRefusedError as error:
        return NotTaken(name=file.name, why=str(error))
    return FileRows(
        name=file.name,
        sha256=sha256(file.data).hexdigest(),
        format=format.name,
        source=format.source,
        complete=format.complete or format.whole(file),
        updates=format.updates,
        rows=rows,
    )


def _dated(file: SourceFile, setting: Setting) -> Setting:
    """With the day or month in the file's name, where the person says none: two editions of a list
    that are imported in the wrong order are then told apart."""
    found = _DAY.findall(file.name.rsplit("/", 1)[-1])
    if setting.as_of is not None or len(found) != 1:
        return setting
    year, month, day = (int(part or 1) for part in found[0])
    try:
        return replace(setting, as_of=date(year, month, day))
    except ValueError:
        return setting


def _unknown(file: SourceFile, chosen: Iterable[Format]) -> NotTaken:
    several = ", ".join(sorted(each.name for each in chosen))
    if file.data.startswith(_ARCHIVES):
        why = "an archive or a spreadsheet; unpack it, or save it as CSV in UTF-8"
    elif several:
        why = f"it may be {several}; say which with --format"
    else:
        why = "no format has these columns or keys; if it is registry data, name its --format"
    return NotTaken(name=file.name, why=why, known=bool(several))
