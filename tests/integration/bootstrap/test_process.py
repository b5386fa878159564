"""The command line as processes: a first day, an engine that is killed, one that comes back."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyotp
import pytest

from engine.clock import SystemClock

HERE = Path(__file__).parents[3]
PASSWORD = "a long invented phrase"
BACK_WITHIN = 20.0  # seconds, as promised


def _tocsin(folder: Path, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from engine.cli import main; main()", *words],
        cwd=folder,
        input=typed,
        capture_output=True,
        text=True,
        timeout=50,
        env={**os.environ, "PYTHONPATH": str(HERE)},
    )


@contextmanager
def _up(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """An engine that has said that it runs."""
    process = subprocess.Popen(
        [sys.executable, "-c", "from engine.cli import main; main()", "up", "--json"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": str(HERE)},
    )
    try:
        assert process.stdout is not None
        assert "Tocsin runs" in process.stdout.readline()
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(timeout=20)
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture(scope="session")
def first_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder after its first day, with Ana logged in; to be copied."""
    folder = tmp_path_factory.mktemp("first-day")
    made = _tocsin(folder, "init", "--person", "ana", "--json", typed=f"{PASSWORD}\n")
    assert made.returncode == 0, made.stdout + made.stderr
    secret = json.loads(made.stdout)["person"]["totp_secret"]
    settings = folder / "tocsin.yaml"
    settings.write_text(settings.read_text("utf-8").replace("port: 8470", "port: 0"), "utf-8")
    code = pyotp.TOTP(secret).at(SystemClock().now())
    logged = _tocsin(folder, "login", "--as", "ana", typed=f"{PASSWORD}\n{code}\n")
    assert logged.returncode == 0, logged.stderr
    return folder


@pytest.fixture
def desk(tmp_path: Path, first_day: Path) -> Path:
    """A desk of one's own, as its first day left it: files with the same rights."""
    shutil.copytree(first_day, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_a_first_day_leaves_nothing_that_others_can_read(desk: Path) -> None:
    open_to_others = [
        path.name
        for path in (desk / "tocsin-data").rglob("*")
        if path.is_file() and path.suffix != ".pub" and path.stat().st_mode & 0o077
    ]

    assert open_to_others == []


def test_a_second_first_day_changes_nothing(desk: Path) -> None:
    before = {path: path.read_bytes() for path in sorted(desk.rglob("*.key"))}

    again = _tocsin(desk, "init", "--json")

    assert again.returncode == 0, again.stdout
    assert json.loads(again.stdout)["written"] == []
    assert {path: path.read_bytes() for path in sorted(desk.rglob("*.key"))} == before


def test_what_was_taken_before_a_kill_is_told_after_it(desk: Path) -> None:
    event = HERE / "examples" / "arrest.json"
    with _up(desk) as engine:
        taken = _tocsin(desk, "event", "send", str(event))
        engine.send_signal(signal.SIGKILL)
    assert taken.returncode == 0, taken.stderr
    clock = SystemClock()
    began = clock.monotonic()

    with _up(desk):
        back_after = clock.monotonic() - began
        found = json.loads(_tocsin(desk, "case", "list", "--json").stdout)
        again = _tocsin(desk, "event", "send", str(event))
        once_more = json.loads(_tocsin(desk, "case", "list", "--json").stdout)

    assert back_after < BACK_WITHIN
    assert found["count"] == once_more["count"] == 1
    assert again.returncode == 0
    pages = list((desk / "tocsin-data" / "outbox").glob("*.txt"))
    assert len(pages) >= 1


def test_an_engine_that_is_asked_to_stop_ends_with_zero(desk: Path) -> None:
    with _up(desk) as engine:
        engine.send_signal(signal.SIGTERM)
        ended = engine.wait(timeout=30)

    assert ended == 0
    assert not (desk / "tocsin-data" / "engine.json").exists()


def test_a_second_engine_says_who_has_the_file(desk: Path) -> None:
    with _up(desk):
        second = _tocsin(desk, "up")

    assert second.returncode == 3
    assert "Another engine is running" in second.stderr
