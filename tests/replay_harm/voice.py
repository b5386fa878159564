"""How anybody speaks to the machine: written into the ledger first, then said until it answers."""

import asyncio
import hashlib
import random  # noqa: TID251 (seeded: the same number, the same replay)
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any

from engine.case import commands as c
from engine.desk import Busy, CommandFailed, Lane
from schemas.responses import Done, Refused
from tests.harness.assembly import Parts
from tests.replay_harm.machine import Machine
from tests.replay_harm.sayings import Saying
from tests.replay_harm.town import Town
from tests.simulation.insisting import insist

ASK_AGAIN_AFTER = 600.0
OURS = ("person:ana", "person:ben", "person:chi", "person:dia")
Make = Callable[[c.Inbox], c.Command]


class Voice:
    """What all people outside the machine share."""

    def __init__(self, machine: Machine, town: Town, rng: random.Random) -> None:
        self.machine = machine
        self.town = town
        self.rng = rng
        self.counts = machine.counts
        self.ended = False
        self._said = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def now(self) -> datetime:
        """By a clock on the wall."""
        return self.machine.clock.true_now()

    def begin(self, doing: Coroutine[Any, Any, None]) -> None:
        """Somebody does this meanwhile."""
        task = asyncio.ensure_future(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self) -> None:
        """Let everybody end what they began; raises what went wrong for one of them."""
        self.ended = True
        while self._tasks:
            await asyncio.gather(*list(self._tasks))

    def somebody(self) -> str:
        """One of our people."""
        return self.rng.choice(OURS)

    async def command(self, make: Make, *sayings: Saying) -> Done | None:
        """Say it until there is an answer; None: it was refused, or nothing new."""
        self._said += 1
        id_ = f"said-{self._said}"
        self.machine.ledger.say(("people", id_), *sayings)
        digest = hashlib.sha256(id_.encode()).hexdigest()
        command = make(c.Inbox(source="people", id=id_, digest=digest))

        async def once(engine: Parts) -> Any:
            return (await engine.desk.submit(command, lane=Lane.STOP))[0]

        result = await self.insist(once)
        name = type(command).__name__
        self.counts[f"{name} {type(result).__name__}"] += 1
        if isinstance(result, Refused):
            self.machine.outside.reads("refusal", result.detail)
            self.counts[f"{name} refused {result.reason.value}"] += 1
        return result if isinstance(result, Done) else None

    async def insist(self, once: Callable[[Parts], Awaitable[Any]]) -> Any:
        """Ask until there is an answer: a process that died has given none."""

        def unanswered(error: BaseException | None) -> None:
            if error is not None:
                self.machine.outside.reads("exception", repr(error))
                if not isinstance(error, (CommandFailed, Busy)):
                    raise error
            self.counts["asked_again"] += 1

        async def asked(machine: Machine) -> Any:
            assert machine.parts is not None
            return await once(machine.parts)

        return await insist(
            self._up, asked, rng=self.rng, within=ASK_AGAIN_AFTER, unanswered=unanswered
        )

    async def _up(self) -> Machine:
        await self.machine.up.wait()
        return self.machine
