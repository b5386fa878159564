"""One lane: a reader that is kept reading, whatever ends it or holds it up.

A reader may also stand still without a word: clients have waited for ever while they began, and for
answers that brokers had given (Faust reference, L7). So it is watched from outside, by what it says
of itself (`Standing`), and begun anew. Nothing is lost by that: it reads on from the store.
"""

import asyncio
from dataclasses import dataclass, field

import structlog
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    KafkaError,
    TopicAuthorizationFailedError,
)

from engine.calling import raised
from engine.case.commands import RaiseIncident
from engine.clock import Clock
from engine.intake.durability import (
    NotDurableError,
    examine,
    forgetful,
    judge,
    refuse,
    unreadable,
)
from engine.intake.session_limits import session_refused
from engine.intake.standing import SILENT_AFTER, Standing, State
from engine.intake.stream import LogIncidents
from engine.intake.trouble import LogTroubleError, why_unreached
from engine.ports import Handler, Stream
from engine.settings import KafkaSettings
from engine.store.offsets import Partition
from schemas.codes import IncidentCode

NOT_DURABLE = IncidentCode.LOG_NOT_DURABLE
UNREADABLE = IncidentCode.LOG_UNREADABLE
TELL_AFTER = 60.0
"""Seconds after which a log that is not read is a human's, though a broker may yet come back."""
TELL_AGAIN = 3600.0
ENDS_MOST = 3
"""Times that a reader may end before a human is told, each sooner after the last than this:"""
WELL_AFTER = 300.0
"""Seconds of reading after which what was before is over."""
LOOK_EVERY = 1.0
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 5.0
_REFUSALS = (GroupAuthorizationFailedError, TopicAuthorizationFailedError)

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Lane:
    """A stream with what takes its records."""

    name: str
    settings: KafkaSettings
    topics: tuple[str, ...]
    stream: Stream
    handler: Handler
    incident: LogIncidents
    standing: Standing
    clock: Clock
    forgetful: set[str]
    """Topics of this lane that drop records by themselves, as last seen; the runner looks too."""
    _patience: asyncio.Timeout | None = field(default=None, init=False)
    """With the reader that runs now; nobody waits for it once this has expired."""
    _ends: list[float] = field(default_factory=list, init=False)
    """When a reader ended, since the lane was last well."""
    _told: dict[Partition, float] = field(default_factory=dict, init=False)

    async def run(self) -> None:
        """Read until cancelled; while the log cannot be read, say why and try again and again.

        Topics that may lose what they acknowledged are an incident here, not a reason to stop
        reading: refusing them is for the start, where somebody is looking (`check_durability`).
        """
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch(), name=f"brokers of {self.name}")
            await self._read()

    async def _read(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                await self._try()
            except (KafkaError, LogTroubleError, OSError) as error:
                self._note_end()
                if self.standing.now.state is State.READING:
                    pause = FIRST_PAUSE
                self.standing.ends()
                await self._say(*await self._why(error))
                await self.clock.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    def _note_end(self) -> None:
        now = self.standing.now
        if now.state is State.READING and now.seconds >= WELL_AFTER:
            self._ends.clear()
        self._ends.append(self.clock.monotonic())

    @property
    def _keeps_ending(self) -> bool:
        """Whether readers end again and again, though each reads for a moment."""
        return len(self._ends) >= ENDS_MOST and self._ends[-1] - self._ends[0] >= TELL_AFTER

    async def _try(self) -> None:
        """Read until that ends. Raises why; TimeoutError when the reader stood still."""
        self.standing.begins()
        async with asyncio.timeout(None) as self._patience:
            await self._check()
            await self.stream.run(self.handler)
            raise LogTroubleError("the reader ended by itself")

    async def _watch(self) -> None:
        """Say that no broker answers, and when one does again: mostly a reader only waits.

        It waits in vain where the brokers let us in and it hears nothing for long, or does not come
        to read at all.
        """
        quiet = False
        while True:
            await self.clock.sleep(LOOK_EVERY)
            if self.standing.silent:
                reach = await why_unreached(self.settings)
                quiet = True
                await self._say(
                    str(reach) if reach else f"no broker has answered for {SILENT_AFTER:g} s",
                    reach is not None and reach.kind.lasting,
                )
                if reach is None and self.standing.silent_for >= self._longest:
                    self._give_up()
            elif self.standing.begun_for >= self._longest:
                self._give_up()
            elif quiet and self.standing.listens:
                quiet = False
                self.standing.reads()
            await self._tell_of_partitions()

    @property
    def _longest(self) -> float:
        """Seconds: twice what a client itself waits for one answer, forming a group included."""
        return 2 * self.settings.request_timeout

    def _give_up(self) -> None:
        """Have the reader that runs now ended, and another begun."""
        if self._patience is not None and not self._patience.expired():
            log.error("intake.begins_anew", lane=self.name, reading=self.standing.listens)
            self._patience.reschedule(0)

    async def _check(self) -> None:
        found = await examine(self.settings, self.topics)
        if faults := unreadable(found):
            raise LogTroubleError(" ".join(faults))
        if refused := await session_refused(self.settings):
            raise LogTroubleError(refused)
        self.forgetful.clear()
        self.forgetful.update(topic for topic, state in found.items() if state.compacted)
        try:
            refuse(judge(found) if self.settings.durability == "replicated" else forgetful(found))
        except NotDurableError as error:
            log.error("intake.log_not_durable", lane=self.name, what=str(error))
            await self._tell(NOT_DURABLE, self.settings.group)

    async def _say(self, why: str, lasting: bool) -> None:
        """Why it is not read; a human is told when only a human can end it, or when it lasts."""
        self.standing.waits(why)
        if lasting or self.standing.now.seconds >= TELL_AFTER or self._keeps_ending:
            await self._tell(UNREADABLE, self.name)

    async def _tell_of_partitions(self) -> None:
        """Of those that nobody answers for while others are read; once an hour each."""
        unanswered = self.standing.unanswered(TELL_AFTER)
        now = self.clock.monotonic()
        self._told = {one: at for one, at in self._told.items() if one in unanswered}
        for one in unanswered:
            if now - self._told.get(one, -TELL_AGAIN) < TELL_AGAIN:
                continue
            if await self._tell(UNREADABLE, f"{self.name}, {one[0]}/{one[1]}"):
                self._told[one] = now

    async def _tell(self, code: IncidentCode, key: str) -> bool:
        """Whether it is stored now; if not it is said again: what is wrong goes on, or is over."""
        incident = RaiseIncident(code=code, key=key)
        return await raised(incident, lambda each: self.incident(each.code, each.key))

    async def _why(self, error: Exception) -> tuple[str, bool]:
        """In one line, and whether only a person can end it."""
        if isinstance(error, LogTroubleError):
            return str(error), False
        if isinstance(error, KafkaConnectionError | OSError):
            reach = await why_unreached(self.settings)
            if reach is not None:
                return str(reach), reach.kind.lasting
        if isinstance(error, TimeoutError):
            return "the reader stood still, and begins anew", False
        return f"the broker says {type(error).__name__}", isinstance(error, _REFUSALS)
