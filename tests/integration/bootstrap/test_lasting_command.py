"""Standing, linking and looking back from the terminal, as two people do it."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from engine.cli.exits import Exit
from engine.clock import SystemClock
from tests.integration.bootstrap.desk import Desk, an_event


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(tmp_path, monkeypatch)
    made.begin()
    return made


def _in(**ahead: float) -> str:
    return (SystemClock().now() + timedelta(**ahead)).replace(microsecond=0).isoformat()


def _reported(desk: Desk, id: str) -> str:
    Path("event.json").write_text(an_event(id, consent=True), "utf-8")
    known = {each["ref"] for each in desk.json("case", "list")["cases"]}
    desk.json("event", "send", "event.json")
    (ref,) = {each["ref"] for each in desk.json("case", "list")["cases"]} - known
    return str(ref)


def _status(desk: Desk, ref: str) -> str:
    return str(desk.json("case", "show", ref)["status"])


def test_two_people_let_a_case_stand_and_one_opens_it_again(desk: Desk) -> None:
    ref = _reported(desk, "e-1")
    late = desk.run("case", "standing", ref, "--why", "sentence", "--review", _in(days=31))
    assert late.exit_code == Exit.REFUSED and "30 days" in late.output
    half = desk.run("case", "standing", ref, "--why", "sentence")
    assert half.exit_code == Exit.USAGE and "--review" in half.output
    said = desk.said("case", "standing", ref, "--why", "sentence", "--review", _in(days=29))
    assert "Another person agrees" in said
    assert desk.run("case", "standing", ref).exit_code == Exit.REFUSED  # not the same person

    desk.now("ben")
    assert "It stands" in desk.said("case", "standing", ref)
    assert _status(desk, ref) == "standing"
    story = " ".join(line["said"] for line in desk.json("case", "show", ref)["story"])
    assert "let it stand, since the person serves a sentence" in story

    assert "open again" in desk.said("case", "standing", ref, "--end")
    assert _status(desk, ref) == "open"


def test_two_cases_are_linked_by_one_and_parted_by_two(desk: Desk) -> None:
    one, other = _reported(desk, "e-1"), _reported(desk, "e-2")
    assert other in desk.said("case", "link", one, other)
    again = desk.run("case", "link", other, one)
    assert again.exit_code == Exit.REFUSED

    assert "stays linked" in desk.said("case", "unlink", one, "--why", "another_person")
    assert desk.run("case", "unlink", one, "--why", "mistake").exit_code == Exit.REFUSED
    desk.now("ben")
    assert desk.run("case", "link", one, other).exit_code == Exit.WHO
    assert "Unlinked" in desk.said("case", "unlink", one, "--why", "another_person")


def test_a_case_that_is_over_is_looked_back_at_in_codes_and_lengths(desk: Desk) -> None:
    ref = _reported(desk, "e-1")
    unreached = ("--heard", "unreachable_documented")
    proposal = ("resolve", "propose", ref, "--outcome", "freed", "--risk", "low",
                "--remedy", "none_sought")  # fmt: skip
    few = desk.run(*proposal, *unreached)
    assert few.exit_code == Exit.REFUSED and "2 documented attempts" in few.output
    assert "1 since" in desk.said("case", "attempt", ref, "--way", "family")
    assert desk.run(*proposal, *unreached).exit_code == Exit.REFUSED
    no = desk.run(*proposal, "--heard", "safe_channel", "--said", "objects")
    assert no.exit_code == Exit.REFUSED and "do not agree" in no.output
    desk.said(*proposal, "--heard", "safe_channel", "--said", "agrees")
    desk.now("ben")
    desk.said("resolve", "confirm", ref)

    seen = desk.json("case", "review", ref)
    assert (seen["outcome"], seen["promised"], seen["lesson"]) == ("freed", 0, None)
    assert "example-mine" not in json.dumps(seen)
    assert f"tocsin case review {ref} --lesson" in desk.said("case", "review", ref)
    alone = desk.run("case", "review", ref, "--spill-over")
    assert alone.exit_code == Exit.USAGE and "--lesson went_well" in alone.output
    note = "hammerstein came too late"
    desk.said("case", "review", ref, "--lesson", "too_late", "--spill-over", "--note", note)
    seen = desk.json("case", "review", ref)
    assert (seen["lesson"], seen["spill_over"]) == ("too_late", True)
    assert "others were moved as well" in desk.said("case", "review", ref)
    assert desk.json("case", "show", ref)["tasks"] == []
    assert b"hammerstein" not in b"".join(path.read_bytes() for path in Path().rglob("*.sqlite*"))
    twice = desk.run("case", "review", ref, "--lesson", "mixed")
    assert twice.exit_code == Exit.REFUSED
