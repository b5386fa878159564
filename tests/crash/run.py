"""kill -9 at random under a publisher that notes every 202, and a mail server that counts."""

import asyncio
import json
import random  # noqa: TID251 (seeded: the same number, the same kills)
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from engine import invariants
from engine.clock import SystemClock
from engine.invariants import Outside, Violation
from engine.invariants.delivering import ENDED
from engine.store.database import Database
from engine.store.tables import cases, events, notifications
from tests.harness.house import House
from tests.harness.people import faro
from tests.harness.posting import Poster
from tests.harness.reports import HOTLINE, report
from tests.harness.towns import loto

_WALL = SystemClock()
"""Real processes live on the machine's own time."""

PUBLISHERS = 4
PAUSE = 0.02
"""Seconds between reports of one publisher."""
LIVES = (0.2, 1.6)
"""Seconds of serving before the next kill, from and to."""
DRAINED_WITHIN = 60.0


@dataclass(slots=True)
class Result:
    """What came of it."""

    kills: int = 0
    accepted: int = 0
    unanswered: int = 0
    cases: int = 0
    notifications: int = 0
    sent: int = 0
    slowest_start: float = 0.0
    violations: list[Violation] = field(default_factory=list)
    not_handed_on: list[str] = field(default_factory=list)

    def line(self) -> str:
        """One line for machines."""
        return (
            f"kills={self.kills} accepted={self.accepted} unanswered={self.unanswered} "
            f"cases={self.cases} notifications={self.notifications} sent={self.sent} "
            f"slowest_start_s={self.slowest_start:.1f} not_handed_on={len(self.not_handed_on)} "
            f"violations={len(self.violations)}"
        )


class Hotline:
    """Publishes until told to stop; what was not answered is sent again until it is."""

    def __init__(self, *, port: int, key: str, number: int, rng: random.Random) -> None:
        self._poster = Poster(port=port, key=key)
        self._number = number
        self._rng = rng
        self.accepted: dict[tuple[str, str], str] = {}
        self.unanswered = 0
        self.stopping = asyncio.Event()

    async def run(self) -> None:
        """One report after another."""
        n = 0
        while not self.stopping.is_set():
            await self._publish(n)
            n += 1
            await asyncio.sleep(PAUSE * self._rng.random() * 2)
        await self._poster.aclose()

    async def _publish(self, n: int) -> None:
        situation = f"situation-{self._number}-{n // self._rng.randint(1, 3)}"
        sent = report(
            self._rng.choice(("abduction", "arrest", "death_threat")),
            id=f"report-{self._number}-{n}",
            situation=situation,
            country="QR",
            parties={"loto-garments": "alleged_perpetrator"},
            consents=["missions"],
        )
        while True:
            try:
                answer = await self._poster.post("/v1/events", sent.bytes())
            except OSError:
                self.unanswered += 1
                await asyncio.sleep(0.05)
                continue
            if answer.status == 202:
                self.accepted[(HOTLINE, sent.id)] = ""
                return
            if answer.status != 503:
                raise AssertionError(f"{answer.status}: {answer.body[:200]!r}")
            await asyncio.sleep(0.05)


async def run(directory: Path, *, kills: int, seed: int = 0) -> Result:
    """Kill so often, let everything be sent, then look at what is there."""
    rng = random.Random(seed)
    result = Result()
    sink, port = await _sink(directory / "mail.log")
    mail = {
        "kind": "email",
        "host": "127.0.0.1",
        "port": port,
        "tls": "off",
        "sender": "desk@tocsin.example",
    }
    house = House(
        directory / "house", place=loto(), roster=faro(), channels={"sms": mail, "email": mail}
    )
    try:
        key = await house.prepare(source=HOTLINE)
        result.slowest_start = await house.start()
        hotlines = [
            Hotline(port=house.port, key=key, number=n, rng=random.Random(rng.random()))
            for n in range(PUBLISHERS)
        ]
        async with asyncio.TaskGroup() as group:
            for hotline in hotlines:
                group.create_task(hotline.run())
            for _ in range(kills):
                await asyncio.sleep(rng.uniform(*LIVES))
                await house.kill()
                result.kills += 1
                result.slowest_start = max(result.slowest_start, await house.start())
            await asyncio.sleep(0.5)
            for hotline in hotlines:
                hotline.stopping.set()
        await _drained(house.database)
        await house.stop()
    finally:
        await house.kill()
        sink.terminate()
        await sink.wait()
    for hotline in hotlines:
        result.unanswered += hotline.unanswered
    accepted = {key: "" for hotline in hotlines for key in hotline.accepted}
    _look(result, house.database, accepted=accepted, log=directory / "mail.log")
    return result


async def _sink(log: Path) -> tuple[asyncio.subprocess.Process, int]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.harness.sinks",
        "smtp",
        "--log",
        str(log),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    return process, int(await process.stdout.readline())


async def _drained(path: Path) -> None:
    """Wait until nothing is owed to a mail server."""
    until = _WALL.monotonic() + DRAINED_WITHIN
    owed = select(func.count()).where(notifications.c.state.not_in(ENDED))
    database = Database(f"sqlite:///{path}", exclusive=False)
    try:
        while _WALL.monotonic() < until:
            conn = database.reader()
            left = conn.execute(owed).scalar_one()
            conn.close()
            if not left:
                return
            await asyncio.sleep(0.2)
        raise AssertionError(f"{left} messages are still owed after {DRAINED_WITHIN} s")
    finally:
        database.close()


def _look(result: Result, path: Path, *, accepted: dict[tuple[str, str], str], log: Path) -> None:
    keys = (json.loads(line)["key"] for line in log.read_text("utf-8").splitlines())
    world = Outside(accepted=accepted, sends=Counter(keys))
    database = Database(f"sqlite:///{path}")
    conn = database.reader()
    try:
        result.accepted = len(accepted)
        result.sent = world.sends.total()
        result.cases = conn.execute(select(func.count()).select_from(cases)).scalar_one()
        stored = conn.execute(select(func.count()).select_from(events)).scalar_one()
        assert stored >= result.accepted
        result.violations = invariants.check(conn, now=_WALL.now(), world=world)
        for row in conn.execute(select(notifications.c.key, notifications.c.state)):
            result.notifications += 1
            if row.state == "handed_off" and not world.sends[row.key]:
                result.not_handed_on.append(row.key)
            elif row.state not in ("handed_off", "cancelled"):
                result.not_handed_on.append(row.key)
    finally:
        conn.close()
        database.close()
