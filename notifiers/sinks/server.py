"""What every sink is: a server on loopback that gives back its connections."""

import asyncio
from typing import cast

LOOPBACK = "127.0.0.1"
REQUEST_MAX = 4 * 1024 * 1024
"""Bytes of one mail or request; a sink is no place to fill the memory either."""


class Sink:
    """A server on loopback that gives back every connection when it stops."""

    def __init__(self, *, port: int = 0) -> None:
        self._wanted_port = port
        self._port = 0
        self._server: asyncio.Server | None = None
        self.connections: dict[asyncio.Transport, None] = {}
        self.accepted = 0
        """Connections taken since the start."""

    @property
    def port(self) -> int:
        """The port it listens on, or did. Raises RuntimeError before the first `start`."""
        if not self._port:
            raise RuntimeError("start the sink first")
        return self._port

    def _session(self) -> asyncio.Protocol:
        raise NotImplementedError

    async def start(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, LOOPBACK, self._wanted_port)
        self._port = int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Stop listening and break every connection. What was taken stays."""
        if self._server is None:
            return
        self._server.close()
        for transport in list(self.connections):
            transport.abort()
        await self._server.wait_closed()
        self._server = None
        await asyncio.sleep(0)  # let the broken connections say goodbye


class Session(asyncio.Protocol):
    def __init__(self, sink: Sink) -> None:
        self._connected_to = sink
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._connected_to.connections[self.transport] = None
        self._connected_to.accepted += 1

    def connection_lost(self, exc: Exception | None) -> None:
        self._connected_to.connections.pop(self.transport, None)
