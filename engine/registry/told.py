"""What the registry said of one party or link, and when: version by version, with what changed."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.store import imports, versions
from engine.store.versions import What
from schemas.contact import Contact
from schemas.link import Link
from schemas.party import Party

_WHICH = (What.PARTY, What.LINK)
"""Not contacts: their addresses are for nobody to read here."""
_UNSAID = frozenset({"endpoints"})
"""Fields that hold addresses: that they changed is all that is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One version of a record, as it counted for a while."""

    what: What
    source: str
    since: datetime
    until: datetime | None
    """When the next version of the same source took its place; None: it counts."""
    by: str
    """Who imported it, or decided."""
    file: str
    line: int
    """0: of no file."""
    changed: tuple[tuple[str, str], ...]
    """Field and value: all that is set in the first version of a source, then what differs."""


def history(conn: Connection, id: str) -> tuple[Said, ...]:
    """Everything ever said under this id, oldest first; empty when nothing was."""
    return tuple(said for what in _WHICH for said in _of(conn, what, id))


def _of(conn: Connection, what: What, id: str) -> Iterator[Said]:
    before: dict[str, Party | Link] = {}
    for version in versions.history(conn, what, id):
        record = versions.load(what, version.body)
        brought = imports.find(conn, version.import_id)
        yield Said(
            what=what,
            source=version.source,
            since=version.recorded_at,
            until=version.withdrawn_at,
            by=brought.by if brought else "",
            file=brought.file if brought else "",
            line=version.line,
            changed=tuple(_changes(record, before.get(version.source))),
        )
        before[version.source] = record


def differing(
    record: Party | Link | Contact, before: Party | Link | Contact
) -> Iterator[tuple[str, str, str]]:
    """Each field that differs: its name, what it was, what it is. Of addresses only the name."""
    for field in fields(record):
        was, now = getattr(before, field.name), getattr(record, field.name)
        if was == now:
            continue
        if field.name in _UNSAID:
            yield field.name, "", ""
        else:
            yield field.name, _words(was), _words(now)


def _changes(record: Party | Link, before: Party | Link | None) -> Iterator[tuple[str, str]]:
    if before is not None:
        yield from ((name, now) for name, _, now in differing(record, before))
        return
    for field in fields(record):
        value = getattr(record, field.name)
        if value:
            yield field.name, _words(value)


def _words(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(_words(each) for each in value)
    return "" if value is None else str(value)
