"""Ending with whoever started us, however it ended: an engine nobody watches is none."""

import ctypes
import os
import signal
import sys

_SET_SIGNAL_ON_DEATH_OF_PARENT = 1
"""PR_SET_PDEATHSIG of Linux; elsewhere there is no such thing, and orphans must be looked for."""


def live_no_longer_than(parent: int) -> None:
    """Be killed when this process ends; end now where it has ended already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_SIGNAL_ON_DEATH_OF_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)
