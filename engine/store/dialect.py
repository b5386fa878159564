"""The few places where SQLite and PostgreSQL differ. Everything else is one code path.

PostgreSQL's INSERT … ON CONFLICT compiles unchanged for SQLite, and `with_for_update` to nothing
there: the whole file is locked by BEGIN IMMEDIATE already.
"""

from typing import Any, TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import Insert

from engine.store.postgres import lock_names

T = TypeVar("T")

IN_LIST = 900
"""Ids in one IN list: far below SQLite's limit of variables, large enough to cost little."""
PAIRS = 400
"""Pairs in one: two variables each."""


def insert_or_ignore(table: Table) -> Insert:
    """An INSERT that leaves an existing row as it is."""
    return postgresql.insert(table).on_conflict_do_nothing()


def insert_or_update(table: Table, *, keys: tuple[str, ...], changes: dict[str, Any]) -> Insert:
    """An INSERT that updates an existing row; a change of `...` takes what was to be inserted."""
    statement = postgresql.insert(table)
    return statement.on_conflict_do_update(
        index_elements=list(keys),
        set_={
            name: statement.excluded[name] if value is ... else value
            for name, value in changes.items()
        },
    )


SHARED = {"tocsin_shared": True}
"""Execution options of a connection to a file that several engines write: the simulator's alone."""


def is_sqlite(conn: Connection) -> bool:
    """Whether the whole file is locked while anybody writes."""
    return conn.dialect.name == "sqlite"


def is_alone(conn: Connection) -> bool:
    """Whether one process owns the whole store, so that whatever it finds half done is its own."""
    return is_sqlite(conn) and not conn.get_execution_options().get("tocsin_shared", False)


def hold(conn: Connection, kind: str, names: set[str]) -> None:
    """Keep others from these names until the transaction ends; what has no row has no lock else.

    On SQLite the whole file is ours already.
    """
    if names and not is_sqlite(conn):
        lock_names(conn, kind, names)


def chunks(items: list[T], *, most: int = IN_LIST) -> list[list[T]]:
    """Lists short enough for one IN."""
    return [items[start : start + most] for start in range(0, len(items), most)]
