"""Event rows: what arrived, as exact bytes of the open and need-to-know classes."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, insert, select

from engine.store.among import among
from engine.store.dialect import chunks
from engine.store.tables import events
from schemas.codes import EventType

INSERT = insert(events)
OF_CASES = (
    select(events.c.case_id, events.c.id, events.c.body)
    .where(among(events.c.case_id, "cases"))
    .order_by(events.c.case_id, events.c.at, events.c.id)
)

ACTS = (
    select(events.c.case_id, events.c.id, events.c.at)
    .where(among(events.c.case_id, "cases"), events.c.type == EventType.ACT.value)
    .order_by(events.c.case_id, events.c.at, events.c.id)
)


def acts(conn: Connection, ids: Iterable[str]) -> dict[str, list[tuple[str, datetime]]]:
    """(row id, when it came) of what was done to somebody in these cases, oldest first."""
    found: dict[str, list[tuple[str, datetime]]] = {}
    for some in chunks(sorted(set(ids))):
        for row in conn.execute(ACTS, {"cases": some}):
            found.setdefault(row.case_id, []).append((row.id, row.at))
    return found


def of_cases(conn: Connection, ids: Iterable[str]) -> dict[str, list[tuple[str, bytes]]]:
    """(row id, body) of the events of these cases, oldest first."""
    found: dict[str, list[tuple[str, bytes]]] = {}
    for some in chunks(sorted(set(ids))):
        for row in conn.execute(OF_CASES, {"cases": some}):
            found.setdefault(row.case_id, []).append((row.id, row.body))
    return found
