"""`tocsin up`, as a process whose parent may kill it, and that never outlives that parent."""

import ctypes
import os
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Run `tocsin up` with the settings that TOCSIN_CONFIG names."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    sys.argv = ["tocsin", "up"]
    fail_where_asked()
    from engine.cli import main as tocsin

    tocsin()


def fail_where_asked() -> None:
    """Wrap the ports with failpoints, if their directory lies beside the settings."""
    points = Path(os.environ["TOCSIN_CONFIG"]).with_name("failpoints")
    if points.is_dir():
        from tests.harness import failpoints

        failpoints.install(points)


if __name__ == "__main__":
    main()
