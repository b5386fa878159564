"""A population of open cases: made before any engine runs, by real commands, and counted."""

import asyncio
import functools
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from engine.bootstrap.parts import Parts
from engine.case import ids
from engine.case.state import AlertStatus, Case, load_case
from engine.clock import ManualClock
from engine.desk import Lane
from engine.store.database import Database
from engine.store.tables import cases, notifications
from schemas.responses import Done
from tests.benchmarks.lives import Life
from tests.benchmarks.workload import TOGETHER, take
from tests.harness.house import House
from tests.harness.reports import HOTLINE, Report, report

STATES = frozenset(
    {
        *("open", "standing", "monitored", "critical", "high", "elevated", "watch"),
        *("nobodys", "somebodys", "released", "several_released", "promised"),
        *("withheld", "frozen", "held", "dated", "checked_in"),
    }
)
"""What `states_of` can say of a case, each of which a mixed population must hold."""
_AT_ONCE = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A house before any engine runs on it, and the time there, which is moved by hand."""

    parts: Parts
    clock: ManualClock

    async def until(self, moment: datetime) -> None:
        """Let time pass; whatever falls due on the way is decided when it does."""
        while (due := await self._decided()) is not None and due <= moment:
            await self._advance(due)
        await self._advance(moment)

    async def open(
        self, lives: Sequence[Life], *, count: int, moment: datetime
    ) -> Mapping[str, tuple[str, ...]]:
        """Open so many cases, each life its share of them. Return life -> ids of its cases.

        Raises RuntimeError when anything of it is refused.
        """
        opened = {}
        for life, number in zip(lives, shared(lives, count), strict=True):
            names = [f"{life.name}-{n}" for n in range(number)]
            for start in range(0, number, TOGETHER):
                await self._live(life, names[start : start + TOGETHER], moment)
            opened[life.name] = tuple(map(_case_id, names))
        await self._decided()
        return opened

    async def _live(self, life: Life, names: Sequence[str], moment: datetime) -> None:
        """Report these situations, then do about each what is done in such a life."""
        await asyncio.gather(*(take(self.parts, _report(life, name)) for name in names))
        of = functools.partial(_these, ids=tuple(map(_case_id, names)))
        for act in life.acts:
            there = await self.parts.reader.run(of)
            if len(there) < len(names):
                raise RuntimeError(f"{life.name}: {len(there)} of {len(names)} cases were opened")
            units = (act(case, moment) for case in there)
            submit = functools.partial(self.parts.desk.submit, lane=Lane.BULK)
            for answers in await asyncio.gather(*(submit(*unit) for unit in units)):
                if not all(isinstance(answer, Done) for answer in answers):
                    raise RuntimeError(f"{life.name}: {answers}")

    async def _decided(self) -> datetime | None:
        """Decide all that is due by now; return when the next thing is."""
        while (fired := await self.parts.desk.fire_due(limit=_AT_ONCE)).more:
            pass
        return fired.next_due

    async def _advance(self, moment: datetime) -> None:
        await self.clock.advance(seconds=(moment - self.clock.now()).total_seconds())


@asynccontextmanager
async def past(house: House, *, at: datetime) -> AsyncIterator[Past]:
    """Open a house at this time, which only goes on from what its store has seen.

    Its messages count as gone in the end, so that none is left to an engine.
    """
    clock = ManualClock(at)
    parts = house.open(clock=clock)
    desk = asyncio.create_task(parts.desk.run())
    try:
        yield Past(parts=parts, clock=clock)
        await parts.writer.run(lambda conn: conn.execute(_GONE))
    finally:
        desk.cancel()
        await asyncio.gather(desk, return_exceptions=True)
        parts.close()


def shared(lives: Sequence[Life], count: int) -> list[int]:
    """How many cases of each life make `count` together; what does not divide goes to the first."""
    whole = sum(life.share for life in lives)
    numbers = [count * life.share // whole for life in lives]
    numbers[0] += count - sum(numbers)
    return numbers


def counted(database: Database) -> Counter[str]:
    """How many of all cases are in each state. Raises RuntimeError when one has no case."""
    with database.reader() as conn:  # A server ends a transaction that idles for ten seconds.
        bodies = conn.execute(select(cases.c.state)).scalars().all()
    found = Counter(state for body in bodies for state in states_of(load_case(body)))
    if lacking := STATES - set(found):
        raise RuntimeError(f"not mixed: no case is {', '.join(sorted(lacking))}")
    return found


def states_of(case: Case) -> Iterator[str]:
    """Return the names of what this case is, as `STATES` has them."""
    yield case.status.value
    yield case.severity.value
    yield "somebodys" if case.owner else "nobodys"
    released = sum(t.track.name.outward and t.anchor_at is not None for t in case.tracks)
    statuses = {alert.status for alert in case.alerts}
    found = {
        "released": released == 1,
        "several_released": released > 1,
        "promised": AlertStatus.PROMISED in statuses,
        "withheld": AlertStatus.WITHHELD in statuses,
        "frozen": any(track.frozen for track in case.tracks),
        "held": bool(case.holds),
        "dated": bool(case.dates),
        "checked_in": case.check_ins > 0,
    }
    yield from (state for state, is_so in found.items() if is_so)


def _case_id(situation: str) -> str:
    return ids.case_id(HOTLINE, situation, 0)


def _report(life: Life, name: str) -> Report:
    """By nobody whom a notice could have angered: else each act would look like a reprisal."""
    return report(
        life.code,
        id=name,
        situation=name,
        country="QR",
        subject=f"subject-{name}",
        parties={"haldane": "buyer"},
        consents=life.allows,
    )


def _these(conn: Connection, *, ids: tuple[str, ...]) -> list[Case]:
    states = select(cases.c.state).where(cases.c.id.in_(ids))
    return [load_case(body) for body in conn.execute(states).scalars()]


_GONE = (
    update(notifications)
    .where(notifications.c.next_at.is_not(None))
    .values(state="handed_off", next_at=None)
)
