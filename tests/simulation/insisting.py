"""Asking an engine until it answers: a process that died has given no answer."""

import asyncio
import random  # noqa: TID251 (seeded: handed in)
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

from tests.simulation.process import Process


class Host(Protocol):
    """Whatever runs an engine that dies and comes back."""

    process: Process | None


H = TypeVar("H", bound=Host)


async def insist(
    somebody_up: Callable[[], Awaitable[H]],
    once: Callable[[H], Awaitable[Any]],
    *,
    rng: random.Random,
    within: float,
    unanswered: Callable[[BaseException | None], None],
) -> Any:
    """Ask whoever is up again after `within` seconds, or when it died; return the answer.

    `unanswered` hears of every failed try, with what was raised, and raises what is no reason to
    ask again.
    """
    while True:
        host = await somebody_up()
        process = host.process
        assert process is not None
        asking = asyncio.ensure_future(once(host))
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
