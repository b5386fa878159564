"""Several processes, one world: what is put into force in one counts in all of them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Connection

from engine.bell import Bell
from engine.case import commands as c
from engine.clock import ManualClock, SystemClock
from engine.desk import Lane
from engine.ports import Reader
from engine.registry import load_world, save_registry
from engine.registry.history import read_known
from engine.registry.loading import RULEBOOK_VERSION, follow, in_force
from engine.registry.reload import LOOK_EVERY, Reload
from engine.registry.world import WorldHolder
from engine.store import meta, records
from engine.store import tables as t
from engine.store.database import Database, transact
from engine.store.threads import ThreadReader
from schemas.codes import TrackName
from schemas.party import Party, PartyKind
from schemas.responses import Done
from tests.crash.town import RULEBOOK
from tests.harness.night import Night, a_night
from tests.harness.people import link
from tests.harness.postgres import PostgresServer

NOW = SystemClock().now()
T = TypeVar("T")


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

        def save(conn: Connection) -> None:
            save_registry(conn, parties=parties, links=(), contacts=(), at=NOW, by="t")

        conn = self.database.writer()
        try:
            transact(conn, save)
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


class HeldUp:
    """A reader whose answers come back only when they are let go."""

    def __init__(self, inner: Reader) -> None:
        self._inner = inner
        self.read = asyncio.Event()
        self.go = asyncio.Event()

    async def run(self, fn: Callable[[Connection], T]) -> T:
        found = await self._inner.run(fn)
        self.read.set()
        await self.go.wait()
        return found


async def test_two_changes_close_together_are_both_in_force_whoever_comes_back_first(
    beside: Beside,
) -> None:
    """The second once gave up because somebody had looked meanwhile, who knew only the first."""
    one, two = HeldUp(beside.reader), HeldUp(beside.reader)
    beside.import_parties("elm-house")
    first = asyncio.create_task(follow(beside.world, one))
    await one.read.wait()
    beside.import_parties("elm-house", "oak-house")
    second = asyncio.create_task(follow(beside.world, two))
    await two.read.wait()

    one.go.set()
    await first
    two.go.set()
    await second

    assert beside.knows("oak-house")


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

    assert world.versions == in_force(conn)
    conn.close()
    database.close()


async def test_whoever_another_process_excluded_is_not_told_by_a_sender_that_slept_through_it(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    """A sender wakes with the old world in its memory, and a message for that party is waiting."""
    async with a_night(
        tmp_path / "house",
        postgres.url("world"),
        processes=("web,intake,timers,auditor", "sender"),
        rulebook=RULEBOOK,
    ) as night:
        night.house.pause("sender")
        garments = {"loto-garments": "alleged_perpetrator"}
        await night.publish("one", parties=garments, consents=["missions"])
        await _release(night)
        assert _to_the_embassy(night) == {"queued"}
        _tie_the_embassy_to_the_perpetrator(night.url)
        night.house.resume("sender")
        await night.until(lambda: _to_the_embassy(night) != {"queued"}, within=10)
        await night.until(lambda: bool(night.arrived()), within=10)

        assert _to_the_embassy(night) == {"cancelled"}
        assert not [mail for mail in night.sink.mails if "ines" in mail.recipients[0]]


async def _release(night: Night) -> None:
    """As a person does on the page of a third process."""
    (case,) = night.rows(t.cases)
    parts = night.house.open()
    desk = asyncio.create_task(parts.desk.run())
    record = c.ReleaseRecord(id="r1", why="protect_now", reprisal_forecast="low", wishes_read=True)
    release = c.Release(
        inbox=c.Inbox(source="test", id="r1", digest="0" * 64),
        case=case.id,
        track=TrackName.MISSIONS,
        by="person:ana",
        record=record,
    )
    try:
        (done,) = await parts.desk.submit(release, lane=Lane.NORMAL)
        assert isinstance(done, Done), done
    finally:
        desk.cancel()
        await asyncio.gather(desk, return_exceptions=True)
        parts.close()


def _to_the_embassy(night: Night) -> set[str]:
    return {
        row.state for row in night.rows(t.notifications, t.notifications.c.party == "embassy-qs")
    }


def _tie_the_embassy_to_the_perpetrator(url: str) -> None:
    def tie(conn: Connection) -> None:
        known = read_known(conn)
        save_registry(
            conn,
            parties=known.parties.values(),
            links=(
                *known.links.values(),
                link("loto-garments", "parent_of", "embassy-qs"),
            ),
            contacts=known.contacts.values(),
            at=NOW,
            by="t",
        )

    database = Database(url, exclusive=False)
    conn = database.writer()
    try:
        transact(conn, tie)
    finally:
        conn.close()
        database.close()
