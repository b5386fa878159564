"""`tocsin run`, as a process whose parent may kill it, and that never outlives that parent."""

import ctypes
import os
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Run the roles named, else those of the settings that TOCSIN_CONFIG names."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    roles = ["--roles", sys.argv[1]] if len(sys.argv) > 1 else []
    sys.argv = ["tocsin", "run", *roles]
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
