"""Fresh arrays in a child process, swapped in; a start that reads them, and believes the store."""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from engine.clock import ManualClock
from engine.registry import kept
from engine.registry.history import Edition, compare, read_known, take
from engine.registry.loading import from_arrays, load_registry, load_world, newer
from engine.registry.rebuild import Rebuild, rebuild
from engine.registry.world import WorldHolder
from engine.store.database import Database, transact
from engine.store.schema import upgrade
from engine.store.threads import ThreadReader
from schemas.link import LinkStatus
from tests.unit.engine.registry.history.records import link, rows

NOW = datetime(2030, 5, 1, 8, tzinfo=UTC)
FIRST = [link(f"l{number}") for number in range(5)]


class Room:
    """A store with a registry in force, and a place for its arrays."""

    def __init__(self, url: str, path: Path) -> None:
        self.url, self.path = url, path
        self.database = Database(url)
        self.conn = self.database.writer()
        self.world = WorldHolder()
        self._days = 0

    def bring(self, *ids: str, source: str = "list", status: LinkStatus | None = None) -> None:
        def run(conn: Connection) -> None:
            links = [replace(link(id), status=status or LinkStatus.VERIFIED) for id in ids]
            changes = compare(read_known(conn), rows(*links), source=source)
            take(conn, changes, Edition(source=source, by="t"), at=NOW + timedelta(self._days))
            self._days += 1

        transact(self.conn, run)

    def start(self) -> None:
        self.world.swap(transact(self.conn, lambda conn: load_world(conn, arrays=self.path)))

    def follow(self) -> None:
        world = transact(self.conn, lambda conn: newer(conn, self.world.current))
        assert world is not None
        self.world.swap(world)

    def look(self, *, few: int = 0, large: int = 10**9) -> bool:
        async def run() -> bool:
            reader = ThreadReader(self.database)
            try:
                return await Rebuild(
                    self.world,
                    reader=reader,
                    clock=ManualClock(NOW),
                    database=self.url,
                    path=self.path,
                    few=few,
                    large=large,
                ).look()
            finally:
                reader.close()

        return asyncio.run(run())

    def rebuilt(self) -> int:
        """What the child does, without another process."""
        return rebuild({"database": self.url, "path": str(self.path)})

    @property
    def ids(self) -> set[str]:
        return {each.id for each in self.world.current.registry.links()}

    def stored(self) -> str:
        return transact(self.conn, load_registry).version


@pytest.fixture
def room(store_url: str, tmp_path: Path) -> Iterator[Room]:
    room = Room(store_url, tmp_path / kept.FILE)
    room.bring("l0", "l1", "l2")
    room.start()
    yield room
    room.conn.close()
    room.database.close()


def test_edits_over_the_arrays_are_folded_in_and_nobody_sees_a_difference(room: Room) -> None:
    room.bring("l3", source="another list")
    room.follow()
    before = room.world.current
    assert before.registry.edits == 1

    assert room.look()

    after = room.world.current
    assert after.registry.edits == 0 and after.registry is not before.registry
    assert after.registry.version == before.registry.version == room.stored()
    assert replace(after, registry=before.registry) == before, "only the registry is another"
    assert not room.look(), "once is enough"


def test_few_edits_and_a_small_registry_are_left_as_they_are(room: Room) -> None:
    room.bring("l3", source="another list")
    room.follow()

    assert not room.look(few=1)
    assert not room.path.exists()


def test_a_start_reads_the_file_and_what_came_since(room: Room) -> None:
    assert room.rebuilt() == 0
    room.bring("l3", source="another list", status=LinkStatus.UNVERIFIED)

    room.start()

    assert room.world.current.registry.edits == 1, "the rest came from the file"
    assert room.ids == {"l0", "l1", "l2", "l3"}
    assert room.world.current.registry.version == room.stored()


def test_a_file_of_another_history_is_never_believed(room: Room, tmp_path: Path) -> None:
    """The same list in force in another house, where something else came before it."""
    other = Room(f"sqlite:///{tmp_path / 'other' / 'store.db'}", tmp_path / "foreign")
    upgrade(other.database)
    other.bring("l9", source="before")
    other.bring("l0", "l1", "l2")
    other.start()
    try:
        assert other.rebuilt() == 0
    finally:
        other.conn.close()
        other.database.close()

    room.path.write_bytes(other.path.read_bytes())

    assert transact(room.conn, lambda conn: from_arrays(conn, room.path)) is None
    room.start()
    assert room.ids == {"l0", "l1", "l2"} and room.world.current.registry.version == room.stored()
    room.path.write_bytes(b"half a fi")
    room.start()
    assert room.ids == {"l0", "l1", "l2"}


def test_a_large_registry_gets_a_file_but_no_other_registry_is_swapped_in(room: Room) -> None:
    room.bring("l3", source="another list")  # nobody here has seen it yet

    assert not room.look(large=1), "the arrays are of a newer registry than the world is"

    assert room.path.exists()
    room.start()
    assert not room.look(large=1), "the file is of the registry in force"
    assert room.ids == {"l0", "l1", "l2", "l3"}
    assert room.world.current.registry.version == room.stored()


def test_a_child_that_cannot_read_the_store_changes_nothing(
    room: Room, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    nowhere = f"sqlite:///{tmp_path / 'nowhere' / 'store.db'}"

    assert rebuild({"database": nowhere, "path": str(room.path)}) == 1

    assert not room.path.exists()
    assert str(tmp_path) not in capsys.readouterr().err


def test_a_child_that_never_ends_is_ended_with_the_look_that_waits_for_it(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given up after its time, a look begins another child: they must not pile up."""
    child, began = tmp_path / "child", tmp_path / "began"
    os.mkfifo(began)
    child.write_text(f"#!/bin/sh\necho $$ > {began}\nexec tail -f /dev/null\n", "utf-8")
    child.chmod(0o700)
    monkeypatch.setattr("sys.executable", str(child))
    room.bring("l3", source="another list")
    room.follow()

    async def run() -> int:
        reader = ThreadReader(room.database)
        rebuild = Rebuild(
            room.world,
            reader=reader,
            clock=ManualClock(NOW),
            database=room.url,
            path=room.path,
            few=0,
        )
        looking = asyncio.create_task(rebuild.look())
        number = int(await asyncio.to_thread(began.read_text))
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        reader.close()
        return number

    with pytest.raises(ProcessLookupError):
        os.kill(asyncio.run(run()), 0)
