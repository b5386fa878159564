"""Registers of companies say who stands above whom, and take it back, and leave things unsaid."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.registry.checks import checked
from engine.registry.imports.ownership import gleif
from engine.registry.rows import Fate, FileRefusedError, RowRead, SourceFile, Why
from rules.exclusion import closure
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import PartyKind
from tests.unit.engine.registry.imports.files import TODAY, setting
from tests.unit.engine.registry.imports.lei import (
    Record,
    entity,
    exception,
    lei,
    links_of,
    registry_of,
    relationship,
    rows_of,
)
from tests.unit.rules.build import a_role, an_event

CHILD, PARENT, OTHER = f"lei:{lei(1)}", f"lei:{lei(2)}", f"lei:{lei(3)}"


def the_link(record: Record, **said: Any) -> Link:
    (link,) = links_of([record], **said).values()
    return link


def the_row(record: Record) -> RowRead:
    (row,) = rows_of([record])
    return row


def excluded_with(link: Link) -> set[str]:
    """Who must not hear of it when the child is alleged."""
    event = an_event(parties=[a_role(CHILD)])
    return {entry.party for entry in closure(registry_of([link]), event).entries}


def test_what_the_register_corroborated_includes_and_it_stands_for_it() -> None:
    link = the_link(relationship(1, 2))
    assert (link.kind, link.a, link.b) == (LinkKind.PARENT_OF, PARENT, CHILD)
    assert (link.status, link.verified_by) == (LinkStatus.VERIFIED, "gleif")
    assert link.current(TODAY)
    assert not link.current(date(2019, 12, 31))


@pytest.mark.parametrize("sources", ["ENTITY_SUPPLIED_ONLY", "PARTIALLY_CORROBORATED", "PENDING"])
def test_what_a_firm_alone_says_of_itself_includes_nobody_until_a_person_stands_for_it(
    sources: str,
) -> None:
    record = relationship(1, 2, sources=sources)
    assert the_link(record).status is LinkStatus.UNVERIFIED
    stood_for = the_link(record, verified_by="person:ana")
    assert (stood_for.status, stood_for.verified_by) == (LinkStatus.VERIFIED, "person:ana")


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"status": "LAPSED"}, LinkStatus.LAPSED),
        ({"status": "RETIRED"}, LinkStatus.LAPSED),
        ({"status": "TRANSFERRED"}, LinkStatus.LAPSED),
        ({"status": "ANNULLED"}, LinkStatus.WITHDRAWN),
        ({"status": "DUPLICATE"}, LinkStatus.WITHDRAWN),
        ({"active": "INACTIVE"}, LinkStatus.LAPSED),
        ({"deleted": "2024-06-24T18:20:28Z"}, LinkStatus.WITHDRAWN),
    ],
)
def test_active_is_not_enough_what_lapsed_or_was_deleted_includes_nobody_and_excludes(
    said: dict[str, str], status: LinkStatus
) -> None:
    for verified_by in ("", "person:ana"):
        link = the_link(relationship(1, 2, **said), verified_by=verified_by)
        assert link.status is status
        assert not link.current(TODAY)
        assert PARENT in excluded_with(link)


def test_a_record_on_its_way_to_another_issuer_still_stands() -> None:
    assert the_link(relationship(1, 2, status="PENDING_TRANSFER")).current(TODAY)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"since": "0202-01-01"}, Why.DATE_IMPOSSIBLE),
        ({"since": "2020-13-01"}, Why.NOT_A_DATE),
        ({"since": "2020-01-01", "until": "2019-01-01"}, Why.DATES_REVERSED),
        ({"at": "2031-01-01T00:00:00Z"}, Why.DATE_IMPOSSIBLE),
        ({"active": "SLEEPING"}, Why.NOT_KNOWN),
        ({"status": "PERHAPS"}, Why.NOT_KNOWN),
        ({"kind": "IS_ADMIRED_BY"}, Why.NOT_KNOWN),
    ],
)
def test_whatever_is_doubtful_about_a_parent_it_goes_on_excluding(
    said: dict[str, str], why: Why
) -> None:
    row = the_row(relationship(1, 2, **said))
    assert (row.fate, row.why) == (Fate.AMBIGUOUS, why)
    (link,) = row.links
    assert not link.current(TODAY)
    assert PARENT in excluded_with(link)


def test_a_day_that_cannot_be_is_not_kept() -> None:
    link = the_link(relationship(1, 2, since="0202-01-01"))
    assert (link.valid_from, link.valid_until) == (None, None)
    assert checked(the_row(relationship(1, 2, since="0202-01-01"))).links


def test_a_record_from_the_future_does_not_stand_against_every_later_word() -> None:
    now, future = relationship(1, 2, deleted="2025-01-01"), relationship(1, 2, at="2199-01-01")
    (link,) = links_of([future, now]).values()
    assert link.status is LinkStatus.WITHDRAWN


def test_the_day_a_relationship_began_is_that_of_its_source_whatever_its_offset() -> None:
    assert the_link(relationship(1, 2, since="2014-01-20T00:30:00+14:00")).valid_from == date(
        2014, 1, 20
    )


def test_which_state_is_later_is_told_by_the_moment_and_not_by_the_letters() -> None:
    earlier = relationship(1, 2, at="2024-01-01T23:00:00-05:00", status="LAPSED")
    later = relationship(1, 2, at="2024-01-02T03:59:00Z")  # a minute before
    (link,) = links_of([earlier, later]).values()
    assert link.status is LinkStatus.LAPSED


@pytest.mark.parametrize(
    ("kind", "link", "ends"),
    [
        ("IS_DIRECTLY_CONSOLIDATED_BY", LinkKind.PARENT_OF, (PARENT, CHILD)),
        ("IS_ULTIMATELY_CONSOLIDATED_BY", LinkKind.PARENT_OF, (PARENT, CHILD)),
        ("IS_INTERNATIONAL_BRANCH_OF", LinkKind.PARENT_OF, (PARENT, CHILD)),
        ("IS_SUBFUND_OF", LinkKind.PARENT_OF, (PARENT, CHILD)),
        ("IS_FUND-MANAGED_BY", LinkKind.OPERATES, (PARENT, CHILD)),
        ("IS_FEEDER_TO", LinkKind.INVESTS_IN, (CHILD, PARENT)),
    ],
)
def test_each_relationship_is_the_link_it_means(
    kind: str, link: LinkKind, ends: tuple[str, str]
) -> None:
    found = the_link(relationship(1, 2, kind=kind))
    assert (found.kind, (found.a, found.b)) == (link, ends)


def test_a_direct_and_an_ultimate_parent_are_two_links() -> None:
    ultimate = relationship(1, 2, kind="IS_ULTIMATELY_CONSOLIDATED_BY")
    assert len(links_of([relationship(1, 2), ultimate])) == 2


def test_a_new_parent_takes_the_place_of_the_old_one_which_goes_on_excluding() -> None:
    links = links_of([relationship(1, 2), relationship(1, 3, at="2024-06-01T00:00:00Z")])
    assert {link.a: link.status for link in links.values()} == {
        PARENT: LinkStatus.LAPSED,
        OTHER: LinkStatus.VERIFIED,
    }
    event = an_event(parties=[a_role(CHILD)])
    excluded = closure(registry_of(links.values()), event).entries
    assert {entry.party for entry in excluded} == {CHILD, PARENT, OTHER}


def test_two_funds_of_one_manager_are_no_rivals() -> None:
    links = links_of([relationship(1, 2), relationship(3, 2, at="2024-06-01T00:00:00Z")])
    assert {link.status for link in links.values()} == {LinkStatus.VERIFIED}


def test_nobody_is_a_parent_of_itself() -> None:
    row = the_row(relationship(1, 1))
    assert (row.fate, row.why, row.links) == (Fate.REFUSED, Why.LINKED_TO_ITSELF, ())


@pytest.mark.parametrize("value", ["", "NOT-AN-LEI", "R" + lei(2)[1:], 7, None, ["x"]])
def test_a_node_that_is_no_lei_is_refused(value: Any) -> None:
    record = relationship(1, 2)
    record["Relationship"]["EndNode"]["NodeID"] = value
    row = the_row(record)
    assert (row.fate, row.why) == (Fate.REFUSED, Why.NOT_AN_IDENTIFIER)
    assert row.column == "Relationship.EndNode"


def test_an_entity_is_a_company_a_fund_or_a_body_of_the_state() -> None:
    kinds = {"GENERAL": PartyKind.COMPANY, "FUND": PartyKind.INVESTOR}
    kinds["RESIDENT_GOVERNMENT_ENTITY"] = PartyKind.STATE_BODY
    for category, kind in kinds.items():
        (party,) = the_row(entity(1, EntityCategory=category)).parties
        assert (party.id, party.kind, party.state) == (CHILD, kind, "QM")


def test_the_name_of_a_sole_proprietor_is_a_persons_and_not_kept() -> None:
    row = the_row(entity(1, "Ana Secret", EntityCategory="SOLE_PROPRIETOR"))
    assert (row.fate, row.why, row.parties) == (Fate.REFUSED, Why.NATURAL_PERSON, ())


def test_former_names_are_kept_and_what_a_program_transliterated_is_not() -> None:
    record = entity(
        1,
        "Новая фирма",
        OtherEntityNames=[{"type": "PREVIOUS_LEGAL_NAME", "OtherEntityName": "Old Firm"}],
        TransliteratedOtherEntityNames=[
            {
                "type": "AUTO_ASCII_TRANSLITERATED_LEGAL_NAME",
                "TransliteratedOtherEntityName": "Novaja firma",
            },
            {
                "type": "PREFERRED_ASCII_TRANSLITERATED_LEGAL_NAME",
                "TransliteratedOtherEntityName": "Novaya Firma",
            },
        ],
    )
    (party,) = the_row(record).parties
    assert party.aliases == ("Novaya Firma", "Old Firm")


def test_a_firm_is_called_as_last_and_is_still_found_by_the_name_before() -> None:
    first, last = entity(1, "Old Firm"), entity(1, "New Firm", at="2024-05-01")
    for records in ([first, last], [last, first]):
        for row in rows_of(records):
            assert [(party.name, party.aliases) for party in row.parties] == [
                ("New Firm", ("Old Firm",))
            ]


def test_a_seat_that_is_no_country_is_for_a_person() -> None:
    row = the_row(entity(1, LegalJurisdiction="ZK"))
    assert (row.fate, row.why) == (Fate.AMBIGUOUS, Why.COUNTRY_DOUBTFUL)
    assert row.parties[0].state is None


def test_a_retired_entity_stays() -> None:
    (party,) = the_row(entity(1, RegistrationStatus="RETIRED", EntityStatus="INACTIVE")).parties
    assert dict(party.details)["lei_registration"] == "RETIRED"


@pytest.mark.parametrize("reason", sorted(gleif._EXCEPTIONS))
def test_why_no_parent_is_named_is_a_question_for_a_person(reason: str) -> None:
    row = the_row(exception(1, reason, ExceptionReference="Ana Secret, the owner"))
    assert (row.fate, row.why) == (Fate.AMBIGUOUS, Why.CONTROL_UNKNOWN)
    assert not row.parties
    assert "Ana" not in repr(row)


def test_an_exception_that_was_taken_back_asks_nothing() -> None:
    deletion = {"Deletion": {"DeletedAt": "2024-07-27T10:23:19Z"}}
    assert the_row(exception(1, Extension=deletion)).fate is Fate.IMPORTED


def test_a_reason_nobody_knows_is_refused_by_name() -> None:
    row = the_row(exception(1, "BECAUSE"))
    assert (row.fate, row.why, row.column) == (Fate.REFUSED, Why.NOT_KNOWN, "ExceptionReason")


def test_what_is_no_record_of_theirs_is_refused_and_the_rest_is_read() -> None:
    found = rows_of([{"LEI": "x"}, {"hello": 1}, entity(1)])
    assert [row.fate for row in found] == [Fate.REFUSED, Fate.REFUSED, Fate.IMPORTED]


records = st.one_of(
    st.builds(entity, st.integers(1, 3)),
    st.builds(relationship, st.integers(1, 3), st.integers(1, 3)),
    st.builds(exception, st.integers(1, 3)),
)
wrong = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.just([]) | st.just({})


def spoil(record: Any, data: st.DataObject) -> Any:
    """The record with something within it turned into something else."""
    if not isinstance(record, dict) or not record:
        return data.draw(wrong)
    key = data.draw(st.sampled_from(sorted(record)))
    return {**record, key: spoil(record[key], data)}


@settings(max_examples=12)
@given(st.lists(records, min_size=1, max_size=5), st.data())
def test_whatever_a_field_becomes_every_record_comes_out_once(
    said: list[Record], data: st.DataObject
) -> None:
    spoilt = [spoil(record, data) if data.draw(st.booleans()) else record for record in said]
    found = rows_of(spoilt)
    assert [row.line for row in found] == list(range(1, len(said) + 1))
    for row in found:
        assert (row.why is None) == (row.fate is Fate.IMPORTED)
        assert row.fate is not Fate.REFUSED or not (row.parties or row.links)
        assert checked(row).why in {row.why, Why.FORMULA, Why.CONTROL_CHARACTER}


@settings(max_examples=12)
@given(st.lists(records, min_size=1, max_size=4), st.data())
def test_whatever_a_byte_becomes_nothing_breaks(said: list[Record], data: st.DataObject) -> None:
    raw = bytearray(json.dumps(said).encode())
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = list(gleif.read(SourceFile(name="x", data=bytes(raw)), setting()))
    except FileRefusedError:
        return
    assert len({row.line for row in found}) == len(found)
