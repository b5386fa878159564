"""`tocsin registry doctor`: each kind of finding in words, with whom it is about."""

from typing import Any

import pytest

from engine.cli.linkage import _SHOWN, _UNSOUND, _unsound
from engine.registry.doctor import Unsound


def finding(what: Unsound, name: str = "Northmere Metals", **other: str) -> dict[str, Any]:
    return {
        "what": what.value,
        "parties": [{"id": "northmere", "name": name}, {"id": "pit", "name": ""}],
        "record": "",
        "since": "",
        "case": "",
        **other,
    }


@pytest.mark.parametrize("what", Unsound)
def test_each_kind_says_what_to_do_and_names_who_or_at_least_the_id(what: Unsound) -> None:
    found = {"findings": [finding(what, record="r-1", since="2024-05-01")]}

    assert list(_unsound(found)) == [
        f"1: {_UNSOUND[what.value]}",
        "  Northmere Metals, pit r-1 2024-05-01",
    ]


def test_of_an_open_case_its_reference_stands_first() -> None:
    said = list(_unsound({"findings": [finding(Unsound.IN_EXCLUDED_HOUSE, case="TC-4F2M9")]}))

    assert said[1] == "  TC-4F2M9 Northmere Metals, pit"


def test_findings_of_one_kind_stand_together_whatever_lies_between() -> None:
    stale, lone = Unsound.STALE_CONTACT, Unsound.NO_SOURCE
    found = {"findings": [finding(stale, "One"), finding(lone, "Two"), finding(stale, "Three")]}

    said = list(_unsound(found))

    assert [line[:4] for line in said if not line.startswith("  ")] == ["2: N", "1: L"]
    assert said[1:3] == ["  One, pit", "  Three, pit"]


def test_a_long_list_is_cut_and_says_how_many_more_there_are() -> None:
    found = {"findings": [finding(Unsound.TO_NOBODY, f"Party {n}") for n in range(_SHOWN + 3)]}

    said = list(_unsound(found))

    assert said[0].startswith(f"{_SHOWN + 3}: ")
    assert len(said) == _SHOWN + 2
    assert said[-1] == "  and 3 more: see --json"


def test_a_sound_registry_is_said_to_be_sound() -> None:
    assert list(_unsound({"findings": []})) == ["Nothing unsound was found."]
