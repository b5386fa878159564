"""Reaching into a JSON record whose shape nobody vouches for: what is not there is empty.

Wrong types count as not there, so a format decides by what it needs and never trips over a list
where a text should be.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from engine.registry.checks import EARLIEST, LATEST
from engine.registry.rows import Fate, RowRead, Why

Data = Mapping[str, Any]

_DAY = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?(?:T.*)?", re.DOTALL)
NO_TIME = datetime(1, 1, 1, tzinfo=UTC)
"""Older than everything a source can say."""


class DayError(ValueError):
    """It is no day, or one that cannot be true. `why` says which."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


class NotTakenError(ValueError):
    """Nothing of this record can be taken. Repeats nothing of it."""

    def __init__(self, why: Why, column: str = "") -> None:
        super().__init__(why.value)
        self.why, self.column = why, column

    def row(self, number: int) -> RowRead:
        """The refusal, of the record of this number."""
        return RowRead(line=number, fate=Fate.REFUSED, why=self.why, column=self.column)


def text(data: Data, *path: str) -> str:
    """The text at the end of the path, blanks put right; empty if there is none."""
    found = _at(data, path)
    return " ".join(found.split()) if isinstance(found, str) else ""


def number(data: Data, *path: str) -> float | None:
    """The number there; None if there is none."""
    found = _at(data, path)
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


def inner(data: Data, *path: str) -> Data:
    """The object there; empty if there is none."""
    found = _at(data, path)
    return found if isinstance(found, Mapping) else {}


def each(data: Data, *path: str) -> tuple[Data, ...]:
    """The objects in the list there."""
    found = _at(data, path)
    return (
        tuple(one for one in found if isinstance(one, Mapping)) if isinstance(found, list) else ()
    )


def texts(data: Data, *path: str) -> tuple[str, ...]:
    """The texts in the list there, blanks put right, empty ones left out."""
    found = _at(data, path)
    listed = found if isinstance(found, list) else ()
    put_right = (" ".join(one.split()) for one in listed if isinstance(one, str))
    return tuple(one for one in put_right if one)


def moment(data: Data, *path: str) -> datetime:
    """The time there in UTC, whatever its offset; one without an offset is UTC.

    What cannot be read is older than everything, so that it decides nothing.
    """
    try:
        found = datetime.fromisoformat(text(data, *path))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return NO_TIME


def day(data: Data, *path: str, last: bool = False) -> date | None:
    """The day there as its source writes it, offset or not; None if there is none.

    Of a year or month without a day the first, or the `last`. Raises DayError.
    """
    written = text(data, *path)
    if not written:
        return None
    found = _DAY.fullmatch(written)
    if found is None:
        raise DayError(Why.NOT_A_DATE)
    year, month, of_month = (int(part) if part else None for part in found.groups())
    days = list(_days(year or 0, month, of_month))
    if not days:
        raise DayError(Why.NOT_A_DATE)
    one = days[-1] if last else days[0]
    if not EARLIEST <= one <= LATEST:
        raise DayError(Why.DATE_IMPOSSIBLE)
    return one


def _days(year: int, month: int | None, of_month: int | None) -> Iterator[date]:
    """The first and the last day that are meant; none if there is no such day."""
    months = (month, month) if month is not None else (1, 12)
    for one_month, days in zip(months, (range(1, 32), range(31, 0, -1)), strict=True):
        for one_day in (of_month,) if of_month is not None else days:
            try:
                yield date(year, one_month, one_day)
            except ValueError:
                continue
            break


def _at(data: Data, path: tuple[str, ...]) -> Any:
    found: Any = data
    for key in path:
        if not isinstance(found, Mapping):
            return None
        found = found.get(key)
    return found
