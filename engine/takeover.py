"""Taking over: what the dead were sending is sent by whoever lives.

A message is claimed by one run and sent by it alone. When that run ends, or says nothing for ten
seconds, nobody knows whether the message left: it is tried again. A duplicate is a nuisance; a miss
may be a death.
"""

import structlog
from sqlalchemy.exc import SQLAlchemyError

from engine.bell import Bell
from engine.clock import Clock
from engine.desk import recovery
from engine.ports import Reader, Writer
from engine.silence import Silence
from engine.store import instances

_log = structlog.get_logger(__name__)

LOOK_EVERY = 1.0


class TakeOver:
    """Looks after those that send, until cancelled. `name`: of this very run.

    `machine`: a clock on the machine's own time, since processes die on it too. `stamp` tells the
    time that is written. `sends` is rung when there is something to send.
    """

    def __init__(
        self,
        *,
        reader: Reader,
        writer: Writer,
        name: str,
        machine: Clock,
        stamp: Clock,
        sends: Bell,
        silence: Silence | None = None,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._name = name
        self._machine = machine
        self._stamp = stamp
        self._sends = sends
        self._silence = silence or Silence()
        self._forgotten_at: float | None = None

    async def run(self) -> None:
        """Look every second. A store that does not answer is waited for."""
        while True:
            try:
                await self.look()
            except SQLAlchemyError as error:
                _log.warning("take_over_waits", error=type(error).__name__)
            await self._machine.sleep(LOOK_EVERY)

    async def look(self) -> int:
        """Look once; return how many messages were taken over."""
        senders, beats = await self._reader.run(recovery.abandoned)
        silent = self._silence.look(beats, at=self._machine.monotonic())
        gone = instances.not_in_force(senders, beats)
        mute = {name: beats[name] for name in silent if name in senders}
        taken = 0
        if gone or mute:
            now = self._stamp.now()
            taken = await self._writer.run(
                lambda conn: recovery.take_over(
                    conn, by=self._name, gone=gone, silent=mute, now=now
                )
            )
        if taken:
            _log.warning("sends_taken_over", of=[*gone, *sorted(mute)], messages=taken)
            self._sends.ring()
        elif not gone:
            await self._forget()
        return taken

    async def _forget(self) -> None:
        """Once a day's part drop the rows of those that are long gone: nothing of them is left."""
        at = self._machine.monotonic()
        if self._forgotten_at is not None and at - self._forgotten_at < FORGET_EVERY:
            return
        self._forgotten_at = at
        before = self._stamp.now() - recovery.FORGOTTEN_AFTER
        await self._writer.run(lambda conn: instances.forget(conn, before=before))


FORGET_EVERY = 3_600.0
"""Seconds between two times that rows of the long dead are dropped."""
