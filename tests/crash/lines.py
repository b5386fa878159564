"""The lines between the engine and what it stands on, and what goes wrong on them."""

import asyncio
import random  # noqa: TID251 (seeded: the same number, the same faults)
import struct
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from engine.broker import LocalKafka
from engine.clock import SystemClock
from tests.harness.postgres import PostgresServer
from tests.harness.proxy import Cut, Proxy, Way

_WALL = SystemClock()
STORE, BROKER, MAIL = "store", "broker", "mail"
MARKS = {STORE: b"COMMIT", BROKER: b"ce_id", MAIL: b"\r\n.\r\n"}
"""What is said last of a thing that is then done: from here on nobody knows, if nobody answers."""
CUT, HOLE, HALF, RESET, SLOW, DEAD = "cut", "hole", "half", "reset", "slow", "dead"
EVERYWHERE = (CUT, HOLE, HALF, RESET, SLOW)
KINDS = (
    *(f"{line}-{what}" for line in (STORE, BROKER, MAIL) for what in EVERYWHERE),
    f"{STORE}-{DEAD}",
)
"""What goes wrong on each line, and a store that is away for longer than anybody waits."""
CUTS = (1, 6)
CUT_WITHIN = 15.0
"""Seconds in which somebody has to say the mark."""
HELD = (0.5, 7.0)
"""Seconds that a line holds everything back: past a session, short of a watchdog."""
DEAD_FOR = 36.0
"""Past the watchdog of the desk: the processes end by themselves."""
TAKES_LONG = frozenset({f"{STORE}-{DEAD}"})
"""Not for a run that has only so many seconds."""
RESET_DELAY = 0.02
"""Seconds for each piece, while a line is reset again and again."""
DELAYS = (0.02, 0.2)
"""Seconds for each piece, on a slow line."""
RESETS = (1, 5)
WAYS = ((Way.BACK,), (Way.THERE,))
"""Half open: we do not hear, or are not heard."""


@dataclass(frozen=True, slots=True)
class Lines:
    """One line to each thing the engine stands on: no store where it is a file."""

    store: Proxy | None
    broker: Proxy
    mail: Proxy

    async def strike(self, kind: str, rng: random.Random) -> None:
        """Let it happen, and return when the line is good again."""
        name, _, what = kind.partition("-")
        line: Proxy = getattr(self, name)
        try:
            match what:
                case "cut":
                    await self._cut(line, MARKS[name], rng)
                case "slow":
                    line.delay = rng.uniform(*DELAYS)
                    await asyncio.sleep(rng.uniform(*HELD))
                case "reset":
                    line.delay = RESET_DELAY
                    for _ in range(rng.randint(*RESETS)):
                        await asyncio.sleep(rng.uniform(0.0, 0.5))
                        line.reset()
                case _:
                    line.hole(*(rng.choice(WAYS) if what == HALF else ()))
                    await asyncio.sleep(DEAD_FOR if what == DEAD else rng.uniform(*HELD))
                    if rng.random() < 0.5:
                        line.reset()
        finally:
            line.heal()

    async def _cut(self, line: Proxy, mark: bytes, rng: random.Random) -> None:
        until, wanted = _WALL.monotonic() + CUT_WITHIN, line.cuts + rng.randint(*CUTS)
        line.cut(mark, rng.choice(tuple(Cut)), times=wanted - line.cuts)
        while line.cuts < wanted and _WALL.monotonic() < until:  # noqa: ASYNC110 (the line's thread)
            await asyncio.sleep(0.02)
        # Of the last one the answer is still on its way, from a mail server that takes its time.
        while line.waiting and _WALL.monotonic() < until:  # noqa: ASYNC110 (the same)
            await asyncio.sleep(0.02)


@contextmanager
def lines(*, postgres: PostgresServer | None, kafka: LocalKafka, mail: int) -> Iterator[Lines]:
    """Good lines, until somebody says otherwise. `mail`: the port of a mail server."""
    (address,) = kafka.bootstrap
    host, _, port = address.partition(":")
    with ExitStack() as stack:
        broker = stack.enter_context(Proxy(int(port)))
        # A broker says where it is, and clients go there: that has to be the line.
        broker.instead[_place(host, int(port))] = _place(host, broker.port)
        yield Lines(
            store=stack.enter_context(Proxy(postgres.socket)) if postgres else None,
            broker=broker,
            mail=stack.enter_context(Proxy(mail)),
        )


def _place(host: str, port: int) -> bytes:
    return host.encode() + struct.pack(">i", port)
