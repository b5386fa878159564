"""Clearing at the terminal: what cannot be cleared is refused with what stands in the way."""

from pathlib import Path

import pytest

from engine.cli.exits import Exit
from tests.integration.bootstrap.desk import Desk, an_event


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(tmp_path, monkeypatch)
    made.begin()
    return made


def test_whoever_the_event_accuses_is_never_cleared_and_the_refusal_says_why(desk: Desk) -> None:
    Path("event.json").write_text(an_event("e-1"), "utf-8")
    desk.json("event", "send", "event.json")
    ref = str(desk.json("case", "list")["cases"][0]["ref"])

    refused = desk.run("clear", ref, "example-mine", "--why", "tie_ended")
    unknown = desk.run("clear", ref, "nobody-knows", "--why", "tie_ended")

    assert refused.exit_code == Exit.REFUSED
    assert "the event itself names it" in " ".join(refused.output.split())
    assert unknown.exit_code == Exit.USAGE
