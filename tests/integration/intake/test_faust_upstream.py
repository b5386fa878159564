"""What plain Faust does to a report, on a real broker: why we keep the books ourselves.

Each of these passes while Faust 0.15.3 loses something. One that fails is good news: then look
whether `engine.intake.faust_books` can be made smaller. Not here, as it takes a minute: a reader
with a table of 100,000 records now and then loses a message at the start (faust-streaming 596; we
keep no tables). `python -m tests.sweep.faust_table` tries that.
"""

import asyncio
import sys
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.structs import TopicPartition

from engine.broker import LocalKafka
from tests.harness.broker import make_topic, produce, records
from tests.integration.intake.test_kafka import HERE


async def run(kafka: LocalKafka, way: str, *, source: str, sink: str, done: Path) -> list[str]:
    """Run plain Faust until nothing more comes; return what it dealt with."""
    with (done.parent / "faust.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.integration.intake.plain_faust",
            way,
            ",".join(kafka.bootstrap),
            source,
            sink,
            str(done),
            cwd=HERE,
            stdout=log,
            stderr=log,
        )
    try:
        async with asyncio.timeout(60):
            await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return lines(done)


def lines(done: Path) -> list[str]:
    return done.read_text().split() if done.exists() else []


async def committed(kafka: LocalKafka, source: str) -> int:
    """How far the group says it is done: what comes before is never given to it again."""
    admin = AIOKafkaAdminClient(bootstrap_servers=list(kafka.bootstrap))
    await admin.start()
    try:
        found = await admin.list_consumer_group_offsets(f"plain-{source}")
    finally:
        await admin.close()
    return int(found[TopicPartition(source, 0)].offset)


async def test_a_report_whose_handling_raised_once_is_never_given_to_it_again(
    kafka: LocalKafka, tmp_path: Path
) -> None:
    source = await make_topic(kafka)
    await produce(kafka, source, [b"%d" % n for n in range(20)])

    done = await run(kafka, "raises_once", source=source, sink=source, done=tmp_path / "done")

    assert "raised" in done
    assert await committed(kafka, source) == 20
    assert set(map(str, range(20))) - set(done) == {"5"}


async def test_a_report_that_was_never_acknowledged_is_committed_over(
    kafka: LocalKafka, tmp_path: Path
) -> None:
    source = await make_topic(kafka)
    await produce(kafka, source, [b"%d" % n for n in range(100)])

    done = await run(
        kafka, "never_acknowledged", source=source, sink=source, done=tmp_path / "done"
    )

    assert "13" not in done
    assert await committed(kafka, source) == 100


@pytest.mark.parametrize("way", ["publishes", "publish_on_commit"])
async def test_what_the_broker_refused_to_take_counts_as_dealt_with_and_nobody_is_told(
    kafka: LocalKafka, tmp_path: Path, way: str
) -> None:
    """Five of fifty are too large; good ones that shared a batch with one are mostly gone too."""
    source = await make_topic(kafka)
    sink = await make_topic(kafka, max_message_bytes="300")
    await produce(kafka, source, [b"%d" % n for n in range(50)])

    done = await run(kafka, way, source=source, sink=sink, done=tmp_path / "done")

    arrived = {record.value for record in await records(kafka, sink)}
    assert len(done) == 50
    assert await committed(kafka, source) == 50
    assert len(arrived) <= 45
