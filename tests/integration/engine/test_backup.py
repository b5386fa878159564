"""A backup is taken while the desk works, read by anybody, and put back without harm."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, select

from engine.backup import (
    Archive,
    BackupError,
    Mark,
    Taken,
    hold_if_it_went_back,
    keep_marking,
    put_back,
    take,
)
from engine.backup.archive import MANIFEST
from engine.backup.taking import LEFT_OUT
from engine.backup.went_back import COUNTED, NAME, PUT_BACK
from engine.store import meta, stopping
from engine.store import tables as t
from engine.store.database import Database
from schemas.codes import TrackName
from schemas.responses import Done
from tests.integration.engine.desk.room import START, Room, a_room, report
from tests.integration.engine.desk.test_stopping import outward, switch
from tests.integration.engine.desk.test_two_processes import claim, released


class Ended(BaseException):
    """The first sleep of a loop ends it."""


class Once:
    """A clock that lets a loop turn once."""

    def now(self) -> Any:
        return START

    async def sleep(self, seconds: float) -> None:
        raise Ended


def rows_of(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that a backup has to hold."""
    conn = database.reader()
    known = MetaData()
    known.reflect(bind=conn)
    found = {
        table.name: [tuple(row) for row in conn.execute(select(table))]
        for table in known.sorted_tables
        if table.name not in LEFT_OUT
    }
    conn.close()
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


def taken(room: Room, directory: Path) -> Taken:
    return take(
        room.database,
        file=directory / "desk.backup",
        keys_file=directory / "desk.backup.keys",
        now=START,
    )


def both(directory: Path) -> tuple[Archive, Archive]:
    return Archive.open(directory / "desk.backup"), Archive.open(directory / "desk.backup.keys")


async def hold(room: Room, directory: Path) -> bool:
    return await hold_if_it_went_back(
        desk=room.desk,
        reader=room.reader,
        writer=room.writer,
        mark=Mark(directory),
        clock=room.clock,
    )


async def count(room: Room, directory: Path) -> None:
    with pytest.raises(Ended):
        await keep_marking(room.writer, mark=Mark(directory), clock=Once())  # type: ignore[arg-type]


@pytest.fixture
def empty_url(store_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables, of the kind of `store_url`."""
    if store_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
        return
    server = request.getfixturevalue("postgres")
    url = server.url("empty")
    yield url
    server.drop(url)


async def test_what_is_put_back_is_row_for_row_what_was_taken(
    store_url: str, empty_url: str, tmp_path: Path
) -> None:
    async with a_room(store_url) as room:
        await released(room)
        before = rows_of(room.database)
        rows = taken(room, tmp_path).rows

    database = Database(empty_url)
    told: list[tuple[int, int]] = []
    desk, keys = both(tmp_path)
    put_back(database, desk, case_keys=keys, told=lambda done, of: told.append((done, of)))
    after = rows_of(database)
    database.close()

    assert after.pop("meta") != before.pop("meta"), "it says that it was put back"
    assert after == before
    assert sum(map(len, before.values())) > 20
    assert told[-1] == (rows, rows)


async def test_after_a_backup_only_duty_is_told_until_two_people_have_looked(
    store_url: str, empty_url: str, tmp_path: Path
) -> None:
    async with a_room(store_url) as room:
        await released(room)
        taken(room, tmp_path)
        assert await outward(room) == {"embassy"}, "it leaves after the backup was taken"

    database = Database(empty_url)
    put_back(database, both(tmp_path)[0], case_keys=both(tmp_path)[1])
    database.close()

    async with a_room(empty_url) as room:
        assert await hold(room, tmp_path)
        jobs = await claim(room)
        assert jobs, "duty is called"
        assert {job.track for job in jobs} == {TrackName.DUTY}
        assert not await hold(room, tmp_path), "said once"

        await switch(room, on=False, by="ana")
        assert await outward(room) == set()
        await switch(room, on=False, by="ben")
        assert await outward(room) == {"embassy"}


async def incidents(room: Room) -> list[str]:
    rows = await room.rows(t.situations, t.situations.c.source == "!incident")
    return sorted(row.situation.partition(":")[0] for row in rows)


@pytest.mark.parametrize("held", [False, True])
async def test_duty_hears_that_a_backup_was_put_back_though_all_was_stopped_when_it_was_taken(
    tmp_path: Path, held: bool
) -> None:
    """Whoever stopped it would let it go on, and nobody had said again what was taken back."""
    async with a_room(tmp_path / "desk.sqlite") as room:
        if held:
            await room.writer.run(lambda conn: meta.write(conn, PUT_BACK, "2027-02-28"))
            assert await hold(room, tmp_path)
        else:
            await switch(room, on=True, by="ana")
        await switch(room, on=False, by="ben")
        taken(room, tmp_path)
        before = await incidents(room)
    empty_url = f"sqlite:///{tmp_path / 'empty.sqlite'}"
    database = Database(empty_url)
    put_back(database, both(tmp_path)[0], case_keys=both(tmp_path)[1])
    database.close()

    async with a_room(empty_url) as room:
        await room.clock.advance(minutes=1)
        assert await hold(room, tmp_path)
        stop = await room.read(stopping.read)
        assert (stop.by, stop.agreed) == ("restore", ""), "and two have to agree anew"
        assert await incidents(room) == sorted([*before, "put_back"])


async def test_a_desk_that_was_put_back_takes_new_reports(
    store_url: str, empty_url: str, tmp_path: Path
) -> None:
    async with a_room(store_url, publish="topic") as room:
        await released(room)
        taken(room, tmp_path)
    database = Database(empty_url)
    put_back(database, both(tmp_path)[0], case_keys=both(tmp_path)[1])
    database.close()
    async with a_room(empty_url, publish="topic") as room:
        before = {row.id for row in await room.rows(t.outbox)}
        assert isinstance(await room.one(report("e2")), Done)
        after = {row.id for row in await room.rows(t.outbox)}

    assert before < after
    assert min(after - before) > max(before)


async def test_an_older_database_is_noticed_by_whatever_tool_it_came(tmp_path: Path) -> None:
    """A file that was copied back over the desk's own: nothing in it says so."""
    path = tmp_path / "desk.sqlite"
    async with a_room(path) as room:
        await released(room)
        await count(room, tmp_path)
    old = path.read_bytes()
    async with a_room(path) as room:
        assert not await hold(room, tmp_path)
        await count(room, tmp_path)
    path.write_bytes(old)

    async with a_room(path) as room:
        assert await hold(room, tmp_path)
        assert await outward(room) == set()
        assert (await room.read(stopping.read)).by == "restore"
        assert not await hold(room, tmp_path)
        await count(room, tmp_path)
        assert not await hold(room, tmp_path)


async def test_what_one_machine_noticed_and_people_let_go_is_not_held_again_by_another(
    tmp_path: Path,
) -> None:
    """The second machine was down, and has seen more of the old database than the first."""
    path, first, second = tmp_path / "desk.sqlite", tmp_path / "one", tmp_path / "two"
    first.mkdir()
    second.mkdir()
    async with a_room(path) as room:
        await released(room)
        await count(room, first)
    old = path.read_bytes()
    async with a_room(path) as room:
        await count(room, first)
        for _ in range(3):
            await count(room, second)
    newer = path.read_bytes()
    path.write_bytes(old)

    async with a_room(path) as room:
        assert await hold(room, first)
        assert not await hold(room, second)
        await count(room, first)
        await count(room, second)
        for _ in range(3):
            await count(room, first)
    path.write_bytes(newer)

    async with a_room(path) as room:
        await room.clock.advance(minutes=5)
        assert await hold(room, second), "put back once more, it is noticed once more"
        assert not await hold(room, first), "though it has counted on since it noticed first"


async def test_a_first_start_and_a_restart_hold_nothing(tmp_path: Path) -> None:
    async with a_room(tmp_path / "desk.sqlite") as room:
        assert not await hold(room, tmp_path)
        await count(room, tmp_path)
        assert not await hold(room, tmp_path)
        (tmp_path / NAME).write_text("not a number")
        assert not await hold(room, tmp_path), "an unreadable mark says nothing"
        assert await room.read(lambda conn: meta.read(conn, COUNTED)) == "1"


async def test_keys_of_cases_are_in_a_file_of_their_own(tmp_path: Path) -> None:
    async with a_room(tmp_path / "desk.sqlite") as room:
        await released(room)
        taken(room, tmp_path)
    desk, keys = both(tmp_path)
    assert "case_keys" not in {each.name for each in desk.manifest.tables}
    assert {each.name for each in keys.manifest.tables} == {"case_keys"}
    assert not {"sessions", "canaries"} & {each.name for each in desk.manifest.tables}
    for file in (desk.path, keys.path):
        assert file.stat().st_mode & 0o077 == 0, "for its owner's eyes"


async def test_anybody_can_read_a_backup_without_us(tmp_path: Path) -> None:
    async with a_room(tmp_path / "desk.sqlite") as room:
        await released(room)
        taken(room, tmp_path)
    with zipfile.ZipFile(tmp_path / "desk.backup") as archive:
        manifest = json.loads(archive.read(MANIFEST))
        (cases,) = (each for each in manifest["tables"] if each["name"] == "cases")
        (line,) = archive.read("cases.jsonl").splitlines()
    case = dict(zip(cases["columns"], json.loads(line), strict=True))
    assert case["severity"] in (0, 1, 2, 3)
    assert cases["rows"] == 1


@pytest.fixture
async def a_backup(tmp_path: Path) -> Path:
    async with a_room(tmp_path / "desk.sqlite") as room:
        await released(room)
        taken(room, tmp_path)
    return tmp_path / "desk.backup"


def _changed(path: Path, member: str, content: bytes | None) -> None:
    """Write the archive again with another member."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    if content is None:
        del members[member]
    else:
        members[member] = content
    with zipfile.ZipFile(path, "w") as archive:
        for name, value in members.items():
            archive.writestr(name, value)


@pytest.mark.parametrize(
    ("member", "content", "said"),
    [
        ("cases.jsonl", b"", "cases is damaged"),
        ("cases.jsonl", None, "cannot be read"),
        (MANIFEST, None, "cannot be read"),
        (MANIFEST, b"{}", "not one of ours"),
    ],
)
def test_a_changed_backup_is_refused_before_a_row_is_read(
    a_backup: Path, member: str, content: bytes | None, said: str
) -> None:
    _changed(a_backup, member, content)
    with pytest.raises(BackupError, match=said):
        Archive.open(a_backup)


def test_half_a_file_and_another_format_are_refused(a_backup: Path) -> None:
    whole = a_backup.read_bytes()
    manifest = Archive.open(a_backup).manifest
    _changed(
        a_backup, MANIFEST, manifest.model_copy(update={"format": 2}).model_dump_json().encode()
    )
    with pytest.raises(BackupError, match="format 2"):
        Archive.open(a_backup)
    a_backup.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BackupError, match="cannot be read"):
        Archive.open(a_backup)
    with pytest.raises(BackupError, match="cannot be read"):
        Archive.open(a_backup.with_name("missing"))


def test_what_does_not_fit_leaves_the_database_empty(a_backup: Path, tmp_path: Path) -> None:
    good, keys = Archive.open(a_backup), Archive.open(a_backup.with_name("desk.backup.keys"))
    newer = good.manifest.model_copy(update={"schema_version": "9999"})
    strange = good.manifest.model_copy(
        update={"tables": (good.manifest.tables[0].model_copy(update={"name": "unknown"}),)}
    )
    for archive, more, said in (
        (keys, None, "Name it after `--keys`"),
        (good, good, "does not hold the keys"),
        (Archive(path=a_backup, manifest=newer), None, "Install the release"),
        (Archive(path=a_backup, manifest=strange), None, "nobody knows the table unknown"),
    ):
        database = Database(f"sqlite:///{tmp_path / 'other.sqlite'}")
        with pytest.raises(BackupError, match=said):
            put_back(database, archive, case_keys=more)
        database.close()
    database = Database(f"sqlite:///{tmp_path / 'other.sqlite'}")
    assert put_back(database, good).with_case_keys is False
    with pytest.raises(BackupError, match="has tables already"):
        put_back(database, good)
    database.close()


def test_a_backup_never_replaces_a_file(a_backup: Path, tmp_path: Path) -> None:
    was = a_backup.read_bytes()
    database = Database(f"sqlite:///{tmp_path / 'desk.sqlite'}", exclusive=False)
    with pytest.raises(BackupError, match="is there already"):
        take(database, file=a_backup, keys_file=tmp_path / "fresh.keys", now=START)
    database.close()
    assert a_backup.read_bytes() == was
    assert not list(tmp_path.glob("*.part"))
