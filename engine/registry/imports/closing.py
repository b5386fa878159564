"""What a source no longer names, where its files are all that it says.

A file says so itself (a full file of GLEIF), or the person who imports it does. Several files of
one source are one truth: so nothing is closed file by file, but at the end, by what all of them
name together, and of links and contacts only those of which they bring any (the registry's own
files may hold both: of them each is closed). A row that was refused
may have named what would be closed: then nothing of its source is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import sha256

from engine.registry.history.comparing import CLOSABLE
from engine.registry.imports.own.written import REGISTRY
from engine.registry.imports.reading import NotTaken
from engine.registry.imports.together import FileRows
from engine.registry.rows import Fate, RowRead
from engine.store.versions import What

CLOSING = "no-longer-named"
"""The format of what closes, which is read from no file."""


def with_closings(
    files: Iterable[FileRows], *, apart: Iterable[str] = ()
) -> tuple[list[FileRows], list[NotTaken]]:
    """The files, then what closes what they name no more; and the sources where nothing is closed.

    `apart`: formats that close by themselves.
    """
    files, whole = list(files), set(apart)
    sources = sorted({each.source for each in files if each.complete and each.format not in whole})
    steps = [each if each.format in whole else replace(each, complete=False) for each in files]
    left: list[NotTaken] = []
    for source in sources:
        own = [each for each in files if each.source == source]
        refused = sum(row.fate is Fate.REFUSED for each in own for row in each.rows)
        if refused:
            rows = "1 row of it was" if refused == 1 else f"{refused} rows of it were"
            why = f"{rows} refused and may name it; correct that first"
            left.append(NotTaken(name=name_of(source), why=f"nothing is closed: {why}"))
        else:
            steps.append(_closing(source, own))
    return steps, left


def name_of(source: str) -> str:
    """As the table calls it."""
    return f"(what {source} names no more)"


def _closing(source: str, files: list[FileRows]) -> FileRows:
    rows = tuple(row for each in files for row in each.rows)
    digest = sha256(" ".join(each.sha256 for each in files).encode()).hexdigest()
    return FileRows(
        name=name_of(source),
        sha256=digest,
        format=CLOSING,
        source=source,
        complete=True,
        updates=True,
        closes=CLOSABLE if source == REGISTRY.source else frozenset(_brought(rows)),
        rows=rows,
    )


def _brought(rows: Iterable[RowRead]) -> Iterator[What]:
    for row in rows:
        if row.links or row.gone:
            yield What.LINK
        if row.contacts:
            yield What.CONTACT
