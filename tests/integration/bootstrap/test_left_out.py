"""A walk at the terminal says whom exclusion will leave out again, and for whom a law firm acts."""

from pathlib import Path
from typing import Any

import pytest

from tests.integration.bootstrap.desk import Desk, an_event

PARTIES = """\
id,kind,name,state,regions
chamber,association,Chamber,,
guild,association,Guild,,
tern,law_firm,Tern Law,,QM
heron,law_firm,Heron Law,,QM
"""
LINKS = """\
kind,a,b,status,valid_until
member_of,example-buyer,chamber,verified,
member_of,example-buyer,guild,verified,
officer_of,example-mine,chamber,unverified,
represents,tern,example-mine,verified,2019-12-31
represents,heron,example-buyer,unverified,
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One desk for all: nothing here changes it any more."""
    made = tmp_path_factory.mktemp("desk")
    with pytest.MonkeyPatch.context() as patch:
        desk = Desk(made, patch)
        desk.begin()
        Path("event.json").write_text(an_event("e-1"), "utf-8")
        Path("parties.csv").write_text(PARTIES, "utf-8")
        Path("links.csv").write_text(LINKS, "utf-8")
        desk.said("registry", "import", "parties.csv", "links.csv", "--verified-by", "me")
    return made


@pytest.fixture
def desk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(folder, monkeypatch)


def walked(desk: Desk, name: str) -> dict[str, Any]:
    found = desk.json("registry", "walk", name, "--event", "event.json")["found"]
    return {each["id"]: each for each in found}


def test_an_association_where_the_perpetrator_holds_office_is_marked_the_other_is_not(
    desk: Desk,
) -> None:
    found = walked(desk, "trade_associations")
    said = desk.said("registry", "walk", "trade_associations", "--event", "event.json")

    assert found["guild"]["left_out"] is None
    assert found["chamber"]["left_out"]["reason"] == "officer_of"
    assert said.startswith("2 found")
    assert ". 1 of them will be left out: they must not know.\n" in said
    chamber = said.partition("Chamber (chamber)")[2].partition("Guild (guild)")[0]
    assert "Will be left out. A person of somebody who must not know holds office here." in chamber
    assert "Example Mine" in chamber.partition("Will be left out.")[2], "the path"
    assert "Will be left out" not in said.partition("Guild (guild)")[2]


def test_a_law_firm_says_for_whom_it_acts_and_that_it_once_acted_for_the_perpetrator(
    desk: Desk,
) -> None:
    found = walked(desk, "legal")
    said = desk.said("registry", "walk", "legal", "--event", "event.json")

    assert found["tern"]["left_out"]["reason"] == "represents"
    assert found["tern"]["represents"] == [{"id": "example-mine", "name": "Example Mine"}]
    assert found["heron"]["left_out"] is None
    assert "Represents, or represented: Example Buyer\n" in said
    assert "Represents, or represented: Example Mine\n" in said


def test_whoever_is_left_out_of_a_walk_is_just_who_the_event_excludes(desk: Desk) -> None:
    excluded = desk.json("registry", "exclude", "--event", "event.json")["excluded"]
    shut = {each["id"] for each in excluded}
    for name in ("trade_associations", "legal", "buyers", "group", "companies", "home_missions"):
        for id, each in walked(desk, name).items():
            assert bool(each["left_out"]) is (id in shut), (name, id)
            assert each["represents"] == [] or name == "legal"


def test_where_nobody_is_left_out_nothing_is_said_of_it(desk: Desk) -> None:
    said = desk.said("registry", "walk", "buyers", "--event", "event.json")
    assert "left out" not in said and "Represents" not in said
