"""A desk on a real SQLite file, with the small invented world of the core's tests."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from engine.answer_tokens import AnswerTokens
from engine.case import commands as c
from engine.case import ids
from engine.case.state import Case, load_case
from engine.clock import ManualClock
from engine.desk import Desk, Lane
from engine.entropy import SeededEntropy
from engine.ports import Position
from engine.registry.world import World, WorldHolder
from engine.store import journal
from engine.store.database import Database
from engine.store.inline import InlineReader, InlineWriter
from engine.store.tables import cases
from engine.store.threads import ThreadWriter
from engine.takeover import TakeOver
from engine.vault import Secret
from rules import duty, exclusion
from schemas import facts as f
from schemas.codes import Severity, TrackName
from schemas.contact import Contact, Endpoint, Level
from schemas.event import ThreatEvent
from schemas.party import Party, PartyKind
from schemas.plan import Candidate, Candidates, Track
from schemas.responses import Result
from tests.harness.files import new_database
from tests.unit.engine.case import builders as b

T = TypeVar("T")
START = b.at("Mon 22:00")

OUR_OWN = Party(id="desk-house", kind=PartyKind.NGO, name="The desk")
REGISTRY = b.Registry(
    (*b.PARTIES, OUR_OWN),
    links=b.LINKS,
    contacts=(
        *b.CONTACTS,
        *(
            Contact(
                id=f"duty-{person}",
                party=OUR_OWN.id,
                label="duty",
                level=Level.DUTY_LINE,
                endpoints=(
                    Endpoint(id=f"{person}-sms", channel="sms", address="+99 000"),
                    Endpoint(
                        id=f"{person}-mail", channel="email", address=f"{person}@desk.example"
                    ),
                ),
            )
            for person in ("ana", "ben", "chi", "dia", "eve")
        ),
    ),
)


class Halted(Exception):
    """The process would have ended here."""


def halt(reason: str) -> None:
    raise Halted(reason)


def report(
    id: str = "e1",
    event: ThreatEvent | None = None,
    *,
    source: str = "hotline",
    severity: Severity = Severity.HIGH,
    found: tuple[Candidate, ...] = (),
    tracks: tuple[Track, ...] = (),
    body: bytes | None = None,
    now: datetime = START,
) -> c.EventArrived:
    """An accepted report, as intake hands it to the desk."""
    event = event or b.an_event()
    exact = body or event.model_dump_json(exclude_none=True).encode()
    return c.EventArrived(
        inbox=c.Inbox(source=source, id=id, digest=hashlib.sha256(exact).hexdigest()),
        report=c.Report(
            event_id=ids.event_id(source, id),
            source=source,
            event=event,
            body=exact,
            sealed=c.SealedBox(key_id="intake-2027w09", ciphertext=b"sealed " + id.encode()),
            received_at=now,
        ),
        candidates=Candidates(
            world="w1",
            severity=severity,
            policy="standard",
            rules=("r",),
            tracks=(duty.built_in(severity), *tracks),
            candidates=found,
            closure=exclusion.closure(REGISTRY, event),
        ),
    )


class Room:
    """One desk, its clock and its store: a file of its own, or what an URL names."""

    running: asyncio.Task[None]

    def __init__(self, path: Path | str, *, publish: str = "", **changes: Any) -> None:
        self.path = path
        if isinstance(path, Path) and not path.exists():
            new_database(path).close()
        self.database = Database(path if isinstance(path, str) else f"sqlite:///{path}")
        self.clock = changes.pop("clock", None) or ManualClock(START)
        threads = changes.pop("threads", False)
        writer = ThreadWriter(self.database) if threads else InlineWriter(self.database)
        self.writer: Any = changes.pop("writer", None) or writer
        self.reader = InlineReader(self.database)
        self.world = WorldHolder(World(registry=REGISTRY, roster=b.ROSTER))
        self.answers = AnswerTokens(Secret(b"answers" * 5))
        self.desk = Desk(
            writer=self.writer,
            world=self.world,
            clock=self.clock,
            entropy=SeededEntropy(1),
            ref_key=Secret(b"references" * 4),
            answers=self.answers,
            halt=halt,
            instance=changes.pop("instance", "test"),
            publish=publish,
            **changes,
        )
        self._serial = 0

    async def submit(
        self, *commands: c.Command, lane: Lane = Lane.NORMAL, position: Position | None = None
    ) -> tuple[Result, ...]:
        return await self.desk.submit(*commands, lane=lane, position=position)

    async def one(self, command: c.Command) -> Result:
        (result,) = await self.submit(command)
        return result

    def inbox(self) -> c.Inbox:
        self._serial += 1
        return c.Inbox(source="tests", id=f"t{self._serial}", digest="0" * 64)

    async def read(self, fn: Callable[[Connection], T]) -> T:
        return await self.reader.run(fn)

    async def take_over(self) -> None:
        """What is taken from the dead: on SQLite the desk does it when it starts."""
        await self.desk.fire_due(limit=1)  # the desk has started
        looks = TakeOver(
            reader=self.reader,
            writer=self.writer,
            name=self.desk.instance,
            machine=self.clock,
            stamp=self.clock,
            sends=self.desk.sends,
        )
        await looks.look()

    async def case(self, id: str) -> Case:
        body = await self.read(
            lambda conn: conn.execute(select(cases.c.state).where(cases.c.id == id)).scalar_one()
        )
        return load_case(body)

    async def rows(self, table: Any, *where: Any) -> list[Any]:
        statement = select(table).where(*where)
        return await self.read(lambda conn: list(conn.execute(statement)))

    async def facts(self, case_id: str) -> list[f.Fact]:
        rows = await self.rows(journal.journal, journal.journal.c.stream == case_id)
        return [f.load_fact(row.body) for row in sorted(rows, key=lambda row: row.n)]

    async def sound(self) -> bool:
        """Whether every journal chain holds."""
        return not await self.read(journal.verify)

    def close(self) -> None:
        close = getattr(self.writer, "close", None)
        if close is not None:
            close()
        self.reader.close()
        self.database.close()


@contextlib.asynccontextmanager
async def a_room(path: Path | str, **changes: Any) -> AsyncIterator[Room]:
    """A desk that runs until the block ends."""
    room = Room(path, **changes)
    room.running = asyncio.create_task(room.desk.run())
    try:
        yield room
    finally:
        room.running.cancel()
        await asyncio.gather(room.running, return_exceptions=True)
        room.close()


MISSIONS = {"found": (b.EMBASSY,), "tracks": (b.outward(TrackName.MISSIONS),)}
