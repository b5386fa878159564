"""A real engine in a process of its own: its files, its key, its start, and its sudden end."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from engine.bootstrap.beginning import begin
from engine.bootstrap.engine import leave
from engine.bootstrap.parts import Parts, open_parts
from engine.clock import Clock, SystemClock
from engine.entropy import SystemEntropy
from engine.intake.scope import EVERY_AUDIENCE, Scope
from engine.settings import Settings, load_settings
from schemas.codes import EventType, Severity
from schemas.party import Contact, Link, Party
from schemas.roster import DutyPerson, Roster, Shift
from tests.harness.people import Place

_WALL = SystemClock()
"""A real process lives on the machine's own time."""

READY_WITHIN = 20.0
"""Seconds from a start to serving, whatever happened before (design section 9)."""


class House:
    """One engine on one directory. Everything stays on loopback."""

    def __init__(
        self,
        directory: Path,
        *,
        place: Place,
        roster: Roster,
        rulebook: str | None = None,
        channels: Mapping[str, Mapping[str, object]],
        addresses: Mapping[str, str] | None = None,
        roles: tuple[str, ...] | None = None,
        kafka: Mapping[str, object] | None = None,
    ) -> None:
        self.directory = directory
        self.port = free_port()
        self._process: asyncio.subprocess.Process | None = None
        self._log = directory / "engine.log"
        directory.mkdir(parents=True, exist_ok=True)
        ours = place.with_duty(roster, addresses=addresses)
        (directory / "registry.yaml").write_text(_registry(ours, place))
        (directory / "roster.yaml").write_text(_roster(roster))
        settings: dict[str, object] = {
            "data_dir": str(directory / "data"),
            "http": {"host": "127.0.0.1", "port": self.port, "secure_cookies": False},
            "channels": {name: dict(each) for name, each in channels.items()},
            "registry": str(directory / "registry.yaml"),
            "roster": str(directory / "roster.yaml"),
        }
        if roles is not None:
            settings["roles"] = list(roles)
        if kafka is not None:
            settings["kafka"] = dict(kafka)
        if rulebook is not None:
            (directory / "rulebook.yaml").write_text(rulebook)
            settings["rulebook"] = str(directory / "rulebook.yaml")
        self._config = directory / "tocsin.yaml"
        self._config.write_text(json.dumps(settings))

    @property
    def settings(self) -> Settings:
        """As the engine will read them."""
        return load_settings(self._config)

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.directory / "data" / "tocsin.db"

    @property
    def pid(self) -> int:
        """Of the running process. Raises RuntimeError when none runs."""
        if self._process is None:
            raise RuntimeError("no engine runs")
        return self._process.pid

    def open(self, *, clock: Clock | None = None) -> Parts:
        """Open the house in this process, while no engine runs. Close the parts afterwards."""
        return open_parts(
            self.settings,
            clock=clock or SystemClock(),
            entropy=SystemEntropy(),
            halt=leave,
            instance="test",
        )

    async def prepare(self, *, source: str, clock: Clock | None = None) -> str:
        """Make keys, tables and a publisher's bearer key; return the key.

        `clock`: for a past that is still to be written, since time never goes back in a store.
        """
        await begin(self.settings)
        parts = self.open(clock=clock)
        try:
            scope = Scope(
                source=source,
                types=frozenset(EventType),
                ceiling=Severity.CRITICAL,
                audiences=EVERY_AUDIENCE,
            )
            return (await parts.sources.issue(scope, valid=timedelta(days=1), by="test")).text
        finally:
            parts.close()

    async def start(self) -> float:
        """Start the engine; return the seconds until it serves. Raises RuntimeError if it ends."""
        begun = _WALL.monotonic()
        environment = {k: v for k, v in os.environ.items() if not k.startswith("TOCSIN_")}
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.harness.engine_process",
                env=environment | {"TOCSIN_CONFIG": str(self._config)},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        while not await self._serves():
            if self._process.returncode is not None:
                raise RuntimeError(f"the engine ended by itself:\n{self.log_tail()}")
            if _WALL.monotonic() - begun > READY_WITHIN:
                raise RuntimeError(f"not ready after {READY_WITHIN} s:\n{self.log_tail()}")
            await asyncio.sleep(0.02)
        return _WALL.monotonic() - begun

    async def kill(self) -> None:
        """kill -9."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """Ask it to end, and insist after ten seconds."""
        await self._end(signal.SIGTERM)

    def log_tail(self, lines: int = 20) -> str:
        """The end of what the engine logged."""
        return "\n".join(self._log.read_text("utf-8", "replace").splitlines()[-lines:])

    def rss_mb(self) -> float:
        """Resident memory of the running engine, in MB."""
        for line in Path(f"/proc/{self.pid}/status").read_text("ascii").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0

    async def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)
        try:
            async with asyncio.timeout(10):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def _serves(self) -> bool:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        try:
            writer.write(b"GET /readyz HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n")
            async with asyncio.timeout(2):
                return b" 200 " in await reader.readline()
        except (OSError, TimeoutError):
            return False
        finally:
            writer.transport.abort()


def free_port() -> int:
    """A port on loopback that nobody had a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _registry(registry: Any, place: Place) -> str:
    ours = [Party(id="duty", kind=place.parties[0].kind, name="Duty")]
    contacts = list(place.contacts)
    known = {each.id for each in contacts}
    contacts += [c for c in registry.contacts("duty") if c.id not in known]
    return json.dumps(
        {
            "parties": _plain(tuple[Party, ...], (*place.parties, *ours)),
            "links": _plain(tuple[Link, ...], place.links),
            "contacts": _plain(tuple[Contact, ...], tuple(contacts)),
        }
    )


def _roster(roster: Roster) -> str:
    return json.dumps(
        {
            "people": _plain(tuple[DutyPerson, ...], roster.people),
            "shifts": _plain(tuple[Shift, ...], roster.shifts),
            "floor": _plain(DutyPerson, roster.floor) if roster.floor else None,
        }
    )


def _plain(kind: Any, value: Any) -> Any:
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    return adapter.dump_python(value, mode="json", exclude_defaults=True)
