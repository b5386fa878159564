"""Reading a form's fields: choices from a table, times of day in a zone."""

from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo


class Errors(dict[str, str]):
    """What is wrong with a form, by field; nothing is wrong with a field that is not in it."""

    def __missing__(self, key: str) -> str:
        return ""


E = TypeVar("E", bound=StrEnum)


def choice(value: str, kind: type[E]) -> E | None:
    """The member of this value, or None when nothing of ours was chosen."""
    return kind(value) if value in set(kind) else None


def moment_of(day: str, at: str, *, zone: str, end_of_day: bool = True) -> datetime | None:
    """The instant of a date and, where given, a time, in UTC. None when empty.

    Without a time it is 18:00, or midnight where `end_of_day` is false.
    Raises ValueError on what is no date or no time.
    """
    if not day:
        return None
    if at:
        hour = time.fromisoformat(at)
        if hour.tzinfo is not None:
            raise ValueError("a time of day without a zone is expected")
    else:
        hour = time(18) if end_of_day else time(0)
    local = datetime.combine(date.fromisoformat(day), hour, tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC)
