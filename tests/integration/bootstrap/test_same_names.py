"""Two lists that name one company, imported one after the other at the terminal."""

from pathlib import Path

import pytest

from tests.integration.bootstrap.desk import Desk

SHEET = "company,parent,parent_home_iso2,host_iso2\n{},Northmere Metals,QN,QM\n"
TEA = "wikirate_id,company,country,discloses_suppliers\n5,{},Norway,True\n"


def test_a_company_on_two_lists_is_a_candidate_once_and_a_person_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path, monkeypatch)
    desk.begin()
    Path("sheet.csv").write_text(SHEET.format("Lindqvist Kabel AB"), "utf-8")
    Path("tea.csv").write_text(TEA.format("LINDQVIST KABEL A.B."), "utf-8")

    first = desk.json("registry", "import", "sheet.csv")
    assert [each["file"] for each in first["files"]] == ["sheet.csv"], "alone it is like nobody"

    _, names = desk.json("registry", "import", "tea.csv")["files"]
    assert (names["format"], names["read"], names["ambiguous"]) == ("same-name", 1, 1)
    assert names["reasons"][0]["why"] == "same_name"
    assert names["added"] == 1

    again = desk.json("registry", "import", "tea.csv", "sheet.csv")
    assert [each["format"] for each in again["files"]] == ["wikirate-tea", "company-sheet"]
    assert again["total"]["added"] == again["total"]["changed"] == 0
    assert "not verified: excludes, brings nobody in" in desk.said("registry", "show", "wikirate:5")
