"""A real broker on this machine: keeps what it acknowledged, and never outlives its starter."""

import signal
import subprocess
import sys
from pathlib import Path

from engine.broker import LocalKafka
from engine.clock import SystemClock
from tests.harness.broker import make_topic, produce, records


async def test_what_was_acknowledged_is_read_back_in_order(kafka: LocalKafka) -> None:
    topic = await make_topic(kafka, partitions=2)

    assert await produce(kafka, topic, [b"one", b"two"], partition=1) == [0, 1]

    assert [(r.partition, r.value) for r in await records(kafka, topic)] == [
        (1, b"one"),
        (1, b"two"),
    ]


def test_a_running_broker_is_not_started_twice(kafka: LocalKafka) -> None:
    before = kafka.status()

    kafka.start()

    assert kafka.status() == before
    assert [node.ready for node in before] == [True]


async def test_what_was_acknowledged_survives_a_kill_and_a_second_process_can_stop_it(
    kafka_jars: Path, tmp_path: Path
) -> None:
    broker = LocalKafka(tmp_path / "kafka")
    broker.start()
    try:
        topic = await make_topic(broker)
        await produce(broker, topic, [b"kept"])
        broker.kill9()
        assert [(node.pid, node.ready) for node in broker.status()] == [(None, False)]

        broker.restart()

        assert [r.value for r in await records(broker, topic)] == [b"kept"]
        another = LocalKafka(tmp_path / "kafka")
        assert another.bootstrap == broker.bootstrap
        another.stop()
        assert [node.pid for node in broker.status()] == [None]
    finally:
        broker.stop()


def test_a_broker_dies_with_whoever_started_it(kafka_jars: Path, tmp_path: Path) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(tmp_path / "kafka")], stdout=subprocess.PIPE
    )
    assert starter.stdout is not None
    assert starter.stdout.readline() == b"ready\n"
    broker = LocalKafka(tmp_path / "kafka")
    assert [node.ready for node in broker.status()] == [True]

    starter.send_signal(signal.SIGKILL)
    starter.communicate()

    clock = SystemClock()
    until = clock.monotonic() + 20
    while broker.status()[0].pid is not None:
        assert clock.monotonic() < until, "it outlived its starter"


STARTER = """
import signal, sys
from pathlib import Path
from engine.broker import LocalKafka
broker = LocalKafka(Path(sys.argv[1]))
broker.start()
print("ready", flush=True)
signal.pause()
"""
