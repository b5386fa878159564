"""Canaries on a PostgreSQL, let go by one process and seen through by others."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from pydantic import SecretStr

from engine.clock import SystemClock
from engine.settings import CanarySettings
from engine.store import canaries
from tests.harness.postgres import PostgresServer
from tests.harness.stores import postgres_url
from tests.integration.bootstrap.house import begin, running, settings_in

WITHIN = 40.0
APART = (("auditor",), ("timers",), ("sender",))


async def test_it_comes_through_where_each_role_is_another_process(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    settings = settings_in(
        tmp_path,
        database_url=SecretStr(postgres_url(postgres)),
        canary=CanarySettings(every=10),
    )
    begin(settings)
    async with AsyncExitStack() as stack, asyncio.timeout(WITHIN):
        for roles in APART:
            apart = settings.model_copy(update={"roles": roles, "instance": roles[0]})
            engine = await stack.enter_async_context(running(apart))
        while not await engine.parts.reader.run(canaries.newest):
            await SystemClock().sleep(0.1)
        waiting = await engine.parts.reader.run(canaries.newest)
    assert set(waiting) == {"door"}
