"""The watch outside hears that we are, and nothing about anybody; one deaf ear stays one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from engine.heartbeat import FileHeartbeat, Heartbeats, PingHeartbeat
from engine.settings import HeartbeatSettings


@asynccontextmanager
async def a_watch(
    answer: bytes = b"HTTP/1.1 204 No Content\r\n\r\n",
) -> AsyncIterator[tuple[str, list[bytes]]]:
    heard: list[bytes] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/ping/0f3a", heard


async def test_the_watch_is_asked_and_told_nothing() -> None:
    async with a_watch() as (url, heard):
        await PingHeartbeat(SecretStr(url)).beat()
    (asked,) = heard
    lines = asked.decode().split("\r\n")
    assert lines[0] == "POST /ping/0f3a HTTP/1.1"
    assert {line.partition(":")[0].lower() for line in lines[1:] if line} == {
        "host",
        "content-length",
        "user-agent",
    }


async def test_a_watch_that_says_no_has_not_heard() -> None:
    async with a_watch(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n") as (url, _):
        with pytest.raises(OSError, match="404"):
            await PingHeartbeat(SecretStr(url)).beat()


async def test_a_watch_that_is_away_takes_the_file_along_with_it_in_no_case(tmp_path: Path) -> None:
    async with a_watch() as (url, _):
        pass
    file = tmp_path / "heartbeat"
    with pytest.raises(OSError, match="not reached") as raised:
        await PingHeartbeat(SecretStr(url)).beat()
    assert "0f3a" not in str(raised.value)  # such addresses carry a token
    await Heartbeats([PingHeartbeat(SecretStr(url)), FileHeartbeat(file)]).beat()
    assert file.exists()


def test_an_address_that_is_none_is_said_at_the_start() -> None:
    with pytest.raises(ValueError, match="https"):
        PingHeartbeat(SecretStr("ftp://watch.example/x"))


def test_a_wrong_address_in_the_settings_is_a_mistake_that_is_not_repeated_in_it() -> None:
    with pytest.raises(ValidationError, match="https") as raised:
        HeartbeatSettings(url=SecretStr("watch.example/secret-0f3a"))
    assert "0f3a" not in str(raised.value)
