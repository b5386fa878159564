"""What has to be known of a case before a consumer reads a fact of it; and that it did."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from engine.case.around import Around, Beside
from engine.case.replacing import replace
from engine.case.state import Alert, Case
from engine.store import cases, closures, consents, events, links, stopping
from engine.store.tables import notifications, shown
from engine.store.told import NOTE_SHOWN, STREAM
from rules.graph import Registry
from schemas.plan import Closure
from schemas.projection import Purpose

Now = Callable[[Closure, Iterable[tuple[str, bytes]]], Closure]
"""A stored closure, joined with those of these events over the registry as it is now."""

MESSAGE = select(notifications.c.purpose, notifications.c.answer_by).where(
    notifications.c.key == bindparam("key")
)
NOTED = select(shown.c.at).where(shown.c.alert_id == bindparam("alert"), shown.c.field == STREAM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What a message that left was for."""

    purpose: Purpose
    answer_by: datetime | None


def case_as_it_is(conn: Connection, id: str, *, registry: Registry, now: Now) -> Case | None:
    """The case with all that the guard must know around it; None: it is unclear, or all stopped.

    Over the registry as it is, for it and for those it is linked with, as where messages are sent.
    """
    case = cases.read_state(conn, id)
    if case is None or stopping.read(conn).on:
        return None
    digest = case.closure_digest
    stored = closures.read(conn, [digest]).get(digest) if digest else Closure()
    if stored is None:
        return None
    told = events.of_cases(conn, [id, *(link.case for link in case.links)])
    newest = consents.newest(conn, consents.pseudonyms(case))
    around = Around(
        registry=registry,
        consents=tuple(record for _, record in newest.values()),
        closure=now(stored, told.get(id, ())),
        linked=tuple(
            Beside(
                case=each.case,
                consents=each.consents,
                closure=now(each.closure, told.get(each.case, ())),
            )
            for each in links.beside(conn, case)
        ),
    )
    return replace(case, around=around)


def message(conn: Connection, key: str) -> Left | None:
    """What this message was for; None when there is no such."""
    row = conn.execute(MESSAGE, {"key": key}).one_or_none()
    return None if row is None else Left(purpose=Purpose(row.purpose), answer_by=row.answer_by)


def noted(conn: Connection, alert: Alert) -> bool:
    """Whether it is written down that this party's system reads along."""
    return conn.execute(NOTED, {"alert": alert.id}).first() is not None


def note(conn: Connection, alert: Alert, *, at: datetime) -> None:
    """Write it down before it reads the first time: whoever it is about can look it up.

    Under a contact that was written to: nobody else of that party reads anything of the case.
    """
    contact = next(iter((*alert.reached, *alert.told_contacts)), "")
    row = {"alert_id": alert.id, "contact": contact, "field": STREAM, "at": at}
    conn.execute(NOTE_SHOWN, [row])
