"""A disk that is full for a real engine, and has room again when the test says so.

`tmpfs`: a small disk of its own, filled with ballast: what a full disk says is ENOSPC. Needs the
right to mount. `quota`: no file of the process may grow beyond what its largest file has now
(RLIMIT_FSIZE, set from outside while it runs): what it writes beyond fails with EFBIG, and its log,
which is a file too, takes nothing more either. It is a stand-in: files that are smaller grow on.
"""

import contextlib
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

KINDS = ("tmpfs", "quota")
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
def small_disk(kind: str, folder: Path) -> Iterator[Disk]:
    """The disk under this folder. Skips, with the reason, where nobody may mount."""
    folder.mkdir(parents=True)
    if kind == "quota":
        yield Quota(folder)
        return
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mounting, check=False, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no mount here; the quota stands in for it")
    if done.returncode:
        pytest.skip("this user may not mount a disk; the quota stands in for it")
    try:
        yield Ballast(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)
