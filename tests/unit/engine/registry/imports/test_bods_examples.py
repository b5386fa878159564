"""The standard's own examples: who must not hear of it, through trusts, nominees and states."""

import pytest

from schemas.party import PartyKind
from tests.unit.engine.registry.imports.bods_files import (
    above,
    entity,
    example,
    excluded,
    interest,
    of,
    person,
    persons,
)
from tests.unit.engine.registry.imports.files import TODAY
from tests.unit.engine.registry.names.shared_data import needs_data

A, B = entity("a"), entity("b")


@needs_data
@pytest.mark.parametrize(
    ("name", "alleged", "firms", "people"),
    [
        # The person behind both firms is above; so is the firm between, and its sister none.
        ("indirect-ownership", "Company A", {"Company A", "Company B"}, 1),
        ("mixed-direct-and-indirect-ownership", "Company B", {"Company A", "Company B"}, 1),
        ("multiple-indirect-ownership", "Company C", {"Company B", "Company C", "Company D"}, 1),
        # Both are the person's, although neither has half.
        ("mutilple-indirect-ownership-2", "Company A", {"Company A", "Company B", "Company C"}, 1),
        # Two trustees, and a beneficiary whom nobody names.
        ("levent", "Levent Trust", {"Levent Trust"}, 3),
        (
            "nomination",
            "Los Corazones de Plata",
            {"Los Corazones de Plata", "Perez-Rivero nomination"},
            2,
        ),
        # A trust took over from a person, who had all of it before: both.
        ("tecido", "Tecido Ltd", {"Tecido Ltd", "Shear Trust"}, 1),
        ("fermcat", "Fermcat Ltd", {"Fermcat Ltd"}, 3),
        # Nobody says who owns it: nothing to exclude but itself, and a task says so.
        (
            "listed-company-exempt-from-disclosure",
            "Listed Company OS-17",
            {"Listed Company OS-17"},
            0,
        ),
    ],
)
def test_the_excluded_reach_through_trusts_nominees_and_holders_nobody_names(
    name: str, alleged: str, firms: set[str], people: int
) -> None:
    found = example(name)
    assert excluded(found, found.named(alleged)) == firms
    assert persons(found, found.named(alleged)) == people


@needs_data
@pytest.mark.parametrize(
    ("name", "firm", "holders"),
    [
        ("joint-ownership", "CHRINON LTD", {"Joint shareholding", "person"}),
        ("bods-package-entity-owning-entity", "JENEX LIMITED", {"MVJ LIMITED"}),
        (
            "bods-package-fi-soe",
            "Gasgrid Finland Oy",
            {"Suomen Kaasuverkko Oy", "Valtiovarainministerio", "Finland"},
        ),
    ],
)
def test_joint_holders_and_a_state_stand_above_the_firms_that_may_be_real(
    name: str, firm: str, holders: set[str]
) -> None:
    found = example(name)
    assert above(found, found.named(firm)) == holders


def test_the_excluded_reach_through_joint_holders_and_the_state() -> None:
    found = of(
        entity("s", "Republic", type="state", jurisdiction={"code": "QM"}),
        entity("m", "Ministry", type="stateBody", jurisdiction={"code": "QM"}),
        entity("j", "Joint holding", type="arrangement"),
        A,
        B,
        person("p"),
        interest("m", "s", "controlByLegalFramework"),
        interest("b", "m", "shareholding", share={"exact": 100}),
        interest("j", "m", "shareholding", share={"exact": 50}),
        interest("j", "p", "shareholding", share={"exact": 50}),
        interest("a", "j", "shareholding", share={"exact": 100}),
    )
    assert excluded(found, found.named("A")) == {"A", "B", "Joint holding", "Ministry", "QM"}
    assert persons(found, found.named("A")) == 1


@needs_data
def test_what_a_statement_says_later_never_shrinks_who_is_excluded() -> None:
    """The changing examples, statement by statement."""
    for name, alleged in (("tecido", "Tecido Ltd"), ("fermcat", "Fermcat Ltd")):
        whole = example(name)
        link_ids: set[str] = set()
        for row in whole.rows:
            link_ids |= {each.id for each in row.links}
        assert link_ids == set(whole.links)
        over = [each for each in whole.links.values() if not each.current(TODAY)]
        assert over, name
        for gone in over:
            ends = {gone.a, gone.b}
            assert ends <= set(whole.parties)
        assert persons(whole, whole.named(alleged)) == len(whole.of_kind(PartyKind.PERSON))
