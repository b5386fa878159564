"""A bad line: a TCP proxy on loopback between the engine and what it stands on.

    with Proxy(mail_server.port) as line:
        line.cut(b"\\r\\n.\\r\\n", Cut.AFTER)   # the mail arrives, and nobody hears that it did
        line.hole()                           # connections open, and nothing comes through
        line.heal()

It has a thread and a loop of its own, so that whoever blocks the test's loop cannot block the line.
What is held back comes through when the line is healed, as TCP would send it again; but the near
end of a held line takes bytes all the same: this is a dead far end, not a pulled cable.
"""

import asyncio
import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any, Self

_CHUNK = 65_536
_RESET = struct.pack("ii", 1, 0)


class Way(Enum):
    """In which direction bytes go."""

    THERE = "to the server"
    BACK = "to the client"


class Cut(Enum):
    """When a line is cut, of what the client says."""

    BEFORE = "the server never hears it"
    AFTER = "the server hears it and answers; the answer never comes back"


class CutError(Exception):
    """This connection ends here."""


@dataclass(eq=False, slots=True, kw_only=True)
class _Line:
    """One connection, of both its ends."""

    ends: tuple[asyncio.StreamWriter, asyncio.StreamWriter]
    pumps: tuple[asyncio.Task[None], ...] = ()
    tail: bytes = b""
    answered_no_more: bool = False


class Proxy:
    """A line to `upstream`: a port on loopback, or the path of a Unix socket.

    `delay`: seconds that each piece takes, both ways. `instead`: bytes of the server -> as many
    bytes that are put in their place: a server that says where it is must name the line.
    """

    def __init__(
        self, upstream: int | str, *, instead: dict[bytes, bytes] | None = None, port: int = 0
    ) -> None:
        self._upstream = upstream
        self.instead = instead or {}
        self.port = port
        self.delay = 0.0
        self.accepted = 0
        """Connections so far."""
        self.cuts = 0
        self._marker, self._cut, self._left = b"", Cut.AFTER, 0
        self._lines: set[_Line] = set()
        self._loop = asyncio.new_event_loop()
        self._open: dict[Way, asyncio.Event] = {}
        self._thread = threading.Thread(target=self._serve, name="proxy", daemon=True)
        self._ready = threading.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._ended.set)
        self._thread.join()

    @property
    def waiting(self) -> int:
        """Connections that are to be cut as soon as the server answers."""
        return sum(line.answered_no_more for line in tuple(self._lines))

    @property
    def lines(self) -> int:
        """Connections that are open."""
        return len(self._lines)

    def cut(self, marker: bytes, cut: Cut, *, times: int = 1) -> None:
        """Reset each connection whose client says these bytes, so many times."""
        self._marker, self._cut, self._left = marker, cut, times

    def hole(self, *ways: Way) -> None:
        """Hold back whatever goes these ways, on every connection, also new ones; all by default.

        One way alone is a line that is half open.
        """
        for way in ways or tuple(Way):
            self._do(self._open[way].clear)

    def heal(self) -> None:
        """Hold nothing back any more, cut nothing, be quick."""
        self.delay, self._left = 0.0, 0
        for way in Way:
            self._do(self._open[way].set)

    def reset(self) -> None:
        """Reset every connection that is open."""
        self._do(self._reset_all)

    def _do(self, what: Any) -> None:
        done = threading.Event()
        self._loop.call_soon_threadsafe(lambda: (what(), done.set()))
        done.wait()

    def _serve(self) -> None:
        self._loop.run_until_complete(self._run())
        self._loop.close()

    async def _run(self) -> None:
        self._ended = asyncio.Event()
        self._open = {way: asyncio.Event() for way in Way}
        for each in self._open.values():
            each.set()
        server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._ended.wait()
        server.close()
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            self._reset_all()
            await asyncio.wait(others, timeout=0.02)  # one may only just have come
        await asyncio.sleep(0.01)  # what was closed is put away by the loop

    async def _accept(self, near: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        try:
            far, ask = await self._connect()
        except OSError:  # the server is away: so is the line
            answer.transport.abort()
            return
        line = _Line(ends=(answer, ask))
        line.pumps = (
            asyncio.ensure_future(self._pump(line, near, ask, Way.THERE)),
            asyncio.ensure_future(self._pump(line, far, answer, Way.BACK)),
        )
        self._lines.add(line)
        done, _ = await asyncio.wait(line.pumps, return_when=asyncio.FIRST_COMPLETED)
        if any(not each.cancelled() and each.exception() for each in done):
            _reset(line)
        for each in line.pumps:
            each.cancel()
        await asyncio.gather(*line.pumps, return_exceptions=True)
        for end in line.ends:
            end.close()
        self._lines.discard(line)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._upstream, int):
            return await asyncio.open_connection("127.0.0.1", self._upstream)
        return await asyncio.open_unix_connection(self._upstream)

    async def _pump(
        self, line: _Line, source: asyncio.StreamReader, sink: asyncio.StreamWriter, way: Way
    ) -> None:
        with suppress(OSError):
            while piece := await source.read(_CHUNK):
                await asyncio.sleep(self.delay)
                await self._open[way].wait()
                if way is Way.BACK:
                    if line.answered_no_more:
                        raise CutError
                    for said, told in self.instead.items():
                        piece = piece.replace(said, told)
                elif self._is_to_cut(line, piece):
                    if self._cut is Cut.BEFORE:
                        raise CutError
                    line.answered_no_more = True
                sink.write(piece)
                await sink.drain()

    def _is_to_cut(self, line: _Line, piece: bytes) -> bool:
        if not self._left:
            return False
        heard = line.tail + piece
        line.tail = heard[-len(self._marker) + 1 :]
        if self._marker not in heard:
            return False
        line.tail = b""
        self._left -= 1
        self.cuts += 1
        return True

    def _reset_all(self) -> None:
        for line in tuple(self._lines):
            _reset(line)


def _reset(line: _Line) -> None:
    for end in line.ends:
        made = end.get_extra_info("socket")
        if made is not None and made.family in (socket.AF_INET, socket.AF_INET6):
            with suppress(OSError):
                made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        end.transport.abort()
    for each in line.pumps:
        each.cancel()
