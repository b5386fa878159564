"""Control that runs in a circle, as the person at the terminal is told of it."""

from pathlib import Path

import pytest

from tests.integration.bootstrap.desk import Desk

FILES = ("parties.csv", "links.csv")
SAID = "links.csv:2: control runs in a circle: northmere, pit."


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(tmp_path, monkeypatch)
    made.begin()
    Path("parties.csv").write_text("id,kind,name\nnorthmere,company,Northmere\npit,site,Pit\n")
    Path("links.csv").write_text("kind,a,b\noperates,northmere,pit\nparent_of,pit,northmere\n")
    return made


def test_control_in_a_circle_is_said_in_a_dry_run_and_the_run_and_is_taken(desk: Desk) -> None:
    tried = desk.json("registry", "import", *FILES, "--dry-run")
    assert f"Look at it: {SAID}" in desk.said("registry", "import", *FILES, "--dry-run")

    done = desk.json("registry", "import", *FILES)

    (warning,) = tried["warnings"]
    assert warning.startswith(SAID)
    assert done["warnings"] == tried["warnings"]
    assert (done["total"]["refused"], done["total"]["added"]) == (0, 4)
    assert "is the parent of Northmere" in desk.said("registry", "show", "pit")

    assert desk.json("registry", "import", *FILES)["warnings"] == [], "nothing is new"
    assert "Control runs in a circle" in desk.said("registry", "doctor")
