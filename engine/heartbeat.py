"""The sign of life that somebody outside this machine watches.

It is given only after all promises were found kept and the canaries came through: an engine that
runs and breaks them is silent outside, and the watch there calls a person.
"""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import structlog
from pydantic import SecretStr

from engine.clock import Clock
from engine.ports import Writer
from engine.store import signs
from notifiers.webhook.config import WebhookSettings
from notifiers.webhook.connection import BrokenError, NotHttpError
from notifiers.webhook.pool import NotConnectedError, Pool, Resolve, resolve
from notifiers.webhook.target import parse_target

PING_WITHIN = 15.0  # seconds

_log = structlog.get_logger(__name__)


class Heartbeat(Protocol):
    """Tells the outside watch that all is well."""

    async def beat(self) -> None:
        """Give one sign of life. Raises OSError when it could not be given."""
        ...


class FileHeartbeat:
    """Touches a file: for a watch that looks at its age, on this machine or over a mount."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def beat(self) -> None:
        self._path.touch()
        os.utime(self._path)


class PingHeartbeat:
    """Asks an address of the outside watch, with an empty POST: nothing about anybody is in it.

    Raises ValueError when the address is none. By the client of the webhook channel: addresses are
    looked up once and vetted, and no redirection is followed. A watch in one's own network may be
    asked without TLS; one outside only with it.
    """

    def __init__(
        self, url: SecretStr, *, ca_file: Path | None = None, resolve: Resolve = resolve
    ) -> None:
        self._target = parse_target(url.get_secret_value())
        port = (self._target.port,)
        settings = WebhookSettings(allow_private=True, ca_file=ca_file, ports=port)
        self._pool = Pool(settings, resolve=resolve)

    async def beat(self) -> None:
        """Ask once. Raises OSError when nobody answered that it heard."""
        try:
            async with asyncio.timeout(PING_WITHIN):
                status = await self._ask()
        except (TimeoutError, NotConnectedError, BrokenError, NotHttpError) as error:
            raise OSError(f"the watch was not reached ({type(error).__name__})") from None
        if not 200 <= status < 300:
            raise OSError(f"the watch answered {status}")

    async def _ask(self) -> int:
        connection = await self._pool.take(self._target)
        try:
            answer = await connection.post(
                path=self._target.path,
                headers=[
                    ("host", self._target.authority),
                    ("content-length", "0"),
                    ("user-agent", "tocsin"),
                ],
                body=b"",
            )
        finally:
            connection.close()
        return answer.status


class NotedHeartbeat:
    """Notes in the store when all was last well: for the board and `readyz` of every process."""

    def __init__(self, writer: Writer, *, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock

    async def beat(self) -> None:
        await self._writer.run(lambda conn: signs.audited(conn, at=self._clock.now()))


class Heartbeats:
    """Several signs at once: one that cannot be given takes none of the others along."""

    def __init__(self, beats: Sequence[Heartbeat]) -> None:
        self._beats = tuple(beats)

    async def beat(self) -> None:
        """Give all. Raises nothing: who does not hear it calls a person."""
        for each in self._beats:
            try:
                await each.beat()
            except OSError as error:
                _log.error("heartbeat_not_given", by=type(each).__name__, why=str(error))
