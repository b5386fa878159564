"""A strict reader of iCalendar files (RFC 5545), written from the standard and not from our writer.

Raises AssertionError on whatever a phone's calendar might stumble over.
"""

import re

_NAME = re.compile(r"[A-Z0-9-]+(?:;[A-Z0-9-]+=[^\":;,]*)*")
_UTC = re.compile(r"\d{8}T\d{6}Z")
_ESCAPE = {"\\": "\\", ";": ";", ",": ",", "n": "\n", "N": "\n"}


def events_of(text: str) -> list[dict[str, str]]:
    """The properties of each VEVENT, unescaped. One of a name only, as we need no more."""
    lines = _unfolded(text)
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-1] == "END:VCALENDAR"
    head: dict[str, str] = {}
    events: list[dict[str, str]] = []
    event: dict[str, str] | None = None
    for line in lines[1:-1]:
        name, colon, value = line.partition(":")
        assert colon and _NAME.fullmatch(name), line
        if line == "BEGIN:VEVENT":
            assert event is None
            event = {}
        elif line == "END:VEVENT":
            assert event is not None
            assert {"UID", "DTSTAMP", "DTSTART"} <= event.keys(), "required in every event"
            events.append(event)
            event = None
        else:
            where = head if event is None else event
            assert name not in where, f"{name} stands twice"
            where[name] = _text(value)
    assert event is None
    assert head.get("VERSION") == "2.0" and head.get("PRODID")
    for each in events:
        for name in ("DTSTAMP", "DTSTART", "DTEND"):
            assert name not in each or _UTC.fullmatch(each[name]), each[name]
    assert len({each["UID"] for each in events}) == len(events)
    return events


def _unfolded(text: str) -> list[str]:
    assert text.endswith("\r\n"), "every line ends in CRLF, the last one too"
    found: list[str] = []
    for line in text.removesuffix("\r\n").split("\r\n"):
        assert "\n" not in line and "\r" not in line
        assert len(line.encode("utf-8")) <= 75
        if line[:1] in (" ", "\t"):
            assert found, "nothing to go on from"
            found[-1] += line[1:]
        else:
            assert line, "no empty lines"
            found.append(line)
    return found


def _text(value: str) -> str:
    said, letters = "", iter(value)
    for letter in letters:
        assert letter >= " ", "no control character in a value"
        if letter == "\\":
            following = next(letters, "")
            assert following in _ESCAPE, "a backslash before something that needs none"
            letter = _ESCAPE[following]
        else:
            assert letter not in ";,", "to be marked in a text"
        said += letter
    return said
