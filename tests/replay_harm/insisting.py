"""Asking an engine until it answers: a process that died has given no answer."""

import asyncio
import random  # noqa: TID251 (seeded: handed in)
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from tests.harness.assembly import Parts
from tests.simulation.process import Process


class Host(Protocol):
    """Whatever runs an engine that dies and comes back."""

    up: asyncio.Event
    process: Process | None
    parts: Parts | None


async def insist(
    host: Host,
    once: Callable[[Parts], Awaitable[Any]],
    *,
    rng: random.Random,
    within: float,
    unanswered: Callable[[BaseException | None], None],
) -> Any:
    """Ask again after `within` seconds, or when the process died; return the answer.

    `unanswered` hears of every failed try, with what was raised, and raises what is no reason to
    ask again.
    """
    while True:
        await host.up.wait()
        process, engine = host.process, host.parts
        assert process is not None and engine is not None
        asking = asyncio.ensure_future(once(engine))
        dying = asyncio.ensure_future(process.died.wait())
        await asyncio.wait((asking, dying), timeout=within, return_when=asyncio.FIRST_COMPLETED)
        dying.cancel()
        error = None
        if asking.done() and not asking.cancelled():
            error = asking.exception()
            if error is None:
                return asking.result()
        unanswered(error)
        asking.cancel()
        await asyncio.sleep(rng.uniform(1, 10))
