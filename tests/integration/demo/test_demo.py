"""`make demo`: the night is told to its end, every promise holds, and nothing is left behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

WITHIN = 200  # seconds on a busy machine; alone it takes half a minute


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that the telling below may write into."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def told(folder: Path) -> subprocess.CompletedProcess[str]:
    """One telling for all the tests below but the last."""
    return tell(folder)


def tell(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Tell it with nothing around but a folder for what is temporary."""
    return subprocess.run(
        [sys.executable, "-c", "from engine.cli import main; main()", *ARGUMENTS, *more],
        capture_output=True,
        text=True,
        timeout=WITHIN,
        cwd=Path(__file__).parents[3],
        env={"PATH": "", "TMPDIR": str(folder), "LANG": "C.UTF-8", **CACHE},
    )


CACHE = {name: os.environ[name] for name in ("HOME", "XDG_CACHE_HOME") if name in os.environ}
"""Where Kafka lies, once fetched."""


ARGUMENTS = ("demo", "--headless", "--json")


@pytest.mark.timeout(WITHIN + 20)
def test_the_last_line_is_one_object_and_every_promise_held(
    told: subprocess.CompletedProcess[str],
) -> None:
    last = json.loads(told.stdout.strip().splitlines()[-1])

    assert told.returncode == 0, told.stderr[-2000:]
    assert last["violations"] == []
    assert last["events"] == 12
    assert last["cases"] == 8
    assert last["told_whole_story"] is True
    assert last["resolved"] == 1
    assert last["escalated"] >= 1
    assert last["answered"] >= 10
    assert last["withheld"]["perpetrator_closure"] >= 5
    assert last["withheld"]["consent_revoked"] >= 1


@pytest.mark.timeout(WITHIN + 20)
def test_the_terminal_tells_what_happened(told: subprocess.CompletedProcess[str]) -> None:
    for sentence in (
        "Left out: Cerro Minera, Cerro Pit, Guardia Sur",
        "Ana (by SMS) has got it",
        "on the answer page) promised a visit",
        "did not answer in time",
        "Capital desk of QS) is asked for an answer",
        "Consent withdrawn",
        "Ana proposed to resolve the case",
        "Chi confirmed: resolved",
        "NOT DURABLE",
    ):
        assert sentence in told.stdout, sentence


@pytest.mark.timeout(WITHIN + 20)
def test_nothing_is_left_behind(told: subprocess.CompletedProcess[str], folder: Path) -> None:
    left = list(folder.rglob("tocsin-demo-*"))

    assert left == []


@pytest.mark.timeout(WITHIN + 20)
def test_nobody_s_name_and_no_place_is_ever_told(told: subprocess.CompletedProcess[str]) -> None:
    for secret in ("Invented Person", "the bridge below the pit", "the second bend"):
        assert secret not in told.stdout + told.stderr


@pytest.mark.timeout(WITHIN + 20)
def test_the_same_night_is_told_over_a_real_kafka(kafka_jars: Path, tmp_path: Path) -> None:
    done = tell(tmp_path, "--real-kafka")
    last = json.loads(done.stdout.strip().splitlines()[-1])

    assert done.returncode == 0, done.stderr[-2000:]
    assert "Apache Kafka" in done.stdout
    assert "NOT DURABLE" not in done.stdout
    assert (last["violations"], last["events"], last["cases"]) == ([], 12, 8)
    assert last["told_whole_story"] is True
    assert list(tmp_path.rglob("tocsin-demo-*")) == []
