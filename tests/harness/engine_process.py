"""`tocsin up`, as a process whose parent may kill it, and that never outlives that parent."""

import ctypes
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Run `tocsin up` with the settings that TOCSIN_CONFIG names."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    sys.argv = ["tocsin", "up"]
    from engine.cli import main as tocsin

    tocsin()


if __name__ == "__main__":
    main()
