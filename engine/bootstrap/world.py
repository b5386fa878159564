"""The world a house opens with: what files say now, else what was put into force before."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import resources
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from engine.bootstrap.refusals import CannotStartError, StoreAwayError
from engine.registry import (
    ImportRefused,
    OutOfReachError,
    World,
    hold,
    kept,
    load_world,
    read_files,
    save_imported,
    save_rulebook,
)
from engine.registry.history import TooMuchDroppedError
from engine.settings import Settings
from engine.store import meta
from engine.store.database import Database, transact
from engine.store.schema import SchemaVersionError, check_version
from rules.graph import DuplicateIdError
from rules.rulebook import RulebookError

FILES = "world_files"
"""Digest of the files taken last, in `meta`: unchanged files never undo an import by hand."""
DEFAULT = "rulebook of this release"
SAID_MOST = 300
"""Characters of what a database's driver says that are worth showing."""


def default_rulebook() -> str:
    """The text of the shipped rulebook."""
    return resources.files("rules.packs").joinpath("default.yaml").read_text("utf-8")


def open_world(settings: Settings, database: Database, *, now: datetime) -> World:
    """Take files that changed, and read what is in force. Raises CannotStartError."""
    conn = connected(database)
    try:
        check_version(conn)
        conn.rollback()
        return transact(conn, _opening(settings, now=now))
    except SchemaVersionError as error:
        raise CannotStartError(
            str(error), next_step="tocsin init makes tables; it never takes anything away."
        ) from None
    except TooMuchDroppedError as error:
        raise CannotStartError(
            f"The registry's files are not taken: {error}",
            next_step="If it is meant: tocsin registry import FILE --accept-removals. Else put the"
            " whole file back: what was in force stays.",
        ) from None
    except (ImportRefused, OutOfReachError, RulebookError, DuplicateIdError) as error:
        raise CannotStartError(
            f"Rules, registry or roster cannot be used:\n{error}",
            next_step="Correct the file, or take it out of the settings: what was in force stays.",
        ) from None
    finally:
        conn.close()


def connected(database: Database) -> Connection:
    """A connection to write with. Raises CannotStartError, of a server StoreAwayError."""
    try:
        return database.writer()
    except OperationalError as error:
        lines = str(error.orig).strip().splitlines()
        said = lines[-1][:SAID_MOST] if lines else type(error).__name__
        if database.sqlite:
            raise CannotStartError(
                f"The database cannot be opened: {said}",
                next_step="Look whether the data directory is there, and whose it is.",
            ) from None
        raise StoreAwayError(said) from None


def _opening(settings: Settings, *, now: datetime) -> Callable[[Connection], World]:
    named = [path for path in (settings.registry, settings.roster) if path is not None]
    texts = {str(path): _text(path) for path in named}
    rules = _text(settings.rulebook) if settings.rulebook else default_rulebook()

    def opening(conn: Connection) -> World:
        everything = "\0".join([*texts.values(), rules]).encode("utf-8")
        digest = hashlib.sha256(everything).hexdigest()
        hold(conn)  # several processes start at once, and one of them takes the files
        if meta.read(conn, FILES) != digest:
            _take(conn, texts, rules, settings.rulebook, now=now)
            meta.write(conn, FILES, digest)
        return load_world(conn, arrays=settings.data_dir / kept.FILE)

    return opening


def _take(
    conn: Connection, texts: Mapping[str, str], rules: str, rulebook: Path | None, *, now: datetime
) -> None:
    if texts:
        save_imported(conn, read_files(texts), at=now, by="files")
    save_rulebook(conn, rules, filename=str(rulebook or DEFAULT), at=now, by="files")


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotStartError(
            f"{path} cannot be read ({type(error).__name__}).",
            next_step="Name an existing UTF-8 file in the settings.",
        ) from None
