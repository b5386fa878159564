"""One engine per SQLite file: two would each believe that they alone decide."""

import contextlib
import fcntl
import os
from pathlib import Path


class FileInUseError(Exception):
    """Another engine runs on this file; the message says what to do."""


class FileLock:
    """Held as long as the process lives, or until `release`. Raises FileInUseError."""

    def __init__(self, database: Path) -> None:
        path = database.with_name(database.name + ".lock")
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(self._handle, 20, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(self._handle)
            raise FileInUseError(
                f"Another engine is running on {database} (process {holder}). Stop it first, or "
                "give your command to it: `tocsin` commands talk to the running engine."
            ) from None
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"{os.getpid()}\n".encode("ascii"), 0)

    def release(self) -> None:
        """Let another engine have the file. The lock file stays: removing it would race."""
        with contextlib.suppress(OSError):
            os.close(self._handle)
