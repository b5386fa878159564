"""Noticing that the database is older than what this machine has seen of it.

A backup that is put back has forgotten who was told since, and who took their consent back. So
nothing goes out until two people have looked; duty is called at once (I24; security, B46). It does
not matter by which tool it came: a counter grows in the database, and each machine keeps the
highest one it saw in a file beside its keys. A database that knows less than the file went back.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from engine.case.commands import Inbox, StopOutgoing
from engine.clock import Clock
from engine.desk import Desk, Lane
from engine.ports import Reader, Writer
from engine.store import meta
from engine.store.stopping import BY_RESTORE

PUT_BACK = "put_back"
"""In `meta`: when the backup was taken that was put back; empty once that was said."""
COUNTED = "counted"
"""In `meta`: how often some process counted on."""
NAME = "newest"
EVERY_SECONDS = 60.0
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Mark:
    """The highest count this machine saw, in a file."""

    directory: Path

    def read(self) -> int:
        """0 where nothing was noted, or nothing that can be read."""
        try:
            return int((self.directory / NAME).read_text("ascii"))
        except (OSError, ValueError):
            return 0

    def write(self, count: int) -> None:
        """Note it; whoever reads sees the old one or the new one. Raises OSError."""
        fresh = self.directory / f"{NAME}.{os.getpid()}"
        fresh.write_text(f"{count}\n", "ascii")
        os.replace(fresh, self.directory / NAME)


async def hold_if_it_went_back(
    *, desk: Desk, reader: Reader, writer: Writer, mark: Mark, clock: Clock
) -> bool:
    """Stop everything outgoing if the database went back; before any loop that sends.

    Twice is harmless: a crash in between only says it again. Once it was noticed the count leaps to
    the time of day in milliseconds, further than any machine has counted: one that was down
    meanwhile, and had seen more than the one that noticed, else held everything again after two
    people had let it go on.
    """
    seen = mark.read()

    def look(conn: Connection) -> str:
        known = meta.read_all(conn)
        put_back, counted = known.get(PUT_BACK, ""), int(known.get(COUNTED, "") or 0)
        if not put_back and counted >= seen:
            return ""
        return put_back or f"{counted} of {seen}"

    def said(conn: Connection) -> None:
        meta.write(conn, PUT_BACK, "")
        counted = max(seen, int(meta.read(conn, COUNTED) or 0))
        meta.write(conn, COUNTED, str(max(counted, int(clock.now().timestamp() * 1_000))))

    since = await reader.run(look)
    if not since:
        return False
    _log.error("database_went_back", since=since)
    inbox = Inbox(source="engine", id=f"went-back/{since}", digest="went-back")
    await desk.submit(StopOutgoing(inbox=inbox, on=True, by=BY_RESTORE), lane=Lane.STOP)
    await writer.run(said)
    return True


async def keep_marking(writer: Writer, *, mark: Mark, clock: Clock) -> None:
    """Count on, once a minute, until cancelled; a store or disk that is away is waited for."""

    def count(conn: Connection) -> int:
        counted = int(meta.read(conn, COUNTED) or 0) + 1
        meta.write(conn, COUNTED, str(counted))
        return counted

    while True:
        try:
            mark.write(await writer.run(count))
        except (SQLAlchemyError, OSError) as error:
            _log.warning("count_not_noted", error=type(error).__name__)
        await clock.sleep(EVERY_SECONDS)
