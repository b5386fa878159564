"""Registry files in YAML or JSON, as rows: one for each record, with the line where it stands."""

import re
from collections.abc import Iterator
from typing import Any

from engine.registry.importer import PROBLEMS_AT_MOST, parse
from engine.registry.rows import (
    Fate,
    FileRefusedError,
    Format,
    RowRead,
    Setting,
    SourceFile,
)

_PARTS = ("parties", "links", "contacts")
_LOOKS_LIKE = re.compile(
    rb"^(?:\xef\xbb\xbf)?[\s{]*\"?(?:parties|links|contacts|people|rotations|layers|shifts|floor)"
    rb"\"?\s*:",
    re.M,
)
_START = 1 << 16  # bytes that are looked at; comments may go before


def read(file: SourceFile, setting: Setting) -> Iterator[RowRead]:
    """Parties, links and contacts; a roster is not read here.

    Raises FileRefusedError with every mistake of its form: what is no valid YAML has no rows.
    """
    try:
        text = file.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = file.data.count(b"\n", 0, error.start) + 1
        raise FileRefusedError(f"{file.name}:{line}: this is not UTF-8. Save it so.") from None
    source, found, mistakes = parse(file.name, text)
    if found is None:
        raise FileRefusedError("\n".join(map(str, sorted(mistakes)[:PROBLEMS_AT_MOST])))
    rows: list[RowRead] = []
    for part in _PARTS:
        for index, record in enumerate(getattr(found, part)):
            brought: dict[str, Any] = {part: (record,)}
            rows.append(RowRead(line=source.place((part, index))[0], fate=Fate.IMPORTED, **brought))
    return iter(sorted(rows, key=lambda row: row.line))


def _recognises(file: SourceFile) -> bool:
    named = file.name.lower().endswith((".yaml", ".yml", ".json"))
    return named and _LOOKS_LIKE.search(file.data[:_START]) is not None


REGISTRY = Format(
    name="registry",
    title="Registry files in YAML or JSON",
    source="files",  # as `engine.registry.saving` calls what is taken as a whole
    complete=True,
    read=read,
    recognises=_recognises,
)
