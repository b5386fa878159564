"""A file that a command writes for whoever asked: new, and for their eyes alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from engine.cli.exits import CommandError, Exit


@contextmanager
def new_file(file: Path) -> Iterator[BinaryIO]:
    """Open it to be written. Raises CommandError where it exists already or cannot be made."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise CommandError(
            Exit.USAGE,
            f"{file}: {error.strerror}.",
            next_step="Name a file that does not exist yet, in a folder that does.",
        ) from None
    with os.fdopen(handle, "wb") as out:
        yield out
