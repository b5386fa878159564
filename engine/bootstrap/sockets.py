"""Sockets of our own, bound before anything else is started."""

import socket

from engine.bootstrap.refusals import CannotStartError


def listen(host: str, port: int) -> socket.socket:
    """Bind. Raises CannotStartError when the port is taken."""
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
