"""At the terminal: how far a case goes, who runs a line, and that somebody looked."""

from pathlib import Path

import pytest

from engine.cli.exits import Exit
from tests.integration.bootstrap.desk import Desk, an_event


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(tmp_path, monkeypatch)
    made.begin()
    return made


def test_one_person_tightens_and_two_widen_at_the_terminal(desk: Desk) -> None:
    Path("event.json").write_text(an_event("e-1"), "utf-8")
    desk.json("event", "send", "event.json")
    ref = str(desk.json("case", "list")["cases"][0]["ref"])

    tight = desk.json("case", "share", ref, "--label", "TLP:RED", "--why", "caution")
    asked = desk.said("case", "share", ref, "--label", "TLP:AMBER", "--why", "publisher_agreed")
    same = desk.run("case", "share", ref, "--label", "TLP:AMBER", "--why", "publisher_agreed")

    assert (tight["in_force"], tight["label"]) == (True, "TLP:RED")
    assert "Nothing is wider until somebody else says the same" in asked
    assert same.exit_code == Exit.REFUSED


def test_a_line_is_bound_to_a_party_that_the_registry_knows(desk: Desk) -> None:
    unknown = desk.run("source", "add", "line-a", "--party", "nobody-knows")
    made = desk.run("source", "add", "line-a", "--party", "example-mine")
    listed = desk.json("source", "list")["keys"]

    assert unknown.exit_code == Exit.USAGE and "registry" in unknown.output
    assert made.exit_code == 0
    assert [(key["source"], key["party"]) for key in listed] == [("line-a", "example-mine")]


def test_somebody_stands_for_the_registry_as_a_whole(desk: Desk) -> None:
    assert "Protocols may release by machine again" in desk.said("registry", "look")
