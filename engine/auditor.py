"""Looks whether the promises are kept, on the live tables; silent outside while one is broken.

The tables are checked each round, the histories in turns, so that a round stays short however long
the journal grows. What is broken becomes an incident that pages duty; open cases of which nobody
was reached become one of their own, because somebody may be waiting for help right now.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

import structlog
from sqlalchemy import Connection

from engine import invariants
from engine.case.commands import RaiseIncident
from engine.clock import Clock
from engine.heartbeat import Heartbeat
from engine.invariants import Violation
from engine.ports import Reader
from engine.watchdog import Turns, unwatched
from rules.rulebook import Rulebook
from schemas.codes import IncidentCode
from schemas.roster import Roster

EVERY = 30.0
"""Seconds between rounds."""

CASES_A_ROUND = 100
"""Histories replayed each round; the next round goes on after the last of them."""

CASES_A_READ = 10
"""Histories in one read transaction, so that the log can be checkpointed in between."""

NAMED_AT_MOST = 5
"""Cases nobody was reached about that get an incident each; more than that is one incident."""

_log = structlog.get_logger(__name__)


class Raises(Protocol):
    """Takes an incident to the desk, durably."""

    async def __call__(self, incident: RaiseIncident) -> None: ...


Config = Callable[[], tuple[Rulebook | None, Roster]]
"""What is in force. Without a rulebook the built-in duty ladder runs."""


class Auditor:
    """Runs the invariants until cancelled. `up_since`: when this engine started.

    `also`: what else is amiss, in words; while anything is, no sign of life is given.
    """

    def __init__(
        self,
        *,
        reader: Reader,
        raise_incident: Raises,
        heartbeat: Heartbeat,
        clock: Clock,
        config: Config,
        up_since: datetime,
        every: float = EVERY,
        cases_a_round: int = CASES_A_ROUND,
        turns: Turns | None = None,
        also: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self._reader = reader
        self._raise = raise_incident
        self._heartbeat = heartbeat
        self._clock = clock
        self._config = config
        self._up_since = up_since
        self._every = every
        self._cases_a_round = cases_a_round
        self._turns = turns or unwatched()
        self._also = also
        self._after = ""
        self.last_round: datetime | None = None
        """When everything was last found in order, and a sign of life given."""

    async def run(self) -> None:
        """One round after another, until cancelled.

        A round that fails gives no sign of life, and never takes the engine with it: whoever
        watches must not be what stops the watched.
        """
        while True:
            self._turns.turn("checking")
            await self._clock.sleep(self._every)
            try:
                await self.turn()
            except Exception as error:  # the outside watch hears the silence
                _log.error("audit_failed", error=type(error).__name__)

    async def turn(self) -> list[Violation]:
        """Check once; raise incidents for what is broken, or give a sign of life."""
        found = await self._look()
        for incident in incidents_of(found):
            await self._raise(incident)
        if found:
            for violation in found[:NAMED_AT_MOST]:
                _log.error("invariant_broken", at=violation.row, invariant=violation.invariant)
            return found
        if amiss := self._also():
            _log.error("heartbeat_withheld", why=list(amiss))
            return found
        await self._heartbeat.beat()
        self.last_round = self._clock.now()
        return found

    async def _look(self) -> list[Violation]:
        now = self._clock.now()
        rulebook, roster = self._config()
        found = invariants.check_config(rulebook, roster)
        found += await self._reader.run(
            lambda conn: invariants.check_tables(conn, now=now, up_since=self._up_since)
        )
        ids = await self._reader.run(self._next_cases)
        for start in range(0, len(ids), CASES_A_READ):
            some = ids[start : start + CASES_A_READ]
            found += await self._reader.run(partial(invariants.check_histories, ids=some))
        return found

    def _next_cases(self, conn: Connection) -> list[str]:
        ids = invariants.some_cases(conn, after=self._after, limit=self._cases_a_round)
        self._after = ids[-1] if len(ids) == self._cases_a_round else ""
        return ids


def incidents_of(found: list[Violation]) -> list[RaiseIncident]:
    """One incident for each kind of broken promise, and for each case nobody was reached about.

    None about an incident: where those reach nobody, another one would not either, and the outside
    watch is the one that calls.
    """
    unreached = sorted({v.row for v in found if v.invariant == "I23" and v.row.startswith("c")})
    if len(unreached) > NAMED_AT_MOST:
        unreached = ["many"]
    broken = sorted({v.invariant for v in found} - {"I23"})
    return [RaiseIncident(code=IncidentCode.REACHED_NOBODY, key=case) for case in unreached] + [
        RaiseIncident(code=IncidentCode.INVARIANT_BROKEN, key=each) for each in broken
    ]
