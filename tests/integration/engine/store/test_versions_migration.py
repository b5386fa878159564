"""The migration to versions: what was stored counts as before, the way back loses no exclusion."""

from collections.abc import Iterator

import orjson
import pytest
from alembic import command
from pydantic import TypeAdapter
from sqlalchemy import Connection, text

from engine.registry import load_world
from engine.registry.history import Edition, compare, read_known, take
from engine.registry.loading import load_registry
from engine.store import imports, schema
from engine.store.database import Database, transact
from schemas.contact import Contact
from schemas.link import Link, LinkStatus
from schemas.party import Party
from tests.harness.migrating import config
from tests.integration.engine.desk.room import START
from tests.unit.engine.registry.history.records import contact, link, party, rows

BEFORE = {
    "parties": (TypeAdapter(Party), [party("mill"), party("brand")]),
    "links": (TypeAdapter(Link), [link("l1"), link("l2", status=LinkStatus.LAPSED)]),
    "contacts": (TypeAdapter(Contact), [contact("c1")]),
}


@pytest.fixture
def conn(store_url: str) -> Iterator[Connection]:
    """An open store at version 0005, with a registry in it."""
    database = Database(store_url)
    conn = database.writer()
    transact(conn, lambda c: command.downgrade(config(c), "0005"))
    transact(conn, _fill)
    yield conn
    conn.close()
    database.close()


def _fill(conn: Connection) -> None:
    for table, (codec, records) in BEFORE.items():
        for record in records:  # type: ignore[attr-defined]
            conn.execute(
                text(f"INSERT INTO {table} (id, body) VALUES (:id, :body)"),  # noqa: S608
                {"id": record.id, "body": codec.dump_json(record)},
            )
    conn.execute(text("INSERT INTO meta (key, value) VALUES ('registry_version', 'v5')"))


def _up(conn: Connection) -> None:
    transact(conn, lambda c: command.upgrade(config(c), "head"))


def _down(conn: Connection) -> None:
    transact(conn, lambda c: command.downgrade(config(c), "0005"))


def _links(conn: Connection) -> dict[str, str]:
    with conn.begin():
        rows = conn.execute(text("SELECT id, body FROM links"))
        return {row.id: orjson.loads(bytes(row.body))["status"] for row in rows}


def test_what_was_stored_is_the_first_version_and_counts_as_before(conn: Connection) -> None:
    _up(conn)

    world = transact(conn, load_world)
    assert world.registry.party("mill") == party("mill")
    assert world.registry.link("l2") == link("l2", status=LinkStatus.LAPSED)
    assert world.registry.contact("c1") == contact("c1")
    (first,) = transact(conn, imports.finished)
    assert (first.id, first.n, first.size, first.source) == ("v5", 1, 5, "files")
    assert world.versions[0] == "v5"


def test_what_was_stored_is_compared_with_the_next_edition_of_the_registrys_own_files(
    conn: Connection,
) -> None:
    _up(conn)

    changes = transact(
        conn,
        lambda c: compare(
            read_known(c), rows(party("mill"), link("l3")), source="files", complete=True
        ),
    )

    assert sorted(each.id for each in changes.all) == ["c1", "l1", "l3"]
    assert changes.unchanged == 1


def test_an_empty_store_has_no_first_import(conn: Connection) -> None:
    with conn.begin():
        for table in BEFORE:
            conn.execute(text(f"DELETE FROM {table}"))  # noqa: S608
    _up(conn)

    assert transact(conn, imports.finished) == ()


def test_the_way_back_has_the_newest_state_and_loses_no_exclusion(conn: Connection) -> None:
    _up(conn)

    def correct(c: Connection) -> None:
        news = rows(link("l1", b="other"), party("mill", name="New Mill"))
        changes = compare(read_known(c), news, source="files")
        take(c, changes, Edition(source="files", by="t"), at=START)

    transact(conn, correct)
    _down(conn)

    assert _links(conn) == {"l1": "verified", "l1~1": "lapsed", "l2": "lapsed"}
    with conn.begin():
        bodies = conn.execute(text("SELECT body FROM parties ORDER BY id")).scalars()
        assert [orjson.loads(bytes(each))["name"] for each in bodies] == ["Brand", "New Mill"]


def test_there_and_back_and_there_again_is_the_same_registry(conn: Connection) -> None:
    _up(conn)
    before = transact(conn, load_registry).version

    _down(conn)
    _up(conn)

    assert transact(conn, load_registry).version == before


def test_a_migration_that_fails_leaves_the_tables_as_they_were(conn: Connection) -> None:
    def fail(c: Connection) -> None:
        command.upgrade(config(c), "head")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        transact(conn, fail)

    assert _links(conn) == {"l1": "verified", "l2": "lapsed"}
    assert schema.version(conn) == "0005"
