"""What is sealed does not stay for ever: closed cases are erased by themselves when time is over.

A loop that looks every hour. It announces first: a case stands on the board, with its day, for two
weeks before anything happens, and whoever keeps it ends that. It asks nobody to read the calendar
of a machine: an announcement that was missed is made anew. What was put aside because it was no
report is erased after a time of its own. Journal and figures stay as they are.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from engine.case.commands import AnnounceErasure, EraseInTime
from engine.case.erasing import NOTICE
from engine.case.state import Case
from engine.clock import Clock
from engine.desk.lanes import Busy, CommandFailed
from engine.ports import Reader, Writer
from engine.settings import RetentionSettings
from engine.store import meta, retention
from engine.store.journal import note
from schemas.facts.system import QuarantineEmptied
from schemas.responses import Refused, Result

LOOK_EVERY = 3_600.0
"""Seconds. Kept by the day: nothing hangs on the hour."""
AT_ONCE = 100
"""Closed cases in one read."""
SHOWN = 50
"""How many announced cases the board names at most; each stands in its own story too."""

_log = structlog.get_logger(__name__)

Submits = Callable[[AnnounceErasure | EraseInTime], Awaitable[tuple[Result, ...]]]


class Retention:
    """Announces and erases what was kept long enough. Several processes may do it at once."""

    def __init__(
        self,
        keep: RetentionSettings,
        *,
        submit: Submits,
        reader: Reader,
        writer: Writer,
        clock: Clock,
    ) -> None:
        self._keep = timedelta(days=keep.sealed)
        self._aside = timedelta(days=keep.quarantined)
        self._submit = submit
        self._reader = reader
        self._writer = writer
        self._clock = clock

    async def run(self) -> None:
        """What cannot be done now is tried again an hour later: kept too long is mended then."""
        while True:
            try:
                await self.look()
            except (SQLAlchemyError, Busy, CommandFailed) as error:
                _log.warning("retention_waits", error=type(error).__name__)
            await self._clock.sleep(LOOK_EVERY)

    async def look(self) -> None:
        """Do what is due now. Raises Busy, CommandFailed, SQLAlchemyError."""
        now, after = self._clock.now(), ""
        coming: list[str] = []
        while some := await self._reader.run(partial(retention.closed, after=after, most=AT_ONCE)):
            for each in some:
                due = each.closed_at + self._keep
                if due - NOTICE <= now and await self._deal_with(each.case, due=due, now=now):
                    coming.append(each.case)
            after = some[-1].case
        await self._show(coming[:SHOWN])
        await self._writer.run(partial(_empty_quarantine, before=now - self._aside, at=now))

    async def _deal_with(self, case_id: str, *, due: datetime, now: datetime) -> bool:
        """Announce or erase one case; return whether it is still to come."""
        case = await self._reader.run(partial(_unneeded, case=case_id))
        if case is None or (case.kept is not None and now < case.kept.until):
            return False
        if case.erase_on is not None and case.erase_on <= now:
            (erased,) = await self._submit(EraseInTime(case=case_id))
            if not isinstance(erased, Refused):
                _log.info("retention_erased", case=case_id)
                return False  # otherwise its day was missed, and it is told anew
        await self._submit(AnnounceErasure(case=case_id, on=due))
        return True

    async def _show(self, cases: list[str]) -> None:
        """Let the board say what comes, without looking for it at each visit."""
        words = " ".join(cases)
        if await self._reader.run(lambda conn: meta.read(conn, retention.COMING)) != words:
            await self._writer.run(lambda conn: meta.write(conn, retention.COMING, words))


def _unneeded(conn: Connection, *, case: str) -> Case | None:
    found = retention.state_of(conn, case)
    return None if retention.needed(conn, found) else found


def _empty_quarantine(conn: Connection, *, before: datetime, at: datetime) -> None:
    rows = retention.empty_quarantine(conn, before=before)
    if rows:
        note(conn, QuarantineEmptied(rows=rows, before=before), at)
