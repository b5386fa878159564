"""Tocsin in the comparison: one real process over SQLite, duty told by webhook."""

import signal
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import select

from engine.case.ids import event_id
from engine.store.database import Database
from engine.store.tables import events, notifications
from tests.benchmarks.workload import a_house, one_report
from tests.compare.recipient import TOCSIN, Recipient
from tests.harness.posting import Poster
from tests.harness.reports import HOTLINE


class Tocsin:
    """Each event is a report of its own situation: its own case, of which duty is told once."""

    name = "tocsin"

    def __init__(self, directory: Path, *, recipient: Recipient, events: int) -> None:
        self._house = a_house(
            directory,
            way="webhook",
            channel=recipient.settings(),
            address=f"{recipient.url}{TOCSIN}",
        )
        self._events = events
        self._key = ""

    async def prepare(self) -> None:
        self._key = await self._house.prepare(source=HOTLINE)

    async def start(self) -> None:
        await self._house.start()

    async def end(self, how: signal.Signals) -> None:
        if how is signal.SIGKILL:
            await self._house.kill()
        else:
            await self._house.stop()

    def poster(self) -> Poster:
        return Poster(port=self._house.port, key=self._key, timeout=5.0)

    def request(self, n: int) -> tuple[str, str, bytes]:
        made = one_report("event", n)
        return made.id, "/v1/events", made.bytes()

    def told(self, hits: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
        """A note names no event, on purpose: its key leads to its case, and that to the report."""
        database = Database(f"sqlite:///{self._house.database}", exclusive=False)
        conn = database.reader()
        try:
            ours = {event_id(HOTLINE, self.request(n)[0]): n for n in range(self._events)}
            stored = list(conn.execute(select(events.c.id, events.c.case_id)))
            of_case = {row.case_id: ours[row.id] for row in stored if row.id in ours}
            if len(of_case) != sum(row.id in ours for row in stored):
                raise RuntimeError("two events are in one case: nothing can be counted")
            keys = select(notifications.c.key, notifications.c.case_id)
            case_of = {row.key: row.case_id for row in conn.execute(keys)}
        finally:
            conn.close()
            database.close()
        by_case = ((case_of.get(key), at) for key, at in hits)
        return [(self.request(of_case[case])[0], at) for case, at in by_case if case in of_case]
