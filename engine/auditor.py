"""Looks whether the promises are kept, on the live tables; silent outside while one is broken.

What is late or unreached is looked for each round, every row in turns, so that a round stays short
however long the journal grows. Whatever looks broken is looked at a second time before anybody is
called: who is woken for nothing stops listening. Then it becomes an incident that pages duty; open
cases of which nobody was reached become one of their own, because somebody may be waiting for help
right now.

What cannot be read is a finding too, and the walk goes on behind it: one damaged row must not hide
what is wrong with all the others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError

from engine import invariants
from engine.calling import Raises, raised
from engine.case.commands import RaiseIncident
from engine.clock import Clock
from engine.desk.traces import where
from engine.findings import incidents_now, incidents_of_rows, key_of
from engine.heartbeat import Heartbeat
from engine.invariants import Violation, walk
from engine.ports import Reader
from engine.side_loop import Lasting
from engine.store import findings
from engine.uptime import Uptime
from engine.watchdog import Turns, unwatched
from rules.rulebook import Rulebook
from schemas.codes import IncidentCode
from schemas.roster import Roster

EVERY = 30.0
"""Seconds between rounds."""

AGAIN_AFTER = 5.0
"""Seconds until the second look at what seems broken: time for whoever just woke to catch up."""

STOOD_STILL = timedelta(seconds=120)
"""Beyond its pause, a round that comes so late, or takes so long, says that we stood still."""

CASES_A_READ = 10
"""Histories in one read transaction, so that the log can be checkpointed in between."""

FAILED_ROUNDS = 3
"""Rounds that fail one after another before duty is called: a single one may be passing trouble."""

LOGGED_AT_MOST = 5
"""Findings of one kind that the log names in one round."""

FAILING = RaiseIncident(code=IncidentCode.LOOP_FAILED, key="auditor")

_log = structlog.get_logger(__name__)


Config = Callable[[], tuple[Rulebook | None, Roster]]
"""What is in force. Without a rulebook the built-in duty ladder runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """One page of everything there is."""

    rows: tuple[Violation, ...]
    """Broken, or not to be read; without those that two people closed."""
    standing: int
    """Incidents about broken rows that nobody has closed."""
    then: walk.Places


class Auditor:
    """Runs the invariants until cancelled. `up_since`: when this engine started.

    `also`: what else is amiss, in words; while anything is, no sign of life is given. `now`: the
    time that the desk decides by. After a clock was set back it is later than the clock's, and by
    the clock whatever waits for its next try would seem to wait for hours.
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
        cases_a_round: int = walk.CASES_A_ROUND,
        turns: Turns | None = None,
        also: Callable[[], Sequence[str]] = tuple,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._reader = reader
        self._raise = raise_incident
        self._heartbeat = heartbeat
        self._clock = clock
        self._now = now or clock.now
        self._config = config
        patience = timedelta(seconds=every) + STOOD_STILL
        self._uptime = Uptime(began=up_since, patience=patience)
        self._every = every
        self._cases_a_round = cases_a_round
        self._turns = turns or unwatched()
        self._also = also
        self._places = walk.Places()
        self._suspects: frozenset[tuple[str, str]] = frozenset()
        """What the last look saw for the first time: (invariant, row)."""
        self._untold: tuple[RaiseIncident, ...] = ()
        """About rows, and not stored yet: the walk sees them again in hours only."""
        self._failed = 0
        """Rounds since the last that did not."""
        self._failing = Lasting(raise_incident, clock=clock)
        self.last_round: datetime | None = None
        """When everything was last found in order, and a sign of life given."""

    async def run(self) -> None:
        """One round after another, until cancelled.

        A round that fails gives no sign of life, and never takes the engine with it: whoever
        watches must not be what stops the watched. Several in a row call duty.
        """
        while True:
            self._turns.turn("checking")
            await self._clock.sleep(AGAIN_AFTER if self._suspects else self._every)
            try:
                await self._round()
            except Exception as error:  # the outside watch hears the silence
                _log.error("audit_failed", error=type(error).__name__, where=where(error))

    async def _round(self) -> None:
        try:
            await self.turn()
        except Exception:
            self._failed += 1
            if self._failed >= FAILED_ROUNDS:
                await self._failing.tell(FAILING)
            raise
        self._failed = 0
        self._failing.over()

    async def turn(self) -> list[Violation]:
        """Look once; call duty for what the look before saw too, or give a sign of life."""
        known, self._suspects = self._suspects, frozenset()
        now = self._now()
        late = await self._late(now)
        await self._tell_late([each for each in late if _name(each) in known])
        if not known:  # should the walk fail, what is late is still looked at again
            self._suspects = frozenset(map(_name, late))
        walked = await self._walk(now)
        found = [*late, *walked.rows]
        # What others wrote while we stood still seems to lie far ahead, and never to come.
        unsure = not known or self._now() - now > STOOD_STILL
        if unsure and found:  # only then: a walk that keeps looking at one page sees no other
            self._suspects = frozenset(map(_name, found))
            return found
        self._places = walked.then
        await self._tell_rows(walked, [each for each in walked.rows if _name(each) in known])
        if found or walked.standing or self._untold:
            return found
        if amiss := self._also():
            _log.error("heartbeat_withheld", why=list(amiss))
            return []
        await self._heartbeat.beat()
        self.last_round = self._clock.now()
        return []

    async def _tell_late(self, sure: Sequence[Violation]) -> None:
        """What could not be stored is found again in the next round, while it lasts."""
        for incident in incidents_now(sure):
            await raised(incident, self._raise)
        _note(sure)

    async def _tell_rows(self, walked: Walked, sure: Sequence[Violation]) -> None:
        standing = walked.standing + len(self._untold)
        told = dict.fromkeys((*self._untold, *incidents_of_rows(sure, standing=standing)))
        self._untold = tuple(told)
        self._untold = tuple([each for each in told if not await raised(each, self._raise)])
        _note(sure)

    async def _late(self, now: datetime) -> list[Violation]:
        """What is late, unreached, or loaded so that nobody could be woken."""
        up_since = self._uptime.since(now)
        found = invariants.check_config(*self._config())
        look = partial(invariants.check_now, now=now, up_since=up_since)
        try:
            return found + await self._reader.run(look)
        except (SQLAlchemyError, OSError):
            self._uptime.lost()
            raise

    async def _walk(self, now: datetime) -> Walked:
        run, places = self._reader.run, self._places
        page = await run(partial(walk.next_cases, places=places, most=self._cases_a_round))
        rows: list[Violation] = []
        for start in range(0, len(page.cases), CASES_A_READ):
            rows += await self._cases(page.cases[start : start + CASES_A_READ], now=now)
        then = page.then
        for table, look in zip(walk.STRAYS, walk.stray_looks(places), strict=True):
            try:
                found, place = await run(look)
            except Exception as error:  # the other tables are walked on
                rows.append(await self._unreadable(table, error))
            else:
                rows += found
                then = walk.joined(then, place)
        keys = {key_of(each) for each in rows}
        settled = await run(partial(findings.settled, keys=keys))
        return Walked(
            rows=tuple(each for each in rows if key_of(each) not in settled),
            standing=await run(findings.standing),
            then=then,
        )

    async def _cases(self, ids: Sequence[str], *, now: datetime) -> list[Violation]:
        """Look at these cases together; each alone where that fails, to name whose fault it is."""
        try:
            return await self._reader.run(partial(invariants.check_cases, ids=ids, now=now))
        except Exception as error:  # one row that nobody can read must not hide the others
            if len(ids) == 1:
                return [await self._unreadable(ids[0], error)]
        return [each for id in ids for each in await self._cases((id,), now=now)]

    async def _unreadable(self, row: str, error: Exception) -> Violation:
        """The finding that this cannot be read. Raises what the store does when it gives nothing
        at all: then it is away, and no row is to blame."""
        await self._reader.run(findings.standing)
        what = f"This cannot be read or checked ({type(error).__name__})."
        return Violation(invariant="I19", row=row, what=what, remedy=_UNREADABLE)


_UNREADABLE = (
    "Work it by hand. Look whether a newer release wrote it, and compare the database with the "
    "newest backup."
)


def _note(sure: Sequence[Violation]) -> None:
    for each in sure[:LOGGED_AT_MOST]:
        _log.error("invariant_broken", at=each.row, invariant=each.invariant, what=each.what)


def _name(violation: Violation) -> tuple[str, str]:
    return violation.invariant, violation.row
