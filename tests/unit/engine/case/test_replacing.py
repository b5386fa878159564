"""A quick copy is the same copy: nothing of a case is lost, added or shared by mistake."""

import dataclasses
from typing import Any

import pytest

from engine.case.replacing import replace
from engine.case.state import Case
from tests.unit.engine.case.builders import a_told_case


def test_a_changed_copy_equals_the_one_made_field_by_field() -> None:
    case = a_told_case().case

    changes: dict[str, Any] = {"owner": "ana", "version": case.version + 1}
    assert replace(case, **changes) == dataclasses.replace(case, **changes)


def test_the_case_before_stays_as_it_was() -> None:
    case = a_told_case().case
    before = dataclasses.replace(case)

    after = replace(case, alerts=(), owner="ana")

    assert case == before
    assert after != before


def test_a_copy_is_as_frozen_as_what_it_was_made_of() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        replace(Case(), owner="ana").owner = "ben"  # type: ignore[misc]


def test_a_field_that_does_not_exist_is_refused() -> None:
    misspelt: dict[str, Any] = {"ownr": "ana"}
    with pytest.raises(TypeError, match="ownr"):
        replace(Case(), **misspelt)
