"""The relay: facts from the outbox to Kafka, in the order of their case, forgotten when confirmed.

Rows are deleted after the broker's answer; a crash in between publishes again, and consumers drop
repeats by (case, n). Facts are of the open class; by default nobody outside the desk reads them.

Of several processes one relays, or the order within a case would be lost. The others look every
second whether it still lives. One that was stopped for long may publish again what its successor
published already: a repeat; it never deletes what it does not hold any more.
"""

import asyncio
from collections import defaultdict
from typing import Any

import orjson
import structlog
from sqlalchemy import Connection, Row
from sqlalchemy.exc import SQLAlchemyError

from engine.bell import Bell
from engine.clock import Clock
from engine.ports import Publisher, Reader, Writer
from engine.silence import Silence
from engine.store import instances, leases, outbox
from engine.watchdog import Turns, unwatched
from schemas.envelope import CASE_FACT_TYPE
from schemas.set_aside import SET_ASIDE_TOPIC, SET_ASIDE_TYPE

_log = structlog.get_logger(__name__)

ROWS_AT_ONCE = 500
CASES_AT_ONCE = 50
POLL_SECONDS = 5.0
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
LOOK_EVERY = 1.0
"""Seconds between two looks whether the one that relays still lives."""
SOURCE = "tocsin/desk"
_TYPES = {SET_ASIDE_TOPIC: SET_ASIDE_TYPE}


class Relay:
    """Publishes until cancelled, while it holds the lease. A broker or store that is away only
    makes it wait.

    `name`: of this very run. `machine`: a clock on the machine's own time, by which others die.
    """

    def __init__(
        self,
        *,
        reader: Reader,
        writer: Writer,
        publisher: Publisher,
        clock: Clock,
        facts: Bell,
        name: str,
        machine: Clock,
        poll_seconds: float = POLL_SECONDS,
        turns: Turns | None = None,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._publisher = publisher
        self._clock = clock
        self._facts = facts
        self._name = name
        self._machine = machine
        self._poll_seconds = poll_seconds
        self._turns = turns or unwatched()
        self._silence = Silence()
        self._pause = FIRST_PAUSE

    async def run(self) -> None:
        """One batch after another."""
        while True:
            self._turns.turn("reading the outbox")
            try:
                await self._turn()
            except SQLAlchemyError as error:
                _log.warning("relay_without_store", error=type(error).__name__)
                await self._wait_longer()

    async def _turn(self) -> None:
        rows = await self._reader.run(self._read)
        if rows is None:
            if not await self._take():
                await self._machine.sleep(LOOK_EVERY)
            return
        if not rows:
            await self._facts.wait(self._clock, self._poll_seconds)
            return
        done = await self._publish(rows)
        if done:
            await self._writer.run(lambda conn: self._remove(conn, done))
        if len(done) < len(rows):
            await self._begin_afresh()
            await self._wait_longer()
        else:
            self._pause = FIRST_PAUSE

    def _read(self, conn: Connection) -> list[Row[Any]] | None:
        """The oldest rows; None when this run may not publish them."""
        if leases.holder(conn, leases.RELAY) != self._name:
            return None
        return outbox.read(conn, most=ROWS_AT_ONCE)

    def _remove(self, conn: Connection, done: list[int]) -> None:
        if leases.is_held(conn, leases.RELAY, by=self._name):
            outbox.remove(conn, done)

    async def _take(self) -> bool:
        """Take the lease when nobody alive holds it."""
        holder, beats = await self._reader.run(
            lambda conn: (leases.holder(conn, leases.RELAY), instances.beats(conn))
        )
        silent = self._silence.look(beats, at=self._machine.monotonic())
        if holder in beats and holder not in silent:
            return False
        taken = await self._writer.run(
            lambda conn: leases.take(conn, leases.RELAY, by=self._name, instead_of=holder)
        )
        if taken:
            _log.info("relays_now", instead_of=holder or "nobody")
        return taken

    async def _begin_afresh(self) -> None:
        """A producer that failed may never be right again; a new one costs a handshake."""
        reset = getattr(self._publisher, "reset", None)
        if reset is not None:
            await reset()

    async def _wait_longer(self) -> None:
        await self._clock.sleep(self._pause)
        self._pause = min(2 * self._pause, LONGEST_PAUSE)

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
        "ce_type": _TYPES.get(row.topic, CASE_FACT_TYPE),
        "ce_source": SOURCE,
        "ce_id": f"{row.key}.{row.n}",
        "ce_kind": str(orjson.loads(row.body)["kind"]),
        "content-type": "application/json",
    }
