"""What clothing companies commit themselves to, and who says that they take part in an initiative.

Invented companies, but for the last tests, which count the real files.
"""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.registry.imports.initiatives.fashionchecker import FASHION
from engine.registry.imports.initiatives.msi_participants import PARTICIPANTS
from engine.registry.rows import Fate, Why
from schemas.link import LinkKind, LinkStatus
from schemas.party import PartyKind
from tests.unit.engine.registry.imports.files import Records, read_all, setting, shared, table
from tests.unit.engine.registry.names.shared_data import needs_data

FASHION_COLUMNS = (
    "wikirate_id,company,country,isolating_labour_cost,living_wage_action_plan,public_commitment,"
    "transparency_score,living_wages_paid_score,latest_year"
)
PARTICIPANT_COLUMNS = "company,country,initiative,evidence_field,evidence_value,year"
WORDS = {"Northmere": "QM"}


def fashion(*rows: str) -> Records:
    return read_all(FASHION.read, table(FASHION_COLUMNS, *rows), said=setting(words=WORDS))


def participants(*rows: str, verified_by: str = "") -> Records:
    said = setting(words=WORDS, verified_by=verified_by)
    return read_all(PARTICIPANTS.read, table(PARTICIPANT_COLUMNS, *rows), said=said)


def test_a_commitment_is_kept_to_be_read_and_is_no_policy_on_defenders() -> None:
    found = fashion("7001,Loomhouse AS,Northmere,No,Partial,Yes,7.5,,2021")

    (company,) = found.parties.values()
    assert (company.id, company.kind) == ("wikirate:7001", PartyKind.COMPANY)
    assert (company.state, company.sectors) == ("QM", ("apparel",))
    assert dict(company.details) == {
        "isolating labour cost": "No",
        "latest year": "2021",
        "living wage action plan": "Partial",
        "public commitment": "Yes",
        "transparency score": "7.5",
    }, "no answer is not an answer"
    assert company.policy == ""
    assert company.policy_clauses == ()


def test_an_answer_about_an_initiative_is_no_membership() -> None:
    assert not fashion("7001,Loomhouse AS,Northmere,Yes ACT,No,No,1,E,2021").links


@pytest.mark.parametrize(
    ("row", "fate", "why", "column"),
    [
        (",Loomhouse,Northmere,No,No,No,1,E,2021", Fate.REFUSED, Why.FIELD_MISSING, "wikirate_id"),
        ("x1,Loomhouse,Northmere,No,No,No,1,E,2021", Fate.REFUSED, Why.NOT_AN_IDENTIFIER,
         "wikirate_id"),
        ("7001,,Northmere,No,No,No,1,E,2021", Fate.REFUSED, Why.FIELD_MISSING, "company"),
        ("7001,Loomhouse,Korea,No,No,No,1,E,2021", Fate.AMBIGUOUS, Why.COUNTRY_DOUBTFUL,
         "country"),
    ],
)  # fmt: skip
def test_a_company_that_cannot_be_read_is_named(
    row: str, fate: Fate, why: Why, column: str
) -> None:
    (only,) = fashion(row).rows

    assert (only.fate, only.why, only.column) == (fate, why, column)


PARTICIPATES = "Loomhouse AS,Northmere,Fair Cloth,isolating_labour_cost,Yes Fair Cloth,2021"


def test_evidence_of_taking_part_holds_in_its_year_and_includes_nobody_by_itself() -> None:
    found = participants(PARTICIPATES)

    (member,) = found.links.values()
    assert found.said() == {("Loomhouse AS", "member_of", "Fair Cloth")}
    assert member.status is LinkStatus.UNVERIFIED
    assert (member.valid_from, member.valid_until) == (date(2021, 1, 1), date(2021, 12, 31))
    assert "no list of members" in member.evidence
    assert [party.name for party in found.of_kind(PartyKind.MSI)] == ["Fair Cloth"]


def test_a_person_who_stands_for_it_lets_it_include_in_that_year_alone() -> None:
    (member,) = participants(PARTICIPATES, verified_by="person:ana").links.values()

    assert member.current(date(2021, 6, 1))
    assert not member.current(date(2022, 6, 1))


@pytest.mark.parametrize(
    ("row", "fate", "why", "column"),
    [
        (",Northmere,Fair Cloth,f,Yes,2021", Fate.REFUSED, Why.FIELD_MISSING, "company"),
        ("Loomhouse,Northmere,,f,Yes,2021", Fate.REFUSED, Why.FIELD_MISSING, "initiative"),
        ("Loomhouse,Northmere,Fair Cloth,f,Yes,once", Fate.REFUSED, Why.NOT_A_DATE, "year"),
        ("Loomhouse,Korea,Fair Cloth,f,Yes,2021", Fate.AMBIGUOUS, Why.COUNTRY_DOUBTFUL, "country"),
    ],
)
def test_evidence_that_cannot_be_read_is_named(row: str, fate: Fate, why: Why, column: str) -> None:
    (only,) = participants(row).rows

    assert (only.fate, only.why, only.column) == (fate, why, column)


ROWS = st.lists(
    st.builds(
        lambda name, country, initiative, year: f"{name},{country},{initiative},f,Yes,{year}",
        st.sampled_from(["Loomhouse", "LOOMHOUSE", ""]),
        st.sampled_from(["Northmere", "Korea"]),
        st.sampled_from(["Fair Cloth", "Act"]),
        st.sampled_from(["2020", "2021", "once"]),
    ),
    max_size=8,
)


@settings(max_examples=10)  # each makes the index of countries twice
@given(rows=ROWS)
def test_the_order_of_evidence_says_nothing_and_each_row_comes_out_once(rows: list[str]) -> None:
    one, two = participants(*rows), participants(*rows[::-1])

    assert (one.parties, one.links, one.fates()) == (two.parties, two.links, two.fates())
    assert len(one.rows) == len(rows)


@needs_data
def test_every_row_of_the_real_files_comes_out_once() -> None:
    companies = read_all(FASHION.read, shared("msi/wikirate_fashionchecker_2021.csv"))
    evidence = read_all(PARTICIPANTS.read, shared("msi/derived_msi_participants_2021.csv"))

    assert companies.fates() == {("imported", "", ""): 265}
    assert len(companies.parties) == 265
    assert all(party.state for party in companies.parties.values()), "all countries resolve"
    assert evidence.fates() == {("imported", "", ""): 23}
    assert len(evidence.of_kind(PartyKind.COMPANY)) == 23
    assert Counter(initiative for _, _, initiative in evidence.said()) == {
        "ACT (Action, Collaboration, Transformation)": 15,
        "Fair Wear": 8,
    }
    assert {link.kind for link in evidence.links.values()} == {LinkKind.MEMBER_OF}
    assert {link.status for link in evidence.links.values()} == {LinkStatus.UNVERIFIED}
    there = {(party.name, party.state) for party in companies.parties.values()}
    assert {(each.name, each.state) for each in evidence.of_kind(PartyKind.COMPANY)} <= there
