"""One kept HTTP/1.1 connection: h11 over an asyncio protocol."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import h11

from notifiers.http_answers import ANSWER_MAX


class BrokenError(Exception):
    """The connection ended before a whole answer began."""


class NotHttpError(Exception):
    """What came back is not HTTP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """Status and the one header we look at; the body was read and dropped."""

    status: int
    retry_after: str | None


class HttpConnection(asyncio.Protocol):
    """One request after the other. `on_lost` is called once, when the connection is gone."""

    def __init__(self, *, on_lost: Callable[["HttpConnection"], None]) -> None:
        self._on_lost = on_lost
        self._http = h11.Connection(h11.CLIENT)
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[HttpAnswer] | None = None
        self._answer: HttpAnswer | None = None
        self._read = 0
        self._expiry: asyncio.TimerHandle | None = None

    @property
    def ready(self) -> bool:
        """Whether another request may be written."""
        return (
            self._transport is not None
            and not self._transport.is_closing()
            and self._http.our_state is h11.IDLE
            and self._http.their_state is h11.IDLE
        )

    async def post(self, *, path: str, headers: list[tuple[str, str]], body: bytes) -> HttpAnswer:
        """Send one request and return what was answered, as soon as the status is certain.

        Raises BrokenError and NotHttpError, both after the request was written. When cancelled, or
        whenever the answer did not end well, `ready` is false and the connection must be closed.
        """
        if self._transport is None:
            raise BrokenError
        if self._expiry is not None:
            self._expiry.cancel()
        self._answer, self._read = None, 0
        self._waiting = asyncio.get_running_loop().create_future()
        request = h11.Request(method="POST", target=path, headers=headers)
        self._transport.write(
            (self._http.send(request) or b"")
            + (self._http.send(h11.Data(data=body)) or b"")
            + (self._http.send(h11.EndOfMessage()) or b"")
        )
        return await self._waiting

    @property
    def begun(self) -> HttpAnswer | None:
        """The status, when its line came and the rest did not."""
        return self._answer

    def expire_after(self, seconds: float) -> None:
        """Close it when it was not used for that long."""
        self._expiry = asyncio.get_running_loop().call_later(seconds, self.close)

    def close(self) -> None:
        """Break the connection. Safe to call twice."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._waiting is None or self._waiting.done():
            self.close()  # nobody asked: whatever it is, it is not the next one's answer
            return
        try:
            self._http.receive_data(data)
            while self._take(self._http.next_event()):
                pass
        except h11.RemoteProtocolError:
            self._end(self._answer, error=NotHttpError())
            self.close()

    def _take(self, event: object) -> bool:
        if isinstance(event, h11.Response):
            after = next((v for n, v in event.headers if n == b"retry-after"), None)
            self._answer = HttpAnswer(
                status=event.status_code,
                retry_after=after.decode("latin-1") if after is not None else None,
            )
        elif isinstance(event, h11.Data):
            self._read += len(event.data)
            if self._read > ANSWER_MAX:
                self._end(self._answer, error=BrokenError())
                self.close()
                return False
        elif isinstance(event, h11.EndOfMessage):
            both_done = self._http.our_state is h11.DONE and self._http.their_state is h11.DONE
            # Bytes beyond this answer would be taken for the answer to the next request.
            if both_done and not self._http.trailing_data[0]:
                self._http.start_next_cycle()
            else:
                self.close()
            self._end(self._answer, error=BrokenError())
            return False
        elif (
            event is h11.NEED_DATA or event is h11.PAUSED or isinstance(event, h11.ConnectionClosed)
        ):
            return False
        return True

    def _end(self, answer: HttpAnswer | None, *, error: Exception) -> None:
        if self._waiting is None or self._waiting.done():
            return
        if answer is not None:
            self._waiting.set_result(answer)
        else:
            self._waiting.set_exception(error)

    def eof_received(self) -> bool:
        if self._answer is not None:
            self.data_received(b"")  # ends a body that has no length
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(self._answer, error=BrokenError())
        if self._expiry is not None:
            self._expiry.cancel()
        self._transport = None
        self._on_lost(self)
