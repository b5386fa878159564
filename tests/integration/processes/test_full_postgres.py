"""A database server whose disk is full: nothing is answered for that it did not take (B41)."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from engine.store import journal
from engine.store import tables as t
from engine.store.database import Database, read
from tests.harness.house import House
from tests.harness.night import Night
from tests.harness.people import faro
from tests.harness.postgres import PostgresServer
from tests.harness.posting import Answer
from tests.harness.reports import HOTLINE
from tests.harness.sinks import SmtpSink, smtp_settings
from tests.harness.small_disk import Ballast, small_disk
from tests.harness.towns import loto

WITHIN = 60.0
ANSWERED = 30.0
SIZE = 192 * 1024 * 1024
"""Bytes of the disk: a server of its own, its log, and the tables of some nights."""
MOST = 2000
"""Reports that a full disk may still find room for, in what was laid out before."""


@asynccontextmanager
async def a_house_on(url: str, folder: Path) -> AsyncIterator[Night]:
    """A house that serves, with its own files where there is room."""
    sink = SmtpSink()
    await sink.start()
    mail = smtp_settings(sink)
    channels = {"sms": mail, "email": mail}
    house = House(folder, place=loto(), roster=faro(), channels=channels, database_url=url)
    try:
        key = await house.prepare(source=HOTLINE)
        await house.start()
        yield Night(house=house, sink=sink, key=key, url=url)
    finally:
        await house.kill()
        await sink.stop()


async def offer_until_taken(night: Night, id: str) -> None:
    """As a hotline does: the same report again, whatever the engine did meanwhile."""
    async with asyncio.timeout(WITHIN):
        while (answer := await night.offer(id, within=ANSWERED)) is None or answer.status != 202:
            if not night.house.pids:  # a supervisor starts what ended
                await night.house.start()


async def offer_until_refused(night: Night) -> tuple[list[str], Answer | None]:
    """The ids that were offered, the refused one last, and what was answered to it."""
    ids: list[str] = []
    while len(ids) < MOST:
        ids.append(f"full{len(ids)}")
        answer = await night.offer(ids[-1], within=ANSWERED)
        if answer is None or answer.status != 202:
            return ids, answer
    raise AssertionError("the disk was never full")


async def all_is_there_once(night: Night, ids: list[str]) -> None:
    """Each of them taken once, decided once, and told to duty; the journal holds together."""
    await night.until(
        lambda: {x.state for x in night.rows(t.notifications)} == {"handed_off"}, within=WITHIN
    )
    assert sorted(x.id for x in night.rows(t.inbox, t.inbox.c.source == HOTLINE)) == sorted(ids)
    assert len(night.rows(t.events)) == len(ids)
    told = night.rows(t.notifications)
    pages = [x.kind for x in night.rows(t.journal)]
    assert pages.count("event_joined") == len(ids)
    assert {x.case_id for x in told} >= {x.case_id for x in night.rows(t.events)}
    assert set(night.arrived()) == {x.key for x in told}
    await night.house.stop()
    database = Database(night.url)
    conn = database.reader()
    assert not read(conn, journal.verify)
    conn.close()
    database.close()


def nothing_half_written(night: Night, ids: list[str]) -> None:
    """What is there now is whole: no report without its case, no case without somebody to tell."""
    taken = {x.id for x in night.rows(t.inbox, t.inbox.c.source == HOTLINE)}
    events, cases = night.rows(t.events), night.rows(t.cases)
    assert set(ids[:-1]) <= taken  # whatever was answered for
    assert len(taken) == len(events)
    assert {x.case_id for x in events} <= {x.id for x in cases}
    assert {x.id for x in cases} == {x.case_id for x in night.rows(t.notifications)}
    assert all(x.version > 0 for x in cases)


@pytest.fixture
def disk() -> Iterator[tuple[Ballast, Path]]:
    """A small disk that a server's user gets to, and where it is."""
    outer = Path(tempfile.mkdtemp(prefix="tocsin-disk-"))
    outer.chmod(0o755)
    try:
        with small_disk(outer / "disk", size=SIZE) as made:
            if not isinstance(made, Ballast):
                pytest.skip("nobody may mount a disk here, and no quota binds a server's processes")
            yield made, outer / "disk"
    finally:
        shutil.rmtree(outer, ignore_errors=True)


async def test_b41_where_a_servers_tables_find_no_room_nothing_is_taken_and_it_goes_on_with_room(
    tmp_path: Path, disk: tuple[Ballast, Path]
) -> None:
    """The server lives on and refuses: its own log has room, the tables have none."""
    ballast, folder = disk
    server = PostgresServer()
    server.start()
    try:
        inside = folder / "tables"
        inside.mkdir()
        url = server.url("full", tablespace=server.tablespace("small", inside))
        async with a_house_on(url, tmp_path / "house") as night:
            await offer_until_taken(night, "before")
            await night.until(lambda: len(night.arrived()) == 1, within=WITHIN)

            ballast.fill(server.pid or 0)
            ids, refused = await offer_until_refused(night)
            assert refused is not None and refused.status == 503
            nothing_half_written(night, ids)
            ballast.free(server.pid or 0)
            await offer_until_taken(night, ids[-1])
            await offer_until_taken(night, "after")

            await all_is_there_once(night, ["before", *ids, "after"])
            (incident,) = night.rows(t.cases, t.cases.c.kind == "incident")
            assert night.rows(t.notifications, t.notifications.c.case_id == incident.id)
    finally:
        server.remove()


async def test_b41_a_server_that_a_full_disk_ended_has_what_was_answered_for_once_there_is_room(
    tmp_path: Path, disk: tuple[Ballast, Path]
) -> None:
    """No room for its own log either: it ends itself before it answers for a commit."""
    ballast, folder = disk
    server = PostgresServer(folder / "server")
    server.start()
    try:
        async with a_house_on(server.url("full"), tmp_path / "house") as night:
            await offer_until_taken(night, "before")
            await night.until(lambda: len(night.arrived()) == 1, within=WITHIN)

            ballast.fill(server.pid or 0)
            ids, refused = await offer_until_refused(night)
            assert refused is None or refused.status == 503
            ballast.free(server.pid or 0)
            await asyncio.to_thread(server.restart)
            await offer_until_taken(night, ids[-1])
            await offer_until_taken(night, "after")

            await all_is_there_once(night, ["before", *ids, "after"])
    finally:
        server.remove()
