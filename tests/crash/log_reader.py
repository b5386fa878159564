"""One process of ours that reads a log into SQLite: started, killed, and looked at from outside."""

import asyncio
import json
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from tests.integration.intake.room import CRITICAL, TOPIC
from tests.integration.intake.test_kafka import HERE

TOPICS = (CRITICAL, TOPIC)
LAST_WORDS = 60
"""Lines of a reader's log that are shown when something went wrong."""


class LogReader:
    """Reads both topics, each by its runner; `instance` makes it a member with a lasting name."""

    def __init__(
        self,
        directory: Path,
        *,
        brokers: tuple[str, ...],
        runners: tuple[str, str],
        instance: str = "",
    ) -> None:
        self._directory = directory
        settings = {
            "brokers": ",".join(brokers),
            "critical_runner": runners[0],
            "normal_runner": runners[1],
            "instance": instance,
        }
        self._arguments = [str(directory), json.dumps(settings)]
        self._process: asyncio.subprocess.Process | None = None
        self.unasked_ends = 0
        """How often it was found ended by itself; it is started again, as a supervisor would."""

    async def start(self) -> None:
        """Start it; returns before it reads."""
        with (self._directory / "reader.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.integration.intake.kafka_worker",
                *self._arguments,
                cwd=HERE,
                stdout=log,
                stderr=log,
            )

    async def kill(self) -> None:
        """`kill -9`, and wait until it is gone."""
        if self._process is not None:
            if self._process.returncode is None:
                self._process.send_signal(signal.SIGKILL)
            await self._process.wait()
            self._process = None

    async def look_after(self) -> None:
        """Start it again if it ended by itself."""
        if self._process is not None and self._process.returncode is not None:
            self.unasked_ends += 1
            await self.start()

    def last_words(self) -> str:
        """The end of what it said, for whoever asks why something was not taken."""
        said = (self._directory / "reader.log").read_text(errors="replace").splitlines()
        return "\n".join(said[-LAST_WORDS:])

    def positions(self) -> dict[tuple[str, int], int]:
        """Next offset of each partition, from the store; empty before there is one."""
        rows = self._rows("SELECT topic, part, next_offset FROM offsets")
        return {(topic, part): following for topic, part, following in rows}

    def taken(self) -> set[str]:
        """Ids of the publisher's reports that are stored."""
        return {id_ for (id_,) in self._rows("SELECT id FROM inbox WHERE source = 'hotline-a'")}

    def events(self) -> int:
        """How many reports are stored, counted where each becomes a row of its own."""
        return sum(1 for _ in self._rows("SELECT id FROM events WHERE source = 'hotline-a'"))

    def incidents(self) -> list[str]:
        """What humans were told is wrong."""
        return sorted(
            code for (code,) in self._rows("SELECT incident FROM cases WHERE incident != ''")
        )

    def _rows(self, query: str) -> list[tuple[object, ...]]:
        path = self._directory / "tocsin.db"
        if not path.exists():
            return []
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as conn:
            try:
                return conn.execute(query).fetchall()
            except sqlite3.OperationalError:  # its tables are just being made
                return []
