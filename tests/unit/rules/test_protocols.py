"""Protocols in a rulebook: agreed by two people, for what they may leave to a machine."""

from typing import Any

import pytest

from rules.candidates import World, candidates
from rules.rulebook import RulebookError, load
from tests.unit.rules.build import NOW, a_registry, an_event
from tests.unit.rules.test_rulebook import GOOD

_LINE = """
protocols:
  - id: quick-line
    publisher: hotline
    audiences: [{audiences}]
    codes: [{codes}]
    agreed_by: [{people}]
    until: 2027-06-01T12:00:00Z
"""


def _with(*, audiences: str = "missions", codes: str = "arrest", people: str = "ana, chi") -> str:
    return GOOD + _LINE.format(audiences=audiences, codes=codes, people=people)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"people": "ana, ana"}, "One person agreed twice. A protocol takes two people."),
        ({"audiences": "missions, companies"}, "No protocol may release companies."),
        ({"audiences": "protection"}, "No protocol may release protection."),
        ({"audiences": "duty"}, "No protocol may release duty."),
        ({"codes": "arest"}, "There is no event code 'arest'."),
    ],
)
def test_a_protocol_that_no_two_people_could_mean_is_refused(
    changes: dict[str, Any], says: str
) -> None:
    with pytest.raises(RulebookError) as caught:
        load(_with(**changes), filename="line.yaml")
    (problem,) = str(caught.value).splitlines()
    assert says in problem and problem.startswith("line.yaml:")


@pytest.mark.parametrize(("code", "found"), [("arrest", ["quick-line"]), ("smear", [])])
def test_planning_hands_on_the_protocols_that_speak_of_what_happened(
    code: str, found: list[str]
) -> None:
    world = World(load(_with(), filename="line.yaml"), a_registry())
    planned = candidates(world, an_event(code=code), at=NOW)
    assert [protocol.id for protocol in planned.protocols] == found
