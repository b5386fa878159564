"""One process of a house: started, killed, frozen; it knows from its own words when it is ready."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

READY = b"Tocsin runs"
"""What an engine prints once its doors are open."""


class Running:
    """A process of the engine, under a name, with these roles; empty: those of the settings."""

    def __init__(self, name: str, *, roles: str, config: Path, log: Path) -> None:
        self.name = name
        self.roles = frozenset(roles.split(","))
        self._roles = roles
        self._config = config
        self._log = log
        self._process: asyncio.subprocess.Process | None = None
        self._said_before = 0

    @property
    def pid(self) -> int:
        """Of the process. Raises RuntimeError when none runs."""
        if self._process is None:
            raise RuntimeError(f"no {self.name} runs")
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    @property
    def logged(self) -> bool:
        """Whether it ever was started."""
        return self._log.exists()

    async def start(self, *, more: Mapping[str, str]) -> None:
        """Start it with these variables; do not wait."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("TOCSIN_")}
        self._said_before = self._log.stat().st_size if self._log.exists() else 0
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "tests.harness.engine_process"),
                *([self._roles] if self._roles else []),
                env=environment | {"TOCSIN_CONFIG": str(self._config), **more},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def is_ready(self) -> bool:
        """Whether it said that it runs. Raises RuntimeError when it has ended instead."""
        with self._log.open("rb") as log:
            log.seek(self._said_before)
            said = READY in log.read()
        if not self.alive:
            raise RuntimeError(f"{self.name} ended by itself:\n{self.log_tail()}")
        return said

    def send(self, number: signal.Signals) -> None:
        """Send it a signal; none where it has ended."""
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def wait(self) -> None:
        """Return when it has ended, whatever ended it."""
        if self._process is not None:
            await self._process.wait()

    async def end(self, number: signal.Signals) -> None:
        """Send the signal, wait, and insist after ten seconds."""
        process = self._process
        if process is None:
            return
        self.send(number)
        try:
            async with asyncio.timeout(10):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
        if self._process is process:
            self._process = None

    def log_tail(self, lines: int = 20) -> str:
        """The end of what it logged."""
        return "\n".join(self._log.read_text("utf-8", "replace").splitlines()[-lines:])


def named(processes: tuple[str, ...]) -> dict[str, str]:
    """A name for each group of roles: `timers,auditor` is timers-auditor, a second one gets 2."""
    found: dict[str, str] = {}
    for roles in processes:
        name = base = roles.replace(",", "-") or "engine"
        number = 1
        while name in found:
            number += 1
            name = f"{base}-{number}"
        found[name] = roles
    return found
