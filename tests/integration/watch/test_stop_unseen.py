"""The file that stops everything, while every read of a running engine hangs."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

from engine.bootstrap import open_engine
from engine.clock import SystemClock
from engine.settings import CanarySettings
from engine.store.threads import READERS
from tests.integration.bootstrap.house import begin, settings_in

WITHIN = 20.0


async def until(seen: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN):
        while not seen():
            await SystemClock().sleep(0.02)


async def test_a_stop_file_was_not_seen_and_nobody_knew_while_every_reader_hung(
    tmp_path: Path,
) -> None:
    settings = settings_in(tmp_path, canary=CanarySettings(enabled=False))
    begin(settings)
    halted: list[str] = []
    engine = open_engine(settings, halt=halted.append)
    running = asyncio.create_task(engine.run())
    async with asyncio.timeout(WITHIN):
        await engine.started.wait()
    free, hung = threading.Event(), threading.Barrier(READERS + 1)

    def hang(_: object) -> None:
        hung.wait(WITHIN)
        free.wait()

    reads = [asyncio.create_task(engine.parts.reader.run(hang)) for _ in range(READERS)]
    try:
        await asyncio.to_thread(hung.wait, WITHIN)
        watch = engine.parts.progress.loops["stop watch"]
        await until(lambda: not watch.resting)  # it looked at the disk, and asks a store that hangs
        (settings.data_dir / "STOP").touch()
        await until(lambda: engine.parts.desk.in_hand.stopped)
        watch.limit = 2.0
        await until(lambda: bool(halted))
    finally:
        free.set()
        await asyncio.gather(*reads)
        engine.stop()
        await running
    assert halted[0].startswith("stop watch has not moved for")
