"""Reading a form's fields: choices from a table, times of day in a zone."""

from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from engine.web.forms import Form


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
    Raises ValueError on what is no date or no time, or lies outside the calendar in UTC.
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
    try:
        return local.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("a day at the edge of the calendar") from error


def moment_in(
    form: Form,
    name: str,
    errors: dict[str, str],
    *,
    zone: str,
    missing: str = "",
    end_of_day: bool = True,
) -> datetime | None:
    """The instant of a form's fields `<name>_day` and `<name>_time`, as `moment_of` reads them.

    What is wrong with them goes into `errors` under `name`. `missing`: what is said where no day
    is given; empty: it may be left out.
    """
    day, at = form.get(f"{name}_day"), form.get(f"{name}_time")
    try:
        found = moment_of(day, at, zone=zone, end_of_day=end_of_day)
    except ValueError:
        errors[name] = "This is not a date and a time."
        return None
    if found is None and missing:
        errors[name] = missing
    return found
