"""The packaged tables of names, row by row. Nothing here knows what a row is for."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A row of `words.tsv`: a word that does not say which country."""

    names: tuple[str, ...]
    reason: str
    candidates: tuple[str, ...]
    listed: str | None
    """What a kept list of countries means by it."""
    why: str


def cldr_rows() -> Iterator[tuple[str, str, list[str]]]:
    """Alpha-2, alpha-3 and the keys of each territory's names in all languages."""
    for cells in _rows("cldr.txt", least=3):
        if cells[0] != "~":
            yield cells[0], cells[1], cells[2:]


def lookalike_rows() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Keys that are a slip of the pen for another territory, and all it may mean."""
    for cells in _rows("cldr.txt", least=3):
        if cells[0] == "~":
            yield cells[1], _codes(cells[2])


def name_rows() -> Iterator[tuple[str, list[str]]]:
    """A code and its further names, as written."""
    for code, names in _rows("names.tsv", least=2):
        yield code, _parts(names)


def word_rows() -> Iterator[Word]:
    """Every word that is not one country."""
    for names, reason, candidates, listed, why in _rows("words.tsv", least=5):
        yield Word(
            names=tuple(_parts(names)),
            reason=reason,
            candidates=_codes(candidates),
            listed=None if listed == "-" else listed,
            why=why,
        )


def territory_rows() -> Iterator[tuple[str, tuple[str, ...]]]:
    """A code, and the states that govern or claim it."""
    for code, governed, claimed, _ in territory_notes():
        yield code, governed + claimed


def territory_notes() -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...], str]]:
    """A code, the states that govern it, those that claim it, and why."""
    for code, governed, claimed, why in _rows("territories.tsv", least=4):
        yield code, _codes(governed), _codes(claimed), why


def rows(name: str, *, cells: int) -> Iterator[list[str]]:
    """The rows of another packaged table, with at least so many cells."""
    return _rows(name, least=cells)


def _rows(name: str, *, least: int) -> Iterator[list[str]]:
    text = (files(__package__) / "data" / name).read_text("utf-8")
    for number, line in enumerate(text.splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) < least:
            raise ValueError(f"{name}, line {number}: {least} cells are needed, not {len(cells)}.")
        yield cells


def _parts(cell: str) -> list[str]:
    return cell.split(" | ")


def _codes(cell: str) -> tuple[str, ...]:
    return () if cell == "-" else tuple(cell.split(" "))
