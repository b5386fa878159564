"""Database files for tests: the tables are made once, then copied."""

import functools
import tempfile
from pathlib import Path

from engine.store.database import Database
from engine.store.schema import upgrade


@functools.cache
def _empty() -> bytes:
    """A database with all tables and nothing in them; what migrations do has tests of its own."""
    with tempfile.TemporaryDirectory(prefix="tocsin-empty-") as directory:
        path = Path(directory) / "empty.sqlite"
        database = Database(f"sqlite:///{path}")
        upgrade(database)
        database.close()  # the last connection is gone: all of it lies in the one file
        return path.read_bytes()


def new_database(path: Path) -> Database:
    """A database with empty tables at this path."""
    path.write_bytes(_empty())
    path.chmod(0o600)
    return Database(f"sqlite:///{path}")
