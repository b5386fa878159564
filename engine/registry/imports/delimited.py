"""Text in columns (CSV and its kin), read row by row: damage is named, the rest stays usable.

Our own reader, not the one of the language: that one lets a quote that is never closed swallow the
rest of the file, and gives up at the first field that is too long.

    for row in delimited.read(file, needed=("country", "name"), optional=("sector",)):
        if isinstance(row, RowRead):  # refused already: cut off, no UTF-8, a quote never closed
            yield row
            continue
        yield RowRead(line=row.line, fate=Fate.IMPORTED, parties=(Party(id=row["name"], …),))
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.registry.rows import Fate, FileRefusedError, RowRead, SourceFile, Why

LINE_AT_MOST = 1 << 18
"""Characters of one physical line."""
CELL_AT_MOST = 1 << 16
LINES_OF_A_ROW = 200
COLUMNS_AT_MOST = 500
ROWS_AT_MOST = 5_000_000

_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_NO_UTF8 = re.compile(r"[\udc80-\udcff]")
"""What a byte that is no UTF-8 becomes, so that it spoils its row and not the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row that could be read. `line` is where it begins; 1 is the header."""

    line: int
    cells: Mapping[str, str]
    """By the header's names, without blanks at either end; line breaks within stay as `\\n`."""

    def __getitem__(self, column: str) -> str:
        """The cell; empty where the file lacks an optional column. KeyError: never declared."""
        return self.cells[column]


def read(
    file: SourceFile,
    *,
    needed: Iterable[str],
    optional: Iterable[str] = (),
    separators: str = ",",
) -> Iterator[Row | RowRead]:
    """Each row of the file once: its cells, or why it is refused. Lines without content are none.

    `separators` are those the format may have: the one whose header has every needed column.
    Columns that are not declared are passed on as well. Raises FileRefusedError at once, not at
    the first row: no header, a needed column missing, two columns of one name, not UTF-8 at all.
    """
    lines, ended = _lines(file)
    separator, header = _header(file, lines, needed=tuple(needed), separators=separators)
    return _rows(
        lines,
        header=header,
        missing=[each for each in optional if each not in header],
        separator=separator,
        ended=ended,
    )


def columns(file: SourceFile, *, separators: str = ",") -> frozenset[str]:
    """The names in its header, to recognise a format by; empty when it has none. Never raises."""
    start = file.data[: 1 << 16].decode("utf-8-sig", "replace").replace("\r", "\n")
    first = start.split("\n", 1)[0]
    return max(
        (frozenset(_names(_cells([first], 0, each)[0] or [])) for each in separators),
        key=len,
        default=frozenset(),
    )


def _lines(file: SourceFile) -> tuple[list[str], bool]:
    """Its physical lines, and whether the last one is ended."""
    if file.data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileRefusedError(
            f"{file.name}: this is UTF-16. Save it as CSV in UTF-8 and import that."
        )
    text = file.data.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.count("\n") > ROWS_AT_MOST:
        raise FileRefusedError(
            f"{file.name}: more than {ROWS_AT_MOST:,} lines. Split it and import the parts."
        )
    lines = text.split("\n")
    ended = lines[-1] == ""
    return (lines[:-1] if ended else lines), ended


def _header(
    file: SourceFile, lines: list[str], *, needed: tuple[str, ...], separators: str
) -> tuple[str, list[str]]:
    if not lines or not lines[0].strip():
        raise FileRefusedError(
            f"{file.name}:1: the first line is to name the columns; it is empty."
        )
    if len(lines[0]) > LINE_AT_MOST or _NO_UTF8.search(lines[0]) or _UNSEEN.search(lines[0]):
        raise FileRefusedError(
            f"{file.name}:1: the first line is no list of columns in UTF-8. "
            "Save it as CSV in UTF-8 and import that."
        )
    read_as = [(each, _names(_cells(lines, 0, each)[0] or [])) for each in separators]
    separator, names = min(read_as, key=lambda way: len(set(needed) - set(way[1])))
    absent = sorted(set(needed) - set(names))
    if absent:
        raise FileRefusedError(
            f"{file.name}:1: the first line names no column {', '.join(absent)}. "
            "Add it, or name the right format with --format."
        )
    if len(names) > COLUMNS_AT_MOST:
        raise FileRefusedError(
            f"{file.name}:1: more than {COLUMNS_AT_MOST} columns. Keep those the format has."
        )
    for number, name in enumerate(names, 1):
        if name and name in names[: number - 1]:
            first = names.index(name) + 1
            raise FileRefusedError(
                f"{file.name}:1:{number}: columns {first} and {number} have one name. "
                "Rename or remove one."
            )
    return separator, names


def _names(cells: list[str]) -> list[str]:
    """Names of columns; empty ones at the end are none."""
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    return names


def _rows(
    lines: list[str], *, header: list[str], missing: list[str], separator: str, ended: bool
) -> Iterator[Row | RowRead]:
    absent = dict.fromkeys(missing, "")
    at = _cells(lines, 0, separator)[1]
    while at < len(lines):
        if not lines[at].strip(separator + " \t"):
            at += 1
            continue
        line = at + 1
        cells, after = _cells(lines, at, separator)
        why = _wrong(lines[at], cells, header)
        if cells is not None and why is None:
            at = after
            bad = _bad_cell(cells, header)
            if bad is not None:
                yield RowRead(line=line, fate=Fate.REFUSED, why=bad[0], column=bad[1])
                continue
            named = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name}
            yield Row(line=line, cells=named | absent)
            continue
        at = _beyond(lines, at, after=after if cells else None, header=header, separator=separator)
        if at >= len(lines) and not ended and why is not Why.TOO_LONG:
            why = Why.CUT_OFF
        yield RowRead(line=line, fate=Fate.REFUSED, why=why)


def _wrong(line: str, cells: list[str] | None, header: list[str]) -> Why | None:
    """Why a row cannot be told into its columns."""
    if len(line) > LINE_AT_MOST:
        return Why.TOO_LONG
    if cells is None:
        return Why.QUOTE_NOT_CLOSED
    if len(cells) < len(header) or any(cell.strip() for cell in cells[len(header) :]):
        return Why.WRONG_SHAPE
    return None


def _bad_cell(cells: list[str], header: list[str]) -> tuple[Why, str] | None:
    for name, cell in zip(header, cells, strict=False):
        if len(cell) > CELL_AT_MOST:
            return Why.TOO_LONG, name
        if not cell.isascii() and _NO_UTF8.search(cell):
            return Why.NOT_UTF8, name
        if _UNSEEN.search(cell):
            return Why.CONTROL_CHARACTER, name
    return None


def _beyond(
    lines: list[str], at: int, *, after: int | None, header: list[str], separator: str
) -> int:
    """Where reading goes on behind a row that is damaged.

    Behind a row of one line: the next line. A damaged row of several lines may have swallowed good
    ones by a quote that was never closed, so reading goes on at the first line behind its first one
    that reads as a row. Where its quotes are in order (`after` is its end), it may as well be one
    row with a field too many, whose lines are no rows: there a line counts only if its own quotes
    are in order too, and its end is the end.
    """
    end = min(len(lines), at + LINES_OF_A_ROW if after is None else after)
    for next_one in range(at + 1, end):
        cells, _ = _cells(lines, next_one, separator, strict=after is not None)
        if _wrong(lines[next_one], cells, header) is None:
            return next_one
    return max(end, at + 1)


def _cells(
    lines: list[str], at: int, separator: str, *, strict: bool = False
) -> tuple[list[str] | None, int]:
    """The cells of the row that begins here, and the line behind it; None: a quote is amiss.

    `strict`: a quote in the middle of a cell is amiss as well, such as that of `5" pipe`.
    """
    line = lines[at]
    if len(line) > LINE_AT_MOST:
        return None, at + 1
    if '"' not in line:
        return line.split(separator), at + 1
    cells: list[str] = []
    began, place = at, 0
    while True:
        line = lines[at]
        if line.startswith('"', place):
            quoted = _quoted(lines, at, place + 1, last=began + LINES_OF_A_ROW)
            if quoted is None:
                return None, began + 1
            cell, at, place = quoted
            end = place
            if place < len(lines[at]) and not lines[at].startswith(separator, place):
                return None, began + 1  # text behind a closing quote: it opened where none was open
        else:
            end = line.find(separator, place)
            end = len(line) if end < 0 else end
            cell = line[place:end]
            if strict and '"' in cell:
                return None, began + 1
        cells.append(cell)
        if end == len(lines[at]):
            return cells, at + 1
        place = end + 1


def _quoted(lines: list[str], at: int, place: int, *, last: int) -> tuple[str, int, int] | None:
    """What stands up to the closing quote, and the line and place behind that; None: never."""
    parts: list[str] = []
    while True:
        end = lines[at].find('"', place)
        if end < 0:
            parts += (lines[at][place:], "\n")
            at, place = at + 1, 0
            if at >= min(len(lines), last) or len(lines[at]) > LINE_AT_MOST:
                return None
        elif lines[at].startswith('""', end):
            parts.append(lines[at][place : end + 1])
            place = end + 2
        else:
            parts.append(lines[at][place:end])
            return "".join(parts), at, end + 1
