"""What both have in common for this comparison: started, posted to, ended, started again."""

import signal
from collections.abc import Iterable
from typing import Protocol

from tests.harness.posting import Poster


class Door(Protocol):
    """What a publisher sees of a system."""

    def poster(self) -> Poster:
        """A connection to it."""
        ...

    def request(self, n: int) -> tuple[str, str, bytes]:
        """Event number `n`: its id, the path it is posted to, the body."""
        ...


class Compared(Door, Protocol):
    """One system on a directory of its own, that tells the recipient by webhook."""

    name: str

    async def prepare(self) -> None:
        """Make what it needs before its first start."""
        ...

    async def start(self) -> None:
        """Start it, and return when it serves. Raises RuntimeError when it does not."""
        ...

    async def end(self, how: signal.Signals) -> None:
        """End its process, and return when it has ended."""
        ...

    def told(self, hits: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
        """The hits at the recipient by event instead of by key; of others, nothing.

        Called when no process of it runs.
        """
        ...
