"""The sign of life that somebody outside this machine watches.

It is given only after all promises were found kept: an engine that runs and breaks them is silent
outside, and the watch there calls a person.
"""

import os
from pathlib import Path
from typing import Protocol


class Heartbeat(Protocol):
    """Tells the outside watch that all is well."""

    async def beat(self) -> None:
        """Give one sign of life. Raises OSError when it could not be given."""
        ...


class FileHeartbeat:
    """Touches a file: for a watch that looks at its age, on this machine or over a mount."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def beat(self) -> None:
        self._path.touch()
        os.utime(self._path)
