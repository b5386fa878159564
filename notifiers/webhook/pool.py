"""Connections to vetted addresses, opened once and kept a little while."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import ip_address

from notifiers.outcome import Outcome, OutcomeReason
from notifiers.webhook.config import WebhookSettings
from notifiers.webhook.connection import HttpConnection
from notifiers.webhook.target import Target, all_outside, outside

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port to its addresses; an empty answer or OSError: it has none now."""
_TRIED_MAX = 3


class NotConnectedError(Exception):
    """No connection that we may use; nothing was sent."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


async def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the machine's resolver, once."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Pool:
    """Idle connections per host. Belongs to one event loop."""

    def __init__(self, settings: WebhookSettings, *, resolve: Resolve) -> None:
        """Raises ValueError when the certificate authority cannot be read."""
        self._settings = settings
        self._resolve = resolve
        self._idle: dict[tuple[bool, str, int], list[HttpConnection]] = {}
        try:
            self._context = ssl.create_default_context(cafile=settings.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise ValueError(f"ca_file cannot be used: {type(error).__name__}") from None
        self._context.set_alpn_protocols(["http/1.1"])

    async def take(self, target: Target) -> HttpConnection:
        """Return a kept connection, else a new one. Raises NotConnectedError."""
        kept = self._idle.get(_key(target), [])
        while kept:
            connection = kept.pop()
            if connection.ready:
                return connection
        try:
            async with asyncio.timeout(self._settings.connect_timeout):
                return await self._open(target)
        except TimeoutError:
            raise NotConnectedError(Outcome.of(OutcomeReason.TIMEOUT)) from None
        except ssl.SSLCertVerificationError:
            raise NotConnectedError(Outcome.of(OutcomeReason.BAD_CERTIFICATE)) from None
        except OSError as error:
            raise NotConnectedError(
                Outcome.of(OutcomeReason.UNREACHABLE, detail=type(error).__name__)
            ) from None

    def give_back(self, target: Target, connection: HttpConnection) -> None:
        """Keep it for the next, if it is good for one."""
        kept = self._idle.setdefault(_key(target), [])
        if not connection.ready or len(kept) >= self._settings.keep_per_host:
            connection.close()
            return
        kept.append(connection)
        connection.expire_after(self._settings.keep_seconds)

    async def _open(self, target: Target) -> HttpConnection:
        addresses = await self._vetted(target)
        loop = asyncio.get_running_loop()
        failure: OSError = OSError("no address")
        for address in addresses[:_TRIED_MAX]:
            try:
                _, connection = await loop.create_connection(
                    lambda: HttpConnection(on_lost=lambda lost: self._forget(target, lost)),
                    address,
                    target.port,
                    ssl=self._context if target.https else None,
                    server_hostname=target.host if target.https else None,
                )
            except ssl.SSLCertVerificationError:
                raise
            except OSError as error:
                failure = error
                continue
            return connection
        raise failure

    async def _vetted(self, target: Target) -> Sequence[str]:
        """Resolve once; what comes back is what we connect to, nothing is looked up again."""
        if target.literal:
            addresses: Sequence[str] = [str(ip_address(target.host))]
        else:
            try:
                addresses = await self._resolve(target.host, target.port)
            except (OSError, UnicodeError):
                addresses = []
        if not addresses:
            raise NotConnectedError(Outcome.of(OutcomeReason.NOT_RESOLVED))
        if all_outside(addresses):
            if not target.https or target.port not in self._settings.ports:
                raise NotConnectedError(
                    Outcome.of(OutcomeReason.BAD_ADDRESS, detail="https and an allowed port only")
                )
        elif not self._settings.allow_private or any(outside(address) for address in addresses):
            raise NotConnectedError(Outcome.of(OutcomeReason.PRIVATE_ADDRESS))
        return addresses

    def _forget(self, target: Target, connection: HttpConnection) -> None:
        kept = self._idle.get(_key(target))
        if kept is None:
            return
        if connection in kept:
            kept.remove(connection)
        if not kept:
            del self._idle[_key(target)]

    def close(self) -> None:
        """Break the idle connections."""
        for kept in list(self._idle.values()):
            for connection in list(kept):
                connection.close()
        self._idle.clear()


def _key(target: Target) -> tuple[bool, str, int]:
    return (target.https, target.host, target.port)
