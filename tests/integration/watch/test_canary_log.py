"""Where reports come by a log, canaries do: on both runners, from a real broker."""

import asyncio
from pathlib import Path

import pytest

from engine.broker import LocalKafka
from engine.clock import SystemClock
from engine.settings import CanarySettings, KafkaSettings
from engine.store import canaries
from tests.harness.broker import make_topic
from tests.integration.bootstrap.house import begin, mailbox, running, settings_in

WITHIN = 60.0


@pytest.mark.parametrize("other", [False, True], ids=["as-by-default", "switched"])
async def test_it_comes_through_by_every_lane_that_is_read(
    kafka: LocalKafka, tmp_path: Path, other: bool
) -> None:
    critical = await make_topic(kafka, "critical", partitions=2)
    normal = await make_topic(kafka, "normal", partitions=2)
    async with mailbox() as (sink, letters):
        settings = settings_in(
            tmp_path,
            smtp_port=sink.port,
            canary=CanarySettings(every=10),
            kafka=KafkaSettings(
                enabled=True,
                brokers=kafka.bootstrap,
                group=f"canary.{other}",
                critical_topic=critical,
                normal_topic=normal,
                cases_topic=await make_topic(kafka, "cases"),
                quarantine_topic=await make_topic(kafka, "quarantine"),
                critical_runner="faust" if other else "aiokafka",
                normal_runner="aiokafka" if other else "faust",
                durability="none",
            ),
        )
        begin(settings)
        async with running(settings) as engine, asyncio.timeout(WITHIN):
            while len(await engine.parts.reader.run(canaries.newest)) < 2:
                await SystemClock().sleep(0.1)
            seen = await engine.parts.reader.run(canaries.newest)
    assert set(seen) == {"critical", "normal"}
    assert letters.mails == []
