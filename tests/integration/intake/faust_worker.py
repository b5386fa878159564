"""One process that reads topics through Faust into a desk; made to be killed."""

import asyncio
import sys
from pathlib import Path

from engine.clock import SystemClock
from engine.intake.faust_runner import FaustStream, probe
from engine.settings import KafkaSettings
from tests.integration.intake.room import CRITICAL, TOPIC, a_room


async def main(directory: Path, brokers: str) -> None:
    """Read until killed; leave with 70 when told to halt."""
    settings = KafkaSettings(
        enabled=True,
        brokers=tuple(brokers.split(",")),
        durability="none",
        critical_runner="faust",
    )
    async with a_room(directory, clock=SystemClock()) as room:
        room.on_halt = leave
        ownership = room.ownership(lambda t, p, o: probe(settings, t, p, o), owner="worker")
        stream = FaustStream(
            settings, (TOPIC, CRITICAL), ownership=ownership, clock=room.clock, halt=leave
        )
        await stream.run(room.handler())


def leave(reason: str) -> None:
    import os

    print("halt:", reason, file=sys.stderr, flush=True)
    os._exit(70)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
