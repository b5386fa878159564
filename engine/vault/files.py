"""Key files: written once for the owner's eyes alone, refused when others could read them."""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OWNER_ONLY = 0o600


class UnsafeFileError(Exception):
    """A key file is missing, weak, or open to others. The message says what to do."""


def write_private(path: Path, content: bytes) -> None:
    """Write a new file that only its owner can read, on disk when this returns.

    Raises FileExistsError when there is one already: a key is never overwritten.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, OWNER_ONLY)
    try:
        os.fchmod(handle, OWNER_ONLY)  # whatever the umask was
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
    _sync_directory(path.parent)


def read_private(path: Path) -> bytes:
    """Return the content. Raises UnsafeFileError when it is missing or others may read it."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise UnsafeFileError(f"{path} is missing. Make the keys with `tocsin init`.") from None
    except PermissionError:
        raise UnsafeFileError(
            f"{path} cannot be read. Start Tocsin as the user who owns it."
        ) from None
    with os.fdopen(handle, "rb") as file:
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        if mode & 0o077:
            raise UnsafeFileError(
                f"{path} can be read by others (mode {mode:04o}). Run: chmod 600 {path}"
                " and consider the key known to whoever could read it."
            )
        return file.read()


def write_public(path: Path, text: str) -> None:
    """Write a file that others may read; whoever looks sees all of it or none."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(text, "ascii")
    os.replace(fresh, path)


@contextmanager
def alone_in(directory: Path) -> Iterator[None]:
    """Keep other processes out while the files of a directory are changed; waits for them."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def destroy(path: Path) -> None:
    """Overwrite and remove a key file. Media that copy on write may keep the old blocks."""
    size = path.stat().st_size
    handle = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(handle, b"\0" * size)
        os.fsync(handle)
    finally:
        os.close(handle)
    path.unlink()
    _sync_directory(path.parent)


def _sync_directory(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
