"""The outbox: facts on their way to Kafka, deleted after the broker's answer."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select

from engine.store.dialect import insert_or_ignore
from engine.store.tables import outbox

INSERT = insert(outbox)
INSERT_UNLESS_WAITING = insert_or_ignore(outbox)
"""For what may come again before the first was published: once is enough."""
NEXT = select(outbox).order_by(outbox.c.id).limit(bindparam("most"))
DELETE = delete(outbox).where(outbox.c.id == bindparam("of_id"))


def read(conn: Connection, *, most: int) -> list[Row[Any]]:
    """The oldest rows; those of one key are in the order of their case."""
    return list(conn.execute(NEXT, {"most": most}))


def remove(conn: Connection, ids: Iterable[int]) -> None:
    """Forget rows that the broker has acknowledged."""
    rows = [{"of_id": id} for id in sorted(ids)]
    if rows:
        conn.execute(DELETE, rows)
