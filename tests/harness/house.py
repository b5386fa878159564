"""A real engine in processes of its own: its files, its key, its start, and its sudden end."""

import asyncio
import json
import signal
import socket
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
from schemas.contact import Contact
from schemas.link import Link
from schemas.party import Party
from schemas.roster import DutyPerson, Roster, Shift
from tests.harness.people import Place
from tests.harness.running import Running, named

_WALL = SystemClock()
"""A real process lives on the machine's own time."""

READY_WITHIN = 20.0
"""Seconds from a start to serving, whatever happened before (design section 9)."""
PATIENCE = 2.5
"""So much longer is waited where several tests share the processors: a slow start is no hang."""


class House:
    """One engine on one directory. Everything stays on loopback.

    `processes`: roles of each process, such as ("web", "timers,auditor", "sender", "sender"); by
    default one with the roles of the settings. A process is named by its roles, with dashes; a
    second one of the same roles gets a number: `sender-2`. Several need a `database_url`.
    `lasting_members`: each has a lasting name in its consumer groups.
    """

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
        database_url: str | None = None,
        processes: tuple[str, ...] = ("",),
        lasting_members: bool = False,
    ) -> None:
        self.directory = directory
        self.port = free_port()
        directory.mkdir(parents=True, exist_ok=True)
        ours = place.with_duty(roster, addresses=addresses)
        (directory / "registry.yaml").write_text(_registry(ours, place))
        (directory / "roster.yaml").write_text(_roster(roster))
        settings: dict[str, object] = {
            # Thousands of cases for a handful of people: nobody here tires of reading.
            "storm": {"messages": 0},
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
        if database_url is not None:
            settings["database_url"] = database_url
        if rulebook is not None:
            (directory / "rulebook.yaml").write_text(rulebook)
            settings["rulebook"] = str(directory / "rulebook.yaml")
        self.config = directory / "tocsin.yaml"
        self.config.write_text(json.dumps(settings))
        self._processes = {
            name: Running(name, roles=each, config=self.config, log=directory / f"{name}.log")
            for name, each in named(processes).items()
        }
        self._one = len(self._processes) == 1
        self._lasting_members = lasting_members

    @property
    def settings(self) -> Settings:
        """As the engine will read them."""
        return load_settings(self.config)

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.directory / "data" / "tocsin.db"

    @property
    def names(self) -> tuple[str, ...]:
        """Of the processes, whether they run or not."""
        return tuple(self._processes)

    @property
    def pids(self) -> dict[str, int]:
        """Name -> process id of those that run."""
        return {name: each.pid for name, each in self._processes.items() if each.alive}

    @property
    def pid(self) -> int:
        """Of the only process. Raises RuntimeError when none runs, or several might."""
        (process,) = self._processes.values() if self._one else (None,)
        if process is None:
            raise RuntimeError("several processes run; see `pids`")
        return process.pid

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

    async def start(self, role: str = "") -> float:
        """Start what does not run, of all or of those with this role or name.

        Return the seconds until all of it serves. Raises RuntimeError if one ends.
        """
        begun = _WALL.monotonic()
        fresh = [each for each in self._those(role) if not each.alive]
        for process in fresh:
            name = f"{self.directory.name[:20]}.{process.name}"
            member = {"TOCSIN_KAFKA__INSTANCE": name} if self._lasting_members else {}
            await process.start(more={"TOCSIN_INSTANCE": name, **member})
        waiting = list(fresh)
        patience = PATIENCE * READY_WITHIN * max(1, len(fresh))  # they share the processors
        while waiting or not await self._serves(fresh):
            waiting = [process for process in waiting if not process.is_ready()]
            if not all(process.alive for process in fresh):  # ready, and gone before it served
                raise RuntimeError(f"ended before it served:\n{self.log_tail()}")
            if _WALL.monotonic() - begun > patience:
                raise RuntimeError(f"not ready after {patience} s:\n{self.log_tail()}")
            await asyncio.sleep(0.02)
        return _WALL.monotonic() - begun

    async def kill(self, role: str = "") -> None:
        """kill -9: of all, or of those with this role or name."""
        for process in self._those(role):
            await process.end(signal.SIGKILL)

    def pause(self, role: str) -> None:
        """Freeze the processes with this role or name; they notice nothing."""
        for process in self._those(role):
            process.send(signal.SIGSTOP)

    def resume(self, role: str) -> None:
        """Let them go on as if nothing had happened."""
        for process in self._those(role):
            process.send(signal.SIGCONT)

    async def ended(self, role: str = "") -> None:
        """Wait until these processes have ended, whatever ended them."""
        for process in self._those(role):
            await process.wait()

    async def stop(self, role: str = "") -> None:
        """Ask them to end, and insist after ten seconds."""
        ending = [process.end(signal.SIGTERM) for process in self._those(role)]
        await asyncio.gather(*ending)

    def log_tail(self, lines: int = 20) -> str:
        """The end of what each process logged."""
        return "\n".join(
            f"--- {each.name}\n{each.log_tail(lines)}"
            for each in self._processes.values()
            if each.logged
        )

    def rss_mb(self) -> float:
        """Resident memory of the running engine, in MB."""
        for line in Path(f"/proc/{self.pid}/status").read_text("ascii").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0

    def _those(self, role: str) -> list[Running]:
        """All, the one of this name, else those that have this role. Raises KeyError for none."""
        if not role:
            return list(self._processes.values())
        if role in self._processes:
            return [self._processes[role]]
        found = [each for each in self._processes.values() if role in each.roles]
        if not found:
            raise KeyError(role)
        return found

    async def _serves(self, fresh: list[Running]) -> bool:
        """Whether the pages answer, where one of these processes has them."""
        if not any(each.roles & {"", "web"} or self._one for each in fresh):
            return True
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
