"""Waiting for something to become true on the machine's own time, and saying what held it up."""

import asyncio
from collections.abc import Callable

from engine.clock import SystemClock

_WALL = SystemClock()


async def until(
    holds: Callable[[], bool], *, within: float = 20.0, why: Callable[[], str] = lambda: ""
) -> float:
    """Return the seconds until it holds. Raises AssertionError when it does not in that time."""
    began = _WALL.monotonic()
    while not holds():
        waited = _WALL.monotonic() - began
        assert waited < within, f"not within {within:g} s\n{why()}"
        await asyncio.sleep(0.02)
    return _WALL.monotonic() - began
