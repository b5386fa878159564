"""A disk that is full under a running engine: it says so, loses nothing, and goes on with room."""

import errno
import subprocess
import sys
from pathlib import Path

from engine.store import journal
from engine.store import tables as t
from engine.store.database import Database, read
from tests.harness.house import House
from tests.harness.night import Night
from tests.harness.people import faro
from tests.harness.reports import HOTLINE
from tests.harness.sinks import SmtpSink, smtp_settings
from tests.harness.small_disk import Quota, small_disk
from tests.harness.towns import loto

WITHIN = 60.0
ANSWERED = 15.0
WRITES = """
import errno, sys
for _ in sys.stdin:
    try:
        with open(sys.argv[1], "ab", buffering=0) as file:
            file.write(b"y")
        print("written")
    except OSError as error:
        print(errno.errorcode[error.errno])
"""


def test_the_quota_that_stands_in_for_a_full_disk_fills_and_frees_like_one(tmp_path: Path) -> None:
    (tmp_path / "largest").write_bytes(b"x" * 100)
    process = subprocess.Popen(
        [sys.executable, "-S", "-u", "-c", WRITES, str(tmp_path / "largest")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    quota = Quota(tmp_path)

    def write() -> str:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write("\n")
        process.stdin.flush()
        return process.stdout.readline().strip()

    quota.fill(process.pid)
    assert write() == errno.errorcode[errno.EFBIG]
    quota.free(process.pid)
    assert write() == "written"
    process.communicate()
    assert (tmp_path / "largest").stat().st_size == 101


async def test_b41_on_a_full_disk_nothing_is_taken_and_everything_goes_on_once_there_is_room(
    tmp_path: Path,
) -> None:
    sink = SmtpSink()
    await sink.start()
    mail = smtp_settings(sink)
    with small_disk(tmp_path / "disk") as disk:
        house = House(
            tmp_path / "disk" / "house",
            place=loto(),
            roster=faro(),
            channels={"sms": mail, "email": mail},
        )
        try:
            key = await house.prepare(source=HOTLINE)
            await house.start()
            url = f"sqlite:///{house.database}"
            night = Night(house=house, sink=sink, key=key, url=url)
            await night.publish("before")
            await night.until(lambda: len(night.arrived()) == 1, within=WITHIN)

            disk.fill(house.pid)
            refused, more = [], 0
            while not refused:  # what is written already may take some more
                answer = await night.offer(f"full{more}", within=ANSWERED)
                if answer is None or answer.status != 202:
                    refused.append(answer)
                more += 1
                assert more < 2000
            assert refused[0] is None or refused[0].status == 503
            disk.free(house.pid)
            if not house.pids:  # a supervisor starts what ended
                await house.start()

            ids = ["before", *(f"full{n}" for n in range(more)), "after"]
            for id in (ids[-2], "after"):
                while (
                    answer := await night.offer(id, within=ANSWERED)
                ) is None or answer.status != 202:
                    if not house.pids:
                        await house.start()
            await night.until(
                lambda: {x.state for x in night.rows(t.notifications)} == {"handed_off"},
                within=WITHIN,
            )
            taken = night.rows(t.inbox, t.inbox.c.source == HOTLINE)
            assert sorted(row.id for row in taken) == sorted(ids)
            joined = [row for row in night.rows(t.journal) if row.kind == "event_joined"]
            assert len(joined) == len(ids)
            assert set(night.arrived()) == {row.key for row in night.rows(t.notifications)}
            await house.stop()
            database = Database(url)
            conn = database.reader()
            assert not read(conn, journal.verify)
            conn.close()
            database.close()
        finally:
            await house.kill()
            await sink.stop()
