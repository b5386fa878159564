"""Entities of other tools, in and out: what is taken, what is lost, and what never leaves."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.registry.imports.ownership.ftm import party_id, read
from engine.registry.imports.ownership.ftm_export import entities, lines
from engine.registry.rows import Fate, RowRead, SourceFile, Why
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Ownership, Party, PartyKind
from tests.unit.engine.registry.imports.files import TODAY, Records, records, setting
from tests.unit.engine.registry.imports.lei import lei
from tests.unit.engine.registry.imports.test_gleif import spoil
from tests.unit.rules.build import a_link, a_party

Entity = dict[str, Any]


def an_entity(id: str, schema: str = "Company", **properties: Any) -> Entity:
    return {"id": id, "schema": schema, "properties": {"name": [id.title()], **properties}}


def tie(schema: str, first: str, second: str, **said: list[str]) -> Entity:
    """A relation between `a` and `b`."""
    return {"id": "r", "schema": schema, "properties": {first: ["a"], second: ["b"], **said}}


def rows_of(*said: Entity, verified_by: str = "") -> list[RowRead]:
    data = b"\n".join(json.dumps(each).encode() for each in said)
    return list(read(SourceFile(name="x.ndjson", data=data), setting(verified_by=verified_by)))


def of(*said: Entity) -> Records:
    return records(rows_of(*said))


def link(entity: Entity, *, verified_by: str = "") -> Link:
    (row,) = rows_of(entity, verified_by=verified_by)
    (one,) = row.links
    return one


def back(parties: Iterable[Party], links: Iterable[Link]) -> Records:
    """What comes back of what went out."""
    file = SourceFile(name="out.ndjson", data=b"".join(lines(parties, links)))
    return records(read(file, setting()))


@pytest.mark.parametrize(
    ("schema", "first", "second", "kind", "ends"),
    [
        ("Ownership", "owner", "asset", LinkKind.PARENT_OF, "ab"),
        ("Directorship", "director", "organization", LinkKind.OFFICER_OF, "ab"),
        ("Membership", "member", "organization", LinkKind.MEMBER_OF, "ab"),
        ("Representation", "agent", "client", LinkKind.REPRESENTS, "ab"),
        ("Debt", "creditor", "debtor", LinkKind.FINANCES, "ab"),
        ("Succession", "successor", "predecessor", LinkKind.SAME_AS, "ab"),
        ("UnknownLink", "subject", "object", LinkKind.JOINT_VENTURE_WITH, "ab"),
    ],
)
def test_each_relation_is_the_link_it_means(
    schema: str, first: str, second: str, kind: LinkKind, ends: str
) -> None:
    found = link(tie(schema, first, second))
    assert found.kind is kind
    assert (found.a, found.b) == (party_id(ends[0]), party_id(ends[1]))
    assert found.status is LinkStatus.UNVERIFIED


@pytest.mark.parametrize(
    ("percentage", "kind", "share"),
    [
        (["60"], LinkKind.PARENT_OF, 60),
        (["60 %"], LinkKind.PARENT_OF, 60),
        (["12.5"], LinkKind.INVESTS_IN, 12.5),
        ([], LinkKind.PARENT_OF, None),
        (["25-50"], LinkKind.PARENT_OF, None),
        (["more than half"], LinkKind.PARENT_OF, None),
        (["10", "60"], LinkKind.PARENT_OF, None),
        (["160"], LinkKind.PARENT_OF, None),
    ],
)
def test_an_owner_of_who_knows_how_much_may_control(
    percentage: list[str], kind: LinkKind, share: float | None
) -> None:
    found = link(tie("Ownership", "owner", "asset", percentage=percentage))
    assert (found.kind, found.share) == (kind, share)


def test_only_what_is_certain_is_verified_by_who_stands_for_the_file() -> None:
    sure = tie("Ownership", "owner", "asset", percentage=["60"], startDate=["2019"])
    assert link(sure, verified_by="person:ana").verified_by == "person:ana"
    assert not link(sure, verified_by="person:ana").current(date(2019, 6, 1))
    for entity in (
        tie("Ownership", "owner", "asset"),
        tie("UnknownLink", "subject", "object"),
        tie("Succession", "successor", "predecessor"),
        tie("Directorship", "director", "organization", startDate=["0202"]),
    ):
        assert not link(entity, verified_by="person:ana").current(TODAY)


def test_what_ties_two_that_nobody_knows_is_a_question_and_excludes() -> None:
    (row,) = rows_of(tie("UnknownLink", "subject", "object"))
    assert (row.fate, row.why) == (Fate.AMBIGUOUS, Why.CONTROL_UNKNOWN)


def test_of_a_person_nothing_is_kept_but_that_there_is_one() -> None:
    said = an_entity("secret-1978", "Person", name=["Ana Secret"], birthDate=["1978"])
    (row,) = rows_of(said)
    assert row.parties[0].kind is PartyKind.PERSON
    assert "ecret" not in repr(row)


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ("Family", Why.NATURAL_PERSON),
        ("Associate", Why.NATURAL_PERSON),
        ("Passport", Why.NATURAL_PERSON),
        ("Employment", Why.NATURAL_PERSON),
        ("Vessel", Why.NOT_KNOWN),
        ("RealEstate", Why.NOT_KNOWN),
    ],
)
def test_private_lives_and_ships_are_refused_by_name(schema: str, why: Why) -> None:
    (row,) = rows_of(an_entity("x", schema))
    assert (row.fate, row.why, row.column) == (Fate.REFUSED, why, "schema")


def test_topics_say_what_a_company_is() -> None:
    found = of(
        an_entity("a", topics=["fin.bank", "corp.public"]),
        an_entity("b", topics=["fin.fund"]),
        an_entity("c", topics=["gov.soe", "corp.public"]),
        an_entity("d", "PublicBody", jurisdiction=["qm"]),
    )
    said = {party.name: (party.kind, party.ownership) for party in found.parties.values()}
    assert said == {
        "A": (PartyKind.BANK, Ownership.LISTED),
        "B": (PartyKind.INVESTOR, None),
        "C": (PartyKind.COMPANY, Ownership.STATE_OWNED),
        "D": (PartyKind.STATE_BODY, None),
    }
    assert found.named("D").state == "QM"


@pytest.mark.parametrize("country", [["qm", "qn"], ["eu"], ["suhh"]])
def test_several_countries_or_none_are_for_a_person(country: list[str]) -> None:
    (row,) = rows_of(an_entity("a", country=country))
    assert (row.fate, row.why) == (Fate.AMBIGUOUS, Why.COUNTRY_DOUBTFUL)
    assert row.parties[0].state is None


def test_an_entity_with_an_lei_is_that_party_in_every_relation_of_the_file() -> None:
    code = lei(1)
    found = of(tie("Ownership", "owner", "asset"), an_entity("a", leiCode=[code]))
    assert {link.a for link in found.links.values()} == {f"lei:{code}"}
    assert found.parties[f"lei:{code}"].identifiers == (f"lei:{code}",)


def test_older_files_name_the_parent_within_the_daughter() -> None:
    (row,) = rows_of(an_entity("b", parent=["a", {"id": "c", "schema": "Company"}, "b"]))
    assert [(each.a, each.b) for each in row.links] == [
        (party_id("a"), party_id("b")),
        (party_id("c"), party_id("b")),
    ]


def test_a_relation_of_many_is_as_many_links_and_one_of_a_crowd_is_refused() -> None:
    said = {"owner": ["a", "c"], "asset": ["b"]}
    (row,) = rows_of({"id": "r", "schema": "Ownership", "properties": said})
    assert len({each.id for each in row.links}) == 2
    said = {"owner": [f"a{n}" for n in range(11)], "asset": [f"b{n}" for n in range(11)]}
    (row,) = rows_of({"id": "r", "schema": "Ownership", "properties": said})
    assert (row.fate, row.why) == (Fate.REFUSED, Why.TOO_LONG)


def test_nobody_owns_itself_and_half_a_relation_is_none() -> None:
    for said, why in (
        ({"owner": ["a"], "asset": ["a"]}, Why.LINKED_TO_ITSELF),
        ({"owner": ["a"]}, Why.FIELD_MISSING),
    ):
        (row,) = rows_of({"id": "r", "schema": "Ownership", "properties": said})
        assert (row.fate, row.why) == (Fate.REFUSED, why)


def test_what_goes_out_has_no_address_no_person_and_no_declared_conflict() -> None:
    officer = a_party("person-7", PartyKind.PERSON)
    firm = a_party("firm", details=(("note", "secret"),), complaints="secret@desk.example")
    declared = a_link("firm", LinkKind.MEMBER_OF, "union", status=LinkStatus.DECLARED)
    seat = a_link("person-7", LinkKind.OFFICER_OF, "firm")
    out = b"".join(lines([firm, officer], [declared, seat])).decode()
    assert "secret" not in out
    assert "Person 7" not in out
    assert "union" not in out
    assert len(out.splitlines()) == 3


def test_what_the_other_side_cannot_say_goes_out_as_an_unknown_link_with_our_word() -> None:
    parties = [a_party("firm"), a_party("brand"), a_party("body", PartyKind.STATE_BODY)]
    said = [
        a_link("brand", LinkKind.BUYS_FROM, "firm"),
        a_link("firm", LinkKind.PARENT_OF, "body"),
    ]
    out = [each for each in entities(parties, said) if each["id"].startswith("link:")]
    assert {each["schema"] for each in out} == {"UnknownLink"}
    assert {role for each in out for role in each["properties"]["role"]} == {
        "buys_from",
        "parent_of",
    }


def test_control_by_a_small_share_comes_back_as_control() -> None:
    said = a_link("firm", LinkKind.PARENT_OF, "daughter", share=30)
    found = back([a_party("firm"), a_party("daughter")], [said])
    assert [each.kind for each in found.links.values()] == [LinkKind.PARENT_OF]


ids = st.sampled_from(["firm-a", "firm-b", "fund-c", "bank-d", "person-e"])
kinds = {"firm": PartyKind.COMPANY, "fund": PartyKind.INVESTOR, "bank": PartyKind.BANK}
kinds["person"] = PartyKind.PERSON
days = st.none() | st.dates(date(1990, 1, 1), date(2030, 1, 1))
names = st.text("abcäжع ", min_size=1, max_size=6).map(lambda text: f"x{' '.join(text.split())}")


@st.composite
def registries(draw: st.DrawFn) -> tuple[list[Party], list[Link]]:
    """Parties and links of the kinds that both sides can say."""
    parties = [
        Party(
            id=id,
            kind=kinds[id.split("-")[0]],
            name=id if id.startswith("person") else draw(names),
            aliases=() if id.startswith("person") else tuple(sorted(draw(st.sets(names)))),
            state=None if id.startswith("person") else draw(st.sampled_from([None, "QM", "GB"])),
        )
        for id in sorted(draw(st.sets(ids, min_size=2)))
    ]
    links = []
    for number in range(draw(st.integers(0, 5))):
        a, b = draw(st.permutations(parties))[:2]
        if b.kind is PartyKind.PERSON:
            continue
        kind = draw(st.sampled_from((*COVERED, LinkKind.INVESTS_IN)))
        since, until = draw(days), draw(days)
        if since and until and since > until:
            since, until = until, since
        least = {LinkKind.INVESTS_IN: (0, 49), LinkKind.PARENT_OF: (50, 100)}.get(kind)
        share = float(draw(st.integers(*least))) if least else None
        dates = {"valid_from": since, "valid_until": until, "share": share}
        links.append(a_link(a.id, kind, b.id, id=f"l{number}", **dates))
    return parties, links


COVERED = (
    LinkKind.PARENT_OF,
    LinkKind.OFFICER_OF,
    LinkKind.MEMBER_OF,
    LinkKind.REPRESENTS,
    LinkKind.FINANCES,
)


@settings(max_examples=15)
@given(registries())
def test_what_goes_out_comes_back_as_it_was_and_includes_nobody_by_itself(
    said: tuple[list[Party], list[Link]],
) -> None:
    parties, links = said
    found = back(parties, links)
    assert {row.fate for row in found.rows} <= {Fate.IMPORTED}

    def party(one: Party) -> tuple[Any, ...]:
        return one.kind, one.name, tuple(sorted({*one.aliases} - {one.name})), one.state

    for one in parties:
        came = found.parties[party_id(one.id)]
        assert came.kind is one.kind
        if one.kind is not PartyKind.PERSON:
            assert party(came) == party(one)

    def between(each: Link, a: str, b: str) -> tuple[Any, ...]:
        return each.kind, a, b, each.valid_from, each.valid_until, each.share

    came_links = sorted((between(each, each.a, each.b) for each in found.links.values()), key=repr)
    went = [between(each, party_id(each.a), party_id(each.b)) for each in links]
    assert came_links == sorted(went, key=repr)
    assert not any(each.current(TODAY) for each in found.links.values())


mixed = st.sampled_from(
    [
        an_entity("a", leiCode=[lei(1)], country=["qm"]),
        an_entity("p", "Person", name=["Ana Secret"]),
        tie("Ownership", "owner", "asset", percentage=["60"]),
        tie("UnknownLink", "subject", "object"),
    ]
)


@settings(max_examples=15)
@given(st.lists(mixed, min_size=1, max_size=4), st.data())
def test_whatever_a_field_becomes_every_entity_comes_out_once(
    said: list[Entity], data: st.DataObject
) -> None:
    found = rows_of(*(spoil(each, data) if data.draw(st.booleans()) else each for each in said))
    assert [row.line for row in found] == list(range(1, len(said) + 1))
    for row in found:
        assert (row.why is None) == (row.fate is Fate.IMPORTED)
        assert row.fate is not Fate.REFUSED or not (row.parties or row.links)
