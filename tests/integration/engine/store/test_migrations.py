"""The migrations lead to the very tables that the code uses."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from engine.store import schema
from engine.store.database import Database
from engine.store.tables import metadata


def test_migrated_tables_are_those_of_the_code(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'one.sqlite'}")
    schema.upgrade(database)
    conn = database.writer()

    found = compare_metadata(MigrationContext.configure(conn), metadata)

    assert found == []
    conn.close()
    database.close()


def test_upgrading_twice_changes_nothing(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'one.sqlite'}")
    schema.upgrade(database)
    schema.upgrade(database)
    conn = database.writer()

    assert schema.version(conn) == schema.NEEDED
    conn.close()
    database.close()


def test_the_release_needs_the_newest_migration() -> None:
    config = Config()
    folder = Path(schema.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))

    assert ScriptDirectory.from_config(config).get_current_head() == schema.NEEDED
