"""Serving HTTP inside our own event loop: our signals, our sockets, no log of addresses."""

import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn

from engine.bootstrap.refusals import CannotStartError

KEEP_ALIVE = 20  # seconds
CONNECTIONS_MOST = 2_000
GOODBYE = 5  # seconds that requests have to end when we stop


class QuietServer(uvicorn.Server):
    """uvicorn's server without its hands on the process's signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to whoever started the engine."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """Bind before anything else is started. Raises CannotStartError when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named, or asyncio leaves Nagle on: then every second answer waits 40 ms.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise CannotStartError(
            f"{host}:{port} cannot be listened on ({error.strerror}).",
            next_step="Choose another http.port, or stop whoever has it.",
        ) from None
    bound.set_inheritable(False)
    return bound


def server(app: Any) -> QuietServer:
    """A server for this application; run it with `serve(sockets=[...])`."""
    return QuietServer(
        uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            ws="none",
            timeout_keep_alive=KEEP_ALIVE,
            limit_concurrency=CONNECTIONS_MOST,
            timeout_graceful_shutdown=GOODBYE,
        )
    )
