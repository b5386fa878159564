"""A register's files at the terminal: taken twice, taken late, and handed on to other tools."""

import json
import stat
from pathlib import Path

import pytest

from engine.cli.exits import Exit
from tests.integration.bootstrap.desk import Desk
from tests.unit.engine.registry.imports.lei import entity, lei, relationship


def test_a_parent_replaced_in_a_later_file_lapses_even_if_the_later_file_came_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path, monkeypatch)
    desk.begin()
    old = [entity(1), entity(2), relationship(1, 2)]
    new = [entity(3), relationship(1, 3, at="2024-06-01T00:00:00Z")]
    Path("old.json").write_text(json.dumps(old), "utf-8")
    Path("new.json").write_text(json.dumps(new), "utf-8")

    # The child is not known yet when its new parent comes: the link is taken all the same.
    first = desk.json("registry", "import", "new.json")
    assert (first["total"]["imported"], first["total"]["refused"]) == (2, 0)
    desk.json("registry", "import", "old.json")
    again = desk.json("registry", "import", "old.json", "new.json", "old.json")
    assert again["total"]["added"] == again["total"]["changed"] == 0

    shown = desk.json("registry", "show", f"lei:{lei(1)}")
    assert len(shown["links"]) == 2
    said = desk.said("registry", "show", f"lei:{lei(1)}")
    assert "Invented 2" in said
    assert "Invented 3" in said

    desk.said("registry", "export", "out.ndjson")
    out = [json.loads(line) for line in Path("out.ndjson").read_text("utf-8").splitlines()]
    ours = {e["id"]: e for e in out if lei(1) in json.dumps(e)}
    statuses = {
        each["properties"]["owner"][0]: each["properties"]["status"][0]
        for each in ours.values()
        if each["schema"] == "Ownership"
    }
    assert statuses == {f"lei:{lei(2)}": "lapsed", f"lei:{lei(3)}": "verified"}
    assert stat.S_IMODE(Path("out.ndjson").stat().st_mode) == 0o600
    assert "@" not in Path("out.ndjson").read_text("utf-8"), "an address went out"

    refused = desk.run("registry", "export", "out.ndjson")
    assert refused.exit_code == Exit.USAGE, "a file that exists is not written over"
