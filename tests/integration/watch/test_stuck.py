"""An engine in which something hangs ends, says why, and whoever started it starts it afresh."""

import asyncio
import sys
import threading
from pathlib import Path

from engine.bootstrap import open_engine
from engine.bootstrap.engine import HALTED
from engine.clock import SystemClock
from engine.settings import CanarySettings
from tests.integration.bootstrap.house import begin, settings_in

WITHIN = 20.0


async def test_a_channel_that_blocks_everything_ends_the_process_with_the_reason(
    tmp_path: Path,
) -> None:
    begin(settings_in(tmp_path))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.integration.watch.stuck_process",
        str(tmp_path),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(WITHIN):
            out, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    said = out.decode()
    assert process.returncode == HALTED, said
    assert "the event loop has been blocked" in said
    assert "stuck_process.py" in said  # where it stood
    assert "hotline-a" not in said and "desk.example" not in said


async def test_a_store_that_never_answers_ends_the_process_with_the_reason(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, canary=CanarySettings(enabled=False))
    begin(settings)
    halted: list[str] = []
    engine = open_engine(settings, halt=halted.append)
    running = asyncio.create_task(engine.run())
    async with asyncio.timeout(WITHIN):
        await engine.started.wait()
    engine.parts.progress.loops["desk"].limit = 2.0
    free = threading.Event()
    stuck = asyncio.create_task(engine.parts.writer.run(lambda _: free.wait()))
    try:
        async with asyncio.timeout(WITHIN):
            while not halted:
                await SystemClock().sleep(0.1)
    finally:
        free.set()
        await stuck
        engine.stop()
        await running
    assert halted[0].startswith("desk has not moved for")
    assert "(a transaction)" in halted[0]


async def test_a_desk_at_rest_and_one_at_work_are_both_left_alone(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, canary=CanarySettings(enabled=False))
    begin(settings)
    halted: list[str] = []
    alive = asyncio.Event()
    looks = 0

    def look() -> None:
        nonlocal looks
        looks += 1
        if looks == 4:
            alive.set()

    engine = open_engine(settings, halt=halted.append, alive=look)
    running = asyncio.create_task(engine.run())
    async with asyncio.timeout(WITHIN):
        await engine.started.wait()
        for loop in engine.parts.progress.loops.values():
            loop.limit = 2.0 if loop.name != "auditor" else loop.limit
        await alive.wait()
    engine.stop()
    await running
    assert halted == []
