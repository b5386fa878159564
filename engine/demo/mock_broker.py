"""A Kafka that keeps nothing: librdkafka's mock cluster in a process of its own. NOT DURABLE.

For the demo and for tests that stop brokers. It speaks real Kafka to aiokafka and Faust, lies in
memory, keeps 5 MB a partition and forgets the rest. Driven over its standard input, so that it ends
when whoever started it ends.
"""

import asyncio
import ctypes
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

TOPIC, DOWN, UP, RTT, LEADER, ERRORS = "topic", "down", "up", "rtt", "leader", "errors"
_ANSWER_WITHIN = 20.0  # seconds; starting the process takes most of it on a busy machine

API_KEYS = {"produce": 0, "fetch": 1, "offset_commit": 8, "find_coordinator": 10, "join_group": 11}
"""For `fail`: the requests that can be made to err."""


class MockBrokerError(Exception):
    """The mock cluster did not start, or did not do as told."""


class MockBroker:
    """The parent's side: `async with MockBroker() as broker: broker.bootstrap`."""

    def __init__(self, *, brokers: int = 1) -> None:
        self._brokers = brokers
        self._process: asyncio.subprocess.Process | None = None
        self._one_at_a_time = asyncio.Lock()
        self.bootstrap = ""
        """`host:port,host:port`, once started."""

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            __name__,
            str(self._brokers),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        self.bootstrap = await self._line()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def stop(self) -> None:
        """End the cluster; everything in it is gone."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 5)
        except TimeoutError:
            process.kill()
            await process.wait()

    async def create_topic(self, name: str, *, partitions: int = 1) -> None:
        """Make a topic. Raises MockBrokerError when there is one of that name."""
        await self._do(TOPIC, name, partitions, self._brokers)

    async def down(self, broker: int = 1) -> None:
        """Let a broker (counted from 1) refuse everybody."""
        await self._do(DOWN, broker)

    async def up(self, broker: int = 1) -> None:
        """Let it take connections again."""
        await self._do(UP, broker)

    async def fail(self, api: str, *errors: int) -> None:
        """Answer the next requests of this kind (see `API_KEYS`) with these Kafka error codes."""
        await self._do(ERRORS, API_KEYS[api], *errors)

    async def _do(self, *words: str | int) -> None:
        async with self._one_at_a_time:
            if self._process is None or self._process.stdin is None:
                raise MockBrokerError("The mock broker is not running. Start it first.")
            self._process.stdin.write(" ".join(map(str, words)).encode("ascii") + b"\n")
            await self._process.stdin.drain()
            answer = await self._line()
        if answer not in ("0", "ok"):
            raise MockBrokerError(f"The mock broker refused `{words[0]}`: error {answer}.")

    async def _line(self) -> str:
        if self._process is None or self._process.stdout is None:
            raise MockBrokerError("The mock broker is not running. Start it first.")
        line = await asyncio.wait_for(self._process.stdout.readline(), _ANSWER_WITHIN)
        if not line:
            raise MockBrokerError(
                "The mock broker ended. Is confluent-kafka installed? `make venv` brings it."
            )
        return line.decode("ascii").strip()


class _Cluster:
    """The child's side: the C functions that the wheel's library exports."""

    def __init__(self, brokers: int) -> None:
        self._library = ctypes.CDLL(str(_library()))
        pointer, number, text = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
        new = self._function("rd_kafka_new", pointer, number, pointer, text, ctypes.c_size_t)
        conf = self._function("rd_kafka_conf_new", pointer)()
        producer, why = 0, ctypes.create_string_buffer(512)
        say = self._function(
            "rd_kafka_conf_set", number, pointer, text, text, pointer, ctypes.c_size_t
        )
        say(conf, b"log_level", b"2", why, 512)  # it warns that it has no real broker: so we know
        self._client = new(producer, conf, why, 512)
        cluster = self._function("rd_kafka_mock_cluster_new", pointer, pointer, number)
        self._cluster = cluster(self._client, brokers)
        quick = self._function(
            "rd_kafka_mock_group_initial_rebalance_delay_ms", None, pointer, ctypes.c_int32
        )
        quick(self._cluster, 100)
        prefix = "rd_kafka_mock_"
        self._commands: dict[str, tuple[Callable[..., Any], int]] = {
            TOPIC: (
                self._function(f"{prefix}topic_create", number, pointer, text, number, number),
                3,
            ),
            DOWN: (self._function(f"{prefix}broker_set_down", number, pointer, number), 1),
            UP: (self._function(f"{prefix}broker_set_up", number, pointer, number), 1),
            RTT: (self._function(f"{prefix}broker_set_rtt", number, pointer, number, number), 2),
            LEADER: (
                self._function(
                    f"{prefix}partition_set_leader", number, pointer, text, number, number
                ),
                3,
            ),
        }

    def bootstraps(self) -> str:
        """Where clients find the brokers."""
        name = self._function("rd_kafka_mock_cluster_bootstraps", ctypes.c_char_p, ctypes.c_void_p)
        found: bytes = name(self._cluster)
        return found.decode("ascii")

    def do(self, words: list[str]) -> str:
        """Carry out one line; `0` or `ok` when it worked."""
        if words[0] == ERRORS:
            codes = [int(word) for word in words[2:]]
            push = self._function(
                "rd_kafka_mock_push_request_errors_array",
                None,
                ctypes.c_void_p,
                ctypes.c_int16,
                ctypes.c_size_t,
                ctypes.POINTER(ctypes.c_int),
            )
            push(self._cluster, int(words[1]), len(codes), (ctypes.c_int * len(codes))(*codes))
            return "ok"
        function, count = self._commands[words[0]]
        arguments = [
            int(word) if word.lstrip("-").isdigit() else word.encode("ascii")
            for word in words[1 : 1 + count]
        ]
        return str(function(self._cluster, *arguments))

    def _function(self, name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
        function = getattr(self._library, name)
        function.restype = result
        function.argtypes = arguments
        return function  # type: ignore[no-any-return]  # ctypes


def _library() -> Path:
    import confluent_kafka  # loads what the library itself needs

    here = Path(confluent_kafka.__file__).parent
    for folder, pattern in (
        (here.parent / "confluent_kafka.libs", "librdkafka*.so*"),
        (here / ".dylibs", "librdkafka*.dylib"),
    ):
        if found := sorted(folder.glob(pattern)):
            return found[0]
    raise MockBrokerError("confluent-kafka's wheel has no librdkafka beside it.")


def main() -> None:
    """Run a cluster until standard input ends."""
    cluster = _Cluster(int(sys.argv[1]))
    print(cluster.bootstraps(), flush=True)
    for line in sys.stdin:
        if words := line.split():
            print(cluster.do(words), flush=True)


if __name__ == "__main__":
    main()
