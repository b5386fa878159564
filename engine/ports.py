"""The ports of the engine: everything that production, the simulator and tests plug in.

Production obeys: I/O only through these. An adapter lives beside its kind; the only place that
chooses one is `engine.bootstrap`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")


class Writer(Protocol):
    """One transaction at a time, durable when `run` returns."""

    async def run(self, fn: Callable[[Connection], T]) -> T:
        """Run `fn` inside BEGIN IMMEDIATE … COMMIT. An exception rolls back and is raised."""
        ...


class Reader(Protocol):
    """Short reads that never write."""

    async def run(self, fn: Callable[[Connection], T]) -> T:
        """Run `fn` in a read-only transaction."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record of a log, raw."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()
    """As the broker has them; CloudEvents in binary mode keep their attributes here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a record stood; stored in the same transaction as what came of it."""

    topic: str
    partition: int
    offset: int
    epoch: int
    """Of the acquisition under which it was read; a later one fences it."""


class Handler(Protocol):
    """What a stream runner calls with records of one partition, in order."""

    async def __call__(self, records: Sequence[Record], *, epoch: int) -> None:
        """Return only when every record is durable. Raises Fenced when another owner has it."""
        ...


class Stream(Protocol):
    """A stream runner: Faust, aiokafka, or a fake."""

    async def run(self, handler: Handler) -> None:
        """Feed the handler until cancelled. Positions come from the store, never from Kafka."""
        ...


class Publisher(Protocol):
    """Where the relay puts facts."""

    async def publish(self, *, topic: str, key: str, value: bytes, headers: dict[str, str]) -> None:
        """Return when the broker has acknowledged. Raises on anything else."""
        ...


class Halt(Protocol):
    """Stops the process at once; a restart is always harmless."""

    def __call__(self, reason: str) -> None:
        """Leave. Never returns in production."""
        ...
