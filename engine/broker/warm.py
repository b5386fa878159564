"""Recording Kafka's classes once, so that each later start takes a third of the time.

Worth its ten seconds where brokers are started again and again, as in the tests.
"""

import fcntl
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.broker.jars import Progress, fetched_jars
from engine.broker.java import class_cache
from engine.broker.local_kafka import LocalKafka
from engine.broker.node import Node


def warm_up(*, say: Progress = lambda _line: None) -> None:
    """Fetch the jars and record their classes, unless that is done. Safe in parallel.

    Raises BrokerError when Kafka cannot be fetched or started.
    """
    target = class_cache(fetched_jars(say=say))
    if target.exists():
        return
    with target.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if target.exists():
            return
        say("Recording Kafka's classes …")
        with TemporaryDirectory(prefix="recording-", dir=target.parent.parent) as folder:
            recorded = Path(folder) / target.name
            broker = _Recording(Path(folder) / "kafka", recorded)
            try:
                broker.start()
            finally:
                broker.stop()
            if recorded.exists():
                recorded.rename(target)


class _Recording(LocalKafka):
    """A broker that writes the file when it is stopped."""

    def __init__(self, directory: Path, recorded: Path) -> None:
        super().__init__(directory)
        self._recorded = recorded

    def _command(self, jars: Path, node: Node) -> list[str]:
        java, *rest = super()._command(jars, node)
        return [java, f"-XX:AOTCacheOutput={self._recorded}", *rest]
