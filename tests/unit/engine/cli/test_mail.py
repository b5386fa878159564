"""A mail server hands on a mail; what it hears decides whether the mail comes again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from engine.cli.exits import CommandError, Exit
from engine.cli.mail import hand_on


@asynccontextmanager
async def an_engine(status: int) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Something on loopback that answers everything with this status."""
    heard: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length:")
        )
        heard.append(await reader.readexactly(length))
        writer.write(b"HTTP/1.1 %d x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % status)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}", heard
    finally:
        server.close()


async def test_a_mail_that_was_dealt_with_does_not_come_again_and_arrives_byte_by_byte() -> None:
    raw = b"From: <a@b.example>\r\n\r\n1\r\n\xff"
    async with an_engine(202) as (url, heard):
        assert await hand_on(raw, url=f"{url}/v1/replies/email/secret", shown=url) == 202
    assert heard == [raw]


@pytest.mark.parametrize("status", [404, 500, 503])
async def test_what_was_not_stored_comes_again(status: int) -> None:
    async with an_engine(status) as (url, _):
        with pytest.raises(CommandError) as failed:
            await hand_on(b"1", url=url, shown=url)
    assert failed.value.code is Exit.LATER


async def test_while_the_engine_is_away_the_mail_server_keeps_it_and_reads_no_secret() -> None:
    with pytest.raises(CommandError) as failed:
        await hand_on(b"1", url="http://127.0.0.1:9/v1/replies/email/secret", shown="the engine")
    assert failed.value.code is Exit.LATER == 75
    assert "secret" not in failed.value.what


async def test_what_is_too_large_is_never_taken_and_does_not_come_again_for_ever() -> None:
    async with an_engine(413) as (url, _):
        with pytest.raises(CommandError) as failed:
            await hand_on(b"1" * 10, url=url, shown=url)
    assert failed.value.code is Exit.USAGE
