"""The power goes under a running engine: what it answered for is on the disk."""

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engine.store import journal
from engine.store import tables as t
from engine.store.database import Database, read
from tests.harness.house import House
from tests.harness.night import Night
from tests.harness.people import faro
from tests.harness.posting import Poster
from tests.harness.power import Power
from tests.harness.reports import HOTLINE, report
from tests.harness.sinks import SmtpSink, smtp_settings
from tests.harness.towns import loto

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("cc") is None,
    reason="what a process syncs is seen by a small C library, on Linux, with a C compiler",
)

WITHIN = 60.0
AT_ONCE, ANSWERED = 4, 12
WRITES = """
import os, sys
with open(sys.argv[1] + "/kept", "wb", buffering=0) as file:
    file.write(b"synced")
    os.fsync(file.fileno())
    file.write(b" and more")
with open(sys.argv[1] + "/never", "wb", buffering=0) as file:
    file.write(b"x")
os.kill(os.getpid(), 9)
"""


def test_a_cut_takes_what_was_written_and_not_synced(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    power = Power(disk, work=tmp_path / "work")
    subprocess.run(
        [sys.executable, "-S", "-c", WRITES, str(disk)],
        env={**os.environ, **power.variables},
        check=False,
    )
    assert (disk / "kept").read_bytes() == b"synced and more"

    lost = power.cut()

    assert lost == len(" and more") + 1
    assert (disk / "kept").read_bytes() == b"synced"
    assert not (disk / "never").exists()


async def report_until_it_is_dark(night: Night, number: int, taken: list[str]) -> None:
    """Report one abduction after the other; note which were taken."""
    poster = Poster(port=night.house.port, key=night.key)
    try:
        for n in range(1_000):
            id = f"dark-{number}-{n}"
            body = report("abduction", id=id, situation=id, country="QR").bytes()
            if (await poster.post("/v1/events", body)).status == 202:
                taken.append(id)
    except OSError:
        return
    finally:
        await poster.aclose()


async def test_b36_when_the_power_goes_what_was_answered_for_is_there_and_everybody_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink, taken = SmtpSink(), list[str]()
    await sink.start()
    mail = smtp_settings(sink)
    house = House(
        tmp_path / "house", place=loto(), roster=faro(), channels={"sms": mail, "email": mail}
    )
    try:
        key = await house.prepare(source=HOTLINE)
        night = Night(house=house, sink=sink, key=key, url=f"sqlite:///{house.database}")
        power = Power(house.database.parent, work=tmp_path / "work")
        with monkeypatch.context() as patched:
            for name, value in power.variables.items():
                patched.setenv(name, value)
            await house.start()
        reporting = [
            asyncio.ensure_future(report_until_it_is_dark(night, n, taken)) for n in range(AT_ONCE)
        ]
        await night.until(lambda: len(taken) >= ANSWERED, within=WITHIN)
        await house.kill()
        await asyncio.gather(*reporting)
        power.cut()

        await house.start()
        known = {row.id for row in night.rows(t.inbox, t.inbox.c.source == HOTLINE)}
        assert set(taken) <= known
        await night.until(
            lambda: {x.state for x in night.rows(t.notifications)} == {"handed_off"},
            within=WITHIN,
        )
        assert set(night.arrived()) == {row.key for row in night.rows(t.notifications)}
        await house.stop()
        database = Database(night.url)
        conn = database.reader()
        assert not read(conn, journal.verify)
        conn.close()
        database.close()
    finally:
        await house.kill()
        await sink.stop()
