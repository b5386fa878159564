"""Who owns and who controls: through trusts, nominees and states, and what is left out."""

import csv
from collections import Counter
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.registry.imports.natural import natural_id
from engine.registry.imports.ownership import bods_parties, interests
from engine.registry.rows import Fate, Why
from schemas.link import LinkKind, LinkStatus
from schemas.party import Ownership, PartyKind
from tests.unit.engine.registry.imports.bods_files import (
    FOLDER,
    Statement,
    entity,
    excluded,
    interest,
    link,
    of,
    person,
    rows_of,
)
from tests.unit.engine.registry.imports.files import TODAY, records
from tests.unit.engine.registry.imports.lei import lei, taken_in_turn
from tests.unit.engine.registry.imports.test_gleif import spoil
from tests.unit.engine.registry.names.shared_data import DATA, needs_data

A, B = entity("a"), entity("b")


def test_an_owner_stands_above_what_it_owns() -> None:
    found = link(A, B, interest("a", "b", "shareholding", share={"exact": 60}))
    assert (found.kind, found.share) == (LinkKind.PARENT_OF, 60)
    assert (found.a, found.b) == (natural_id("bods", "b"), natural_id("bods", "a"))
    assert found.current(TODAY)


@pytest.mark.parametrize(
    ("share", "kind", "least", "includes"),
    [
        ({"exact": 50}, LinkKind.PARENT_OF, 50, True),
        ({"exact": 49.9}, LinkKind.INVESTS_IN, 49.9, True),
        ({"minimum": 75, "exclusiveMaximum": 100}, LinkKind.PARENT_OF, 75, True),
        ({"minimum": 25, "exclusiveMaximum": 50}, LinkKind.INVESTS_IN, 25, True),
        # Perhaps half: counts as control where it excludes, and includes nobody.
        ({"minimum": 25, "maximum": 50}, LinkKind.PARENT_OF, 25, False),
        ({"minimum": 25, "maximum": 75}, LinkKind.PARENT_OF, 25, False),
        ({"minimum": 25}, LinkKind.PARENT_OF, 25, False),
        ({}, LinkKind.PARENT_OF, None, False),
    ],
)
def test_whoever_may_hold_half_counts_as_controlling(
    share: dict[str, float], kind: LinkKind, least: float | None, includes: bool
) -> None:
    found = link(A, B, interest("a", "b", "shareholding", share=share))
    assert (found.kind, found.share, found.current(TODAY)) == (kind, least, includes)


@pytest.mark.parametrize(
    "share", [{"exact": 101}, {"exact": -1}, {"minimum": 80, "maximum": 20}, {"minimum": 200}]
)
def test_a_share_that_cannot_be_is_left_out_and_the_owner_goes_on_excluding(
    share: dict[str, float],
) -> None:
    row = rows_of(A, B, interest("a", "b", "votingRights", share=share))[-1]
    assert (row.fate, row.why) == (Fate.AMBIGUOUS, Why.SHARE_IMPOSSIBLE)
    (found,) = row.links
    assert (found.kind, found.share, found.status) == (
        LinkKind.PARENT_OF,
        None,
        LinkStatus.UNVERIFIED,
    )


@needs_data
def test_every_interest_and_kind_of_entity_of_the_standard_is_known() -> None:
    def codes(name: str) -> set[str]:
        with (DATA / FOLDER / "codelists" / f"{name}.csv").open(encoding="utf-8") as lines:
            return {row["code"] for row in csv.DictReader(lines)}

    assert codes("interestType") <= interests.KNOWN
    assert codes("entityType") == bods_parties.KNOWN_TYPES
    assert codes("recordStatus") == {"new", "updated", "closed"}
    for code in sorted(codes("interestType")):
        (row,) = rows_of(interest("a", "b", code))
        assert row.links, code
        assert (row.fate is Fate.AMBIGUOUS) == (code in interests.UNSAID)
    for code in sorted(codes("unspecifiedReason")):
        (row,) = rows_of(interest("a", {"reason": code, "description": "Ana Secret"}, "nominee"))
        assert (row.fate, row.why, row.links) == (Fate.AMBIGUOUS, Why.CONTROL_UNKNOWN, ())
    for code in sorted(codes("directOrIndirect")):
        assert link(interest("a", "b", "settlor", directOrIndirect=code))


@pytest.mark.parametrize("type", ["", "unknownInterest", "unpublishedInterest", "telepathy"])
def test_an_interest_whose_kind_is_not_said_may_be_control(type: str) -> None:
    row = rows_of(A, B, interest("a", "b", type))[-1]
    assert row.fate is Fate.AMBIGUOUS
    assert [(each.kind, each.status) for each in row.links] == [
        (LinkKind.PARENT_OF, LinkStatus.UNVERIFIED)
    ]


def test_a_person_on_the_board_is_an_officer_and_a_nomination_on_it_controls() -> None:
    seat = interest("a", "p", "boardMember")
    assert link(A, person("p"), seat).kind is LinkKind.OFFICER_OF
    seat = interest("a", "n", "boardMember")
    assert link(A, entity("n", type="arrangement"), seat).kind is LinkKind.PARENT_OF


@pytest.mark.parametrize("source", ["selfDeclaration", "thirdParty", "primaryResearch", ""])
def test_what_no_register_says_includes_nobody_until_a_person_stands_for_it(source: str) -> None:
    said = interest("a", "b", "votingRights", share={"exact": 80}, source=source)
    assert link(said).status is LinkStatus.UNVERIFIED
    stood_for = link(said, verified_by="person:ana")
    assert (stood_for.status, stood_for.verified_by) == (LinkStatus.VERIFIED, "person:ana")


def test_of_a_person_nothing_is_kept_but_that_there_is_one() -> None:
    said = person(
        "p",
        names=[{"fullName": "Ana Secret"}],
        birthDate="1978-07",
        nationalities=[{"code": "QM", "name": "Secretland"}],
        identifiers=[{"scheme": "QM-TAX", "id": "SECRET-77"}],
        addresses=[{"address": "Secret Road 7"}],
        politicalExposure={"status": "isPep", "details": [{"reason": "Secretary"}]},
    )
    owner = interest("a", "p", "shareholding", share={"exact": 100}, details="Ana Secret owns it")
    rows = rows_of(A, said, owner)
    assert "ecret" not in repr(rows)
    (party,) = rows[1].parties
    assert party.kind is PartyKind.PERSON
    assert party.id == natural_id("bods", "p")
    assert all(word in ("bods", party.id.split(":")[1]) for word in party.name.split())


@pytest.mark.parametrize("type", ["anonymousPerson", "unknownPerson"])
def test_an_owner_who_is_not_named_is_a_question_for_a_person(type: str) -> None:
    (row,) = rows_of(person("p", personType=type))
    assert (row.fate, row.why) == (Fate.AMBIGUOUS, Why.CONTROL_UNKNOWN)
    assert row.parties


def test_an_entity_is_known_by_its_lei_and_by_its_record() -> None:
    code = lei(1)
    found = of(entity("a", identifiers=[{"scheme": "XI-LEI", "id": code}]), B)
    party = found.parties[f"lei:{code}"]
    assert party.identifiers == (f"lei:{code}",)
    ties = {(tie.a, tie.b, tie.status) for tie in found.by_kind(LinkKind.SAME_AS)}
    assert ties == {(party.id, natural_id("bods", "a"), LinkStatus.VERIFIED)}


def test_a_relationship_whose_entities_stand_in_another_file_still_excludes() -> None:
    def known(record: str, number: int) -> Statement:
        return entity(record, identifiers=[{"scheme": "XI-LEI", "id": lei(number)}])

    described = rows_of(known("a", 1), known("b", 2))
    related = rows_of(interest("a", "b", "votingRights", share={"exact": 90}))
    found = records([*described, *related])
    assert excluded(found, found.parties[f"lei:{lei(1)}"]) == {"A", "B"}
    assert excluded(found, found.parties[f"lei:{lei(2)}"]) == {"A", "B"}


def test_a_wrong_lei_is_no_identifier_and_the_entity_is_kept() -> None:
    found = of(entity("a", identifiers=[{"scheme": "XI-LEI", "id": "NOT-AN-LEI"}]))
    assert set(found.parties) == {natural_id("bods", "a")}


def test_one_company_of_two_declarations_is_one_party_by_its_number_in_a_register() -> None:
    number = [{"scheme": "QM-REG", "id": "77"}]
    found = of(entity("a", "Firm", identifiers=number), entity("z", "Firm", identifiers=number))
    assert len(found.parties) == 1
    assert len(found.by_kind(LinkKind.SAME_AS)) == 2


def test_a_state_is_the_same_party_from_every_source() -> None:
    found = of(entity("s", "Republic", type="state", jurisdiction={"code": "QM"}))
    assert found.parties["state:QM"].kind is PartyKind.STATE


def test_a_firm_below_a_state_over_whatever_lies_between_is_state_owned() -> None:
    found = of(
        entity("s", type="state", jurisdiction={"code": "QM"}),
        entity("m", type="stateBody", jurisdiction={"code": "QM"}),
        A,
        B,
        entity("c"),
        interest("m", "s", "controlByLegalFramework"),
        interest("b", "m", "shareholding", share={"exact": 100}),
        interest("a", "b", "shareholding", share={"exact": 51}, endDate="2021-01-01"),
        interest("c", "m", "shareholding", share={"exact": 10}),
    )
    owned = {party.name for party in found.parties.values() if party.ownership}
    assert owned == {"A", "B"}
    assert found.named("A").ownership is Ownership.STATE_OWNED


def test_the_latest_state_of_a_record_counts_and_the_earlier_ones_exclude() -> None:
    def holds(share: float, **said: Any) -> Statement:
        return interest("a", "b", "shareholding", record="r", share={"exact": share}, **said)

    said = [
        holds(100, at="2019-01-01"),
        holds(40, at="2021-01-01", status="updated"),
    ]
    for statements in (said, said[::-1]):
        found = of(A, B, *statements)
        kinds = {each.kind: each.status for each in found.links.values() if each.kind != "same_as"}
        assert kinds == {
            LinkKind.PARENT_OF: LinkStatus.LAPSED,
            LinkKind.INVESTS_IN: LinkStatus.VERIFIED,
        }
        assert excluded(found, found.named("A")) == {"A", "B"}


def test_a_closed_record_holds_until_it_ended_and_not_at_all_if_nobody_says_when() -> None:
    closed = interest("a", "b", "votingRights", share={"exact": 80}, status="closed")
    assert link(closed).status is LinkStatus.LAPSED
    ended = interest(
        "a", "b", "votingRights", share={"exact": 80}, status="closed", endDate="2021-04-03"
    )
    assert (link(ended).status, str(link(ended).valid_until)) == (
        LinkStatus.VERIFIED,
        "2021-04-03",
    )
    assert not link(ended).current(TODAY)


def test_of_a_year_without_a_day_it_holds_only_when_it_surely_did() -> None:
    found = link(interest("a", "b", "settlor", startDate="2019", endDate="2021-06"))
    assert (str(found.valid_from), str(found.valid_until)) == ("2019-12-31", "2021-06-01")


@pytest.mark.parametrize(
    ("dates", "why"),
    [
        ({"startDate": "0202-01-01"}, Why.DATE_IMPOSSIBLE),
        ({"startDate": "soon"}, Why.NOT_A_DATE),
        ({"startDate": "2021-01-01", "endDate": "2020-01-01"}, Why.DATES_REVERSED),
    ],
)
def test_days_that_cannot_be_are_left_out_and_the_owner_goes_on_excluding(
    dates: dict[str, str], why: Why
) -> None:
    (row,) = rows_of(interest("a", "b", "settlor", **dates))
    assert (row.fate, row.why) == (Fate.AMBIGUOUS, why)
    assert [(each.status, each.valid_from) for each in row.links] == [(LinkStatus.UNVERIFIED, None)]


def test_nobody_has_an_interest_in_itself() -> None:
    row = rows_of(A, interest("a", "a", "shareholding"))[-1]
    assert (row.fate, row.why, row.links) == (Fate.REFUSED, Why.LINKED_TO_ITSELF, ())


def test_an_older_statement_takes_the_place_of_the_one_it_names() -> None:
    def old(id: str, holder: str, **said: Any) -> Statement:
        return {
            "statementID": id,
            "statementType": "ownershipOrControlStatement",
            "statementDate": "2018-01-05",
            "subject": {"describedByEntityStatement": "a"},
            "interestedParty": {"describedByEntityStatement": holder},
            "interests": [{"type": "shareholding", "share": {"exact": 100}}],
            **said,
        }

    found = of(old("1", "b"), old("2", "c", replacesStatements=["1"]))
    assert {each.a: each.status for each in found.links.values()} == {
        natural_id("bods", "b"): LinkStatus.LAPSED,
        natural_id("bods", "c"): LinkStatus.UNVERIFIED,
    }
    (row,) = rows_of(old("2", "c", replacesStatements=["1"]))
    assert f"{natural_id('bods', '1')}:has:" in row.replaces  # where another file said it


statements = st.one_of(
    st.builds(entity, st.sampled_from("ab")),
    st.builds(person, st.sampled_from("pq")),
    st.builds(
        interest,
        st.sampled_from("ab"),
        st.sampled_from("bpq"),
        st.sampled_from(sorted(interests.KNOWN)),
    ),
)


@settings(max_examples=12)
@given(st.lists(statements, min_size=1, max_size=5), st.data())
def test_whatever_a_field_becomes_every_statement_comes_out_once(
    said: list[Statement], data: st.DataObject
) -> None:
    spoilt = [spoil(each, data) if data.draw(st.booleans()) else each for each in said]
    found = rows_of(*spoilt)
    assert [row.line for row in found] == list(range(1, len(said) + 1))
    for row in found:
        assert (row.why is None) == (row.fate is Fate.IMPORTED)
        assert row.fate is not Fate.REFUSED or not (row.parties or row.links)
    assert "Ana" not in repr(found)


@settings(max_examples=10)
@given(st.permutations([
    interest("a", "b", "shareholding", record="r", share={"exact": 100}, at="2019-01-01"),
    interest("a", "b", "shareholding", record="r", share={"exact": 40}, at="2020-01-01"),
    interest("a", "c", "votingRights", record="r", share={"exact": 90}, at="2021-01-01"),
    interest("a", "c", "boardMember", record="r", status="closed", at="2021-01-01"),
    entity("a"),
    entity("b"),
]))  # fmt: skip
def test_statements_in_any_order_settle_the_same(said: list[Statement]) -> None:
    found = {each.id: each for each in of(*said).links.values() if each.kind != "same_as"}
    assert {(each.kind, each.a[-4:], each.status) for each in found.values()} == {
        (LinkKind.PARENT_OF, natural_id("bods", "b")[-4:], LinkStatus.LAPSED),
        (LinkKind.INVESTS_IN, natural_id("bods", "b")[-4:], LinkStatus.LAPSED),
        (LinkKind.PARENT_OF, natural_id("bods", "c")[-4:], LinkStatus.LAPSED),
        (LinkKind.OFFICER_OF, natural_id("bods", "c")[-4:], LinkStatus.LAPSED),
    }


ONE_RECORD = [
    interest("a", "b", "shareholding", record="r", share={"exact": 100}, at="2019-01-01"),
    interest("a", "b", "shareholding", record="r", share={"exact": 40}, at="2020-01-01"),
    interest("a", "c", "votingRights", record="r", share={"exact": 90}, at="2021-01-01"),
    interest("a", "c", "boardMember", record="r", status="updated", at="2022-01-01"),
]


@pytest.mark.parametrize("order", list(permutations(ONE_RECORD)))
def test_files_of_one_record_in_any_order_lead_to_what_one_file_says(
    order: tuple[Statement, ...],
) -> None:
    together = {each.id: each for row in rows_of(*ONE_RECORD) for each in row.links}
    imported = taken_in_turn((rows_of(each) for each in order), source="bods")
    assert imported.links == together
    assert Counter(each.status for each in together.values()) == {
        LinkStatus.LAPSED: 3,
        LinkStatus.VERIFIED: 1,
    }


def test_a_statement_of_a_day_to_come_does_not_outlast_later_ones() -> None:
    future = interest("a", "b", "settlor", record="r", at="2199-01-01")
    now = interest("a", "c", "settlor", record="r", at="2025-01-01")
    for order in ((future, now), (now, future)):
        imported = taken_in_turn((rows_of(each) for each in order), source="bods")
        holds = {each.a for each in imported.links.values() if each.current(TODAY)}
        assert natural_id("bods", "c") in holds
