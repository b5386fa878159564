"""The loop that puts what is sealed under the keys of its cases, before the week's key is gone.

Nothing waits for it. Where something cannot be opened duty is told once, since the sender may be
asked again; the alert itself went out long before.
"""

from datetime import timedelta

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from engine.calling import Raises
from engine.case.commands import RaiseIncident
from engine.case_vault import CaseVault, Moved
from engine.clock import Clock
from engine.desk.lanes import Busy, CommandFailed
from engine.ports import Reader, Writer
from engine.store import case_keys
from engine.store.database import StoreError
from engine.vault import CannotOpenError, Vault
from schemas.codes import IncidentCode

LOOK_EVERY = 60.0
"""Seconds. The week's key lives five weeks: nothing hangs on the minute."""

OTHERS_MAY = timedelta(minutes=10)
"""How long another process may have the key that this one lacks."""

_log = structlog.get_logger(__name__)


class Rekeying:
    """Looks every minute until cancelled. Several processes may do it at once: a row moves once."""

    def __init__(
        self,
        cases: CaseVault,
        weekly: Vault,
        *,
        reader: Reader,
        writer: Writer,
        clock: Clock,
        raise_incident: Raises,
    ) -> None:
        self._cases = cases
        self._weekly = weekly
        self._reader = reader
        self._writer = writer
        self._clock = clock
        self._raise = raise_incident
        self._unreadable: frozenset[str] = frozenset()
        self._told: frozenset[str] = frozenset()
        self._untold: frozenset[str] = frozenset()
        """Those of which the desk could not be told yet: they are not found a second time."""

    async def run(self) -> None:
        """What cannot be done now is tried again."""
        while True:
            try:
                await self.look()
            except (SQLAlchemyError, StoreError, CannotOpenError, Busy, CommandFailed) as error:
                _log.warning("vault.not_moved", error=type(error).__name__)
            await self._clock.sleep(LOOK_EVERY)

    async def look(self) -> int:
        """Move everything that waits; return how many rows were moved.

        Raises CannotOpenError when the keys of cases were wrapped by another deployment; Busy and
        CommandFailed when duty could not be told, which the next look does.
        """
        rows = 0
        while await self._reader.run(self._waits):
            step = await self._writer.run(self._step)
            rows += step.rows
            self._unreadable |= step.unreadable
            await self._tell(step.cases)
            if not step.rows:
                break
        await self._tell(await self._reader.run(self._foreign))
        return rows

    def _waits(self, conn: Connection) -> bool:
        most = len(self._unreadable) + 1
        found = case_keys.waiting(conn, keys=self._weekly.openable, most=most)
        return any(row.id not in self._unreadable for row in found)

    def _step(self, conn: Connection) -> Moved:
        return self._cases.move(conn, now=self._clock.now(), but=self._unreadable)

    def _foreign(self, conn: Connection) -> frozenset[str]:
        before = self._clock.now() - OTHERS_MAY
        return frozenset(case_keys.foreign(conn, held=self._weekly.openable, before=before))

    async def _tell(self, cases: frozenset[str]) -> None:
        self._untold |= cases - self._told
        for case in sorted(self._untold):
            await self._raise(
                RaiseIncident(code=IncidentCode.SEALED_UNREADABLE, key=case, severe=False)
            )
            self._told |= {case}
            self._untold -= {case}
