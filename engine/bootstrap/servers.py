"""Serving HTTP inside our own event loop: our signals, no log of addresses."""

import contextlib
from collections.abc import Iterator
from typing import Any

import uvicorn

KEEP_ALIVE = 20  # seconds
CONNECTIONS_MOST = 2_000
GOODBYE = 5  # seconds that requests have to end when we stop


class QuietServer(uvicorn.Server):
    """uvicorn's server without its hands on the process's signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to whoever started the engine."""
        yield


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
