"""A bad line between a real engine and PostgreSQL: nothing is lost, and nothing is done twice.

Real processes, real server, real mail; in between our own line, which cuts, hangs and resets.
"""

import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from engine.store import journal
from engine.store import tables as t
from engine.store.database import Database, read
from tests.harness.night import Night, a_night
from tests.harness.postgres import PostgresServer, over
from tests.harness.posting import Poster
from tests.harness.proxy import Cut, Proxy, Way
from tests.harness.reports import HOTLINE, report

WITHIN = 60.0
"""Seconds in which whatever is owed has left, on a slow machine."""


@dataclass(kw_only=True)
class Lined:
    """A night whose engine has its database behind a line; what is read here is read past it."""

    night: Night
    line: Proxy

    async def offer(self, id: str) -> bool:
        """Report an abduction; say whether it was taken. A caller who is not sure asks again."""
        poster = Poster(port=self.night.house.port, key=self.night.key, timeout=5.0)
        body = report("abduction", id=id, situation=id, country="QR").bytes()
        try:
            return (await poster.post("/v1/events", body)).status == 202
        except OSError:
            return False
        finally:
            await poster.aclose()

    def all_left(self, reports: int) -> bool:
        """Whether everybody was told of so many reports."""
        rows = self.night.rows(t.notifications)
        return len(rows) >= reports and {row.state for row in rows} == {"handed_off"}

    def taken(self) -> list[str]:
        """Ids of reports in the inbox, each as often as it is there."""
        return sorted(row.id for row in self.night.rows(t.inbox, t.inbox.c.source == HOTLINE))

    def said(self, words: str) -> bool:
        """Whether the engine logged this."""
        logs = self.night.house.directory.glob("*.log")
        return any(words in log.read_text("utf-8", "replace") for log in logs)

    def judge(self, ids: list[str]) -> None:
        """Each report once, in a case of its own; all chains hold; all told, few of them twice."""
        assert self.taken() == sorted(ids)
        joined = [row for row in self.night.rows(t.journal) if row.kind == "event_joined"]
        assert len(joined) == len(self.night.rows(t.events)) == len(ids)
        database = Database(self.night.url, exclusive=False)
        conn = database.reader()
        try:
            assert not read(conn, journal.verify)
        finally:
            conn.close()
            database.close()
        owed = {row.key: row for row in self.night.rows(t.notifications)}
        arrived = self.night.arrived()
        assert set(arrived) == set(owed)
        for key, times in arrived.items():
            assert times <= 1 + owed[key].unknowns, "again without a try of unknown outcome"


@asynccontextmanager
async def lined(directory: Path, server: PostgresServer, name: str) -> AsyncIterator[Lined]:
    """One engine with every role, over a line."""
    url = server.url(name)
    with Proxy(server.socket) as line:
        async with a_night(directory / "house", over(url, line.port), processes=("",)) as night:
            try:
                yield Lined(night=replace(night, url=url), line=line)
            finally:
                line.heal()


async def test_b41_commits_whose_answers_are_lost_are_found_out_and_nothing_is_done_twice(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    """What the server committed when the line was cut, it committed; what not, is done again."""
    ids = [f"e{n}" for n in range(6)]
    async with lined(tmp_path, postgres, "cut") as it:
        for n, id in enumerate(ids):
            it.line.cut(b"COMMIT", Cut.AFTER if n % 3 else Cut.BEFORE, times=2)
            taken = [await it.offer(id)]
            while not taken[-1] and len(taken) < 10:
                taken.append(await it.offer(id))
            assert taken[-1]
            it.line.reset()
        await it.night.until(lambda: it.all_left(len(ids)), within=WITHIN)

        assert it.line.cuts >= len(ids)
        assert it.said('"event": "batch_in_doubt"')
        assert not it.said("engine.halted")
        it.judge(ids)


async def test_b41_an_engine_whose_store_hears_it_and_is_not_heard_says_so_and_starts_afresh(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    """Half open: whatever is asked is heard, nothing is answered, and no connection ever ends."""
    async with lined(tmp_path, postgres, "half") as it:
        assert await it.offer("before")
        await it.night.until(lambda: it.all_left(1), within=WITHIN)
        it.line.hole(Way.BACK)

        assert not await it.offer("meanwhile"), "nobody is told that it was taken"
        assert _ready(it.night.house.port) == 503
        await it.night.house.ended()  # by itself
        assert it.said("desk has not moved for")
        assert it.said("(a transaction)")

        it.line.reset()
        it.line.heal()
        await it.night.house.start()
        assert await it.offer("meanwhile")
        await it.night.until(lambda: it.all_left(2), within=WITHIN)
        it.judge(["before", "meanwhile"])


def _ready(port: int) -> int | None:
    """What `readyz` answers; None where it does not in five seconds."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None
