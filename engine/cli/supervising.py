"""`tocsin up`: the processes of the settings under a supervisor.

It imports next to nothing of the engine: it has to stay when everything else goes.
"""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from engine.cli.exits import CommandError, Exit
from engine.clock import SystemClock
from engine.processes import Group, WrongProcessesError, groups
from engine.settings import PREFIX, Settings
from engine.store.locks import FileInUseError, FileLock
from engine.supervisor import Event, Supervisor

LOCKED = "supervisor"
"""In the data directory: two supervisors there would each start the same processes."""


async def supervise(
    settings: Settings, *, config: Path | None, as_json: bool, say: Callable[[Event], None]
) -> int:
    """Run until SIGTERM or SIGINT; return the exit code. Raises CommandError."""
    try:
        wanted = groups(settings)
    except WrongProcessesError as error:
        raise CommandError(
            Exit.USAGE, str(error), next_step="Correct `processes` or `roles` in the settings."
        ) from None
    lock = _lock(settings)
    try:
        supervisor = Supervisor(
            wanted,
            command=lambda group: _command(group, settings, config=config, as_json=as_json),
            clock=SystemClock(),
            say=say,
        )
        loop = asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, supervisor.stop)
        return await supervisor.run()
    finally:
        lock.release()


def _lock(settings: Settings) -> FileLock:
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return FileLock(settings.data_dir / LOCKED)
    except FileInUseError as error:
        raise CommandError(
            Exit.UNREACHABLE, str(error), next_step="tocsin case list works meanwhile."
        ) from None


def _command(
    group: Group, settings: Settings, *, config: Path | None, as_json: bool
) -> tuple[Sequence[str], Mapping[str, str]]:
    words = [sys.executable, "-P", "-m", "engine.cli", "run", "--roles", ",".join(group.roles)]
    words += ["--parent", str(os.getpid())]
    if config is not None:
        words += ["--config", str(config)]
    if as_json:
        words.append("--json")
    base = settings.instance or socket.gethostname()[:30]
    return words, {**os.environ, f"{PREFIX}INSTANCE": f"{base}.{group.name}"}
