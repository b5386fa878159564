"""One broker as a process: started, found again by its pid file, stopped, killed."""

import os
import select
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.clock import Clock

_LOOK_EVERY = 0.05  # seconds
_STOP_WITHIN = 40.0  # seconds; a clean stop takes one to five
GUARD = """
read -r _
if [ -d /proc/self ]; then
    read -r command <"/proc/$1/cmdline"
else
    command=$(/bin/ps -p "$1" -o command=)
fi
case $command in *"$2"*) kill -KILL "$1" ;; esac
"""
"""Ends the broker (its pid, its properties) when the standard input ends, which is when whoever
started it ends. Nobody else who has its pid by then. Shell builtins alone: PATH may be empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStatus:
    """How one broker is."""

    node: int
    pid: int | None
    """None: not running."""
    ready: bool
    """It answers, and lists itself."""
    address: str
    """`host:port` for clients."""


class Node:
    """The process of one broker. `home` holds its properties, its pid file and what it said."""

    def __init__(self, home: Path, clock: Clock) -> None:
        self._home = home
        self._clock = clock
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None

    @property
    def properties(self) -> Path:
        return self._home / "server.properties"

    @property
    def said(self) -> Path:
        """The file of its warnings and errors."""
        return self._home / "server.log"

    @property
    def pid(self) -> int | None:
        """Of the running broker, whoever started it; None when there is none."""
        if self._process is not None and self._process.poll() is not None:
            self._process = None
        try:
            pid = int((self._home / "pid").read_text("ascii"))
        except (OSError, ValueError):
            return None
        return pid if str(self.properties) in _command_of(pid) else None

    def launch(self, command: Sequence[str], *, outlive: bool) -> None:
        """Start it in the background; unless it is to outlive us, it ends when we do."""
        with self.said.open("ab") as said:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                command,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                cwd=self._home,
                start_new_session=True,  # Ctrl-C is for us; we stop it in order
            )
        (self._home / "pid").write_text(str(self._process.pid), "ascii")
        if not outlive:
            self._guard = subprocess.Popen(  # noqa: S603 (our own words and a number)
                ["/bin/sh", "-c", GUARD, "guard", str(self._process.pid), str(self.properties)],
                stdin=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, if it runs."""
        pid = self.pid
        if pid is not None:
            os.kill(pid, number)

    def ended(self) -> None:
        """Wait until it has ended; it is killed when it takes longer than a stop may take."""
        until = self._clock.monotonic() + _STOP_WITHIN
        while self.pid is not None:
            if self._clock.monotonic() > until:
                self.signal(signal.SIGKILL)
            self.pause()
        if self._process is not None:
            self._process.wait()
            self._process = None
        self._dismiss_guard()
        (self._home / "pid").unlink(missing_ok=True)

    def pause(self) -> None:
        """Wait a moment, less when it ends meanwhile."""
        if self._process is None:
            select.select([], [], [], _LOOK_EVERY)
            return
        try:
            self._process.wait(_LOOK_EVERY)
        except subprocess.TimeoutExpired:
            return

    def _dismiss_guard(self) -> None:
        """Before its input ends: its pid may be somebody else's by then."""
        guard, self._guard = self._guard, None
        if guard is not None:
            guard.kill()
            guard.communicate()


def _command_of(pid: int) -> str:
    """The command line of a process; empty when there is none, or it has ended unburied."""
    try:
        return (
            Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        )
    except OSError:
        if Path("/proc/self").exists():
            return ""
    ps = ["/bin/ps", "-p", str(pid), "-o", "command="]
    return subprocess.run(ps, capture_output=True, text=True, check=False).stdout  # noqa: S603 (a number)
