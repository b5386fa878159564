"""A canary that does not come through is told to people, and the watch outside hears silence."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, create_engine

from engine import canary
from engine.auditor import Auditor
from engine.canary_watch import CanaryWatch, Timing
from engine.case.commands import RaiseIncident
from engine.clock import ManualClock
from engine.entropy import SeededEntropy
from engine.metrics import Metrics
from engine.store import canaries
from engine.store import tables as t
from engine.vault.secret import Secret
from rules.rulebook import Rulebook
from schemas.codes import IncidentCode
from schemas.roster import Roster
from tests.harness.people import faro
from tests.harness.towns import ARREST, rulebook

T = TypeVar("T")
KEY = Secret(bytes(range(32)))
START = datetime(2027, 3, 1, tzinfo=UTC)


class Sky:
    """Where canaries fly: a table of them, a clock, and what was told."""

    def __init__(self) -> None:
        self.clock = ManualClock(START)
        self.metrics = Metrics()
        self.raised: list[tuple[IncidentCode, str]] = []
        self.let_go: list[str] = []
        self.comes_through = True
        self.broker = True
        self.beats = 0
        self._engine = create_engine("sqlite://")
        t.metadata.create_all(self._engine)
        self._conn = self._engine.connect()
        self.watch = CanaryWatch(
            {"critical": self._by_log},
            key=KEY,
            reader=self,
            raise_incident=self._raise,
            metrics=self.metrics,
            clock=self.clock,
            stamp=self.clock,
            entropy=SeededEntropy("canary"),
            timing=Timing(every=300, within=60),
        )

    async def run(self, fn: Callable[[Connection], T]) -> T:
        """As a reader."""
        return fn(self._conn)

    async def beat(self) -> None:
        """As a heartbeat."""
        self.beats += 1

    def close(self) -> None:
        self._conn.close()
        self._engine.dispose()

    async def _by_log(self, raw: bytes, id: str) -> None:
        if not self.broker:
            raise ConnectionError("no broker")
        self.let_go.append(id)
        if self.comes_through:
            row = canaries.row(id=id, way="critical", at=START, due_at=None, body=b"")
            settled = {"state": "handed_off", "settled_at": self.clock.now()}
            self._conn.execute(canaries.INSERT, row | settled)

    async def _raise(self, incident: RaiseIncident) -> None:
        self.raised.append((incident.code, incident.key))


@asynccontextmanager
async def sky() -> AsyncIterator[Sky]:
    made = Sky()
    running = asyncio.create_task(made.watch.run())
    try:
        yield made
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        made.close()


def auditor(sky: Sky) -> Auditor:
    def config() -> tuple[Rulebook | None, Roster]:
        return rulebook(ARREST), faro()

    return Auditor(
        reader=sky,
        raise_incident=sky._raise,
        heartbeat=sky,
        clock=sky.clock,
        config=config,
        up_since=START,
        also=sky.watch.troubles,
    )


async def test_one_every_five_minutes_and_all_is_well() -> None:
    async with sky() as above:
        await above.clock.advance(hours=1)
        assert len(above.let_go) == 12
        assert above.raised == [] and above.watch.troubles() == []
        assert canary.read(KEY, above.let_go[0]) == canary.Mark(
            way="critical", at=START.replace(second=2)
        )


async def test_one_that_gets_stuck_pages_duty_within_a_minute_or_so_and_is_sent_again() -> None:
    async with sky() as above:
        await above.clock.advance(minutes=10)
        above.comes_through = False
        await above.clock.advance(minutes=7)
        assert above.raised[0] == (IncidentCode.CANARY_FAILED, "critical")
        assert set(above.raised) == {(IncidentCode.CANARY_FAILED, "critical")}  # one key: one page
        assert above.watch.troubles() == ["the canary by critical has not come through"] or (
            above.watch.troubles() == ["the canary by critical is overdue"]
        )
        above.comes_through = True
        await above.clock.advance(minutes=2)
        assert above.watch.troubles() == []


async def test_a_broker_that_is_away_is_a_canary_that_did_not_come() -> None:
    async with sky() as above:
        above.broker = False
        await above.clock.advance(minutes=1)
        assert above.raised == [(IncidentCode.CANARY_FAILED, "critical")]


async def test_before_the_first_one_was_seen_nobody_says_that_all_is_well() -> None:
    async with sky() as above:
        above.comes_through = False
        await above.clock.advance(seconds=30)
        assert above.raised == [] and above.watch.troubles() != []


async def test_the_heartbeat_falls_silent_while_the_canary_fails_and_comes_back_with_it() -> None:
    async with sky() as above:
        look = auditor(above)
        await above.clock.advance(seconds=5)
        await look.turn()
        assert above.beats == 1
        above.comes_through = False
        await above.clock.advance(minutes=7)
        await look.turn()
        assert above.beats == 1
        above.comes_through = True
        await above.clock.advance(minutes=2)
        await look.turn()
        assert above.beats == 2


async def test_a_watch_that_itself_hangs_gives_no_sign_either() -> None:
    made = Sky()
    running = asyncio.create_task(made.watch.run())
    await made.clock.advance(seconds=5)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await made.clock.advance(minutes=10)
    assert made.watch.troubles() == ["the canary by critical is overdue"]
    made.close()


def test_only_who_has_the_key_can_name_one() -> None:
    id = canary.name(KEY, way="critical", at=START, chance=b"12345678")
    plain, _, mark = id.rpartition(".")
    assert canary.read(KEY, id) == canary.Mark(way="critical", at=START)
    for other in (
        plain,
        f"{plain}.",
        f"normal{plain[8:]}.{mark}",
        f"{plain}.{'0' * 24}",
        "",
        "...",
    ):
        assert canary.read(KEY, other) is None
    assert canary.read(Secret(bytes(32)), id) is None


def test_no_channel_can_bear_its_address_and_its_contact_is_for_drills_alone() -> None:
    endpoint: Any = canary.REGISTRY.endpoint(canary.PERSON)
    assert (endpoint.channel, endpoint.address, endpoint.exercise) == ("canary", "", True)
    assert b'exercise":true' in canary.report("x")
