"""What Kafka's client leaves open is put away with the test that left it, not with the next."""

import asyncio
import gc
import socket
import warnings

from aiokafka.conn import AIOKafkaConnection

from tests.harness import open_lines


async def _half_made(port: int) -> AIOKafkaConnection:
    """As one that is being made while its client closes."""
    connection = AIOKafkaConnection("127.0.0.1", port)
    opening = asyncio.ensure_future(connection.connect())
    while not connection.connected():  # noqa: ASYNC110 (the library tells nobody)
        await asyncio.sleep(0)
    close, connection.close = connection.close, lambda *args, **more: None
    opening.cancel()
    await asyncio.wait({opening})
    connection.close = close
    connection._read_task.cancel()
    return connection


def test_a_connection_that_outlived_its_loop_complains_in_no_later_test() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        connection = asyncio.run(_half_made(silent.getsockname()[1]))

        assert open_lines.put_away() == ["AIOKafkaProtocol"]

        with warnings.catch_warnings():
            warnings.simplefilter("error")
            del connection
            gc.collect()
        assert open_lines.put_away() == []
