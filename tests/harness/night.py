"""A house of several processes over a real PostgreSQL, with a mail server that takes its time."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, select
from sqlalchemy.pool import NullPool

from engine.store import tables as t
from tests.harness.house import House
from tests.harness.people import faro
from tests.harness.posting import Answer, Poster
from tests.harness.reports import HOTLINE, report
from tests.harness.sinks import SmtpSink, counted, smtp_settings
from tests.harness.towns import loto
from tests.harness.waiting import until


@dataclass(kw_only=True)
class Night:
    """The house, what arrives at the mail server, and what the database says."""

    house: House
    sink: SmtpSink
    key: str
    url: str

    async def publish(self, id: str, **more: Any) -> None:
        """Report an abduction over HTTP. Raises AssertionError unless it is accepted."""
        answer = await self.offer(id, within=10.0, **more)
        assert answer is not None and answer.status == 202, answer

    async def offer(self, id: str, *, within: float, **more: Any) -> Answer | None:
        """Report an abduction; None where nobody answers within so many seconds."""
        poster = Poster(port=self.house.port, key=self.key, timeout=within)
        body = report("abduction", id=id, situation=id, country="QR", **more).bytes()
        try:
            return await poster.post("/v1/events", body)
        except OSError:
            return None
        finally:
            await poster.aclose()

    def rows(self, table: Any, *where: Any) -> list[Any]:
        """Rows as they are now, read beside the engine."""
        engine = create_engine(self.url, poolclass=NullPool)
        with engine.connect() as conn:
            return list(conn.execute(select(table).where(*where)))

    def arrived(self) -> Mapping[str, int]:
        """How often each message arrived."""
        return counted(self.sink)

    async def until(self, holds: Callable[[], bool], *, within: float) -> float:
        """Wait for a condition; return the seconds. Raises AssertionError when it stays false."""
        return await until(holds, within=within, why=lambda: self.house.log_tail(8))


@asynccontextmanager
async def a_night(
    directory: Path,
    url: str,
    *,
    processes: tuple[str, ...],
    confirms_after: float = 0.0,
    kafka: Mapping[str, object] | None = None,
    rulebook: str | None = None,
) -> AsyncIterator[Night]:
    """A house that serves; everything of it has ended afterwards.

    `confirms_after`: seconds the mail server lets a sender wait after it has the whole mail.
    """
    sink = SmtpSink(confirms_after=confirms_after)
    await sink.start()
    mail = smtp_settings(sink)
    house = House(
        directory,
        place=loto(),
        roster=faro(),
        channels={"sms": mail, "email": mail},
        kafka=kafka,
        rulebook=rulebook,
        database_url=url,
        processes=processes,
    )
    try:
        key = await house.prepare(source=HOTLINE)
        await house.start()
        yield Night(house=house, sink=sink, key=key, url=url)
        await house.stop()
    finally:
        await house.kill()
        await sink.stop()


def sending(night: Night) -> list[Any]:
    """Messages that are being sent."""
    return night.rows(t.notifications, t.notifications.c.state == "sending")
