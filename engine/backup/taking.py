"""Taking a backup of a desk that runs: all rows as one moment saw them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, Table, func, select

from engine.backup.archive import FORMAT, Manifest, check_free, in_place, part_of, write
from engine.store.database import Database
from engine.store.schema import check_version, version

CASE_KEYS = "case_keys"
"""In a file of their own: who erases a case must be able to throw old keys away, and no report."""
LEFT_OUT = frozenset({"alembic_version", "sessions", "canaries"})
"""Log-ins end with the desk they were made at; canaries are nobody's."""
_AT_ONCE = 1_000

Told = Callable[[int, int], None]
"""Hears how many of how many rows are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was taken."""

    desk: Manifest
    case_keys: Manifest

    @property
    def rows(self) -> int:
        """In both files."""
        return sum(each.rows for part in (self.desk, self.case_keys) for each in part.tables)


def take(
    database: Database,
    *,
    file: Path,
    keys_file: Path,
    now: datetime,
    told: Told = lambda done, of: None,
) -> Taken:
    """Write both files from one snapshot; whoever writes meanwhile is not held up.

    They get their names only when both are whole, the keys' first: the desk's is never alone.
    Raises BackupError where a file is there already, and SchemaVersionError where the tables are
    not those of this release.
    """
    _forget_half(file, keys_file)
    check_free(file)
    conn = database.reader()
    try:
        check_version(conn)
        known = MetaData()
        known.reflect(bind=conn)
        tables = [each for each in known.sorted_tables if each.name not in LEFT_OUT]
        about = Manifest(
            format=FORMAT,
            taken_at=now.isoformat(),
            schema_version=version(conn) or "",
            store="sqlite" if database.sqlite else "postgresql",
            holds="desk",
            tables=(),
        )
        counted = _Counted(told, of=sum(_count(conn, each) for each in tables))
        keys = write(
            keys_file,
            about=about.model_copy(update={"holds": CASE_KEYS}),
            tables=((t.name, _columns(t), _rows(conn, t, counted)) for t in tables if _apart(t)),
        )
        desk = write(
            file,
            about=about,
            tables=(
                (t.name, _columns(t), _rows(conn, t, counted)) for t in tables if not _apart(t)
            ),
        )
        in_place(keys_file)
        in_place(file)
    finally:
        conn.close()
        for each in (keys_file, file):
            part_of(each).unlink(missing_ok=True)
    return Taken(desk=desk, case_keys=keys)


def _forget_half(file: Path, keys_file: Path) -> None:
    """Keys alone, beside a part: whoever took them was killed between the two names."""
    if part_of(file).exists() and not file.exists():
        keys_file.unlink(missing_ok=True)


class _Counted:
    def __init__(self, told: Told, *, of: int) -> None:
        self._told, self._of, self._done = told, of, 0

    def more(self, rows: int) -> None:
        self._done += rows
        self._told(self._done, self._of)


def _apart(table: Table) -> bool:
    return table.name == CASE_KEYS


def _columns(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns)


def _count(conn: Connection, table: Table) -> int:
    return int(conn.execute(select(func.count()).select_from(table)).scalar_one())


def _rows(conn: Connection, table: Table, counted: _Counted) -> Iterator[Any]:
    query = select(table).order_by(*table.primary_key.columns)
    with conn.execute(query, execution_options={"yield_per": _AT_ONCE}) as found:
        for some in found.partitions():
            yield from some
            counted.more(len(some))
