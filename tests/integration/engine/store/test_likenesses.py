"""The same told twice: found among a flood, and across an upgrade."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

from alembic import command
from sqlalchemy import Connection

from engine.store import watched
from engine.store.database import Database, transact
from tests.harness.migrating import config
from tests.integration.engine.desk.room import START, a_room, report
from tests.unit.engine.case import builders as b

SINCE = START - timedelta(days=7)
KEY = "detained at the mill"
FLOOD = 3 * watched.ALIKE_AT_MOST


@contextmanager
def opening(url: str) -> Iterator[Connection]:
    """The store, after its engine has left."""
    database = Database(url)
    conn = database.writer()
    yield conn
    conn.close()
    database.close()


async def _opened(url: str, **sources: int) -> None:
    """So many cases of each publisher, a minute after one another."""
    async with a_room(url) as room:
        for source, count in sources.items():
            for n in range(count):
                await room.clock.advance(seconds=1)
                event = b.an_event(situation=f"{source}-{n}")
                await room.one(report(f"{source}-{n}", event, source=source))


def _mark(conn: Connection) -> None:
    """Everything that is open is alike."""
    conn.exec_driver_sql("DELETE FROM likenesses")
    conn.exec_driver_sql(
        "INSERT INTO likenesses (key, source, opened_at, case_id)"  # noqa: S608 (our own constant)
        f" SELECT '{KEY}', source, opened_at, case_id FROM situations"
        " JOIN cases ON cases.id = case_id WHERE substr(source, 1, 1) <> '!'"
    )


async def test_a_flood_of_the_same_hotline_hides_no_report_of_another(store_url: str) -> None:
    await _opened(store_url, other=1, hotline=FLOOD)
    with opening(store_url) as conn:
        transact(conn, _mark)

        found = {
            source: transact(conn, partial(watched.alike, key=KEY, source=source, since=SINCE))
            for source in ("hotline", "other", "a third")
        }

    assert len(found["hotline"]) == 1
    assert len(found["other"]) == watched.ALIKE_AT_MOST
    assert len(found["a third"]) == watched.ALIKE_AT_MOST


async def test_what_was_open_before_an_upgrade_is_found_by_everything_it_was_found_by(
    store_url: str,
) -> None:
    await _opened(store_url, hotline=2)
    with opening(store_url) as conn:
        for before in (
            "UPDATE cases SET outward_at = opened_at",
            "DELETE FROM likenesses",
            "UPDATE watched SET told_at = NULL",
        ):
            transact(conn, lambda c, before=before: c.exec_driver_sql(before))
        transact(conn, lambda c: command.downgrade(config(c), "0011"))
        transact(conn, lambda c: command.upgrade(config(c), "head"))

        keys = {row[0] for row in transact(conn, _keys)}
        assert keys
        told = transact(conn, partial(watched.told_lately, keys=keys, since=SINCE))
        assert set(told) == keys
        for key in keys:
            ask = partial(watched.alike, key=key, source="other", since=SINCE)
            assert transact(conn, ask)


def _keys(conn: Connection) -> list[tuple[str]]:
    rows = conn.exec_driver_sql("SELECT DISTINCT key FROM watched")
    return [(row[0],) for row in rows]
