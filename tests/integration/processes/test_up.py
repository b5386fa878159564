"""`tocsin up` over a PostgreSQL: several processes, each of them back when it was killed."""

import asyncio
import json
import os
import sys
from pathlib import Path
from signal import SIGKILL

import psutil  # type: ignore[import-untyped]

from tests.harness.house import House
from tests.harness.people import faro
from tests.harness.postgres import PostgresServer
from tests.harness.reports import HOTLINE
from tests.harness.towns import loto
from tests.harness.waiting import until

ROOT = Path(__file__).parents[3]
READY = "Tocsin runs"


class Up:
    """The running command, its processes and what it printed."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self.process = process
        self._log = log

    def said(self) -> list[dict[str, object]]:
        return [json.loads(x) for x in self._log.read_text("utf-8").splitlines() if x[:1] == "{"]

    def ready(self) -> int:
        return sum(READY in str(line.get("started", "")) for line in self.said())

    def children(self) -> dict[str, int]:
        """Roles -> process id."""
        found = {}
        for child in psutil.Process(self.process.pid).children():
            words = child.cmdline()
            if "--roles" in words:
                found[words[words.index("--roles") + 1]] = child.pid
        return found


async def test_whatever_is_killed_of_a_desk_is_back_and_nothing_outlives_its_supervisor(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    outbox: dict[str, object] = {"kind": "outbox", "folder": str(tmp_path / "outbox")}
    house = House(
        tmp_path / "house",
        place=loto(),
        roster=faro(),
        channels={"sms": outbox, "email": outbox},
        database_url=postgres.url("up"),
    )
    await house.prepare(source=HOTLINE)
    log = tmp_path / "up.log"
    with log.open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "engine.cli", "up", "--json"),
            *("--config", str(house.config)),
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=out,
            stderr=asyncio.subprocess.DEVNULL,
        )
    up = Up(process, log)
    try:
        await until(lambda: up.ready() == 3, within=60, why=log.read_text)
        before = up.children()
        assert sorted(before) == ["sender", "timers,auditor", "web,intake"]

        door = json.loads((house.directory / "data" / "engine.json").read_bytes())
        assert door["process"] == before["web,intake"], "commands go to the process of the pages"

        os.kill(before["sender"], SIGKILL)
        await until(lambda: up.ready() == 4, within=40, why=log.read_text)
        after = up.children()
        (ended,) = [line for line in up.said() if line.get("event") == "ended"]

        assert (ended["process"], ended["code"]) == ("sender", -SIGKILL)
        assert after["sender"] != before["sender"]
        assert after["web,intake"] == before["web,intake"]
    finally:
        process.kill()
        await process.wait()
    await until(lambda: not any(map(psutil.pid_exists, after.values())))
