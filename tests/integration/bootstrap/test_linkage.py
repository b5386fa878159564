"""Asking the registry at the terminal: who is linked, how, and who must not hear of it."""

from pathlib import Path

import pytest

from engine.cli.exits import Exit
from tests.integration.bootstrap.desk import Desk, an_event


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One desk for all: nothing here changes anything."""
    made = tmp_path_factory.mktemp("desk")
    with pytest.MonkeyPatch.context() as patch:
        Desk(made, patch).begin()
    return made


@pytest.fixture
def desk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(folder, monkeypatch)


@pytest.fixture
def event(desk: Desk) -> str:
    """A file with an arrest, alleged against the mine of the example."""
    Path("event.json").write_text(an_event("e-1"), "utf-8")
    return "event.json"


def test_a_party_is_shown_by_its_id_or_its_whole_name_without_any_address(desk: Desk) -> None:
    for words in ("example-buyer", "example buyer"):
        said = desk.said("registry", "show", words)
        assert "Example Buyer" in said
        assert "buys from" in said
        assert "human rights lead" in said
    assert desk.json("registry", "show", "example-buyer")["links"][0]["kind"] == "buys_from"


def test_a_party_nobody_knows_is_answered_with_those_that_are_called_alike(desk: Desk) -> None:
    done = desk.run("registry", "show", "example")
    assert done.exit_code == Exit.USAGE
    assert "example-mine" in done.output


def test_why_a_buyer_is_tied_to_the_holding_is_told_link_by_link(desk: Desk) -> None:
    found = desk.json("registry", "why", "example-buyer", "example-holding")
    assert [link["id"] for link in found["holding"]["links"]] == ["l1", "l0"]
    said = desk.said("registry", "why", "example-buyer", "example-holding")
    assert "Example Holding is the parent of Example Mine" in said
    assert "Nothing ties" in desk.said("registry", "why", "example-buyer", "our-desk")


def test_what_was_said_of_a_link_is_told_with_who_and_when(desk: Desk) -> None:
    (said,) = desk.json("registry", "history", "l1")["said"]
    assert (said["what"], said["until"]) == ("link", None)
    assert said["changed"]["kind"] == "buys_from"
    assert "kind: buys_from" in desk.said("registry", "history", "l1")
    assert "l1" in desk.said("registry", "show", "example-buyer"), "its id is shown"


def test_an_id_of_which_nothing_was_said_is_answered_calmly(desk: Desk) -> None:
    done = desk.run("registry", "history", "nobody")
    assert done.exit_code == Exit.USAGE
    assert "Nothing was ever recorded" in done.output


def test_a_walk_says_whom_it_finds_and_by_which_path(desk: Desk, event: str) -> None:
    said = desk.said("registry", "walk", "buyers", "--event", event)
    assert "Example Buyer (example-buyer)" in said
    assert "Example Buyer buys from Example Mine" in said


def test_a_walk_says_what_leverage_is_known_and_what_is_not(desk: Desk, event: str) -> None:
    said = desk.said("registry", "walk", "buyers", "--event", event)
    unknown = "Leverage 0 of 3: share not known, since when not known, no clause known"
    assert f"  {unknown}\n" in said
    (found,) = desk.json("registry", "walk", "buyers", "--event", event)["found"]
    assert found["leverage"] == {
        "figure": 0,
        "of": 3,
        "a": "example-buyer",
        "kind": "buys_from",
        "b": "example-mine",
        "share": None,
        "years": None,
        "clauses": [],
        "ties": 1,
        "says": unknown,
    }


def test_an_embassy_has_no_figure_of_leverage(desk: Desk, event: str) -> None:
    assert "Leverage" not in desk.said("registry", "walk", "home_missions", "--event", event)
    found = desk.json("registry", "walk", "home_missions", "--event", event)["found"]
    assert [each["leverage"] for each in found] == [None]


def test_why_two_are_tied_has_the_figure_beside_each_tie_of_business(desk: Desk) -> None:
    said = desk.said("registry", "why", "example-buyer", "example-holding")
    buys, controls = (line for line in said.splitlines() if "Example Mine" in line)
    assert "leverage 0 of 3" in buys
    assert "leverage" not in controls
    assert "Over anything ever known" not in said, "it is the same tie"
    holding = desk.json("registry", "why", "example-buyer", "example-holding")["holding"]["links"]
    assert [link["leverage"] and link["leverage"]["figure"] for link in holding] == [0, None]


def test_a_walk_that_does_not_exist_is_answered_with_those_that_do(desk: Desk, event: str) -> None:
    done = desk.run("registry", "walk", "neighbours", "--event", event)
    assert done.exit_code == Exit.USAGE
    assert "home_missions" in done.output


def test_whom_an_event_excludes_is_told_with_the_path_and_what_two_may_do(
    desk: Desk, event: str
) -> None:
    said = desk.said("registry", "exclude", "--event", event)
    assert "Example Mine" in said
    assert "Example Holding is the parent of Example Mine" in said
    assert "Its headquarters only by two people." in said
    found = desk.json("registry", "exclude", "--event", event)
    assert [each["id"] for each in found["excluded"]][:1] == ["example-mine"]


CONTRACTS = """\
id,kind,a,b,status,source,valid_from,share,terms,verified_by
t1,buys_from,example-buyer,example-mine,verified,contract,2019-05-01,24,,person:ana
t2,buys_from,example-buyer,example-mine,unverified,rumour,,,human_rights_clause,
"""


def test_what_a_contract_says_gives_leverage_once_it_is_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path, monkeypatch)
    desk.begin()
    Path("event.json").write_text(an_event("e-1"), "utf-8")
    Path("links.csv").write_text(CONTRACTS, "utf-8")
    desk.said("registry", "import", "links.csv")

    (found,) = desk.json("registry", "walk", "buyers", "--event", "event.json")["found"]
    assert (found["leverage"]["figure"], found["leverage"]["clauses"]) == (2, [])
    said = desk.said("registry", "walk", "buyers", "--event", "event.json")
    assert "Leverage 2 of 3: 24 % share, " in said and "; no clause known" in said

    desk.said("registry", "verify", "t2")
    said = desk.said("registry", "walk", "buyers", "--event", "event.json")
    assert "Leverage 3 of 3: 24 % share, " in said and ", human rights clause" in said


def test_a_file_that_is_no_event_says_what_is_wrong_with_it(desk: Desk) -> None:
    Path("nothing.json").write_text("{", "utf-8")
    for words in (("exclude",), ("walk", "buyers")):
        done = desk.run("registry", *words, "--event", "nothing.json")
        assert done.exit_code == Exit.USAGE
        assert "this is not an event" in done.output


def test_the_doctor_of_the_example_finds_nothing(desk: Desk) -> None:
    assert "Nothing unsound was found." in desk.said("registry", "doctor")
