"""Putting a backup back: into an empty database, whole or not at all, and held."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, MetaData, Table, func, insert, select

from engine.backup.archive import Archive, BackupError
from engine.backup.taking import CASE_KEYS, Told
from engine.backup.went_back import PUT_BACK
from engine.store import meta
from engine.store.database import Database, transact
from engine.store.schema import NEEDED, migrate, upgrade, version

_AT_ONCE = 1_000
_NEXT = "SELECT setval(pg_get_serial_sequence('{table}', '{column}'), {highest})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What was put back."""

    rows: int
    taken_at: str
    with_case_keys: bool
    """Without them what is sealed stays closed; everything else works."""


def put_back(
    database: Database,
    archive: Archive,
    *,
    case_keys: Archive | None = None,
    told: Told = lambda done, of: None,
) -> Returned:
    """Fill an empty database and bring its tables up to this release.

    The desk that starts on it next stops everything outgoing, and calls duty: `went_back`. Raises
    BackupError where the database is not empty or the files do not fit; nothing is left then.
    """
    _fits(archive, case_keys)
    conn = database.writer()
    try:
        if version(conn) is not None:
            raise BackupError(
                "This database has tables already. Put the backup into an empty one: `--aside` "
                "moves a file away; of a server, name a new database in the settings."
            )
        transact(conn, lambda c: _put(c, archive, case_keys, told))
        upgrade(database)
    finally:
        conn.close()
    return Returned(
        rows=archive.rows + (case_keys.rows if case_keys else 0),
        taken_at=archive.manifest.taken_at,
        with_case_keys=case_keys is not None,
    )


def _fits(archive: Archive, case_keys: Archive | None) -> None:
    if archive.manifest.holds != "desk":
        raise BackupError(f"{archive.path} holds the keys of cases. Name it after `--keys`.")
    if case_keys is not None and case_keys.manifest.holds != CASE_KEYS:
        raise BackupError(f"{case_keys.path} does not hold the keys of cases.")
    if archive.manifest.schema_version > NEEDED:
        raise BackupError(
            f"{archive.path} is of version {archive.manifest.schema_version}, this release knows "
            f"{NEEDED}. Install the release that took it."
        )


def _put(conn: Connection, archive: Archive, case_keys: Archive | None, told: Told) -> None:
    migrate(conn, to=archive.manifest.schema_version)
    known = MetaData()
    known.reflect(bind=conn)
    files = [each for each in (archive, case_keys) if each is not None]
    of, done = sum(each.rows for each in files), 0
    for file, name in _in_order(known, files):
        for some in _batches(known.tables[name], file):
            conn.execute(insert(known.tables[name]), some)
            done += len(some)
            told(done, of)
        _go_on_counting(conn, known.tables[name])
    meta.write(conn, PUT_BACK, archive.manifest.taken_at)


def _in_order(known: MetaData, files: Sequence[Archive]) -> Iterator[tuple[Archive, str]]:
    """What others refer to comes first. Raises BackupError for a table or column nobody knows."""
    held = {each.name: (file, each) for file in files for each in file.manifest.tables}
    for name, (file, contents) in held.items():
        columns = {c.name for c in known.tables[name].columns} if name in known.tables else set()
        if not columns.issuperset(contents.columns):
            raise BackupError(f"{file.path}: nobody knows the table {name} as it is in there.")
    for table in known.sorted_tables:
        if table.name in held:
            yield held[table.name][0], table.name


def _batches(table: Table, file: Archive) -> Iterator[list[dict[str, Any]]]:
    (contents,) = (each for each in file.manifest.tables if each.name == table.name)
    rows = (dict(zip(contents.columns, row, strict=True)) for row in file.read(table.name))
    while some := list(islice(rows, _AT_ONCE)):
        yield some


def _go_on_counting(conn: Connection, table: Table) -> None:
    """A server's own counter does not notice numbers that were given."""
    column = table.autoincrement_column
    if conn.dialect.name == "sqlite" or column is None or column.server_default is None:
        return
    highest = conn.execute(select(func.max(column))).scalar()
    if highest is not None:
        conn.exec_driver_sql(
            _NEXT.format(table=table.name, column=column.name, highest=int(highest))
        )
