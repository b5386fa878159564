"""A file that stops everything outgoing: whoever reaches the disk needs no password and no page.

It is looked for four times a second. What it stops is stored, so that it holds in every process
and after a restart; taking the file away lifts nothing, since that takes two people.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from engine.calling import raising
from engine.case.commands import RaiseIncident
from engine.clock import Clock
from engine.desk import Busy, CommandFailed, Desk
from engine.desk.in_hand import InHand
from engine.ports import Reader
from engine.side_loop import Lasting
from engine.store import stopping
from engine.store.stopping import Stop
from engine.watchdog import Turns, unwatched
from schemas.codes import IncidentCode

LOOK_EVERY = 0.25
"""Seconds. Within one second of the file, or of a stop in another process, nothing leaves here."""
BLIND_LONGEST = 10.0
"""Seconds for which the file cannot be looked for before duty is told."""
NAME = "STOP"
BLIND = RaiseIncident(code=IncidentCode.LOOP_FAILED, key="stop file")

_log = structlog.get_logger(__name__)


class StopFile(Protocol):
    """Where somebody may lay the file."""

    def lies(self) -> bool:
        """Whether it is there now. One that cannot be looked for raises OSError."""
        ...


class FileInDirectory:
    """A file of the name `STOP` in a directory; what is in it does not matter."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / NAME

    def lies(self) -> bool:
        try:
            self._path.lstat()
        except FileNotFoundError:
            return False
        return True


class StopWatch:
    """Looks for the file and at the switch, and calls off what is in hand, until cancelled."""

    def __init__(
        self,
        *,
        file: StopFile,
        place: str,
        desk: Desk,
        reader: Reader,
        clock: Clock,
        alone: bool = True,
        turns: Turns | None = None,
    ) -> None:
        """`place`: this engine, by the name its restarts keep. `alone`: no other process writes."""
        self._file = file
        self._place = place
        self._desk = desk
        self._reader = reader
        self._clock = clock
        self._alone = alone
        self._turns = turns or unwatched()
        self._seen = False
        self._blind_since: float | None = None
        self._blind = Lasting(raising(desk), clock=clock)
        self.look_at_disk()

    async def run(self) -> None:
        """Look until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch_disk())
            while True:
                self._turns.turn("looking")
                await self.look()
                self._turns.rest()
                await self._clock.sleep(LOOK_EVERY)

    async def _watch_disk(self) -> None:
        """Apart: whoever lays the file must not wait for a store that is slow to answer."""
        while True:
            self.look_at_disk()
            await self._clock.sleep(LOOK_EVERY)

    def look_at_disk(self) -> None:
        """Stop what is in hand if the file lies there; needs no store."""
        try:
            self._seen = self._file.lies()
        except OSError as error:  # what it says is unclear; what it said last holds
            if self._blind_since is None:
                self._blind_since = self._clock.monotonic()
                _log.error("stop_file_unreadable", error=type(error).__name__)
        else:
            self._blind_since = None
        self._hand.stop(by_file=self._seen)

    async def look(self) -> None:
        """One look: the disk, the switch as every process knows it, and what is long in hand."""
        self.look_at_disk()
        await self._tell_blind()
        await self._unless_lost(self._compare)
        if not self._alone:
            await self._unless_lost(self._ask_again)

    async def _tell_blind(self) -> None:
        """That the file cannot be looked for: whoever lays it would believe that it stops us."""
        if self._blind_since is None:
            self._blind.over()
        elif self._clock.monotonic() - self._blind_since >= BLIND_LONGEST:
            await self._blind.tell(BLIND)

    @property
    def _hand(self) -> InHand:
        return self._desk.in_hand

    async def _compare(self) -> None:
        stop: Stop = await self._reader.run(stopping.read)
        if not self._alone:
            self._hand.stop(by_store=stop.on)
        noted = self._place in stop.files
        if self._seen is not noted or (self._seen and not stop.on):
            await self._desk.note_stop_file(self._place, there=self._seen)

    async def _ask_again(self) -> None:
        """Another process may have frozen or revoked what waits here for a slow connection."""
        keys = self._hand.longer_than(LOOK_EVERY)
        if keys:
            self._hand.refused(await self._desk.no_longer_right(keys))

    async def _unless_lost(self, step: Callable[[], Awaitable[None]]) -> None:
        try:
            await step()
        except (Busy, CommandFailed, SQLAlchemyError) as error:  # nothing new is claimed then
            _log.error("stop_watch_failed", error=type(error).__name__)
