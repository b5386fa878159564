"""Whoever left a house is not to be found in what the registry once said."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection

from engine.registry.history import Edition, compare, read_known, take
from engine.registry.history.forgetting import KEPT, forget
from engine.registry.loading import load_registry
from engine.store import journal, versions
from engine.store.database import Database, transact
from engine.store.versions import What
from schemas.contact import Contact, Endpoint
from tests.harness.files import new_database
from tests.unit.engine.registry.history.records import contact, link, party, rows

NOW = datetime(2030, 5, 1, 8, tzinfo=UTC)
ANA = "person:ana"


@pytest.fixture
def conn(store_url: str) -> Iterator[Connection]:
    database = Database(store_url)
    conn = database.writer()
    yield conn
    conn.close()
    database.close()


def desk_of(address: str) -> Contact:
    end = Endpoint(id="c1-mail", channel="outbox", address=address)
    return contact(endpoints=(end,))


def bring(conn: Connection, *contacts: Contact, at: datetime, name: str = "Brand") -> None:
    """All that the source says: a party of that name and these contacts."""

    def run(c: Connection) -> None:
        read = rows(party("brand", name=name), party(), link(), *contacts)
        changes = compare(read_known(c), read, source="list", complete=True)
        take(c, changes, Edition(source="list", by=ANA), at=at)

    transact(conn, run)


def addresses(conn: Connection, *, at: datetime | None = None) -> list[str]:
    registry = transact(conn, partial(load_registry, at=at))
    return [end.address for each in registry.contacts("brand") for end in each.endpoints]


def kept(conn: Connection) -> list[bool]:
    """Of each version of the contact, whether anything is left of it."""
    with conn.begin():
        return [bool(each.body) for each in versions.history(conn, What.CONTACT, "c1")]


def test_an_address_that_was_replaced_is_erased_at_once_when_a_person_says_so(
    conn: Connection,
) -> None:
    bring(conn, desk_of("old@brand.example"), at=NOW)
    bring(conn, desk_of("new@brand.example"), at=NOW + timedelta(days=1))
    assert kept(conn) == [True, True]

    later = NOW + timedelta(days=2)
    assert transact(conn, partial(forget, contact="c1", by=ANA, at=later)) == (1, True)

    assert kept(conn) == [False, True]
    assert addresses(conn) == ["new@brand.example"], "the one that counts is told as before"
    assert addresses(conn, at=NOW) == [], "and nobody reads the old one out of the past"
    with conn.begin():
        assert journal.verify(conn) == ()
        assert [row.kind for row in conn.execute(journal.LEAVES)][-1] == "addresses_erased"


def test_of_a_contact_that_is_gone_nothing_is_left(conn: Connection) -> None:
    bring(conn, desk_of("old@brand.example"), at=NOW)
    bring(conn, at=NOW + timedelta(days=1))

    later = NOW + timedelta(days=2)
    assert transact(conn, partial(forget, contact="c1", by=ANA, at=later)) == (1, False)
    assert kept(conn) == [False, False]


def test_a_mistaken_import_can_be_put_right_for_ninety_days_and_then_the_address_is_erased(
    conn: Connection,
) -> None:
    bring(conn, desk_of("old@brand.example"), at=NOW)
    replaced = NOW + timedelta(days=1)
    bring(conn, desk_of("new@brand.example"), at=replaced)

    almost = replaced + KEPT - timedelta(seconds=1)
    bring(conn, desk_of("new@brand.example"), at=almost, name="Brand 2")
    assert kept(conn) == [True, True]
    bring(conn, desk_of("new@brand.example"), at=replaced + KEPT, name="Brand 3")
    assert kept(conn) == [False, True]


def test_nothing_to_erase_is_no_act(conn: Connection) -> None:
    bring(conn, desk_of("old@brand.example"), at=NOW)

    assert transact(conn, partial(forget, contact="c1", by=ANA, at=NOW)) == (0, True)
    assert transact(conn, partial(forget, contact="x", by=ANA, at=NOW)) == (0, False)
    with conn.begin():
        kinds = [row.kind for row in conn.execute(journal.LEAVES)]
    assert "addresses_erased" not in kinds


def test_an_address_that_was_erased_is_not_in_the_database_file_either(tmp_path: Path) -> None:
    database = new_database(tmp_path / "store.sqlite")
    conn = database.writer()
    bring(conn, desk_of("gone-person@brand.example"), at=NOW)
    bring(conn, desk_of("new@brand.example"), at=NOW)
    transact(conn, partial(forget, contact="c1", by=ANA, at=NOW))
    conn.close()
    database.close()
    with closing(sqlite3.connect(tmp_path / "store.sqlite")) as plain:
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    for file in tmp_path.iterdir():
        assert b"gone-person@" not in file.read_bytes(), file.name
