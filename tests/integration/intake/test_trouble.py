"""What a broker is said to want, when the line to it breaks just while it is asked."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from engine.intake.trouble import Unreached, why_unreached
from engine.settings import KafkaSettings

_AT_ONCE = struct.pack("ii", 1, 0)
"""As SO_LINGER: closed by a reset."""


@asynccontextmanager
async def hanging_up(*, after: int | None) -> AsyncIterator[KafkaSettings]:
    """A listener that resets whoever asks it; after so many nobody listens there any more."""
    asked = 0

    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        if asked == after:
            server.close()
        await reader.read(1)
        made: socket.socket = writer.get_extra_info("socket")
        made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        writer.transport.abort()

    server = await asyncio.start_server(reset, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield KafkaSettings(enabled=True, brokers=(f"127.0.0.1:{port}",))
    finally:
        server.close()


@pytest.mark.parametrize(
    ("after", "kind"), [(1, Unreached.NO_ANSWER), (None, Unreached.OTHER_PROTOCOL)]
)
async def test_a_line_that_breaks_while_we_ask_calls_nobody_and_a_listener_that_always_does_does(
    after: int | None, kind: Unreached
) -> None:
    """One reset was once told as another kind of security, which only a person could mend."""
    async with hanging_up(after=after) as settings:
        reach = await why_unreached(settings)

    assert reach is not None
    assert reach.kind is kind
    assert reach.kind.lasting is (after is None)
