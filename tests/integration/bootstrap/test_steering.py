"""Steering a case at the terminal: what it says is what is true."""

from datetime import timedelta
from pathlib import Path

import pytest

from engine.cli.exits import Exit
from engine.clock import SystemClock
from tests.integration.bootstrap.desk import Desk, an_event

RELEASE = ("--why", "protect_now", "--forecast", "low", "--wishes-read")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(tmp_path, monkeypatch)
    made.begin()
    return made


def test_a_case_is_steered_from_the_terminal_and_each_no_says_why(desk: Desk) -> None:
    Path("event.json").write_text(an_event("e-1", consent=True), "utf-8")
    desk.json("event", "send", "event.json")
    ref = str(desk.json("case", "list")["cases"][0]["ref"])

    start = (SystemClock().now() + timedelta(days=1)).isoformat()
    later = desk.said("release", ref, "missions", *RELEASE, "--start", start)
    assert "Nobody is told before" in later
    taken = desk.said("case", "take-back", ref, "missions", "--why", "already_done")
    assert "Nobody further is told" in taken
    refused = desk.run("case", "jump", ref, "missions", "--why", "faster")
    assert refused.exit_code == Exit.REFUSED and "Release the track first" in refused.output
    assert "called now" in desk.said("case", "call", ref)
    nobody = desk.run("case", "hand", ref, "nobody")
    assert nobody.exit_code == Exit.REFUSED and "phone or mailbox" in nobody.output
    assert desk.json("case", "replan", ref)["empty"], "the same rules and registry as just now"
    stale = desk.run("case", "replan", ref, "--apply", "0" * 32)
    assert stale.exit_code == Exit.REFUSED and "moved since" in stale.output
