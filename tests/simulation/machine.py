"""A machine that runs one engine: it boots, lives, dies and boots again. Several share a store."""

import asyncio
import contextlib
import random  # noqa: TID251 (seeded: the same number, the same schedule)
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from engine.backup import hold_if_it_went_back, keep_marking
from engine.beat import EVERY_SECONDS as BEAT_SECONDS
from engine.beat import keep_beating
from engine.desk import CommandFailed
from engine.entropy import SeededEntropy
from engine.intake.ownership import HaltedError, Ownership
from engine.intake.positions import Positions
from engine.intake.scope import EVERY_AUDIENCE, Scope, only
from engine.intake.stream import LogIncidents, StreamHandler
from engine.ports import Record
from engine.registry.loading import in_force, load_world, with_history
from engine.registry.reload import Reload
from engine.registry.world import World as InForce
from engine.relay import Relay
from engine.sender import Sender
from engine.store.database import read
from engine.store.tables import notifications, offsets
from engine.takeover import TakeOver
from engine.timers import run_timers
from notifiers.message import ChannelKind
from schemas.codes import EventType, Severity
from tests.harness.assembly import SIGN, Parts, parts
from tests.harness.reports import HOTLINE
from tests.simulation.outside import LogStream, SimChannel, SimPublisher
from tests.simulation.process import Dead, Process, SimReader, SimWriter

if TYPE_CHECKING:
    from tests.simulation.run import Simulation

ALONE_POLL = 60.0
SHARED_POLL = 20.0
"""Rarer than in production: bells and due times wake the loops, and a seed is over sooner."""
KINDS = {"email": ChannelKind.EMAIL, "sms": ChannelKind.SMS}
_READ_TO = select(offsets.c.topic, offsets.c.part, offsets.c.next_offset)
PATIENCE = 10.0
"""Seconds, like a supervisor's, before an engine that left by itself is started again."""
BY_ITSELF = (SQLAlchemyError, HaltedError, CommandFailed)
"""For these an engine may leave: a store that cannot be used at its start, a partition lost."""
WORLDS: dict[tuple[str, ...], InForce] = {}
"""Worlds read before, by their versions and what came before: they never change, and parsing one
costs a whole seed. The same conflict may be declared over another registry in another life."""


def _named(conn: Connection) -> tuple[str, ...]:
    named = in_force(conn)
    return (*named, with_history(conn, named[0]) or "")


class Machine:
    """Whatever runs an engine that dies and comes back."""

    def __init__(self, number: int, around: "Simulation") -> None:
        self.number = number
        self.up = asyncio.Event()
        self.process: Process | None = None
        self.parts: Parts | None = None
        self._around = around
        self._rng = random.Random(f"{around.seed}/machine {number}")
        self.writer: SimWriter | None = None
        self.reader: SimReader | None = None
        self._channels: list[SimChannel] = []
        self._log: LogStream | None = None
        self._boots = 0
        self._clock = around.clock_of(number)

    @property
    def engine(self) -> Parts:
        """Of the run that goes on, or of the last one."""
        assert self.parts is not None
        return self.parts

    @property
    def sound(self) -> bool:
        """Whether an engine runs here and moves."""
        return self.up.is_set() and self.process is not None and not self.process.still

    async def keep_running(self) -> None:
        """Boot, live, die, boot again: for ever. Raises what no engine may leave for."""
        around = self._around
        while True:
            await around.may_boot.wait()
            process = self._boot()
            try:
                await self._live(process)
            except asyncio.CancelledError:
                if not process.dead:
                    raise
            except BaseExceptionGroup as group:
                wrong = group.split((Dead, asyncio.CancelledError, *BY_ITSELF))[1]
                if wrong is not None:
                    raise wrong from None
            pause = 0.0 if process.dead else PATIENCE
            process.kill("by itself")
            self._died(process)
            down = self._rng.expovariate(1 / around.faults.down_for) + pause
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(around.healed.wait(), down)
            if around.healed.is_set():
                await asyncio.sleep(1.0)

    async def shut_down(self) -> None:
        """End what runs here, and wait until nothing of it has the store open."""
        if self.process is not None:
            self.process.kill("to put a backup back")
        while self.reader is not None:
            await self._around.clock.sleep(0.1)

    def heal(self) -> None:
        """Nothing goes wrong here any more."""
        if self.process is not None:
            self.process.faults = self._around.faults
            self.process.wake()

    def _boot(self) -> Process:
        around = self._around
        self._boots += 1
        around.counts["boots"] += 1
        number = 100 * self.number + self._boots
        return Process(
            number,
            rng=random.Random(f"{around.seed}/{number}"),
            faults=around.faults,
            trace=around.trace,
            counts=around.counts,
            now=around.clock.monotonic,
            changed=around.changed,
        )

    async def _live(self, process: Process) -> None:
        around = self._around
        writer = SimWriter(around.database, process, full=around.disk_full, shared=around.shared)
        reader = SimReader(around.database, process)
        self.writer, self.reader = writer, reader
        made = parts(
            writer=writer,
            clock=self._clock,
            entropy=SeededEntropy(f"{around.seed}/{process.number}"),
            world=self.in_force(),
            halt=lambda reason: self._halt(process, reason),
            instance=f"machine-{self.number}",
            topic="cases" if around.relays else "",
        )
        around.loaded(made.world.current)
        process.main = asyncio.ensure_future(self._loops(made, writer, reader, process))
        self.process, self.parts = process, made
        self.up.set()
        around.changed()
        around.trace.add(f"{around.clock.monotonic():.6f} p{process.number} boots")
        await process.main

    def in_force(self) -> InForce:
        """What the store says is in force."""
        around = self._around
        conn = around.database.reader()
        with contextlib.closing(conn):
            named = read(conn, _named)
            if named not in WORLDS:
                WORLDS[named] = read(conn, load_world)
        return WORLDS[named]

    async def _loops(
        self, made: Parts, writer: SimWriter, reader: SimReader, process: Process
    ) -> None:
        around, desk = self._around, made.desk
        poll = SHARED_POLL if around.shared else ALONE_POLL
        self._channels = [
            SimChannel(
                name,
                kind=kind,
                process=process,
                world=around.world,
                now=around.clock.true_now,
            )
            for name, kind in KINDS.items()
        ]
        async with asyncio.TaskGroup() as group:
            group.create_task(desk.run())
            await desk.fire_due(limit=1)  # answered once the desk has taken over
            if around.copies is not None:
                mark = around.copies.mark(self.number)
                await hold_if_it_went_back(
                    desk=desk, reader=reader, writer=writer, mark=mark, clock=self._clock
                )
                group.create_task(keep_marking(writer, mark=mark, clock=self._clock))
            loops: list[Coroutine[Any, Any, None]] = [
                run_timers(desk, clock=self._clock, poll_seconds=poll),
                Sender(
                    desk=desk,
                    channels=self._channels,
                    clock=self._clock,
                    sign=SIGN,
                    poll_seconds=poll,
                ).run(),
                self._stream(made, writer, reader, process),
                Reload(
                    made.world, reader=reader, clock=around.machine_clock, stale=desk.stale
                ).run(),
            ]
            if around.relays:
                loops.append(
                    Relay(
                        reader=reader,
                        writer=writer,
                        publisher=SimPublisher(process, around.world),
                        clock=self._clock,
                        facts=desk.facts,
                        name=desk.instance,
                        machine=around.machine_clock,
                        poll_seconds=poll,
                    ).run()
                )
            if around.shared:
                loops += [
                    TakeOver(
                        reader=reader,
                        writer=writer,
                        name=desk.instance,
                        machine=around.machine_clock,
                        stamp=self._clock,
                        sends=desk.sends,
                    ).run(),
                    keep_beating(
                        writer,
                        name=desk.instance,
                        clock=self._clock,
                        halt=self._halting(process),
                        every_seconds=BEAT_SECONDS * around.machine_clock.factor,
                    ),
                ]
            loops += around.beside.loops(
                self.number, made, writer=writer, reader=reader, clock=self._clock
            )
            for loop in loops:
                group.create_task(loop)

    async def _stream(
        self, made: Parts, writer: SimWriter, reader: SimReader, process: Process
    ) -> None:
        scope = Scope(
            source=HOTLINE,
            types=frozenset(EventType),
            ceiling=Severity.CRITICAL,
            audiences=EVERY_AUDIENCE,
        )
        clock, log = self._clock, self._around.log
        handler = StreamHandler(
            door=made.door, scopes=only(scope), critical=frozenset(), clock=clock
        )
        ownership = Ownership(
            positions=Positions(reader=reader, writer=writer, owner=f"machine-{self.number}"),
            incident=LogIncidents(made.desk),
            probe=log.probe,
            forgets=lambda _: False,
            park=handler.park,
            halt=self._halting(process),
        )

        async def watched(records: Sequence[Record], *, epoch: int) -> None:
            began = self._around.epoch_of(records[0])
            await handler(records, epoch=epoch)
            if began != epoch:  # whoever reads on after that has to be refused
                self._around.broke(
                    "I14", records[0].topic, "Records were taken by who had lost them."
                )

        self._log = LogStream(log, process, ownership)
        await self._log.run(watched)

    def _halting(self, process: Process) -> Callable[[str], None]:
        return lambda reason: self._halt(process, reason)

    def _halt(self, process: Process, reason: str) -> None:
        for known in ("given up", "fenced", "the store"):
            if known in reason:
                self._around.counts[f"halted: {known}"] += 1
        process.kill(f"halt: {reason}")

    def _died(self, process: Process) -> None:
        """What lies where, at the moment of death: for the counters."""
        around = self._around
        if self.up.is_set():
            self.up.clear()
            around.changed()
        left = {key for channel in self._channels for key in channel.sent}
        if left and self.parts is not None:
            sending = notifications.c.state == "sending"
            ours = notifications.c.instance == self.parts.desk.instance
            rows = around.look_at(select(notifications.c.key).where(sending, ours))
            cut = left & {row.key for row in rows}
            around.counts["died between send and record"] += len(cut)
        self._channels = []
        self._cut_batch()
        self.close()

    def _cut_batch(self) -> None:
        """Whether of the records in hand only some were taken."""
        around, log = self._around, self._log
        read_to = {(row.topic, row.part): row.next_offset for row in around.look_at(_READ_TO)}
        records = log.in_hand if log is not None else ()
        taken = [r.offset < (read_to.get((r.topic, r.partition)) or 0) for r in records]
        around.counts["a batch was taken in part before death"] += any(taken) and not all(taken)
        self._log = None

    def close(self) -> None:
        """Give connections back."""
        for each in (self.writer, self.reader):
            if each is not None:
                each.close()
        self.writer = self.reader = None
