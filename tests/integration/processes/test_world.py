"""Several processes, one world: what is put into force in one counts in all of them."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Connection

from engine.bell import Bell
from engine.clock import ManualClock, SystemClock
from engine.registry import load_world, save_registry
from engine.registry.reload import LOOK_EVERY, Reload
from engine.registry.saving import RULEBOOK_VERSION, versions
from engine.registry.world import WorldHolder
from engine.store import meta, records
from engine.store.database import Database, transact
from engine.store.threads import ThreadReader
from schemas.party import Party, PartyKind

NOW = SystemClock().now()


class Beside:
    """A process that follows, and another one that puts registries into force."""

    def __init__(self, url: str) -> None:
        self.database = Database(url, exclusive=False)
        self.reader = ThreadReader(self.database)
        self.stale = Bell()
        self.clock = ManualClock(NOW)
        conn = self.database.reader()
        self.world = WorldHolder(load_world(conn))
        conn.close()
        self.reload = Reload(self.world, reader=self.reader, clock=self.clock, stale=self.stale)

    def import_parties(self, *ids: str) -> None:
        """As another process would, in a transaction of its own."""
        parties = [Party(id=id, kind=PartyKind.NGO, name=id) for id in ids]
        conn = self.database.writer()
        try:
            transact(
                conn,
                lambda c: save_registry(c, parties=parties, links=(), contacts=(), at=NOW, by="t"),
            )
        finally:
            conn.close()

    def knows(self, id: str) -> bool:
        return self.world.registry().party(id) is not None

    def close(self) -> None:
        self.reader.close()
        self.database.close()


@pytest.fixture
async def beside(store_url: str) -> AsyncIterator[Beside]:
    beside = Beside(store_url)
    yield beside
    beside.close()


async def test_what_another_process_put_into_force_is_in_force_here(beside: Beside) -> None:
    beside.import_parties("elm-house")

    assert await beside.reload.look()
    assert beside.knows("elm-house")
    assert not await beside.reload.look()


async def test_a_desk_that_saw_something_newer_need_not_wait_for_the_next_look(
    beside: Beside,
) -> None:
    running = asyncio.create_task(beside.reload.run())
    try:
        beside.import_parties("elm-house")
        beside.stale.ring()
        async with asyncio.timeout(10):
            while not beside.knows("elm-house"):
                beside.stale.ring()
                await asyncio.sleep(0.01)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    assert beside.clock.now() == NOW, "no time had to pass"
    assert LOOK_EVERY > 0


async def test_a_rulebook_of_a_newer_release_leaves_the_old_world_in_force(
    beside: Beside,
) -> None:
    before = beside.world.current
    conn = beside.database.writer()

    def newer(c: Connection) -> None:
        records.save_rulebook(c, "v2", "this: is: no rulebook", at=NOW)
        meta.write(c, RULEBOOK_VERSION, "v2")

    transact(conn, newer)
    conn.close()

    assert not await beside.reload.look()
    assert beside.world.current is before


def test_a_world_knows_under_which_names_it_was_read(store_url: str) -> None:
    database = Database(store_url, exclusive=False)
    conn = database.reader()
    world = load_world(conn)

    assert world.versions == versions(conn)
    conn.close()
    database.close()
