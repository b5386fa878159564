"""A named point is where it says: before the end of a transaction nothing of it is there, after it
everything is."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from engine.store.database import Database
from engine.store.tables import inbox
from tests.harness.failpoints import Failpoints
from tests.harness.files import new_database

REPORTS = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from tests.harness import failpoints
failpoints.install(Path(sys.argv[1]))
from engine.store.database import Database
from engine.store.tables import inbox
from engine.store.threads import ThreadWriter

async def main():
    writer = ThreadWriter(Database(f"sqlite:///{sys.argv[2]}"))
    for n in range(5):
        row = {"source": "a", "id": str(n), "digest": "", "result": b"",
               "at": datetime(2027, 3, 1, tzinfo=UTC)}
        await writer.run(lambda conn: conn.execute(inbox.insert().values(**row)))
    writer.close()

asyncio.run(main())
"""


def after_five_reports(tmp_path: Path, point: str, *, pass_by: int = 0) -> tuple[int, int]:
    """Exit code of a process that stores five reports, and how many are there."""
    database = new_database(tmp_path / "desk.db")
    database.close()
    points = Failpoints(tmp_path / "failpoints")
    points.arm(point, pass_by=pass_by)
    command = [sys.executable, "-c", REPORTS, str(tmp_path / "failpoints")]
    done = subprocess.run([*command, str(tmp_path / "desk.db")], check=False)
    looking = Database(f"sqlite:///{tmp_path / 'desk.db'}")
    conn = looking.reader()
    try:
        return done.returncode, conn.execute(select(func.count()).select_from(inbox)).scalar_one()
    finally:
        conn.close()
        looking.close()


@pytest.mark.parametrize(
    ("point", "pass_by", "stored"),
    [("accept.before", 0, 0), ("accept.after", 0, 1), ("accept.before", 2, 2)],
)
def test_a_process_dies_at_the_point_and_leaves_what_was_committed(
    tmp_path: Path, point: str, pass_by: int, stored: int
) -> None:
    code, there = after_five_reports(tmp_path, point, pass_by=pass_by)

    assert code == -signal.SIGKILL
    assert there == stored
    assert Failpoints(tmp_path / "failpoints").reached


def test_a_process_that_never_comes_to_the_point_lives(tmp_path: Path) -> None:
    code, there = after_five_reports(tmp_path, "claim.before")

    assert (code, there) == (0, 5)
    assert not Failpoints(tmp_path / "failpoints").reached
