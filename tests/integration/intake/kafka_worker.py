"""One process that reads the topics into a desk, watched as in production; made to be killed.

python -m tests.integration.intake.kafka_worker <directory> <settings of Kafka, JSON> [<store URL>]
"""

import asyncio
import json
import os
import sys
from pathlib import Path

from engine.bootstrap import limits
from engine.clock import SystemClock
from engine.intake.runners import kafka_lanes
from engine.settings import KafkaSettings
from engine.watchdog import Progress, Watchdog
from engine.watchdog_log import LogWatch
from tests.integration.intake.room import a_room


async def main(directory: Path, told: str, url: str = "") -> None:
    """Read until killed; leave with 70 when told to halt."""
    settings = KafkaSettings.model_validate(
        {
            "enabled": True,
            "durability": "none",
            "sources": [{"source": "hotline-a"}],
            **json.loads(told),
        }
    )
    async with a_room(directory, clock=SystemClock(), url=url) as room:
        lanes = kafka_lanes(
            settings,
            door=room.door,
            desk=room.desk,
            reader=room.reader,
            writer=room.writer,
            clock=room.clock,
            halt=leave,
            owner=f"worker-{os.getpid()}",
        )
        progress = Progress()
        watch = LogWatch(
            lanes,
            turns={one.name: progress.loop(one.name, limit=limits.LOG) for one in lanes},
            rounds={
                one.name: progress.loop(f"{one.name}'s", limit=limits.PARTITION) for one in lanes
            },
            reader=room.reader,
            clock=room.clock,
        )
        async with asyncio.TaskGroup() as tasks:
            for lane in lanes:
                tasks.create_task(lane.run())
            tasks.create_task(watch.run())
            tasks.create_task(Watchdog(progress, clock=room.clock, halt=leave).run())


def leave(reason: str) -> None:
    """What halting does in production."""
    print("halt:", reason, file=sys.stderr, flush=True)
    os._exit(70)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), *sys.argv[2:]))
