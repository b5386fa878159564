"""The loop that keeps the write-ahead log short (core reference, section 2)."""

from typing import Protocol

from engine.clock import Clock

EVERY_SECONDS = 0.5


class Checkpoints(Protocol):
    """A reader pool that can also checkpoint."""

    async def checkpoint(self) -> None:
        """Move what is committed from the log into the file."""
        ...


async def keep_log_short(
    pool: Checkpoints, *, clock: Clock, every_seconds: float = EVERY_SECONDS
) -> None:
    """Checkpoint for ever. Readers are short, so each one gets most of it done."""
    while True:
        await clock.sleep(every_seconds)
        await pool.checkpoint()
