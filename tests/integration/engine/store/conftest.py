"""What several tests of the store begin with."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from engine.store import journal
from engine.store.database import Database, transact
from schemas.facts.system import OutgoingStopped
from tests.integration.engine.desk.room import START


@pytest.fixture
def three_entries(store_url: str) -> Iterator[Connection]:
    """A writer over a journal of three entries, on either store."""
    database = Database(store_url)
    conn = database.writer()
    for who in ("ana", "ben", "chi"):
        fact = OutgoingStopped(by=f"person:{who}")
        transact(conn, lambda c, fact=fact: journal.note(c, fact, START))  # type: ignore[misc]
    yield conn
    conn.close()
    database.close()
