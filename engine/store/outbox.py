"""The outbox: facts on their way to Kafka, deleted after the broker's answer."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select

from engine.store.dialect import insert_or_ignore
from engine.store.tables import outbox

INSERT = insert(outbox)
INSERT_UNLESS_WAITING = insert_or_ignore(outbox)
"""For what may come again before the first was published: once is enough."""
NEXT_TOPIC = select(func.min(outbox.c.topic)).where(outbox.c.topic > bindparam("after"))
NEXT = (
    select(outbox)
    .where(
        outbox.c.topic == bindparam("topic"),
        outbox.c.key.not_in(bindparam("apart", expanding=True)),
    )
    .order_by(outbox.c.id)
    .limit(bindparam("most"))
)
DELETE = delete(outbox).where(outbox.c.id == bindparam("of_id"))


def topics(conn: Connection) -> list[str]:
    """Every topic that something waits for; costs one look into the index for each."""
    found: list[str] = []
    while (topic := conn.scalar(NEXT_TOPIC, {"after": found[-1] if found else ""})) is not None:
        found.append(topic)
    return found


def read(conn: Connection, *, topic: str, apart: Iterable[str], most: int) -> list[Row[Any]]:
    """The oldest rows of a topic without the keys set apart; each key's are in its order."""
    return list(conn.execute(NEXT, {"topic": topic, "apart": sorted(apart), "most": most}))


def remove(conn: Connection, ids: Iterable[int]) -> None:
    """Forget rows that the broker has acknowledged."""
    rows = [{"of_id": id} for id in sorted(ids)]
    if rows:
        conn.execute(DELETE, rows)
