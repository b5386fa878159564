"""Cells of a spreadsheet that a person keeps: what each may hold, and what it means."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any

from engine.registry.rows import Why

Reader = Callable[[str], Any]
"""From the text of a cell that is not empty. Raises CellError."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d{1,9})?", re.ASCII)
_YES = {"yes": True, "true": True, "no": False, "false": False}


class CellError(ValueError):
    """The cell does not hold what its column is for."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


def text(cell: str) -> str:
    """As it stands."""
    return cell


def several(read: Reader) -> Reader:
    """Values with ` | ` between them."""

    def read_all(cell: str) -> tuple[Any, ...]:
        return tuple(read(each.strip()) for each in cell.split("|") if each.strip())

    return read_all


def one_of(words: type[StrEnum]) -> Reader:
    """A word of a list."""

    def read(cell: str) -> StrEnum:
        try:
            return words(cell.lower().replace(" ", "_"))
        except ValueError:
            raise CellError(Why.NOT_KNOWN) from None

    return read


def yes(cell: str) -> bool:
    """`yes` or `no`."""
    if cell.lower() not in _YES:
        raise CellError(Why.NOT_KNOWN)
    return _YES[cell.lower()]


def number(cell: str) -> float:
    """A number with a point, no separator of thousands: 12,5 might be twelve thousand."""
    if not _NUMBER.fullmatch(cell):
        raise CellError(Why.NOT_A_NUMBER)
    return float(cell)


def whole(cell: str) -> int:
    """A number without a fraction."""
    if not number(cell).is_integer():
        raise CellError(Why.NOT_A_NUMBER)
    return int(number(cell))


def day(cell: str) -> date:
    """`2026-03-31`; of `03/04/2026` nobody knows which is the month."""
    if not _DATE.fullmatch(cell):
        raise CellError(Why.NOT_A_DATE)
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise CellError(Why.NOT_A_DATE) from None


def moment(cell: str) -> datetime:
    """A day, which counts to its end (UTC), or a time with its offset."""
    if _DATE.fullmatch(cell):
        return datetime.combine(day(cell), time(23, 59, 59), UTC)
    try:
        read = datetime.fromisoformat(cell)
    except ValueError:
        raise CellError(Why.NOT_A_DATE) from None
    if read.tzinfo is None:
        raise CellError(Why.NOT_A_DATE)
    return read
