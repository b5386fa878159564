"""Writing an iCalendar file (RFC 5545): what a phone's calendar subscribes to.

It leaves the house, so whoever makes the entries sees to it that they say nothing about a case.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

_LINE = 75
"""Bytes of a line; longer ones are folded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One appointment; the interval is half-open. Without an end it is a moment."""

    id: str
    """The same for the same appointment each time, so that it is moved and not doubled."""
    starts: datetime
    ends: datetime | None = None
    words: str


def calendar_text(entries: Iterable[Entry], *, name: str, at: datetime) -> str:
    """The whole file; `at`: when it was made. Lines end in CRLF, times are in UTC."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Desk//Calendar//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(name)}",
    ]
    for entry in entries:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_escaped(entry.id)}",
            f"DTSTAMP:{_moment(at)}",
            f"DTSTART:{_moment(entry.starts)}",
            *([f"DTEND:{_moment(entry.ends)}"] if entry.ends is not None else []),
            f"SUMMARY:{_escaped(entry.words)}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return "".join(f"{part}\r\n" for line in (*lines, "END:VCALENDAR") for part in _folded(line))


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    """As a value: what would end it, or the line, is marked."""
    plain = "".join(
        letter for letter in text.replace("\r\n", "\n") if letter >= " " or letter == "\n"
    )
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> Iterable[str]:
    """At most 75 bytes a line, never within a letter; each further one begins with a blank."""
    begun, size = "", 0
    for letter in line:
        length = len(letter.encode("utf-8"))
        if size + length > _LINE:
            yield begun
            begun, size = " ", 1
        begun, size = begun + letter, size + length
    yield begun
