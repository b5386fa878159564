"""Rows of no case, found by walking a table by its key, a page at a time (I1, I3, I6, I22).

What belongs to a case is looked at with it; only so is a round of the auditor short, whatever the
tables have grown to.
"""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, Select, bindparam, exists, select, tuple_

from engine.invariants.poison import of_quarantine
from engine.invariants.violation import Violation
from engine.store.tables import cases, events, inbox, journal, notifications, situations

_SYSTEM = "system"
_NO_CASE = "Send the report again from its source, and look for a half-restored backup."
_LOOK = "Look at this message on its case's page, and phone the recipient if it is grave."

Found = tuple[list[Violation], str]
"""What is wrong on a page, and the key to go on after; empty: the table is at its end."""
Pages = Callable[[Connection, str, int], Found]
"""(connection, the key to go on after, rows at most) -> what was found."""


def _paged(table: Any, *columns: Any) -> Select[Any]:
    """A page of a table, with whether its case is there."""
    known = exists().where(cases.c.id == table.c.case_id)
    key = next(iter(table.primary_key))
    return (
        select(key.label("key"), table.c.case_id, known.label("known"), *columns)
        .where(key > bindparam("after"))
        .order_by(key)
        .limit(bindparam("most"))
    )


_EVENTS = _paged(events)
_MESSAGES = _paged(notifications)
_INBOX = (
    select(inbox.c.source, inbox.c.id, inbox.c.equivocations)
    .where(
        tuple_(inbox.c.source, inbox.c.id) > tuple_(bindparam("source"), bindparam("id")),
    )
    .order_by(inbox.c.source, inbox.c.id)
    .limit(bindparam("most"))
)
_TOLD_OF_OTHER = select(situations.c.situation).where(
    situations.c.source == "!incident", situations.c.situation == bindparam("situation")
)
_NEXT_STREAM = (
    select(journal.c.stream)
    .where(journal.c.stream > bindparam("after"))
    .order_by(journal.c.stream)
    .limit(1)
)
_IS_CASE = select(cases.c.id).where(cases.c.id == bindparam("id"))


def of_events(conn: Connection, after: str, most: int) -> Found:
    """Reports whose case is not there."""
    rows = conn.execute(_EVENTS, {"after": after, "most": most}).all()
    found = [
        _of(
            "I1",
            row.key,
            f"This event belongs to case {row.case_id}, which does not exist.",
            _NO_CASE,
        )
        for row in rows
        if not row.known
    ]
    return found, rows[-1].key if len(rows) == most else ""


def of_messages(conn: Connection, after: str, most: int) -> Found:
    """Messages whose case is not there."""
    rows = conn.execute(_MESSAGES, {"after": after, "most": most}).all()
    found = [
        _of("I6", row.key, f"It is of case {row.case_id}, which does not exist.", _LOOK)
        for row in rows
        if not row.known
    ]
    return found, rows[-1].key if len(rows) == most else ""


def of_inbox(conn: Connection, after: str, most: int) -> Found:
    """Ids under which other content came, and of whose source no incident was ever raised."""
    source, _, id = after.partition("\n")
    rows = conn.execute(_INBOX, {"source": source, "id": id, "most": most}).all()
    sources = sorted({row.source for row in rows if row.equivocations})
    untold = [name for name in sources if not _told_of(conn, name)]
    found = [
        _of("I3", name, "It sent other content under a known id, and nobody was told.", _ASK)
        for name in untold
    ]
    return found, f"{rows[-1].source}\n{rows[-1].id}" if len(rows) == most else ""


def of_streams(conn: Connection, after: str, most: int) -> Found:
    """Journals of cases that are not there. One step of an index for each case."""
    found: list[Violation] = []
    stream = after
    for _ in range(most):
        row = conn.execute(_NEXT_STREAM, {"after": stream}).first()
        if row is None:
            return found, ""
        stream = row.stream
        if stream != _SYSTEM and conn.execute(_IS_CASE, {"id": stream}).first() is None:
            found.append(_of("I19", stream, "A journal without its case.", _COMPARE))
    return found, stream


KINDS: dict[str, Pages] = {
    "events": of_events,
    "messages": of_messages,
    "inbox": of_inbox,
    "streams": of_streams,
    "quarantine": of_quarantine,
}


def check_all(conn: Connection, *, most: int = 1_000) -> Iterator[Violation]:
    """Every page of every kind: for a machine at rest."""
    for pages in KINDS.values():
        after, more = "", True
        while more:
            found, after = pages(conn, after, most)
            yield from found
            more = bool(after)


_ASK = "Ask the source which content is right."
_COMPARE = "Stop the engine, keep a copy of the database, and compare it with the newest backup."


def _told_of(conn: Connection, source: str) -> bool:
    """Whether an incident was raised about this source: `engine.desk.gather.incident_of`."""
    situation = f"equivocation:{source}"[:160]
    return conn.execute(_TOLD_OF_OTHER, {"situation": situation}).first() is not None


def _of(invariant: str, row: str, what: str, remedy: str) -> Violation:
    return Violation(invariant=invariant, row=row, what=what, remedy=remedy)
