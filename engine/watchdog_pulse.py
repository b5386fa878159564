"""A pulse outside the event loop: what blocks the loop blocks every watchdog that lives in it.

A thread that does nothing but count. Each second it adds one; each look of the watchdog sets it
back. It counts its own ticks, not time, so that a process that was stopped, or a machine that was
asleep, is given a fresh start. Code that never lets go of the interpreter would stop this thread as
well; that burns the processor, and the processor's own timer ends it.
"""

import faulthandler
import signal
import sys
import threading

from engine.outlet import Outlet, stacks
from engine.ports import Halt

TICK = 1.0  # seconds
BLOCKED_TICKS = 30
"""Ticks for which the event loop may be blocked."""
BURNT_SECONDS = 60.0
"""Of the processor's time, all threads together, without one turn of the event loop."""


class Pulse:
    """Ends the process when `beat` was not called for so many ticks. One per process."""

    def __init__(
        self,
        halt: Halt,
        *,
        most: int = BLOCKED_TICKS,
        burnt: float = BURNT_SECONDS,
        tick: float = TICK,
    ) -> None:
        self._halt = halt
        self._tick = tick
        self._most = most
        self._burnt = burnt
        self._missed = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._count, name="tocsin-pulse", daemon=True)

    def start(self) -> None:
        """Count from now on."""
        # Whoever ends by this signal leaves where it stood: files and lines, no values.
        faulthandler.register(signal.SIGPROF, file=sys.stderr, all_threads=True, chain=True)
        self.beat()
        self._thread.start()

    def beat(self) -> None:
        """The event loop turns."""
        self._missed = 0
        if not self._ended.is_set():
            signal.setitimer(signal.ITIMER_PROF, self._burnt)

    def stop(self) -> None:
        """Count no more: the process is about to end by itself."""
        self._ended.set()
        signal.setitimer(signal.ITIMER_PROF, 0)
        faulthandler.unregister(signal.SIGPROF)

    def _count(self) -> None:
        while not self._ended.wait(self._tick):
            self._missed += 1
            if self._missed > self._most:
                Outlet(sys.stderr.fileno()).write(stacks())
                self._halt(f"the event loop has been blocked for {self._most} s")
                return
