"""Where the log goes: an outlet that never waits and never raises.

A log that is full, stuck or gone must not stop what it tells of: an engine that waits until it may
write that a page left does not send the next one, and one that is in doubt must end although nobody
takes its last words. What cannot be written at once is left out and counted; the first line that
finds room again says how many are missing.
"""

import faulthandler
import os
import select
import socket
import stat
from contextlib import suppress

PIECE = 4096
"""Bytes that a pipe takes at once where it says that it takes any."""
_LOST = '{{"lines": {lost}, "event": "log_lines_lost", "level": "warning"}}\n'


class Outlet:
    """A stream of text over an open file descriptor, which stays its owner's."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLOUT)
        self._socket: socket.socket | None = None
        if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            self._socket = socket.socket(fileno=os.dup(descriptor))
        self._torn = False
        self.lost = 0
        """Lines that found no room since the last one that did."""

    def write(self, text: str) -> int:
        """Write a line, or leave it out. Returns its length either way."""
        first = "\n" if self._torn else ""
        if self.lost:
            first += _LOST.format(lost=self.lost)
        whole = (first + text).encode("utf-8", "backslashreplace")
        written = self._put(whole)
        self._torn = 0 < written < len(whole) or (self._torn and not written)
        self.lost = self.lost + 1 if written < len(whole) else 0
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Give up what was opened here; the descriptor stays open."""
        if self._socket is not None:
            self._socket.close()

    def _put(self, whole: bytes) -> int:
        """How many bytes found room."""
        done = 0
        with suppress(OSError):
            while done < len(whole):
                if self._socket is not None:
                    done += self._socket.send(whole[done:], socket.MSG_DONTWAIT)
                elif any(event & select.POLLOUT for _, event in self._poll.poll(0)):
                    done += os.write(self._descriptor, whole[done : done + PIECE])
                else:
                    break
        return done


def stacks() -> str:
    """Where each thread stands, as `faulthandler` says it: places in the code and no values.

    Through a pipe of our own: written to a log that is stuck, it would hold the interpreter.
    """
    ours, theirs = os.pipe()
    try:
        os.set_blocking(theirs, False)  # what finds no room there is left out
        faulthandler.dump_traceback(file=theirs, all_threads=True)
        return os.read(ours, 65_536).decode("utf-8", "backslashreplace")
    finally:
        os.close(ours)
        os.close(theirs)
