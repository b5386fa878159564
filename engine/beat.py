"""The sign of life that a process gives to the others over the same store."""

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from engine.clock import Clock
from engine.ports import Halt, Writer
from engine.store import instances
from engine.watchdog import Turns, unwatched

_log = structlog.get_logger(__name__)

EVERY_SECONDS = 2.0


async def keep_beating(
    writer: Writer,
    *,
    name: str,
    clock: Clock,
    halt: Halt,
    every_seconds: float = EVERY_SECONDS,
    turns: Turns | None = None,
) -> None:
    """Beat until cancelled. `name`: of this very run, with its epoch.

    Halts when the name is no longer in force. Then this process was silent for so long that another
    one took over what it was sending, or another one runs under the same name: a fresh start knows
    where it stands, and costs a second. A store that does not answer is waited for.
    """

    def beat(conn: Connection) -> bool:
        return instances.beat(conn, name=name, now=clock.now())

    turns = turns or unwatched()
    while True:
        turns.turn("a sign of life")
        try:
            in_force = await writer.run(beat)
        except SQLAlchemyError as error:
            _log.warning("beat_missed", error=type(error).__name__)
        else:
            if not in_force:
                halt(
                    f"{name} was given up for dead, or another process runs under this name "
                    "(settings: instance)"
                )
                return
        turns.rest()
        await clock.sleep(every_seconds)
