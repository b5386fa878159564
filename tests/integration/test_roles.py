"""A process that runs some roles only does its own part, and all of it."""

from pathlib import Path

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
