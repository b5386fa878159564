"""A house opened for one command, where no engine runs: desk and store, no loop, no socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from engine.admin.house import House
from engine.bootstrap.importing import importer
from engine.bootstrap.parts import open_parts
from engine.bootstrap.services import make_house, make_services
from engine.clock import SystemClock
from engine.entropy import SystemEntropy
from engine.settings import Settings

NAME = "cli"


@asynccontextmanager
async def alone(settings: Settings) -> AsyncIterator[House]:
    """Open the house under its lock and close it again. Raises CannotStartError.

    What a command decides here is told once an engine runs.
    """
    # Imported here: halting is the engine's.
    from engine.bootstrap.engine import leave

    parts = open_parts(
        settings,
        clock=SystemClock(),
        entropy=SystemEntropy(),
        halt=leave,
        instance=NAME,
        roles=NAME,
        publish=settings.kafka.enabled,
    )
    try:
        desk = asyncio.create_task(parts.desk.run())
        try:
            services = make_services(parts)
            yield make_house(parts, services, import_registry=importer(parts))
        finally:
            desk.cancel()
            await asyncio.gather(desk, return_exceptions=True)
    finally:
        parts.close()
