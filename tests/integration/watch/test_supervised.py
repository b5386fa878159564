"""A real engine tells whoever started it that it moves, also after it was stopped for a while."""

import asyncio
import os
import signal
import socket
from pathlib import Path

import pytest

from tests.harness.house import House
from tests.harness.people import faro
from tests.harness.reports import HOTLINE
from tests.harness.towns import loto

WITHIN = 30.0


async def test_its_supervisor_hears_that_it_is_ready_and_moves_also_after_it_was_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox: dict[str, object] = {"kind": "outbox", "folder": str(tmp_path / "outbox")}
    house = House(
        tmp_path / "house",
        place=loto(),
        roster=faro(),
        channels={"sms": outbox, "email": outbox},
    )
    await house.prepare(source=HOTLINE)
    heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    heard.setblocking(False)
    heard.bind(str(tmp_path / "notify"))
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    loop = asyncio.get_running_loop()
    try:
        await house.start()
        async with asyncio.timeout(WITHIN):
            words = {await loop.sock_recv(heard, 64) for _ in range(4)}
            os.kill(house.pid, signal.SIGSTOP)
            while True:  # what it said before
                try:
                    heard.recv(64)
                except BlockingIOError:
                    break
            os.kill(house.pid, signal.SIGCONT)
            again = await loop.sock_recv(heard, 64)
    finally:
        await house.stop()
        heard.close()
    assert {b"READY=1", b"WATCHDOG=1"} <= words
    assert again == b"WATCHDOG=1"
