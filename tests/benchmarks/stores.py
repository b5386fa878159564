"""The stores that are measured: SQLite in the house's own file, PostgreSQL beside it."""

import asyncio
import shutil
import sqlite3
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql

from engine.store.database import Database
from engine.store.schema import upgrade
from tests.benchmarks.floor import Rows, postgres_seconds, sqlite_seconds
from tests.harness.house import House
from tests.harness.postgres import PostgresServer

SQLITE = "sqlite"
POSTGRES = "postgres"
KINDS = (SQLITE, POSTGRES)


class Store(Protocol):
    """Where the houses of one run keep what they know."""

    kind: str

    @property
    def version(self) -> str:
        """Name and version, for the page."""
        ...

    @property
    def pids(self) -> tuple[int, ...]:
        """Of what runs beside the engine."""
        ...

    def fresh(self, name: str) -> str | None:
        """The URL of an empty database; None: the house's own file."""
        ...

    def look(self, house: House) -> Database:
        """Open the house's database beside a running engine; close it afterwards."""
        ...

    async def keep(self, house: House, name: str) -> str:
        """Copy the database of a house in which nobody runs; return what `again` takes."""
        ...

    async def again(self, house: House, kept: str) -> None:
        """Put a kept copy in the place of the house's database. The copy is gone then."""
        ...

    async def raw_seconds(self, house: House, *, rows: Rows, batch: int) -> float:
        """Seconds to write these rows of the house again, deciding and encoding nothing."""
        ...

    def close(self) -> None:
        """Give everything back."""
        ...


class SqliteStore:
    """One file a house."""

    kind = SQLITE

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    @property
    def version(self) -> str:
        return f"SQLite {sqlite3.sqlite_version}"

    @property
    def pids(self) -> tuple[int, ...]:
        return ()

    def fresh(self, name: str) -> str | None:
        return None

    def look(self, house: House) -> Database:
        return Database(f"sqlite:///{house.database}", exclusive=False)

    async def keep(self, house: House, name: str) -> str:
        kept = self._directory / f"{name}.db"
        await asyncio.to_thread(shutil.copy, house.database, kept)
        return str(kept)

    async def again(self, house: House, kept: str) -> None:
        for leftover in house.database.parent.glob("tocsin.db*"):
            leftover.unlink()
        await asyncio.to_thread(shutil.move, kept, house.database)

    async def raw_seconds(self, house: House, *, rows: Rows, batch: int) -> float:
        return await asyncio.to_thread(
            sqlite_seconds, house.database, self._directory, rows=rows, batch=batch
        )

    def close(self) -> None:
        return


class PostgresStore:
    """One server for the run, one database a house."""

    kind = POSTGRES

    def __init__(self) -> None:
        self._server = PostgresServer()
        self._server.start()

    @property
    def version(self) -> str:
        with psycopg.connect(_plain(self._server.url_of("postgres"))) as conn:
            return f"PostgreSQL {conn.info.parameter_status('server_version')}"

    @property
    def pids(self) -> tuple[int, ...]:
        return () if self._server.pid is None else (self._server.pid,)

    def fresh(self, name: str) -> str | None:
        return self._server.url(name)

    def look(self, house: House) -> Database:
        return Database(_url(house))

    async def keep(self, house: House, name: str) -> str:
        return await asyncio.to_thread(self._server.url, name, like=_name(_url(house)))

    async def again(self, house: House, kept: str) -> None:
        """A database has its name in the house's settings: the copy takes it over."""
        await asyncio.to_thread(self._server.drop, _url(house))
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
            sql.Identifier(_name(kept)), sql.Identifier(_name(_url(house)))
        )
        await asyncio.to_thread(self._server.execute, rename)

    async def raw_seconds(self, house: House, *, rows: Rows, batch: int) -> float:
        target = self._server.url("floor")
        database = Database(target)
        upgrade(database)
        database.close()
        return await asyncio.to_thread(
            postgres_seconds, _plain(_url(house)), _plain(target), rows=rows, batch=batch
        )

    def close(self) -> None:
        self._server.remove()


def _url(house: House) -> str:
    return house.settings.database.get_secret_value()


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def _plain(url: str) -> str:
    """The driver's own form of one of SQLAlchemy's URLs."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def opened(kind: str, directory: Path) -> Store:
    """The store of this kind, running."""
    return SqliteStore(directory) if kind == SQLITE else PostgresStore()
