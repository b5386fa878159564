"""The smallest HTTP client that can be killed under: one connection, one request at a time."""

import asyncio
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    body: bytes


class Poster:
    """Posts to loopback over a kept connection. Any failure closes it and raises OSError."""

    def __init__(
        self,
        *,
        port: int,
        key: str,
        timeout: float = 10.0,
        content_type: str = "application/cloudevents+json",
    ) -> None:
        self._port = port
        self._key = key
        self._content_type = content_type
        self._timeout = timeout
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: bytes) -> Answer:
        """Return the answer. Raises OSError when it is not known whether the other side has it."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._post(path, body)
        except (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError) as error:
            await self.aclose()
            raise OSError(f"no answer: {type(error).__name__}") from None

    async def aclose(self) -> None:
        """Close the connection."""
        if self._open is not None:
            writer = self._open[1]
            self._open = None
            writer.transport.abort()
            await asyncio.sleep(0)

    async def _post(self, path: str, body: bytes) -> Answer:
        if self._open is None:
            self._open = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._open
        writer.write(
            f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{self._port}\r\n"
            f"authorization: Bearer {self._key}\r\ncontent-type: {self._content_type}\r\n"
            f"content-length: {len(body)}\r\n\r\n".encode()
            + body
        )
        await writer.drain()
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (x.partition(":") for x in lines)
        }
        answer = await reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection", "").lower() == "close":
            await self.aclose()
        return Answer(status=int(first.split(" ")[1]), body=answer)
