"""The migrations of the store, as Alembic is told of them: for tests that walk up and down."""

from pathlib import Path

from alembic.config import Config
from sqlalchemy import Connection

from engine.store import schema


def config(conn: Connection | None = None) -> Config:
    """Where the migrations lie, and over which connection they run."""
    made = Config()
    folder = Path(schema.__file__).parent / "migrations"
    made.set_main_option("script_location", str(folder))
    made.attributes["connection"] = conn
    return made
