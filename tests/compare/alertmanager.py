"""Alertmanager in the comparison, at the best that its public settings offer for single events."""

import asyncio
import json
import os
import shutil
import signal
import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from engine.clock import SystemClock
from tests.compare.recipient import ALERTMANAGER, Recipient
from tests.harness.house import free_port
from tests.harness.posting import Poster

_WALL = SystemClock()
NAMES = ("prometheus-alertmanager", "alertmanager")
"""What the program is called: by Debian, and by its makers."""
READY_WITHIN = 30.0
ENDS_WITHIN = 10.0
FIRES_FOR = timedelta(hours=24)
"""Nothing here resolves by itself while it is counted."""
SETTINGS = """
route:
  receiver: recipient
  group_by: ['...']
  group_wait: 0s
  group_interval: 10s
  repeat_interval: 24h
receivers:
  - name: recipient
    webhook_configs:
      - {url: "%s", send_resolved: false}
"""
"""Each alert its own group, told at once, what failed tried again, nothing repeated."""
NOT_OUTLIVING_US = (
    "import ctypes, os, sys; ctypes.CDLL(None).prctl(1, 9); os.execv(sys.argv[1], sys.argv[1:])"
)


def found(given: str | None) -> str | None:
    """The program: the one that was named, else the first on the PATH; None where there is none."""
    for name in (given,) if given else NAMES:
        if path := shutil.which(name):
            return path
    return None


class Alertmanager:
    """Each event is an alert of its own labels, posted once to its API."""

    name = "alertmanager"

    def __init__(self, directory: Path, *, recipient: Recipient, program: str) -> None:
        self._directory = directory
        self._program = program
        self._recipient = recipient
        self._port = free_port()
        self._log = directory / "alertmanager.log"
        self._process: asyncio.subprocess.Process | None = None

    async def prepare(self) -> None:
        self._directory.mkdir(parents=True)
        (self._directory / "alertmanager.yml").write_text(
            SETTINGS % f"{self._recipient.url}{ALERTMANAGER}"
        )

    async def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *((sys.executable, "-S", "-c", NOT_OUTLIVING_US) if _linux() else ()),
                self._program,
                f"--config.file={self._directory / 'alertmanager.yml'}",
                f"--storage.path={self._directory / 'data'}",
                "--data.maintenance-interval=1s",  # its memory of what it told is on disk at once
                f"--web.listen-address=127.0.0.1:{self._port}",
                "--cluster.listen-address=",  # alone: nobody to wait for at the start
                "--log.level=warn",
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": os.environ.get("PATH", "")},
            )
        try:
            async with asyncio.timeout(READY_WITHIN):
                while not await self._ready():  # noqa: ASYNC110 (a process of its own)
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise RuntimeError(f"not ready:\n{self._log.read_text('utf-8', 'replace')}") from None

    async def _ready(self) -> bool:
        if self._process is None or self._process.returncode is not None:
            raise RuntimeError(f"ended by itself:\n{self._log.read_text('utf-8', 'replace')}")
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            return False
        try:
            writer.write(b"GET /-/ready HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n")
            return b" 200 " in await reader.readline()
        except OSError:
            return False
        finally:
            writer.transport.abort()

    async def end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        process.send_signal(how)
        try:
            async with asyncio.timeout(ENDS_WITHIN):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    def poster(self) -> Poster:
        return Poster(port=self._port, key="none", timeout=5.0, content_type="application/json")

    def request(self, n: int) -> tuple[str, str, bytes]:
        """The same id again is the same alert: posting it twice is no fault of the publisher."""
        now = _WALL.now()
        alert = {
            "labels": {"alertname": "report", "severity": "critical", "event": f"event-{n}"},
            "annotations": {"summary": "abduction in QR"},
            "startsAt": now.isoformat(),
            "endsAt": (now + FIRES_FOR).isoformat(),
        }
        return f"event-{n}", "/api/v2/alerts", json.dumps([alert]).encode()

    def told(self, hits: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
        return list(hits)


async def version_of(program: str) -> str:
    """Its own first line on itself."""
    process = await asyncio.create_subprocess_exec(
        program,
        "--version",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return said.decode("utf-8", "replace").partition("\n")[0].partition(" (")[0]


def _linux() -> bool:
    return sys.platform == "linux"
