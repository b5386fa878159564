"""The relay: facts from the outbox to Kafka, in the order of their case, forgotten when confirmed.

Rows are deleted after the broker's answer; a crash in between publishes again, and consumers drop
repeats by (case, n). Facts are of the open class; by default nobody outside the desk reads them.
"""

import asyncio
from collections import defaultdict
from typing import Any

import orjson
import structlog
from sqlalchemy import Row

from engine.bell import Bell
from engine.clock import Clock
from engine.ports import Publisher, Reader, Writer
from engine.store import outbox
from engine.watchdog import Turns, unwatched
from schemas.envelope import CASE_FACT_TYPE

_log = structlog.get_logger(__name__)

ROWS_AT_ONCE = 500
CASES_AT_ONCE = 50
POLL_SECONDS = 5.0
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
SOURCE = "tocsin/desk"


class Relay:
    """Publishes until cancelled. A broker that is away only makes it wait."""

    def __init__(
        self,
        *,
        reader: Reader,
        writer: Writer,
        publisher: Publisher,
        clock: Clock,
        facts: Bell,
        poll_seconds: float = POLL_SECONDS,
        turns: Turns | None = None,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._publisher = publisher
        self._clock = clock
        self._facts = facts
        self._poll_seconds = poll_seconds
        self._turns = turns or unwatched()

    async def run(self) -> None:
        """One batch after another."""
        pause = FIRST_PAUSE
        while True:
            self._turns.turn("reading")
            rows = await self._reader.run(lambda conn: outbox.read(conn, most=ROWS_AT_ONCE))
            if not rows:
                await self._facts.wait(self._clock, self._poll_seconds)
                continue
            done = await self._publish(rows)
            if done:
                await self._writer.run(lambda conn, done=done: outbox.remove(conn, done))  # type: ignore[misc]
            if len(done) < len(rows):
                await self._clock.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            else:
                pause = FIRST_PAUSE

    async def _publish(self, rows: list[Row[Any]]) -> list[int]:
        """Return the rows that the broker confirmed. Within a case, nothing after a failure."""
        by_case: defaultdict[str, list[Row[Any]]] = defaultdict(list)
        for row in rows:
            by_case[row.key].append(row)
        done: list[int] = []
        slots = asyncio.Semaphore(CASES_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for case in by_case.values():
                group.create_task(self._publish_case(case, done, slots))
        return done

    async def _publish_case(
        self, rows: list[Row[Any]], done: list[int], slots: asyncio.Semaphore
    ) -> None:
        async with slots:
            for row in rows:
                self._turns.turn("waiting for the broker")
                try:
                    await self._publisher.publish(
                        topic=row.topic, key=row.key, value=row.body, headers=_headers(row)
                    )
                except Exception as error:  # whatever the client raises: it is published again
                    _log.warning("relay_waits", error=type(error).__name__)
                    return
                done.append(row.id)


def _headers(row: Row[Any]) -> dict[str, str]:
    """CloudEvents in binary mode: the value stays the exact bytes that the journal hashed."""
    return {
        "ce_specversion": "1.0",
        "ce_type": CASE_FACT_TYPE,
        "ce_source": SOURCE,
        "ce_id": f"{row.key}.{row.n}",
        "ce_kind": str(orjson.loads(row.body)["kind"]),
        "content-type": "application/json",
    }
