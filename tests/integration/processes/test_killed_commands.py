"""A backup, its putting back, or an upgrade is killed in the middle, with cases open: nothing of
the desk is lost, and nothing half is taken for whole."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from click.testing import Result
from sqlalchemy import Connection, select
from typer.testing import CliRunner

from engine.backup import Archive, BackupError, take
from engine.backup.went_back import PUT_BACK
from engine.cli.app import app
from engine.cli.exits import Exit
from engine.store import meta, schema, stopping
from engine.store import tables as t
from engine.store.database import Database, transact
from tests.harness import dying
from tests.harness.files import new_database
from tests.harness.house import House
from tests.harness.migrating import config as migrations
from tests.harness.night import Night, a_night
from tests.harness.people import faro
from tests.harness.postgres import PostgresServer
from tests.harness.reports import HOTLINE
from tests.harness.sinks import Mail
from tests.harness.towns import loto

WITHIN = 60.0
NOW = datetime(2027, 3, 1, 22, 0, tzinfo=UTC)
REPORTS = ("e1", "e2", "e3")
PASSWORD = "a long and invented sentence"
KILLS = 3
"""Moments at which each command dies, of each store."""
BEFORE = "0008"
"""The tables of a release from which a desk comes."""


@asynccontextmanager
async def an_open_night(directory: Path, url: str) -> AsyncIterator[Night]:
    """A desk that runs, with a case for each report, of each of which somebody was told."""
    async with a_night(directory, url, processes=("",)) as night:
        for id in REPORTS:
            await night.publish(id)
        await night.until(lambda: len(night.arrived()) >= len(REPORTS), within=WITHIN)
        yield night


@contextmanager
def looking(url: str) -> Iterator[Connection]:
    with closing(Database(url, exclusive=False)) as database, closing(database.reader()) as conn:
        yield conn


def journal_of(conn: Connection) -> list[Any]:
    """Every fact: what a desk must never lose."""
    facts = select(t.journal.c.stream, t.journal.c.n, t.journal.c.body)
    return sorted(tuple(row) for row in conn.execute(facts) if row.stream != "system")


def stands_on(house: House, url: str) -> None:
    """Let the settings name another database."""
    settings = json.loads(house.config.read_text())
    house.config.write_text(json.dumps(settings | {"database_url": url}))


def an_empty_house(directory: Path) -> House:
    """One with tables, and nothing that ever happened."""
    house = House(directory / "house", place=loto(), roster=faro(), channels={})
    asyncio.run(house.prepare(source=HOTLINE))
    return house


@pytest.fixture
def empty(store_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Databases without tables, one after the other, of the kind of `store_url`."""
    if store_url.startswith("sqlite"):
        return (f"sqlite:///{tmp_path / f'empty-{n}.sqlite'}" for n in count())
    server: PostgresServer = request.getfixturevalue("postgres")
    return (server.url("empty") for _ in count())


async def at_once(*arguments: str, config: Path) -> Result:
    """The same command in this process, which has started already."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOCSIN_CONFIG", str(config))
        return await asyncio.to_thread(CliRunner().invoke, app, list(arguments))


def parts_of(file: Path) -> list[str]:
    return sorted(each.name for each in file.parent.glob(f"{file.name}*"))


async def test_b36_a_backup_that_was_killed_is_no_backup_and_the_next_one_is_whole(
    store_url: str, tmp_path: Path
) -> None:
    async with an_open_night(tmp_path / "house", store_url) as night:
        config = night.house.config
        whole = dying.tocsin("backup", str(tmp_path / "first"), config=config)
        assert whole.code == 0, whole.said
        assert whole.moments[-3:] == ("link", "fsync", "end")
        for n in dying.spread(whole.moments, KILLS):
            file = tmp_path / f"killed-{n}"
            died = dying.tocsin("backup", str(file), config=config, at=n)
            assert died.killed, died.said
            both = {file.name, f"{file.name}.keys"}
            if file.name in parts_of(file):  # what has the name of a backup is whole
                assert both <= set(parts_of(file))
                assert all(Archive.open(tmp_path / name).rows >= 0 for name in both)
                continue
            refused = await at_once("restore", "--check", str(file), config=config)
            assert refused.exit_code == Exit.USAGE, refused.output
            again = await at_once("backup", str(file), config=config)
            assert again.exit_code == Exit.DONE, again.output
            assert parts_of(file) == sorted(both), "nothing half is left behind"
            assert Archive.open(file).rows > 0


def test_a_backup_for_which_there_was_no_room_leaves_nothing_and_can_be_taken_again(
    tmp_path: Path, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keys lay there under their name, and the next backup of that name was refused."""
    file, keys_file = tmp_path / "kept", tmp_path / "kept.keys"
    asked: list[int] = []

    def full(done: int, of: int) -> None:
        asked.append(done)
        raise OSError("no room")

    def kept(told: Any) -> None:
        with closing(Database(store_url)) as database:
            take(database, file=file, keys_file=keys_file, now=NOW, told=told)

    with closing(Database(store_url)) as database, closing(database.writer()) as conn:
        transact(conn, lambda c: meta.write(c, "anything", "there"))
    with pytest.raises(OSError, match="no room"):
        kept(full)
    assert asked
    assert parts_of(file) == []

    kept(lambda done, of: None)
    assert parts_of(file) == ["kept", "kept.keys"]
    file.rename(tmp_path / "elsewhere")
    with pytest.raises(BackupError, match="is there already"):
        kept(lambda done, of: None)
    assert parts_of(file) == ["kept.keys"], "the only keys of what was carried away"


async def test_b36_a_backup_whose_putting_back_was_killed_is_put_back_again_and_starts_held(
    store_url: str, empty: Iterator[str], tmp_path: Path
) -> None:
    async with an_open_night(tmp_path / "house", store_url) as night:
        house, kept = night.house, tmp_path / "kept"
        assert (await at_once("backup", str(kept), config=house.config)).exit_code == Exit.DONE
        with looking(store_url) as conn:
            taken = journal_of(conn)
        await house.stop()
        night.url = next(empty)
        stands_on(house, night.url)
        whole = dying.tocsin("restore", str(kept), config=house.config)
        assert whole.code == 0, whole.said

        for n in dying.spread(whole.moments, KILLS):
            night.url = next(empty)
            stands_on(house, night.url)
            assert dying.tocsin("restore", str(kept), config=house.config, at=n).killed
            with looking(night.url) as conn:
                nothing = schema.version(conn) is None
            again = await at_once("restore", str(kept), config=house.config)
            assert again.exit_code == (Exit.DONE if nothing else Exit.USAGE), again.output
            with looking(night.url) as conn:
                assert journal_of(conn) == taken
                assert schema.version(conn) == schema.NEEDED
                assert meta.read(conn, PUT_BACK), "the desk that starts on it is held"

        told = len(night.sink.mails)
        await house.start()
        with looking(night.url) as conn:
            stop = stopping.read(conn)
        assert (stop.on, stop.by) == (True, stopping.BY_RESTORE)
        await night.until(lambda: len(night.sink.mails) > told, within=WITHIN)
        assert all(is_duty(mail) for mail in night.sink.mails)


async def test_b36_an_upgrade_that_was_killed_is_all_done_or_not_at_all_and_is_done_again(
    store_url: str, tmp_path: Path
) -> None:
    async with an_open_night(tmp_path / "house", store_url) as night:
        house = night.house
        await house.kill()
        with looking(store_url) as conn:
            facts = journal_of(conn)
        older(store_url)
        init = ("init", "--person", "ana")
        first = dying.tocsin(*init, config=house.config, said=PASSWORD)
        assert first.code == Exit.DONE, first.said
        done = first.moments.index("commit") + 1
        for n in dying.spread(first.moments[: done + 1], KILLS):
            older(store_url)
            died = dying.tocsin("init", config=house.config, at=n)
            assert died.killed, died.said
            with looking(store_url) as conn:
                assert schema.version(conn) in (BEFORE, schema.NEEDED)
                assert journal_of(conn) == facts
            again = await at_once("init", config=house.config)
            assert again.exit_code == Exit.DONE, again.output
            with looking(store_url) as conn:
                assert schema.version(conn) == schema.NEEDED
                assert journal_of(conn) == facts

        await house.start()
        await night.publish("after")
        await night.until(lambda: len(night.arrived()) > len(REPORTS), within=WITHIN)


def older(url: str) -> None:
    """The tables of a release before, with everything in them that it knows."""
    with closing(Database(url)) as database, closing(database.writer()) as conn:
        transact(conn, lambda c: command.downgrade(migrations(c), BEFORE))


def is_duty(mail: Mail) -> bool:
    return mail.recipients[0].partition("@")[0] in {"ana", "ben", "chi", "dia", "flo"}


async def test_a_database_that_is_moved_aside_after_a_crash_keeps_what_its_log_still_held(
    tmp_path: Path,
) -> None:
    """The log was moved under a name by which SQLite does not find it: the newest facts were gone
    from the copy that had been kept."""
    path = tmp_path / "desk.sqlite"
    new_database(path).close()
    url = f"sqlite:///{path}"
    async with an_open_night(tmp_path / "house", url) as night:
        kept = tmp_path / "kept"
        await at_once("backup", str(kept), config=night.house.config)
        await night.publish("after-the-backup")
        with looking(url) as conn:
            facts = journal_of(conn)
        await night.house.kill()
        done = dying.tocsin("restore", "--aside", str(kept), config=night.house.config)
        assert done.code == 0, done.said

    (aside,) = (x for x in parts_of(path) if ".before-" in x and not x.endswith(("-wal", "-shm")))
    with looking(f"sqlite:///{tmp_path / aside}") as conn:
        assert journal_of(conn)[: len(facts)] == facts


def test_a_file_that_is_no_database_is_moved_aside_with_its_log(tmp_path: Path) -> None:
    house = an_empty_house(tmp_path)
    assert dying.tocsin("backup", str(tmp_path / "kept"), config=house.config).code == 0
    house.database.write_bytes(b"burnt" * 1_000)
    house.database.with_name("tocsin.db-wal").write_bytes(b"log")

    done = dying.tocsin("restore", "--aside", str(tmp_path / "kept"), config=house.config)

    assert done.code == 0, done.said
    aside = sorted(each for each in house.database.parent.glob("tocsin.db.before-*"))
    assert [each.read_bytes()[:5] for each in aside] == [b"burnt", b"log"]
    assert aside[1].name == f"{aside[0].name}-wal"
