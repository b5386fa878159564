"""Looks whether the promises are kept, on the live tables; silent outside while one is broken.

What is late or unreached is looked for each round, every row in turns, so that a round stays short
however long the journal grows. Whatever looks broken is looked at a second time before anybody is
called: who is woken for nothing stops listening. Then it becomes an incident that pages duty; open
cases of which nobody was reached become one of their own, because somebody may be waiting for help
right now.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from engine import invariants
from engine.calling import Raises
from engine.clock import Clock
from engine.findings import incidents_now, incidents_of_rows, key_of
from engine.heartbeat import Heartbeat
from engine.invariants import Violation, walk
from engine.ports import Reader
from engine.store import findings
from engine.uptime import Uptime
from engine.watchdog import Turns, unwatched
from rules.rulebook import Rulebook
from schemas.roster import Roster

EVERY = 30.0
"""Seconds between rounds."""

AGAIN_AFTER = 5.0
"""Seconds until the second look at what seems broken: time for whoever just woke to catch up."""

STOOD_STILL = timedelta(seconds=120)
"""Beyond its pause, a round that comes so late says that we stood still ourselves."""

CASES_A_READ = 10
"""Histories in one read transaction, so that the log can be checkpointed in between."""

LOGGED_AT_MOST = 5
"""Findings of one round that the log names."""

_log = structlog.get_logger(__name__)


Config = Callable[[], tuple[Rulebook | None, Roster]]
"""What is in force. Without a rulebook the built-in duty ladder runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One look."""

    now: tuple[Violation, ...]
    """Late, unreached, or loaded so that nobody could be woken."""
    rows: tuple[Violation, ...]
    """Broken, in what was walked over; without those that two people closed."""
    standing: int
    """Incidents about broken rows that nobody has closed."""
    then: walk.Places

    @property
    def found(self) -> tuple[Violation, ...]:
        """Everything."""
        return (*self.now, *self.rows)


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
        cases_a_round: int = walk.CASES_A_ROUND,
        turns: Turns | None = None,
        also: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self._reader = reader
        self._raise = raise_incident
        self._heartbeat = heartbeat
        self._clock = clock
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
        self.last_round: datetime | None = None
        """When everything was last found in order, and a sign of life given."""

    async def run(self) -> None:
        """One round after another, until cancelled.

        A round that fails gives no sign of life, and never takes the engine with it: whoever
        watches must not be what stops the watched.
        """
        while True:
            self._turns.turn("checking")
            await self._clock.sleep(AGAIN_AFTER if self._suspects else self._every)
            try:
                await self.turn()
            except Exception as error:  # the outside watch hears the silence
                self._uptime.lost()
                _log.error("audit_failed", error=type(error).__name__)

    async def turn(self) -> list[Violation]:
        """Look once; call duty for what the look before saw too, or give a sign of life."""
        seen = await self._look()
        known, self._suspects = self._suspects, frozenset()
        sure = [each for each in seen.found if _name(each) in known]
        first = [each for each in seen.found if _name(each) not in known]
        if first and not known:  # only then: a walk that keeps looking at one page sees no other
            self._suspects = frozenset(map(_name, seen.found))
            return list(seen.found)
        self._places = seen.then
        await self._tell(seen, sure)
        if seen.found or seen.standing:
            return list(seen.found)
        if amiss := self._also():
            _log.error("heartbeat_withheld", why=list(amiss))
            return []
        await self._heartbeat.beat()
        self.last_round = self._clock.now()
        return []

    async def _tell(self, seen: Seen, sure: Sequence[Violation]) -> None:
        now = [each for each in seen.now if each in sure]
        rows = [each for each in seen.rows if each in sure]
        for incident in (
            *incidents_now(now),
            *incidents_of_rows(rows, standing=seen.standing),
        ):
            await self._raise(incident)
        for each in sure[:LOGGED_AT_MOST]:
            _log.error("invariant_broken", at=each.row, invariant=each.invariant, what=each.what)

    async def _look(self) -> Seen:
        now = self._clock.now()
        up_since = self._uptime.since(now)
        rulebook, roster = self._config()
        run = self._reader.run
        late = invariants.check_config(rulebook, roster)
        late += await run(partial(invariants.check_now, now=now, up_since=up_since))
        page = await run(partial(walk.next_cases, places=self._places, most=self._cases_a_round))
        rows: list[Violation] = []
        for start in range(0, len(page.cases), CASES_A_READ):
            some = page.cases[start : start + CASES_A_READ]
            rows += await run(partial(invariants.check_cases, ids=some, now=now))
        then = page.then
        for look in walk.stray_looks(self._places):
            found, place = await run(look)
            rows += found
            then = walk.joined(then, place)
        keys = {key_of(each) for each in rows}
        settled = await run(partial(findings.settled, keys=keys))
        return Seen(
            now=tuple(late),
            rows=tuple(each for each in rows if key_of(each) not in settled),
            standing=await run(findings.standing),
            then=then,
        )


def _name(violation: Violation) -> tuple[str, str]:
    return violation.invariant, violation.row
