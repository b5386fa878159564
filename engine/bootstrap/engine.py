"""A running engine: the roles asked for, one task group on top, and a calm end."""

import asyncio
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from engine.admin.door_file import DoorFile, remove_door_file, write_door_file
from engine.backup import Mark, hold_if_it_went_back
from engine.bootstrap.loops import log_lanes, loops
from engine.bootstrap.parts import Parts
from engine.bootstrap.sockets import listen
from engine.bootstrap.watching import watchdog
from engine.clock import SystemClock
from engine.processes import opens_http
from engine.settings import ALL_ROLES, Role
from engine.store import instances
from engine.store.following import owed
from notifiers.registry import Channels

if TYPE_CHECKING:
    from engine.admin.house import House
    from engine.bootstrap.doors import Doors
    from engine.bootstrap.servers import QuietServer

HALTED = 70  # exit code of a process in doubt about the store; the supervisor starts it afresh
QUIET_WITHIN = 5.0  # seconds that messages on their way have to be settled when we stop
LOOPBACK = "127.0.0.1"

_log = structlog.get_logger(__name__)


def leave(reason: str) -> None:
    """Production's halt: end this process at once. A restart is always harmless."""
    _log.critical("engine.halted", reason=reason)
    os._exit(HALTED)


class Engine:
    """One process: opened, run until `stop`, closed. Several may live in one interpreter."""

    def __init__(
        self, parts: Parts, channels: Channels, *, alive: Callable[[], None] = lambda: None
    ) -> None:
        """Binds its sockets. Raises CannotStartError when one is taken; close `parts` then.

        `alive` is called every second while everything moves.
        """
        self._alive = alive
        self._parts = parts
        self._channels = channels
        self._roles: tuple[Role, ...] = parts.settings.roles or ALL_ROLES
        self._stopping = asyncio.Event()
        self._servers: list[QuietServer] = []
        self.started = asyncio.Event()
        """Set when everything runs and the doors are open."""
        self._logs = log_lanes(parts, self._roles)
        http = parts.settings.http
        self._socket = listen(http.host, http.port) if opens_http(parts.settings) else None
        self._admin_socket = listen(LOOPBACK, 0) if self._answers_commands else None
        self._doors = self._make_doors()

    @property
    def parts(self) -> Parts:
        """What it is made of."""
        return self._parts

    @property
    def house(self) -> "House":
        """What operations work on. Raises LookupError in a process that nobody comes in to."""
        if self._doors is None:
            raise LookupError("this process has no doors")
        return self._doors.house

    @property
    def address(self) -> str:
        """Where pages and API listen, without a trailing slash; empty without them."""
        if self._socket is None:
            return ""
        host, port = self._socket.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    @property
    def _answers_commands(self) -> bool:
        """Whether commands come to this process: one on a machine, where several run.

        Where the database is a server's, commands need no process: they open it themselves.
        """
        return self._parts.database.sqlite or "web" in self._roles

    async def run(self) -> None:
        """Run until `stop` is called. Raises whatever a loop could not bear."""
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._parts.desk.run(), name="desk")]
                await self._parts.desk.fire_due(limit=1)  # answered once the desk has taken over
                await hold_if_it_went_back(
                    desk=self._parts.desk,
                    reader=self._parts.reader,
                    writer=self._parts.writer,
                    mark=Mark(self._parts.settings.data_dir),
                    clock=self._parts.clock,
                )
                for name, loop in loops(self._parts, self._channels, self._roles, self._logs):
                    tasks.append(group.create_task(loop, name=name))
                dog = watchdog(self._parts, alive=self._alive)
                tasks.append(group.create_task(dog.run(), name="watchdog"))
                token = self._parts.entropy.token(32).hex()
                self._open_doors(group, token)
                with self._door_file(token):
                    self.started.set()
                    await self._stopping.wait()
                    await self._quiet()
                for task in reversed(tasks):
                    task.cancel()
            await self._say_it_is_over()
        finally:
            await self._channels.aclose()
            self._parts.close()

    def stop(self) -> None:
        """Begin to end: doors first, then what is on its way, then the loops."""
        for each in self._servers:
            each.should_exit = True
        self._stopping.set()

    async def _say_it_is_over(self) -> None:
        """What could not be settled in time is taken up by the others at once."""

        def end(conn: Connection) -> None:
            instances.end(conn, name=self._parts.desk.instance)

        try:
            await self._parts.writer.run(end)
        except SQLAlchemyError as error:  # they notice in ten seconds
            _log.warning("end_not_noted", error=type(error).__name__)

    def _make_doors(self) -> "Doors | None":
        if self._socket is None and self._admin_socket is None:
            return None
        # Imported here: it takes half a second, and a process without doors decides meanwhile.
        from engine.bootstrap.doors import Doors

        return Doors(self._parts, self._roles, self._logs)

    def _open_doors(self, group: asyncio.TaskGroup, token: str) -> None:
        if self._doors is None:
            return
        doors: list[tuple[QuietServer, socket.socket]] = []
        if self._admin_socket is not None:
            doors.append((self._doors.commands(token=token), self._admin_socket))
        if self._socket is not None:
            doors.append((self._doors.web(), self._socket))
        for serving, bound in doors:
            self._servers.append(serving)
            group.create_task(serving.serve(sockets=[bound]), name="door")

    @contextmanager
    def _door_file(self, token: str) -> Iterator[None]:
        """While this is open, commands find us."""
        if self._admin_socket is None:
            yield
            return
        directory = self._parts.settings.data_dir
        file = DoorFile(
            port=self._admin_socket.getsockname()[1],
            token=token,
            process=os.getpid(),
            board=self.address if "web" in self._roles else "",
        )
        write_door_file(directory, file)
        try:
            yield
        finally:
            remove_door_file(directory)

    async def _quiet(self) -> None:
        """Wait for a moment in which no message is on its way, but not for long."""
        wall = SystemClock()
        until = wall.monotonic() + QUIET_WITHIN
        while wall.monotonic() < until:
            if (await self._parts.reader.run(owed)).sending == 0:
                return
            await wall.sleep(0.05)
