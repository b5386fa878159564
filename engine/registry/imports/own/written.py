"""Registry files in YAML or JSON, as rows: one for each record, with the line where it stands.

Of a file without a roster a record that cannot be read is refused alone, as a row of any other
format is. A roster is decided as a whole: half of one could leave a night without anybody.
"""

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from pydantic import ValidationError

from engine.registry.importer import PROBLEMS_AT_MOST, Mistake, parse, record
from engine.registry.roster_file import RosterPart
from engine.registry.rows import (
    Fate,
    FileRefusedError,
    Format,
    RowRead,
    Setting,
    SourceFile,
    Why,
)
from rules.source import Source
from schemas.contact import Contact
from schemas.link import Link
from schemas.party import Party

_PARTS = {"parties": Party, "links": Link, "contacts": Contact}
_ROSTER = tuple(each.name for each in fields(RosterPart))
_MAY_HOLD_ROSTER = re.compile(rf"\b(?:{'|'.join(_ROSTER)})\b[\"']?\s*:".encode())
_LOOKS_LIKE = re.compile(
    rb"^(?:\xef\xbb\xbf)?[\s{]*\"?(?:parties|links|contacts|people|rotations|layers|shifts|floor)"
    rb"\"?\s*:",
    re.M,
)
_START = 1 << 16  # bytes that are looked at; comments may go before


def may_hold_roster(data: bytes) -> bool:
    """Whether the file may hold a part of a roster: yes where there is doubt."""
    return _MAY_HOLD_ROSTER.search(data) is not None


def read(file: SourceFile, setting: Setting) -> Iterator[RowRead]:
    """Parties, links and contacts; a roster is not read here.

    Raises FileRefusedError with every mistake of its form: what is no valid YAML has no rows, nor
    has a file with a roster of which any record cannot be read.
    """
    try:
        text = file.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = file.data.count(b"\n", 0, error.start) + 1
        raise FileRefusedError(f"{file.name}:{line}: this is not UTF-8. Save it so.") from None
    source, found, mistakes = parse(file.name, text)
    if not may_hold_roster(file.data) and _may_hold(source.data, _ROSTER):
        raise FileRefusedError(f"{file.name}: write the keys of a roster plainly, as `people:`.")
    if found is not None:
        rows = [
            _row(source, part, index, each)
            for part in _PARTS
            for index, each in enumerate(getattr(found, part))
        ]
    else:
        rows = _one_by_one(file, source, mistakes)
    return iter(sorted(rows, key=lambda row: row.line))


def _one_by_one(file: SourceFile, source: Source, mistakes: list[Mistake]) -> list[RowRead]:
    """Each record by itself, those refused that cannot be read."""
    data = source.data
    lists = isinstance(data, dict) and all(isinstance(each, list) for each in data.values())
    if source.problems or not lists or not data.keys() <= _PARTS.keys():
        raise FileRefusedError("\n".join(map(str, sorted(mistakes)[:PROBLEMS_AT_MOST])))
    rows = []
    for part in _PARTS:
        for index, said in enumerate(data.get(part, ())):
            try:
                rows.append(_row(source, part, index, record(part, said)))
            except ValidationError as error:
                rows.append(_refused(source, part, index, said, error))
    return rows


def _row(source: Source, part: str, index: int, record: Any) -> RowRead:
    brought: dict[str, Any] = {part: (record,)}
    return RowRead(line=source.place((part, index))[0], fate=Fate.IMPORTED, **brought)


def _refused(
    source: Source, part: str, index: int, said: object, error: ValidationError
) -> RowRead:
    first = error.errors(include_url=False, include_input=False)[0]
    known = {each.name for each in fields(_PARTS[part])}
    column = next((each for each in map(str, first["loc"][2:3]) if each in known), "")
    id = said.get("id") if part == "parties" and isinstance(said, dict) else None
    return RowRead(
        line=source.place((part, index))[0],
        fate=Fate.REFUSED,
        why=_why(str(first["type"])),
        column=column,
        left_out=(id,) if isinstance(id, str) else (),
    )


def _why(type: str) -> Why:
    kinds = {
        Why.FIELD_MISSING: ("missing",),
        Why.NOT_A_NUMBER: ("int_", "float_", "finite_"),
        Why.NOT_A_DATE: ("date_", "datetime_", "timezone_"),
    }
    return next((why for why, begins in kinds.items() if type.startswith(begins)), Why.NOT_KNOWN)


def _may_hold(data: object, keys: tuple[str, ...]) -> bool:
    return isinstance(data, dict) and any(key in data for key in keys)


def _recognises(file: SourceFile) -> bool:
    named = file.name.lower().endswith((".yaml", ".yml", ".json"))
    return named and _LOOKS_LIKE.search(file.data[:_START]) is not None


REGISTRY = Format(
    name="registry",
    title="Registry files in YAML or JSON",
    source="files",  # as `engine.registry.saving` calls it, which takes a roster with it
    complete=True,
    read=read,
    recognises=_recognises,
)
