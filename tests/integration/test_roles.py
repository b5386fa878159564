"""A process that runs some roles only does its own part, and all of it."""

import subprocess
import sys
from pathlib import Path

import pytest

from engine.processes import opens_http
from engine.settings import KafkaSettings, Role, Settings
from tests.harness.house import House
from tests.harness.people import faro
from tests.harness.posting import Poster
from tests.harness.reports import HOTLINE, report
from tests.harness.towns import loto


async def test_a_process_for_intake_alone_takes_reports(tmp_path: Path) -> None:
    outbox: dict[str, object] = {"kind": "outbox", "folder": str(tmp_path / "outbox")}
    house = House(
        tmp_path,
        place=loto(),
        roster=faro(),
        channels={"sms": outbox, "email": outbox},
        roles=("intake",),
    )
    key = await house.prepare(source=HOTLINE)
    await house.start()
    try:
        poster = Poster(port=house.port, key=key)
        answer = await poster.post("/v1/events", report("arrest", id="arrest-1").bytes())
        await poster.aclose()
    finally:
        await house.stop()

    assert answer.status == 202


@pytest.mark.parametrize(
    ("roles", "kafka", "opens"),
    [
        (("web",), True, True),
        (("web", "intake"), False, True),
        (("intake",), False, True),
        (("intake",), True, False),
        (("timers", "auditor"), False, False),
        (("sender",), True, False),
        ((), False, True),
    ],
)
def test_two_processes_of_a_machine_never_want_the_same_port(
    roles: tuple[Role, ...], kafka: bool, opens: bool
) -> None:
    """Reports over HTTP come in where the pages are; a reader of the log needs no port."""
    settings = Settings(roles=roles, kafka=KafkaSettings(enabled=kafka))

    assert opens_http(settings) is opens


def test_a_process_that_only_decides_does_not_wait_for_pages_to_load() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, engine.bootstrap; print(*sys.modules)"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout.split()
    assert "engine.timers" in loaded
    pages = [name for name in loaded if name.split(".")[0] in ("fastapi", "uvicorn")]
    assert not [*pages, *(name for name in loaded if name.startswith("engine.web"))]
