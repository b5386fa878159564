"""A whole desk in a folder of its own: files, keys, tables, people, a mail sink, one engine."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.bootstrap import open_engine
from engine.bootstrap.engine import Engine
from engine.clock import SystemClock
from engine.entropy import SystemEntropy
from engine.settings import HttpSettings, Settings
from engine.store.database import Database
from engine.store.schema import upgrade
from engine.vault import init_keys
from notifiers.sinks import Mail, SmtpSink
from tests.harness.files import new_database

ROSTER = """
parties: [{id: our-desk, kind: ngo, name: Our desk}]
contacts:
  - id: "person:ana"
    party: our-desk
    label: Ana
    level: duty_line
    endpoints: [{id: ana-mail, channel: email, address: ana@desk.example}]
people: [{id: "person:ana", label: Ana, endpoints: ["email:ana-mail"]}]
shifts: [{role: handler, person: "person:ana"}]
floor: {id: "person:ana", label: Ana, endpoints: ["email:ana-mail"]}
"""
NO_FLOOR = ROSTER.replace("floor:", "people_above:").partition("people_above:")[0]


@dataclass
class Letters:
    """What reached the mail sink, and a way to wait for it."""

    mails: list[Mail] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, mail: Mail) -> None:
        """The sink's call back."""
        self.mails.append(mail)
        self.came.set()

    async def next(self, *, within: float = 20) -> Mail:
        """The newest mail, once there is one that nobody has looked at."""
        async with asyncio.timeout(within):
            await self.came.wait()
        self.came.clear()
        return self.mails[-1]


def settings_in(folder: Path, *, smtp_port: int = 25, **more: Any) -> Settings:
    """Settings of a small desk that sends mail to a sink."""
    roster = folder / "roster.yaml"
    if not roster.exists():
        roster.write_text(ROSTER, "utf-8")
    given: Mapping[str, Any] = {
        "data_dir": folder / "data",
        "http": HttpSettings(port=0, secure_cookies=False),
        "roster": roster,
        "channels": {
            "email": {
                "kind": "email",
                "host": "127.0.0.1",
                "port": smtp_port,
                "tls": "off",
                "sender": "desk@desk.example",
            }
        },
    }
    return Settings(**{**given, **more})


def begin(settings: Settings) -> None:
    """Make keys and empty tables: a file's are copied, a server's are made."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    init_keys(settings.keys_dir, SystemEntropy(), SystemClock().now())
    path = settings.data_dir / "tocsin.db"
    if settings.database_url is not None:
        database = Database(settings.database.get_secret_value())
        upgrade(database)
        database.close()
    elif not path.exists():
        new_database(path).close()


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Engine]:
    """An engine that runs, and has ended when this does."""
    engine = open_engine(settings)
    task = asyncio.create_task(engine.run())
    try:
        async with asyncio.timeout(20):
            await engine.started.wait()
        yield engine
    finally:
        engine.stop()
        await task


@asynccontextmanager
async def mailbox() -> AsyncIterator[tuple[SmtpSink, Letters]]:
    """A mail sink and what reaches it."""
    letters = Letters()
    sink = SmtpSink(on_mail=letters.take)
    await sink.start()
    try:
        yield sink, letters
    finally:
        await sink.stop()
