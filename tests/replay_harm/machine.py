"""The machine: production parts on one SQLite file, dying and starting again as chance will."""

import asyncio
import contextlib
import random  # noqa: TID251 (seeded: the same number, the same replay)
import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, event, text

from engine.bell import Bell
from engine.consumers import ForConsumers
from engine.entropy import SeededEntropy
from engine.registry.loading import follow, load_world, newer
from engine.registry.saving import save_registry, save_roster, save_rulebook
from engine.registry.world import World
from engine.relay import Relay
from engine.sender import Sender
from engine.settings import ConsumerSettings
from engine.store import offsets
from engine.store.database import transact
from engine.timers import run_timers
from notifiers.message import ChannelKind, Message
from schemas.consumer_fact import load_consumer_fact
from schemas.contact import Endpoint
from schemas.projection import Purpose
from schemas.roster import Roster
from tests.harness.assembly import SIGN, Parts, parts
from tests.harness.files import new_database
from tests.harness.people import Place, party
from tests.replay_harm.doors import AS_OF, Doors, NotedReader, WithoutAccident
from tests.replay_harm.harm import Send
from tests.replay_harm.ledger import Ledger
from tests.replay_harm.oracle import Oracle
from tests.replay_harm.outside import Broker, HarmChannel, Outside
from tests.simulation.loop import VirtualClock, VirtualLoop
from tests.simulation.process import Faults, Process, SimWriter, Trace

T = TypeVar("T")

START = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
POLL_SECONDS = 3_600.0
TOPIC = "cases"
ANSWERS = "answers"
"""What facts say of a case, among what a consent or an audience may leave out."""
_WHAT_IT_IS = text(
    "SELECT n.case_id, n.contact, a.track FROM notifications n JOIN alerts a ON a.id = n.alert_id"
    " WHERE n.key = :key"
)
_CASE_OF = text("SELECT case_id FROM alerts WHERE ref = :ref")
_SAY_NOTHING = (Purpose.STAND_DOWN, Purpose.WAIT)
_NOBODY_KNOWS = text(
    "SELECT 1 FROM notifications n JOIN attempts t ON t.key = n.key WHERE n.case_id = :case"
    " AND n.contact = :contact AND n.purpose NOT IN ('stand_down', 'wait')"
    " AND t.state IN ('sending', 'unknown') LIMIT 1"
)


class LookedAt(SimWriter):
    """The writer port; after each commit the ledger sees what became true."""

    def __init__(self, machine: "Machine", process: Process) -> None:
        super().__init__(machine.database, process)
        self._machine = machine

    async def run(self, fn: Callable[[Connection], T]) -> T:
        def committing() -> T:
            done = transact(self._conn, fn)
            self._machine.look()
            return done

        return await self._process.effect("commit", committing)


class Machine:
    """Boots, lives, dies, boots again. The judge and the world outside survive it."""

    def __init__(
        self,
        *,
        directory: Path,
        loop: VirtualLoop,
        rng: random.Random,
        faults: Faults,
        roster: Roster,
        modes: dict[str, str],
        consumers: Sequence[ConsumerSettings],
    ) -> None:
        self.loop = loop
        self.clock = VirtualClock(loop, START)
        self.rng = rng
        self.faults = faults
        self.roster = roster
        self.modes = modes
        """Track -> mode; no rulebook of a replay changes one."""
        self.consumers = {each.topic: each for each in consumers}
        """Topic -> who reads it, outside the desk."""
        self.doors = Doors(self)
        self.ledger = Ledger()
        self.oracle = Oracle(ledger=self.ledger)
        self.outside = Outside()
        self.counts = self.outside.counts
        self.trace = Trace()
        self.database = new_database(directory / "store.sqlite")
        event.listen(self.database.engine, "connect", _fast)  # a crash here is not a power cut
        self.looking = self.database.reader()
        self._plain = sqlite3.connect(directory / "store.sqlite")
        self.process: Process | None = None
        self.parts: Parts | None = None
        self.up = asyncio.Event()
        self.listeners: list[Callable[[Message, Endpoint], None]] = []
        self._open: list[Any] = []
        self._boots = 0
        self.over = False
        self._judged: set[tuple[str, str, int]] = set()
        self.answers_epoch = 0

    def ports(self, process: Process) -> tuple[LookedAt, NotedReader]:
        """Writer and reader of a process."""
        writer, reader = LookedAt(self, process), NotedReader(self, process)
        self._open += [writer, reader]
        return writer, reader

    async def write(self, change: Callable[[Connection], T]) -> T:
        """Write by the engine that runs."""
        await self.up.wait()
        process = self.process
        assert process is not None
        writer, _ = self.ports(process)
        return await writer.run(change)

    # What is in force

    def found(self, place: Place, rulebook: str) -> None:
        """Put the first registry, roster and rulebook into force, before any engine runs."""
        conn = self.database.writer()
        self.ledger.know(place)
        transact(conn, lambda c: save_roster(c, self.roster, at=START, by="files"))
        transact(conn, self._saving(place))
        transact(conn, lambda c: save_rulebook(c, rulebook, filename="r", at=START, by="files"))
        whole = {(ANSWERS, 0): offsets.Range(begin=0, end=1_000_000)}
        (held,) = transact(conn, lambda c: offsets.acquire(c, whole, owner="replayed"))
        self.answers_epoch = held.epoch
        conn.close()
        self.look()

    async def change_registry(self, place: Place) -> None:
        """Another registry comes into force, in a transaction of the engine that runs."""
        self.ledger.know(place)
        await self._put(self._saving(place))

    async def change_rulebook(self, rulebook: str) -> None:
        """Another rulebook comes into force."""
        now = self.clock.now()
        await self._put(lambda c: save_rulebook(c, rulebook, filename="r", at=now, by="files"))

    async def _put(self, change: Callable[[Connection], Any]) -> None:
        await self.up.wait()
        process, made = self.process, self.parts
        assert process is not None and made is not None
        writer, reader = self.ports(process)
        await writer.run(change)
        await follow(made.world, reader)

    def _saving(self, place: Place) -> Callable[[Connection], Any]:
        ours = place.with_duty(self.roster)
        duty = [each for each in ours.contacts("duty")]
        now = self.clock.now()

        def save(conn: Connection) -> None:
            save_registry(
                conn,
                parties=[*place.parties, party("duty", "ngo")],
                links=place.links,
                contacts=[*place.contacts, *duty],
                at=now,
                by="files",
            )

        return save

    def look(self) -> None:
        """Right after a commit."""
        self.ledger.look(self._plain, at=self.clock.now())

    def read(self, query: Any, **values: object) -> list[Any]:
        """Read the store as it is on disk."""
        view = self.looking.begin()
        try:
            return list(self.looking.execute(query, values).all())
        finally:
            view.rollback()

    # The process

    async def keep_running(self) -> None:
        """Boot, live, die, boot again: for ever."""
        while True:
            process = self._boot()
            with contextlib.suppress(asyncio.CancelledError, BaseExceptionGroup, BaseException):
                await self._live(process)
            if self.over or not process.dead:  # who dies while being ended must not come back
                return
            self.up.clear()
            await asyncio.sleep(self.rng.expovariate(1 / self.faults.down_for))

    def _boot(self) -> Process:
        self._boots += 1
        self.counts["boots"] += 1
        return Process(
            self._boots,
            rng=self.rng,
            faults=self.faults,
            trace=self.trace,
            counts=self.counts,
            now=self.loop.time,
        )

    async def _live(self, process: Process) -> None:
        writer, reader = self.ports(process)
        made = parts(
            writer=writer,
            clock=self.clock,
            entropy=SeededEntropy(f"{self._boots}"),
            world=self._in_force(),
            halt=lambda reason: process.kill(f"halt: {reason}"),
            instance="replayed",
            topic=TOPIC,
        )
        self.process, self.parts = process, made
        process.main = asyncio.ensure_future(self._loops(made, writer, reader, process))
        self.up.set()
        await process.main

    def _in_force(self) -> World:
        """What a start reads; what did not change since the last one is not parsed again."""
        with contextlib.closing(self.database.reader()) as conn:
            if self.parts is None:
                return load_world(conn)
            before = self.parts.world.current
            return newer(conn, before) or before

    async def _loops(
        self, made: Parts, writer: SimWriter, reader: NotedReader, process: Process
    ) -> None:
        kinds = {"email": ChannelKind.EMAIL, "sms": ChannelKind.SMS}
        sender = Sender(
            desk=made.desk,
            channels=[
                HarmChannel(name, kind=kind, process=process, rng=self.rng, listener=self._left)
                for name, kind in kinds.items()
            ],
            clock=self.clock,
            sign=SIGN,
            poll_seconds=POLL_SECONDS,
        )
        async with asyncio.TaskGroup() as group:
            group.create_task(made.desk.run())
            await made.desk.fire_due(limit=1)
            group.create_task(run_timers(made.desk, clock=self.clock, poll_seconds=POLL_SECONDS))
            group.create_task(sender.run())
            broker = Broker(self.outside, process, copied=self._copied, own=TOPIC)
            relay = Relay(
                reader=reader,
                writer=writer,
                publisher=ForConsumers(
                    broker,
                    topic=TOPIC,
                    consumers=tuple(self.consumers.values()),
                    reader=WithoutAccident(self),
                    writer=writer,
                    world=made.world,
                    clock=self.clock,
                ),
                clock=self.clock,
                facts=Bell(),  # not for each fact: a broker that is slow gets many at once
                name=made.desk.instance,
                machine=self.clock,
                poll_seconds=POLL_SECONDS,
            )
            group.create_task(relay.run())

    # What leaves

    def _left(self, message: Message, endpoint: Endpoint) -> None:
        how = message.how
        self.outside.reads(
            f"message {endpoint.id}", message.key, message.subject, message.body, message.reference,
            message.reply_code, message.purpose, message.deadline, how.url, how.code, how.phone,
            repr(message), repr(endpoint),
        )  # fmt: skip
        contact = self.ledger.contacts.get(endpoint.id)
        if contact is None:
            self.counts["duty_pages"] += 1
        else:
            row = self.what_it_is(message.key)
            self.counts["sent"] += 1
            self.counts[f"sent {message.purpose.value}"] += 1
            self.oracle.judge(
                Send(
                    at=self.clock.now(),
                    n=self.ledger.claims[message.key],
                    case=row.case_id,
                    track=row.track,
                    mode=self.modes[row.track],
                    endpoint=endpoint.id,
                    purpose=message.purpose.value,
                    maybe_told=bool(
                        self.read(_NOBODY_KNOWS, case=row.case_id, contact=row.contact)
                    ),
                )
            )
        for listener in self.listeners:
            listener(message, endpoint)

    def _copied(self, topic: str, value: bytes) -> None:
        """Somebody outside the desk reads what a record on its topic says."""
        consumer, (n, at) = self.consumers[topic], AS_OF.get()
        said = load_consumer_fact(value)
        self.counts["sent stream"] += 1
        (case,) = self.read(_CASE_OF, ref=said.ref)[0]
        if (topic, case, n) in self._judged:
            return
        self._judged.add((topic, case, n))
        self.oracle.judge(
            Send(
                at=at,
                n=n,
                case=case,
                track=consumer.track.value,
                mode=self.modes[consumer.track.value],
                reader=consumer.party,
                purpose=said.purpose.value if said.purpose in _SAY_NOTHING else "stream",
            )
        )

    def what_it_is(self, key: str) -> Any:
        """Case, track and contact of a message."""
        (row,) = self.read(_WHAT_IT_IS, key=key)
        return row

    def close(self) -> None:
        """Give everything back."""
        for each in self._open:
            each.close()
        self._plain.close()
        self.looking.close()
        self.database.close()


def _fast(connection: object, record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]
