"""Faust as its own manual shows it, in a process of its own: what we do not build on.

Writes one line for each value it dealt with. Ends when nothing has come for a while.
"""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import faust
from faust.contrib.asgi import faust_app_running

IDLE = 2.0
"""Seconds without anything new, after which it is over: longer than a commit takes."""
LONGEST = "40"


class Plain:
    """One app with one agent, by the name of the way it loses something."""

    def __init__(self, *, way: str, brokers: str, source: str, sink: str, done: Path) -> None:
        self._way = way
        self._done = done
        self.count = 0
        self.app = faust.App(
            f"plain-{source}",
            broker=[f"kafka://{one}" for one in brokers.split(",")],
            broker_commit_interval=0.5,
            consumer_auto_offset_reset="earliest",
            datadir=str(done.parent / "faust-data"),
            key_serializer="raw",
            value_serializer="raw",
            store="memory://",
            stream_publish_on_commit=way == "publish_on_commit",
            topic_allow_declare=False,
            topic_disable_leader=True,
            web_enabled=False,
        )
        self._sink = self.app.topic(sink, value_type=bytes)
        if way == "keeps_a_table":
            log = self.app.topic(sink, key_type=bytes, value_type=bytes)
            self._table = self.app.Table(
                "seen", key_type=bytes, value_type=bytes, partitions=1, changelog_topic=log
            )
        channel = self.app.topic(source, value_type=bytes)
        self.app.agent(channel, name="agent")(getattr(self, f"_{way}"))

    async def _raises_once(self, stream: Any) -> None:
        async for value in stream:
            if value == b"5" and not self._seen("raised"):
                self._note("raised")
                raise ValueError("the database was away for a moment")
            self._note(value.decode())

    async def _never_acknowledged(self, stream: Any) -> None:
        async for event in stream.noack().events():
            if event.value != b"13":
                self._note(event.value.decode())
                event.ack()

    async def _publishes(self, stream: Any) -> None:
        async for value in stream:
            await self._sink.send(value=value if int(value) % 10 else value * 500)
            self._note(value.decode())

    _publish_on_commit = _publishes

    async def _keeps_a_table(self, stream: Any) -> None:
        async for value in stream:
            if self.count == 0:
                self._note(f"keys={len(self._table)}")
            self._table[b"last"] = value
            self._note(value.decode())

    def _note(self, line: str) -> None:
        self.count += 1
        with self._done.open("a") as file:
            file.write(f"{line}\n")

    def _seen(self, line: str) -> bool:
        return self._done.exists() and line in self._done.read_text().split()


async def main(
    way: str, brokers: str, source: str, sink: str, done: str, longest: str = LONGEST
) -> None:
    """Run until idle, or for so many seconds at most."""
    plain = Plain(way=way, brokers=brokers, source=source, sink=sink, done=Path(done))
    loop = asyncio.get_running_loop()
    async with faust_app_running(plain.app, stop_timeout=5):
        last, since, began = 0, loop.time(), loop.time()
        while loop.time() - began < float(longest):
            await asyncio.sleep(0.1)
            if plain.count != last or plain.count == 0:
                last, since = plain.count, loop.time()
            if loop.time() - since > IDLE:
                return


if __name__ == "__main__":
    try:
        asyncio.run(main(*sys.argv[1:]))
    finally:
        sys.stdout.flush()
        os._exit(0)
