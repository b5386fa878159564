"""The bad line does what its tests say of it: else they would show nothing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.harness.proxy import Cut, Proxy, Way

WITHIN = 20.0


class Echo:
    """Says again what it hears, in capitals, and remembers it."""

    def __init__(self) -> None:
        self.heard = b""
        self.came = asyncio.Condition()
        self.ended = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while piece := await reader.read(1000):
                self.heard += piece
                async with self.came:
                    self.came.notify_all()
                writer.write(piece.upper())
                await writer.drain()
        except OSError:
            pass
        finally:
            self.ended += 1
            writer.transport.abort()

    async def has(self, words: bytes) -> None:
        async with self.came:
            await self.came.wait_for(lambda: words in self.heard)


@pytest.fixture
async def echo() -> AsyncIterator[tuple[Echo, int]]:
    made = Echo()
    server = await asyncio.start_server(made, "127.0.0.1", 0)
    async with asyncio.timeout(WITHIN):
        yield made, server.sockets[0].getsockname()[1]
    server.close()


class Client:
    """One connection through the line."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    def say(self, words: bytes) -> None:
        self._writer.write(words)

    async def hears(self, words: bytes) -> bool:
        return await self._reader.readexactly(len(words)) == words

    async def is_reset(self) -> bool:
        try:
            await self._reader.read(1)
        except ConnectionResetError:
            return True
        return False

    def close(self) -> None:
        self._writer.transport.abort()


Call = Callable[[Proxy], Awaitable[Client]]


@pytest.fixture
async def call() -> AsyncIterator[Call]:
    made: list[Client] = []

    async def call(line: Proxy) -> Client:
        made.append(Client(*await asyncio.open_connection("127.0.0.1", line.port)))
        return made[-1]

    yield call
    for each in made:
        each.close()
    await asyncio.sleep(0)


async def test_a_good_line_carries_both_ways(echo: tuple[Echo, int], call: Call) -> None:
    with Proxy(echo[1]) as line:
        one, two = await call(line), await call(line)
        one.say(b"one")
        two.say(b"two")
        assert await one.hears(b"ONE") and await two.hears(b"TWO")
        assert (line.accepted, line.lines, line.cuts) == (2, 2, 0)


async def test_what_was_cut_after_it_was_said_arrived_and_nobody_hears_so(
    echo: tuple[Echo, int], call: Call
) -> None:
    with Proxy(echo[1]) as line:
        line.cut(b"COMMIT", Cut.AFTER)
        client = await call(line)
        client.say(b"begin")
        assert await client.hears(b"BEGIN")
        client.say(b"COMMIT")
        assert await client.is_reset()
        await echo[0].has(b"beginCOMMIT")
        again = await call(line)  # once was asked for
        again.say(b"COMMIT")
        assert await again.hears(b"COMMIT")
        assert line.cuts == 1


async def test_what_was_cut_before_it_was_heard_never_arrived(
    echo: tuple[Echo, int], call: Call
) -> None:
    with Proxy(echo[1]) as line:
        line.cut(b"COMMIT", Cut.BEFORE)
        client = await call(line)
        client.say(b"begin")
        assert await client.hears(b"BEGIN")
        client.say(b"COMMIT")
        assert await client.is_reset()
    assert echo[0].heard == b"begin"


async def test_words_that_come_in_two_pieces_are_known(echo: tuple[Echo, int], call: Call) -> None:
    with Proxy(echo[1]) as line:
        line.cut(b"COMMIT", Cut.AFTER)
        client = await call(line)
        client.say(b"COM")
        assert await client.hears(b"COM")
        client.say(b"MIT")
        assert await client.is_reset()
    assert echo[0].heard == b"COMMIT"


async def test_a_hole_takes_connections_and_gives_nothing_until_it_is_healed(
    echo: tuple[Echo, int], call: Call
) -> None:
    with Proxy(echo[1]) as line:
        before = await call(line)
        line.hole()
        after = await call(line)
        for client in (before, after):
            client.say(b"anybody")
        listening = [asyncio.ensure_future(each.hears(b"ANYBODY")) for each in (before, after)]
        with Proxy(echo[1]) as other:  # time enough for a whole exchange on another line
            neighbour = await call(other)
            neighbour.say(b"here")
            assert await neighbour.hears(b"HERE")
        assert echo[0].heard == b"here"
        assert not any(each.done() for each in listening)
        line.heal()
        assert await asyncio.gather(*listening) == [True, True]


async def test_on_a_half_open_line_the_server_hears_and_is_not_heard(
    echo: tuple[Echo, int], call: Call
) -> None:
    with Proxy(echo[1]) as line:
        line.hole(Way.BACK)
        client = await call(line)
        client.say(b"do it")
        await echo[0].has(b"do it")
        listening = asyncio.ensure_future(client.hears(b"DO IT"))
        assert not listening.done()
        line.heal()
        assert await listening


async def test_a_reset_ends_every_connection_for_both_ends(
    echo: tuple[Echo, int], call: Call
) -> None:
    with Proxy(echo[1]) as line:
        client = await call(line)
        client.say(b"x")
        assert await client.hears(b"X")
        line.reset()
        assert await client.is_reset()
        again = await call(line)
        again.say(b"y")
        assert await again.hears(b"Y")


async def test_a_slow_line_carries_the_same(echo: tuple[Echo, int], call: Call) -> None:
    loop = asyncio.get_running_loop()
    with Proxy(echo[1]) as line:
        line.delay = 0.05
        client, began = await call(line), loop.time()
        client.say(b"slow")
        assert await client.hears(b"SLOW")
        assert loop.time() - began >= 0.1  # there and back; never less, whatever the machine


async def test_a_server_that_says_where_it_is_names_the_line(
    echo: tuple[Echo, int], call: Call
) -> None:
    with Proxy(echo[1], instead={b"AT 1": b"AT 2"}) as line:
        client = await call(line)
        client.say(b"at 1")
        assert await client.hears(b"AT 2")


async def test_behind_a_line_whose_server_is_away_nobody_answers(call: Call) -> None:
    with Proxy(1) as line:
        client = await call(line)
        with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
            await client.hears(b"hello")
        assert line.lines == 0
