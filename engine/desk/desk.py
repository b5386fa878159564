"""The only writer. Many commands, one transaction; answered after the commit."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError

from engine.answer_tokens import AnswerTokens
from engine.bell import Bell
from engine.case import commands as c
from engine.clock import Clock
from engine.desk import doubt, inner, recovery
from engine.desk.alone import Alone
from engine.desk.batch import Came, execute
from engine.desk.exclusions import Exclusions
from engine.desk.faults import LONGEST_PAUSE
from engine.desk.full_disk import FullDisk
from engine.desk.gather import claimable
from engine.desk.in_hand import InHand
from engine.desk.lanes import (
    STORE_ERRORS,
    CommandFailed,
    Lane,
    Lanes,
    StoreUnavailable,
    Unit,
)
from engine.desk.pace import Pace
from engine.desk.pacing import Pacing
from engine.desk.setting import Setting
from engine.desk.sheet import Unread
from engine.desk.think import Outcome
from engine.desk.time_of_day import TimeOfDay
from engine.desk.traces import where
from engine.entropy import Entropy
from engine.ports import Halt, Position, Writer
from engine.registry.world import WorldHolder
from engine.store import cases, journal, meta
from engine.store.database import NotCommittedError
from engine.vault import Secret
from engine.watchdog import Turns, unwatched
from schemas.responses import Already, Done, Refused, ResponseKind, Result

_log = structlog.get_logger(__name__)

COMMANDS_A_BATCH = 96
COMMANDS_AT_LEAST = 16
THINK_SECONDS = 0.08
"""A batch that thought this long is written; what it did not get to comes next."""
FIRE_AT_ONCE = 128
"""Due cases read for one batch at most; fewer where fewer can be decided in that time."""
FIRE_AT_LEAST = 24
LOST_TRIES = 20
"""Batches the store may refuse in a row before the process leaves, so that it starts afresh."""
LOST_PAUSE = 0.25


class Desk:
    """Takes commands on lanes and carries them out in batches. `run` must be running.

    `publish`: the topic that facts go to through the outbox; empty without a relay to empty it.
    """

    def __init__(
        self,
        *,
        writer: Writer,
        world: WorldHolder,
        clock: Clock,
        entropy: Entropy,
        ref_key: Secret,
        answers: AnswerTokens,
        halt: Halt,
        instance: str,
        roles: str = "",
        publish: str = "",
        turns: Turns | None = None,
        pacing: Pacing | None = None,
    ) -> None:
        self._writer = writer
        self._world = world
        self._clock = clock
        self._entropy = entropy
        self._ref_key = ref_key
        self._answers = answers
        self._halt = halt
        self._roles = roles
        self._topic = publish
        self._lanes = Lanes()
        self._pace = Pace(most=COMMANDS_A_BATCH, least=COMMANDS_AT_LEAST)
        self._firing = Pace(most=FIRE_AT_ONCE, least=FIRE_AT_LEAST)
        self._work = Bell()
        self._exclusions = Exclusions()
        self._time = TimeOfDay(clock)
        self._alone = Alone(
            self._carry_out,
            due=self._due_ids,
            claimable=self._claimable_keys,
            postpone=self._postpone,
        )
        self._refusals = 0
        self._disk = FullDisk(self._lanes)
        self._handed: dict[str, int] = {}
        """Messages that the sender has, with the number of the try."""
        self._turns = turns or unwatched()
        self.in_hand = InHand()
        """What the sender of this process has and may have to drop."""
        self.pacing = pacing or Pacing()
        self.instance = instance
        """Under this name this run claims work; with its epoch once it has started."""
        self.due = Bell()
        """Rung when something may be due sooner than was known: for the timers."""
        self.sends = Bell()
        """Rung when a message may be sent: for the sender."""
        self.facts = Bell()
        """Rung when there are facts to publish: for the relay."""
        self.conflicts = Bell()
        """Rung when somebody declared a conflict: it becomes a link of the registry."""
        self.stale = Bell()
        """Rung when another process put another world into force: ours must be loaded anew."""
        self.behind = False
        """Whether more is due than the last batch could decide."""

    async def submit(
        self, *commands: c.Command | inner.Canary, lane: Lane, position: Position | None = None
    ) -> tuple[Result, ...]:
        """Carry out one unit: in order, all or nothing, durable when this returns.

        When one command is refused, nothing of the unit happens, and every answer says why.
        Raises Busy when too much waits already (never with a position, never on STOP), Fenced when
        the partition has another owner, CommandFailed when a command raised or could not be stored.
        """
        unit = self._unit(tuple(inner.of(command) for command in commands), lane, position)
        self._lanes.put(unit)
        self._work.ring()
        answers = await unit.answer
        if any(_conflict(command) for command in commands):
            self.conflicts.ring()
        return tuple(x if isinstance(x, (Done, Already, Refused)) else Done() for x in answers)

    async def fire_due(self, *, limit: int) -> inner.Fired:
        """Decide what is due, for up to `limit` cases, gravest first."""
        fire = inner.Fire(limit=min(limit, self._firing.room))
        fired: inner.Fired = await self._loop(fire, Lane.CRITICAL)
        self._firing.reached(fired.cases, of=fire.limit if fired.more else fired.cases)
        self.behind = fired.more
        return fired

    async def claim_sends(
        self, *, free: dict[str, int], others: int, canaries: bool = False
    ) -> inner.Claimed:
        """Hand out what may be sent now: `free` slots per channel, `others` on unknown channels.

        `canaries`: those as well, for whoever has a sink for them.
        """
        claim = inner.Claim(free=tuple(sorted(free.items())), others=others, canaries=canaries)
        claimed: inner.Claimed = await self._loop(claim, Lane.CRITICAL)
        return claimed

    async def settle_sends(self, outcomes: Sequence[c.TryOutcome]) -> None:
        """Take what became of tries."""
        await self._loop(inner.Settle(outcomes=tuple(outcomes)), Lane.CRITICAL)

    async def no_longer_right(self, keys: Sequence[str]) -> tuple[str, ...]:
        """Those of these messages, in the sender's hands, that the guard refuses by now."""
        found: inner.Looked = await self._loop(inner.Look(keys=tuple(keys)), Lane.STOP)
        return found.refused

    async def note_stop_file(self, place: str, *, there: bool) -> None:
        """Note whether this engine sees the file that stops everything outgoing."""
        await self._loop(inner.StopFile(place=place, there=there), Lane.STOP)

    def now(self) -> datetime:
        """The instant by which it decides: never behind a fact that it wrote or met."""
        return self._time.now()

    def waiting(self, lane: Lane) -> int:
        """Units that wait on a lane: for metrics."""
        return self._lanes.depth(lane)

    async def start(self) -> None:
        """Take up what the engine before left half done. `run` does it first."""
        self._time.met(await self._writer.run(journal.newest_at))
        started = self._time.now()
        name, roles = self.instance, self._roles
        self.instance = await self._writer.run(
            lambda conn: recovery.start(conn, instance=name, roles=roles, now=started)
        )

    async def run(self) -> None:
        """Carry out what comes, until cancelled."""
        await self.start()
        while True:
            if not len(self._lanes):
                self._turns.rest()
                await self._work.heard()
            self._turns.turn("a batch")
            units = self._lanes.pull(self._pace.room)
            if units:
                await self._process(units)

    def _unit(self, commands: tuple[Any, ...], lane: Lane, position: Position | None) -> Unit:
        answer = asyncio.get_running_loop().create_future()
        return Unit(commands=commands, lane=lane, answer=answer, position=position)

    async def _loop(self, command: Any, lane: Lane) -> Any:
        unit = self._unit((command,), lane, None)
        self._lanes.put_loop(unit)
        self._work.ring()
        return (await unit.answer)[0]

    async def _process(self, units: list[Unit]) -> None:
        try:
            came = await self._together(units)
        except (CommandFailed, *STORE_ERRORS) as error:
            await self._refused(units, error)
        except Exception as error:
            # A constraint, a poisoned value: whoever it was, the others must not pay for it.
            _log.warning(
                "batch_not_written",
                error=type(error).__name__,
                units=len(units),
                where=where(error),
            )
            await self._each_alone(units)
        else:
            self._answer(units, came.outcomes)
            done = sum(
                len(unit.commands)
                for unit, outcome in zip(units, came.outcomes, strict=True)
                if not outcome.again
            )
            self._pace.reached(done, of=sum(len(unit.commands) for unit in units))
            self._refusals = 0
            self._disk.took()

    async def _together(self, units: list[Unit]) -> Came:
        """All of them; once more with longer references where something was there already.

        A reference is taken by chance, or another process took the same report just now: both are
        found by reading again, and the others of the batch need not pay for it one by one.
        """
        try:
            return await self._carry_out(units)
        except IntegrityError as error:
            _log.info("batch_again", error=type(error).__name__)
            return await self._carry_out([replace(unit, ref_extra=1) for unit in units])

    async def _carry_out(self, units: Sequence[Unit]) -> Came:
        """One transaction; the same one again where it was undone, or nobody knows whether it was.

        Twice is harmless: outside commands are known by their ids, what the loops ask for is looked
        at anew, and what was claimed for nobody is taken back first.
        """
        work = self._work_on(units, in_doubt=False)
        for _ in range(LOST_TRIES):
            self._turns.turn("a transaction")
            try:
                came = await self._writer.run(work)
            except (NotCommittedError, Unread) as error:
                _log.info("batch_again", error=type(error.__cause__ or error).__name__)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                _log.warning("batch_in_doubt", units=len(units))
                work = self._work_on(units, in_doubt=True)
            else:
                self._time.met(came.at)
                self._note_sends(units, came)
                self.in_hand.call_off(came.called_off)
                self.in_hand.stop(by_store=came.stopped)
                if came.decided:
                    self.due.ring()
                    self.sends.ring()
                    self.facts.ring()
                if came.stale:
                    self.stale.ring()
                return came
            await self._clock.sleep(LOST_PAUSE)
        self._halt("the store cannot be reached")
        raise StoreUnavailable("the store cannot be reached")

    def _work_on(self, units: Sequence[Unit], *, in_doubt: bool) -> Callable[[Connection], Came]:
        """The batch as a transaction, each try at its own instant."""
        ref_extra = max((unit.ref_extra for unit in units), default=0)
        elapsed = asyncio.get_running_loop().time

        def work(conn: Connection) -> Came:
            setting = self._setting(ref_extra, elapsed)
            if in_doubt:
                doubt.take_back(conn, instance=self.instance, handed=self._handed, now=setting.now)
            return execute(conn, units, setting)

        return work

    def _note_sends(self, units: Sequence[Unit], came: Came) -> None:
        """Remember what is handed out from now on, and forget what is settled."""
        for unit, outcome in zip(units, came.outcomes, strict=True):
            for answer in outcome.answers:
                if isinstance(answer, inner.Claimed):
                    self._handed.update({job.key: job.attempt_no for job in answer.jobs})
            for command in unit.commands if outcome.answers else ():
                if isinstance(command, inner.Settle):
                    for settled in command.outcomes:
                        if self._handed.get(settled.key) == settled.attempt_no:
                            del self._handed[settled.key]

    async def _each_alone(self, units: list[Unit]) -> None:
        for index, unit in enumerate(units):
            try:
                outcome = await self._alone.run(unit)
            except (CommandFailed, *STORE_ERRORS) as error:
                await self._refused(units[index:], error)
                return
            self._answer([unit], (outcome,))

    async def _due_ids(self, most: int) -> list[str]:
        now = self._time.now()
        return await self._writer.run(lambda conn: cases.due_ids(conn, now=now, most=most))

    async def _claimable_keys(self, claim: inner.Claim) -> list[str]:
        now = self._time.now()

        def look(conn: Connection) -> list[tuple[str, str]]:
            return claimable(conn, [claim], now=now, duty_only=meta.is_on(conn, "stopped"))

        return [key for key, _ in await self._writer.run(look)]

    async def _postpone(self, case: str) -> None:
        until = self._time.now() + LONGEST_PAUSE
        change = {"of_id": case, "until": until}

        def write(conn: Connection) -> None:
            conn.execute(cases.POSTPONE, change)

        await self._writer.run(write)

    async def _refused(self, units: list[Unit], error: Exception) -> None:
        """The store took nothing: whoever asked may ask again; after a while start afresh."""
        self._refusals += 1
        self._disk.refused(error)
        _log.error("store_refused", error=type(error).__name__, times=self._refusals)
        for unit in units:
            failed = StoreUnavailable("the store took nothing; check disk and lock, then try again")
            failed.__cause__ = error
            _fail(unit, failed)
        if self._refusals >= LOST_TRIES:
            self._halt("the store refuses to write")

    def _answer(self, units: list[Unit], outcomes: Sequence[Outcome]) -> None:
        again = []
        for unit, outcome in zip(units, outcomes, strict=True):
            if outcome.again:
                again.append(unit)
            elif outcome.error is not None:
                _fail(unit, outcome.error)
            elif not unit.answer.done():
                unit.answer.set_result(outcome.answers)
        self._lanes.put_back(again)

    def _setting(self, ref_extra: int, elapsed: Callable[[], float]) -> Setting:
        """`elapsed`: the loop's own time, as for every time-out; machines do not run fast."""
        now = self._time.now()

        def think() -> Callable[[], bool]:
            until = elapsed() + THINK_SECONDS
            return lambda: elapsed() > until

        return Setting(
            now=now,
            mono=elapsed(),
            world=self._world.current,
            ref_key=self._ref_key.reveal(),
            ref_extra=ref_extra,
            instance=self.instance,
            topic=self._topic,
            answers=self._answers,
            entropy=self._entropy,
            exclusions=self._exclusions,
            pacing=self.pacing,
            think=think,
        )


def _fail(unit: Unit, error: Exception) -> None:
    if not unit.answer.done():
        unit.answer.set_exception(error)


def _conflict(command: Any) -> bool:
    return isinstance(command, c.Respond) and command.response.kind is ResponseKind.CONFLICT
