"""Two hotlines report what looks like the same: a person compares; no machine links."""

from typing import Any

import pytest

from engine.case import alike
from engine.case import commands as c
from engine.case.state import CaseStatus
from schemas import facts as f
from schemas.linked import Strictures
from tests.unit.engine.case.builders import REGISTRY, Story, an_event


def keys(code: str = "arrest", **changes: Any) -> tuple[str, ...]:
    return alike.keys_of(an_event(code, **changes), REGISTRY)


def test_the_same_done_at_the_same_place_is_found_whoever_says_so() -> None:
    assert keys()
    assert set(keys()) & set(keys(situation="another", certainty="possible"))
    both = [{"party": "guardia", "role": "alleged_perpetrator"}, {"party": "pit", "role": "site"}]
    assert set(keys()) & set(keys(parties=both))


def test_what_an_earlier_release_stored_of_a_case_is_found_by_this_one() -> None:
    assert keys() == ("4alpsfxpazpj7gt5cd2uejonccq5ribd",), "else open cases are compared no more"


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "abduction"},
        {"countries": [{"code": "QN", "role": "happened"}]},
        {"parties": [{"party": "haldane", "role": "employer"}]},
        {"exercise": True},
    ],
)
def test_something_else_or_somewhere_else_or_a_drill_is_not_alike(changes: dict[str, Any]) -> None:
    assert not set(keys()) & set(keys(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"countries": []},
        {"parties": []},
        {"parties": [{"party": "police", "role": "alleged_perpetrator"}]},
        {"code": "enrichment"},
    ],
)
def test_what_says_too_little_is_compared_with_nothing(changes: dict[str, Any]) -> None:
    assert keys(**changes) == ()


def test_a_new_case_asks_a_person_to_compare_and_links_nothing() -> None:
    story = Story().around(alike=("TC-22222", "TC-33333")).report()
    asked = [task.detail for task in story.case.tasks if task.kind == "likeness"]
    assert asked == ["TC-22222", "TC-33333"]
    assert story.case.links == ()
    assert story.case.status is CaseStatus.OPEN


def test_of_a_crackdown_with_many_alike_only_a_few_are_asked_about() -> None:
    story = Story().around(alike=tuple(f"TC-{n}2222" for n in range(2, 9))).report()
    assert sum(task.kind == "likeness" for task in story.case.tasks) == alike.AT_MOST


def test_a_further_report_asks_nothing_anew() -> None:
    story = Story().report().around(alike=("TC-22222",)).report(an_event("assault"))
    assert not story.owes("likeness")


def test_linking_the_two_ends_the_question() -> None:
    story = Story().around(alike=("TC-22222", "TC-33333")).report()
    story.send(
        c.BeLinked(
            case=story.case.id,
            other="other",
            ref="TC-22222",
            by="ana",
            strictures=Strictures(),
        )
    )
    assert [task.detail for task in story.case.tasks if task.kind == "likeness"] == ["TC-33333"]


def test_nobody_outside_hears_of_it() -> None:
    story = Story().around(alike=("TC-22222",)).report()
    assert {told.track.value for told in story.of(f.Told)} == {"duty"}
