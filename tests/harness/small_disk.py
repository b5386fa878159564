"""A disk that is full for a real engine, and has room again when the test says so.

Where it may be mounted, a small disk of its own, filled with ballast: what it says is ENOSPC.
Elsewhere a quota stands in for it: no file of the process may grow beyond what the largest file has
now (RLIMIT_FSIZE, set from outside while it runs). What it writes beyond fails with EFBIG, and its
log, which is a file too, takes nothing more either. Files that are smaller grow on.
"""

import contextlib
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

SIZE = 24 * 1024 * 1024
"""Bytes of the small disk: an empty house, and some nights."""
LEFT = 4096
"""Bytes that the ballast leaves."""


class Disk(Protocol):
    """What a test does with it."""

    def fill(self, pid: int) -> None:
        """From now on what this process writes finds no room."""

    def free(self, pid: int) -> None:
        """There is room again."""


class Ballast:
    """A small disk, mounted here, and a large file on it."""

    def __init__(self, mount: Path) -> None:
        self._file = mount / "ballast"

    def fill(self, pid: int) -> None:
        with self._file.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"\0" * LEFT)

    def free(self, pid: int) -> None:
        self._file.unlink()


class Quota:
    """A limit of the process itself."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fill(self, pid: int) -> None:
        largest = max(each.stat().st_size for each in self._folder.rglob("*") if each.is_file())
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest, hard))

    def free(self, pid: int) -> None:
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))


@contextlib.contextmanager
def small_disk(folder: Path, *, size: int = SIZE) -> Iterator[Disk]:
    """The disk under this folder: its own, of so many bytes, where it may be mounted, else the
    quota."""
    folder.mkdir(parents=True)
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    mounted = False
    with contextlib.suppress(FileNotFoundError):
        mounted = subprocess.run(mounting, check=False, capture_output=True).returncode == 0
    print("a small disk" if mounted else "nobody may mount here: a quota stands in for the disk")
    if not mounted:
        yield Quota(folder)
        return
    try:
        yield Ballast(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)
