"""Whether plain Faust loses a message when it starts with a large table (faust-streaming 596).

    python -m tests.sweep.faust_table --seconds 120

Known behaviour of another's code, on which nothing of ours is built; seeing it or not is no fault.
The last line says what was seen: `lost` (committed over a message that was never processed),
`kept`, or `unclear` (no try came to an end). Tries go on until one is lost or time is up.
"""

import argparse
import asyncio
import sys
import tempfile
from enum import StrEnum
from pathlib import Path

from aiokafka import AIOKafkaProducer

from engine.broker import LocalKafka
from engine.clock import SystemClock
from tests.harness.broker import fetch_jars, make_topic
from tests.integration.intake.test_faust_upstream import committed, lines
from tests.integration.intake.test_kafka import HERE

RECORDS = 100_000
MESSAGES = 300
EVERY = 0.1
"""Seconds between two messages: some come just as the table is complete."""
BROKER_STOPS = 10.0
"""Seconds kept back for the end of the broker."""
KILLED_AFTER = 10.0
"""Seconds that an app has to stop by itself, before it is killed."""
LEAST = 45.0
"""Seconds without which no try is begun: filling the table and reading it back takes as long."""
_WALL = SystemClock()


class Saw(StrEnum):
    """What became of the messages."""

    LOST = "lost"
    KEPT = "kept"
    UNCLEAR = "unclear"


async def attempt(kafka: LocalKafka, directory: Path, *, until: float) -> tuple[Saw, str]:
    """One start with a full table; what was seen, and its figures."""
    source = await make_topic(kafka, "table")
    table = await make_topic(kafka, "changelog", cleanup_policy="compact")
    await _fill(kafka, table)
    done = directory / source
    seconds = until - _WALL.monotonic() - KILLED_AFTER
    stopped, _ = await asyncio.gather(
        _run(kafka, source, table, done, seconds=seconds), _publish(kafka, source, within=seconds)
    )
    keys, *processed = lines(done) or ["keys=0"]
    try:
        offset = await committed(kafka, source)
    except KeyError:  # it committed nothing
        offset = 0
    skipped = sorted(set(range(offset)) - {int(n) for n in processed})
    figures = f"committed={offset} of={MESSAGES} skipped={skipped} {keys} stopped={stopped}"
    if skipped:
        return Saw.LOST, figures
    whole = len(set(processed)) == MESSAGES and keys == f"keys={RECORDS}"
    return (Saw.KEPT if whole else Saw.UNCLEAR), figures


async def _publish(kafka: LocalKafka, topic: str, *, within: float) -> None:
    """Publish one message after the other while the app starts."""
    producer = AIOKafkaProducer(bootstrap_servers=list(kafka.bootstrap), acks="all")
    end = _WALL.monotonic() + within
    await producer.start()
    try:
        for n in range(MESSAGES):
            await producer.send_and_wait(topic, b"%d" % n, partition=0)
            if _WALL.monotonic() > end:
                break
            await asyncio.sleep(EVERY)
    finally:
        await producer.stop()


async def _fill(kafka: LocalKafka, topic: str) -> None:
    """Write the log of a table with so many keys."""
    producer = AIOKafkaProducer(bootstrap_servers=list(kafka.bootstrap), linger_ms=20)
    await producer.start()
    try:
        for n in range(RECORDS):
            sent = await producer.send(topic, b"%d" % n, key=b"%d" % n, partition=0)
        await sent
        await producer.flush()
    finally:
        await producer.stop()


async def _run(kafka: LocalKafka, source: str, table: str, done: Path, *, seconds: float) -> bool:
    """Run the app for so long at most; whether it ended by itself."""
    brokers, longest = ",".join(kafka.bootstrap), str(max(1.0, seconds))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.integration.intake.plain_faust"),
        *("keeps_a_table", brokers, source, table, str(done), longest),
        cwd=HERE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(max(1.0, seconds) + KILLED_AFTER):
            await process.wait()
    except TimeoutError:
        return False
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return True


async def run(directory: Path, *, seconds: float) -> Saw:
    """Try until one is lost, or time is up."""
    until = _WALL.monotonic() + seconds - BROKER_STOPS
    kafka = LocalKafka(directory / "kafka", brokers=1)
    seen = Saw.UNCLEAR
    await asyncio.to_thread(kafka.start)
    try:
        while seen is not Saw.LOST and until - _WALL.monotonic() > LEAST:
            found, figures = await attempt(kafka, directory, until=until)
            print(f"{found}: {figures}", flush=True)
            if found is not Saw.UNCLEAR:
                seen = found
    finally:
        await asyncio.to_thread(kafka.stop)
    return seen


def main(arguments: list[str] | None = None) -> int:
    """Run; the last line says what was seen. Nothing that was seen is a failure."""
    parser = argparse.ArgumentParser(prog="python -m tests.sweep.faust_table", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=0, help="taken, and of no use: it is a race")
    given = parser.parse_args(arguments)
    fetch_jars()
    with tempfile.TemporaryDirectory(prefix="tocsin-table-") as directory:
        saw = asyncio.run(run(Path(directory), seconds=given.seconds))
    print(f"upstream_l7={saw}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
