"""Empty stores for tests, SQLite and PostgreSQL: the tables are made once, then copied."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.store.database import Database
from engine.store.schema import upgrade
from tests.harness.files import new_database
from tests.harness.postgres import PostgresServer

KINDS = ("sqlite", "postgres")
_tables: dict[PostgresServer, str] = {}
"""The database with empty tables of each server, which is copied for each test."""


def postgres_url(server: PostgresServer) -> str:
    """A new database with empty tables on this server."""
    if server not in _tables:
        database = Database(server.url("tables"))
        upgrade(database)
        database.close()
        _tables[server] = str(database.url.database)
    return server.url("store", like=_tables[server])


@pytest.fixture(params=KINDS)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty store, once of each kind, by its URL."""
    if request.param == "sqlite":
        path = tmp_path / "store.sqlite"
        new_database(path).close()
        yield f"sqlite:///{path}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = postgres_url(server)
    yield url
    server.drop(url)
