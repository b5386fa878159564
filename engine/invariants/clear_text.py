"""I18: who somebody is stands nowhere in clear: in no column, log, topic, address or message.

Told by strings that a test seeds where only the vault may keep them. Reads whole tables: for tests
and for a machine at rest.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, LargeBinary, String, select

from engine.invariants.violation import Violation
from engine.invariants.world import Outside
from engine.store.tables import metadata

SEALED = frozenset(("vault.ciphertext", "quarantine.ciphertext", "case_keys.wrapped"))
"""Columns that hold nothing but what only a key opens."""

_OFFLINE = "Take that place offline and tell the director; keep what it held for who looks into it."


def check(conn: Connection, world: Outside) -> Iterator[Violation]:
    """Look for every seeded string in every place and every column."""
    marks = [mark.encode() for mark in world.identities]
    if not marks:
        return
    for place, said in sorted(world.spoken.items()):
        if any(mark in said for mark in marks):
            yield _of(place)
    for letter in world.letters:
        if any(mark in letter.raw for mark in marks):
            yield _of(letter.key)
    for place, value in _cells(conn):
        if any(mark in value for mark in marks):
            yield _of(place)


def _cells(conn: Connection) -> Iterator[tuple[str, bytes]]:
    """Everything that is text or bytes and not sealed, with its table and column."""
    for table in metadata.sorted_tables:
        columns = [
            column
            for column in table.columns
            if isinstance(column.type, String | LargeBinary)
            and f"{table.name}.{column.name}" not in SEALED
        ]
        for row in conn.execute(select(*columns)) if columns else ():
            for column, value in zip(columns, row, strict=True):
                if value:
                    raw = value.encode() if isinstance(value, str) else bytes(value)
                    yield f"{table.name}.{column.name}", raw


def _of(place: str) -> Violation:
    return Violation(
        invariant="I18", row=place, what="Who somebody is stands here in clear.", remedy=_OFFLINE
    )
