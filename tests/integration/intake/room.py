"""A real desk on SQLite with its door, for tests of every way in."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from engine.answer_tokens import AnswerTokens
from engine.clock import Clock, ManualClock
from engine.desk.desk import Desk
from engine.entropy import SeededEntropy
from engine.intake.door import Desk as DeskPort
from engine.intake.door import Door
from engine.intake.keys import SourceKeys
from engine.intake.ownership import Ownership
from engine.intake.positions import Positions
from engine.intake.scope import any_of
from engine.intake.stream import LogIncidents, StreamHandler
from engine.metrics import Metrics
from engine.registry.world import World, WorldHolder
from engine.store import tables
from engine.store.database import Database
from engine.store.inline import InlineReader, InlineWriter
from engine.vault import DeploymentKeys, Secret, Vault, init_keys
from tests.harness.files import new_database
from tests.unit.engine.intake.builders import WIDE

START = datetime(2027, 3, 1, 22, 0, tzinfo=UTC)
TOPIC = "tocsin.threats"
CRITICAL = "tocsin.threats.critical"


@dataclass
class Room:
    """Everything a test looks at."""

    clock: Clock
    desk: Desk
    door: Door
    keys: SourceKeys
    vault: Vault
    receipt_key: Secret
    metrics: Metrics
    world: WorldHolder
    reader: InlineReader
    writer: InlineWriter
    halted: list[str] = field(default_factory=list)
    on_halt: Callable[[str], None] | None = None

    def halt(self, reason: str) -> None:
        self.halted.append(reason)
        if self.on_halt is not None:
            self.on_halt(reason)

    def another_door(self, desk: DeskPort) -> Door:
        """A door like this room's, to another desk."""
        return Door(
            desk=desk,
            world=self.world,
            clock=self.clock,
            vault=self.vault,
            receipt_key=self.receipt_key,
            metrics=self.metrics,
        )

    async def advance(self, *, seconds: float) -> None:
        """Let time pass, where time is in hand."""
        assert isinstance(self.clock, ManualClock)
        await self.clock.advance(seconds=seconds)

    def handler(self, door: Door | None = None) -> StreamHandler:
        return StreamHandler(
            door=door or self.door,
            scopes=any_of([WIDE]),
            critical=frozenset({CRITICAL}),
            clock=self.clock,
        )

    def ownership(
        self,
        probe: Callable[[str, int, int], Awaitable[int | None]],
        *,
        owner: str = "test",
        forgets: bool = True,
    ) -> Ownership:
        return Ownership(
            positions=Positions(reader=self.reader, writer=self.writer, owner=owner),
            incident=LogIncidents(self.desk),
            probe=probe,
            forgets=lambda topic: forgets,
            park=self.handler().park,
            halt=self.halt,
        )

    async def rows(self, table: Any) -> list[Any]:
        """Every row of a table."""

        def read(connection: Connection) -> list[Any]:
            return list(connection.execute(select(table)))

        return await self.reader.run(read)

    async def taken(self) -> list[str]:
        """Ids of the events in the inbox, of the test's publisher."""
        return sorted(row.id for row in await self.rows(tables.inbox) if row.source == WIDE.source)

    async def incidents(self) -> list[str]:
        """Codes of the incidents that humans were told of."""
        return sorted(row.incident for row in await self.rows(tables.cases) if row.incident)


@asynccontextmanager
async def a_room(
    directory: Path,
    *,
    clock: Clock | None = None,
    world: World | None = None,
    publish: str = "",
    url: str = "",
) -> AsyncIterator[Room]:
    """Open the database in this directory, make what is missing, and run a desk over it.

    `url` names another store, whose tables are there.
    """
    clock = clock or ManualClock(START)
    path = directory / "tocsin.db"
    known = url or path.exists()
    database = Database(url or f"sqlite:///{path}") if known else new_database(path)
    reader, writer = InlineReader(database), InlineWriter(database)
    entropy = SeededEntropy(1)
    vault = Vault(init_keys(directory / "keys", entropy, clock.now()), entropy=entropy)
    keys = DeploymentKeys.load(directory / "keys")
    holder, metrics = WorldHolder(world), Metrics()
    halted: list[str] = []
    desk = Desk(
        writer=writer,
        world=holder,
        clock=clock,
        entropy=entropy,
        ref_key=keys.reference,
        answers=AnswerTokens(keys.answer),
        halt=halted.append,
        instance="test",
        publish=publish,
    )
    door = Door(
        desk=desk,
        world=holder,
        clock=clock,
        vault=vault,
        receipt_key=keys.receipt,
        metrics=metrics,
    )
    room = Room(
        clock=clock,
        desk=desk,
        door=door,
        keys=SourceKeys(
            reader=reader, writer=writer, clock=clock, entropy=entropy, pepper=keys.pepper
        ),
        vault=vault,
        receipt_key=keys.receipt,
        metrics=metrics,
        world=holder,
        reader=reader,
        writer=writer,
        halted=halted,
    )
    running = asyncio.create_task(desk.run())
    try:
        yield room
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        reader.close()
        writer.close()
        database.close()


def body(message: Any) -> bytes:
    return json.dumps(message).encode("utf-8")
