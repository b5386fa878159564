"""`readyz` says what is amiss and since when, and keeps its 503 for when nothing is taken."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest

from engine.bootstrap.engine import Engine
from engine.case.commands import RaiseIncident
from engine.desk import Lane
from engine.settings import CanarySettings
from engine.store import tables as t
from schemas.codes import IncidentCode
from tests.integration.bootstrap.house import begin, mailbox, running, settings_in


async def asked(engine: Engine) -> tuple[int, dict[str, Any]]:
    async with httpx2.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{engine.address}/readyz")
    return answer.status_code, orjson.loads(answer.content)


async def test_a_desk_that_works_is_ready_and_not_degraded(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    begin(settings)
    async with running(settings) as engine:
        status, body = await asked(engine)
    assert (status, body["ready"], body["degraded"]) == (200, True, False)
    assert body["checks"]["canary door"]["ok"]
    assert all(check["since"] for check in body["checks"].values())


async def test_a_channel_that_is_dead_degrades_with_since_when_and_takes_reports(
    tmp_path: Path,
) -> None:
    async with mailbox() as (sink, letters):
        settings = settings_in(tmp_path, smtp_port=sink.port, canary=CanarySettings(enabled=False))
        begin(settings)
        async with running(settings) as engine:
            before = engine.parts.clock.now()
            incident = RaiseIncident(code=IncidentCode.CHANNEL_FAILING, key="sms")
            await engine.parts.desk.submit(incident, lane=Lane.CRITICAL)
            await letters.next()
            status, body = await asked(engine)
    check = body["checks"]["incident channel_failing"]
    assert (status, body["ready"], body["degraded"], check["ok"]) == (200, True, True, False)
    assert check["since"] >= before.isoformat().replace("+00:00", "Z")[:19]


async def test_it_is_503_only_while_nothing_moves(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, roles=("intake", "web"), canary=CanarySettings(enabled=False))
    begin(settings)
    async with running(settings) as engine:
        incident = RaiseIncident(code=IncidentCode.QUARANTINE, key="x")
        await engine.parts.desk.submit(incident, lane=Lane.CRITICAL)
        first, _ = await asked(engine)
        await engine.parts.writer.run(
            lambda conn: conn.execute(
                t.cases.update().values(due_at=engine.parts.clock.now() - timedelta(minutes=6))
            )
        )
        second, body = await asked(engine)
    assert (first, second) == (200, 503)
    assert (body["ready"], body["checks"]["timers"]["ok"]) == (False, False)
    assert "overdue" in body["checks"]["timers"]["says"]


@pytest.mark.parametrize("path", ["/healthz"])
async def test_whether_the_process_answers_is_told_without_asking_anybody(
    tmp_path: Path, path: str
) -> None:
    settings = settings_in(tmp_path, canary=CanarySettings(enabled=False))
    begin(settings)
    async with running(settings) as engine, httpx2.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{engine.address}{path}")
    assert (answer.status_code, answer.text) == (200, "alive\n")
