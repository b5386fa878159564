"""Telling the supervisor that started us how we are, where it gave us a socket to say so.

systemd's protocol: one datagram a message on a local socket. A supervisor that hears nothing for
its own time starts the process afresh; where there is none, nothing is said.
"""

import os
import socket
from collections.abc import Mapping

READY = "READY=1"
ALIVE = "WATCHDOG=1"
STOPPING = "STOPPING=1"
VARIABLE = "NOTIFY_SOCKET"


class Supervisor:
    """Says one word at a time. Whatever goes wrong with that is the supervisor's to notice."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        named = environment.get(VARIABLE, "")
        # An address that begins with @ has no file: there its first byte is a zero.
        self._address = f"\0{named[1:]}" if named.startswith("@") else named

    def tell(self, word: str) -> None:
        """Say it, without waiting."""
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as said:
                said.setblocking(False)
                said.sendto(word.encode("ascii"), self._address)
        except OSError:
            return
