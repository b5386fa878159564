"""Keeping those who help informed of each other, at the terminal."""

from datetime import timedelta
from pathlib import Path

import pytest

from engine.cli.exits import Exit
from engine.clock import SystemClock
from tests.integration.bootstrap.desk import Desk
from tests.integration.bootstrap.test_receipt_command import _reported, _told


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(tmp_path, monkeypatch)
    made.begin()
    return made


def test_a_round_is_shown_set_and_ended_at_the_terminal(desk: Desk) -> None:
    ref = _told(desk)
    (quiet,) = desk.json("case", "round", "show", ref)["quiet"]
    assert "nobody may learn that it was asked" in desk.said("case", "round", "show", ref)
    first = (SystemClock().now() + timedelta(days=1)).isoformat()
    refused = desk.run("case", "round", "set", ref, "--with", quiet["alert"], "--first", first)
    assert refused.exit_code == Exit.REFUSED and "let it be private first" in refused.output
    desk.said("case", "louder", ref, "private", "--track", "missions")

    shown = desk.json("case", "round", "show", ref)
    (party,) = shown["parties"]
    assert (party["track"], party["takes_part"], shown["next_at"]) == ("missions", False, None)
    assert "There is no round." in desk.said("case", "round", "show", ref)

    due = (SystemClock().now() + timedelta(days=2)).isoformat()
    desk.said(
        "respond", ref, "--alert", party["alert"], "--kind", "committed", "--action", "visit",
        "--due", due,
    )  # fmt: skip
    said = desk.said("case", "round", "set", ref, "--with", party["alert"], "--first", first)
    assert "nobody reads a name" in said

    shown = desk.json("case", "round", "show", ref)
    assert shown["every_days"] == 7 and shown["parties"][0]["takes_part"]
    (line,) = shown["reads"]
    assert line.startswith("An embassy or consulate: a visit, promised for ")
    assert shown["companies_read"] != shown["reads"]
    said = desk.said("case", "round", "show", ref)
    assert line in said and "Companies read" not in said, "none takes part"

    assert "Ended." in desk.said("case", "round", "end", ref)
    again = desk.run("case", "round", "end", ref)
    assert again.exit_code == Exit.REFUSED and "there is none" in again.output


def test_nobody_takes_part_before_a_message_reached_them(desk: Desk) -> None:
    ref = _reported(desk)
    assert "Nobody may take part yet" in desk.said("case", "round", "show", ref)
    first = (SystemClock().now() + timedelta(days=1)).isoformat()
    unknown = desk.run("case", "round", "set", ref, "--with", "0000-00", "--first", first)
    assert unknown.exit_code == Exit.REFUSED
    late = desk.run("case", "round", "set", ref, "--with", "0000-00", "--first", "soon")
    assert late.exit_code == Exit.USAGE
