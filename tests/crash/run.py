"""One run: publishers, people and servers outside, the engine inside, and what befalls it."""

import asyncio
import json
import random  # noqa: TID251 (seeded: the same number, the same faults)
import re
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from engine.broker import LocalKafka
from engine.clock import SystemClock
from engine.cluster.topics import PARTITIONS, make_topics
from engine.store.database import Database
from tests.crash import town
from tests.crash.doors import Door, HttpDoor, LogDoor, Publisher
from tests.crash.faults import Fault, Faults, Servers, Struck, schedule
from tests.crash.ledger import Ledger, Reports, Sent
from tests.crash.letters import Letters
from tests.crash.lines import Lines, lines
from tests.crash.oracle import Arrival, Oracle, arrivals
from tests.crash.outcome import EXIT, Outcome
from tests.crash.people import People, let_in
from tests.crash.records import read_topics
from tests.crash.system import System
from tests.crash.watch import NotInTimeError, Watch
from tests.harness.house import House
from tests.harness.postgres import PostgresServer, over
from tests.harness.reports import HOTLINE

_WALL = SystemClock()

HTTP_PUBLISHERS = 3
LOG_PUBLISHERS = 2
PAUSE = 0.3
"""Seconds between reports of one publisher, on average."""
SLOW = 1.5
"""Seconds that the slow mail server takes to say that it has a mail: the window between sending
and noting that it was sent."""
DWELL = (0.1, 1.0)
"""Seconds of serving between two faults."""
SERVES_WITHIN = 180.0
HALTED = '"event": "engine.halted"'
RESTS_WITHIN = 240.0
"""Seconds in which what is owed must become less, or it is stuck."""
HEALING = 25.0
"""Seconds that a short run takes after its last fault: to send what is owed, and to judge."""
FAULTS_SHARE = 0.6
"""Of a longer one, the time that faults get: an engine killed every few seconds sends half of what
is reported meanwhile."""


class Run:
    """Everything of one run that the faults and the oracle need."""

    def __init__(
        self,
        directory: Path,
        *,
        store: str,
        runner: str,
        seed: int,
        kafka: LocalKafka,
        postgres: PostgresServer | None,
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        self._say = say
        self._directory = directory
        self._store = store
        self._kafka = kafka
        self._postgres = postgres
        self._rng = random.Random(seed)
        self._ledger = Ledger()
        self._reports = Reports(self._ledger, seed=seed)
        self._settings = town.kafka_settings(
            kafka.bootstrap, run=f"crash.{_WALL.now():%H%M%S%f}", runner=runner
        )
        self._stopping = False
        self._rested: datetime | None = None
        """When nothing was owed any more."""
        self._probes: list[HttpDoor | LogDoor] = []
        self.outcome = Outcome(store=store, runner=runner, seed=seed, lasting_members=seed % 2 == 0)

    async def run(self, faults: Sequence[Fault] | None, *, kills: int, until: float) -> Outcome:
        """So many faults, or fewer when the monotonic clock says `until`; then judge."""
        async with self._sinks() as (slow, fast):
            with lines(postgres=self._postgres, kafka=self._kafka, mail=slow) as between:
                await self._run(between, fast, faults, kills=kills, until=until)
        return self.outcome

    async def _run(
        self,
        between: Lines,
        fast: int,
        faults: Sequence[Fault] | None,
        *,
        kills: int,
        until: float,
    ) -> None:
        house, url = self._house(between, fast)
        await make_topics(house.settings.kafka, clock=_WALL)
        key = await house.prepare(source=HOTLINE)
        sessions = await let_in(house)
        system = System(house)
        watch = Watch(url)
        planned = faults or schedule(
            kills,
            rng=self._rng,
            database=self._postgres is not None,
            hurried=until != float("inf"),
        )
        try:
            await system.start()
            people = self._people(house, sessions)
            await self._night(system, between, house, key, people, watch, planned, until)
        except* NotInTimeError as errors:
            self.outcome.stuck = "; ".join(str(error) for error in errors.exceptions)
        finally:
            await system.stop()
        await self._judge(url)

    def _house(self, between: Lines, fast: int) -> tuple[House, str]:
        """The house at its ends of the lines, and the URL of its store past them."""
        url = None if self._postgres is None else self._postgres.url("crash")
        house = town.a_house(
            self._directory / "house",
            channels=town.channels(slow_port=between.mail.port, fast_port=fast),
            kafka=self._settings | {"brokers": [f"127.0.0.1:{between.broker.port}"]},
            database_url=over(url, between.store.port) if url and between.store else None,
            lasting_members=self.outcome.lasting_members,
        )
        return house, url or house.settings.database.get_secret_value()

    async def _night(
        self,
        system: System,
        between: Lines,
        house: House,
        key: str,
        people: People,
        watch: Watch,
        planned: Sequence[Fault],
        until: float,
    ) -> None:
        self._probes = [self._http(house, key), self._log()]
        async with asyncio.TaskGroup() as group:
            keeping = group.create_task(system.keep())
            publishing = [
                group.create_task(one.run()) for one in (*self._publishers(house, key), people)
            ]
            try:
                await self._faults(system, between, watch, planned, until)
                self._stopping = True
                await asyncio.wait_for(asyncio.gather(*publishing), SERVES_WITHIN)
                await watch.arrived(self._ledger.acknowledged, within=SERVES_WITHIN)
                await watch.at_rest(within=RESTS_WITHIN)
                self._rested = _WALL.now()
                keeping.cancel()
                for name in system.names:  # a step that fell due while it ended would be left over
                    system.kill(name)
            except TimeoutError:
                raise NotInTimeError(
                    "a publisher, or somebody who answers, is not answered"
                ) from None
            finally:
                self._stopping = True
                for each in (keeping, *publishing):
                    each.cancel()
                for door in self._probes:
                    await door.aclose()

    async def _faults(
        self,
        system: System,
        between: Lines,
        watch: Watch,
        planned: Sequence[Fault],
        until: float,
    ) -> None:
        faults = Faults(
            system,
            self._servers(),
            between,
            rng=self._rng,
            takes_over=self._store == "postgres",
        )
        await self._served_again(watch, _WALL.now().timestamp())
        for fault in planned:
            if self.outcome.struck and _WALL.monotonic() > until:
                break  # one at least, or nothing was shown
            await asyncio.sleep(self._rng.uniform(*DWELL))
            struck = await faults.strike(fault)
            self.outcome.struck.append(struck)
            took = await self._served_again(watch, struck.ended)
            self.outcome.served_after.append(took)
            await watch.in_time()
            self._say(f"{struck.name} {struck.whom}: served again after {took:.1f} s")
        exits = [at for at in system.ended if not any(_within(at, x) for x in self.outcome.struck)]
        self.outcome.exits = len(exits)
        self.outcome.struck += [Struck(name=EXIT, began=at, ended=at) for at in exits]

    async def _served_again(self, watch: Watch, since: float) -> float:
        """A fresh report through HTTP and on every partition; until all are in cases."""
        http, log = self._probes
        given: list[tuple[HttpDoor | LogDoor, Sent, int | None]] = [
            (http, self._reports.fresh(), None)
        ]
        for critical in (True, False):
            given += [
                (log, self._reports.fresh(critical=critical), part) for part in range(PARTITIONS)
            ]
        try:
            async with asyncio.timeout(SERVES_WITHIN):
                await asyncio.gather(*(door.give(sent, partition=p) for door, sent, p in given))
        except TimeoutError:
            raise NotInTimeError(f"no door opened for {SERVES_WITHIN:g} s") from None
        await watch.arrived([sent.id for _, sent, _ in given], within=SERVES_WITHIN)
        return _WALL.now().timestamp() - since

    def _publishers(self, house: House, key: str) -> list[Publisher]:
        doors: list[Door] = [self._http(house, key) for _ in range(HTTP_PUBLISHERS)]
        doors += [self._log() for _ in range(LOG_PUBLISHERS)]
        return [
            Publisher(
                door,
                self._reports,
                rng=random.Random(self._rng.random()),
                pause=PAUSE,
                stopping=lambda: self._stopping,
            )
            for door in doors
        ]

    def _people(self, house: House, sessions: dict[str, str]) -> People:
        return People(
            house,
            sessions=sessions,
            letters=Letters(self._directory),
            answers=self._ledger.people,
            rng=random.Random(self._rng.random()),
            stopping=lambda: self._stopping,
        )

    def _http(self, house: House, key: str) -> HttpDoor:
        return HttpDoor(port=house.port, key=key, ledger=self._ledger)

    def _log(self) -> LogDoor:
        return LogDoor(
            bootstrap=self._kafka.bootstrap,
            critical=str(self._settings["critical_topic"]),
            normal=str(self._settings["normal_topic"]),
            ledger=self._ledger,
        )

    def _servers(self) -> Servers:
        kafka, postgres = self._kafka, self._postgres
        return Servers(
            kill_broker=lambda: asyncio.to_thread(kafka.kill9),
            start_broker=lambda: asyncio.to_thread(kafka.restart),
            kill_database=lambda: asyncio.to_thread(postgres.kill9) if postgres else _nothing(),
            start_database=lambda: asyncio.to_thread(postgres.start) if postgres else _nothing(),
        )

    async def _judge(self, url: str) -> None:
        topics = [str(self._settings[name]) for name in ("critical_topic", "normal_topic")]
        oracle = Oracle(
            ledger=self._ledger,
            taken=await read_topics(self._kafka.bootstrap, topics),
            told=await read_topics(self._kafka.bootstrap, [str(self._settings["cases_topic"])]),
            arrivals=self._arrivals(),
            struck=self.outcome.struck,
        )
        database = Database(url, exclusive=False)
        conn = database.reader()
        try:
            self.outcome.verdict = oracle.judge(conn, now=self._rested)
        finally:
            conn.close()
            database.close()
        self.outcome.doubtful = self._ledger.doubtful + Counter(people=self._ledger.people.doubtful)
        self.outcome.halts = self._halts()

    def _halts(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for log in sorted((self._directory / "house").glob("*.log")):
            for line in log.read_text("utf-8", "replace").splitlines():
                if HALTED in line and line.startswith("{"):
                    found[re.sub(r"\d+", "N", str(json.loads(line).get("reason")))] += 1
        return found

    def _arrivals(self) -> list[Arrival]:
        logs = sorted(self._directory.glob("*.mail"))
        return [one for log in logs for one in arrivals(log.read_text("utf-8").splitlines())]

    @asynccontextmanager
    async def _sinks(self) -> AsyncIterator[tuple[int, int]]:
        slow = await _sink(self._directory / "slow.mail", confirms_after=SLOW)
        fast = await _sink(self._directory / "fast.mail", confirms_after=0)
        try:
            yield slow[1], fast[1]
        finally:
            for process, _ in (slow, fast):
                process.terminate()
                await process.wait()


async def _sink(log: Path, *, confirms_after: float) -> tuple[asyncio.subprocess.Process, int]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.harness.sinks", "smtp", "--log", str(log)),
        *("--confirms-after", str(confirms_after)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    return process, int(await process.stdout.readline())


async def _nothing() -> None:
    """There is no server."""


def _within(at: float, struck: Struck) -> bool:
    return struck.began - 0.5 <= at <= struck.ended + 0.5
