"""The snapshot of the registry: what is found, in which order, under which version."""

from dataclasses import replace
from datetime import date

import pytest

from rules.columns import KINDS, STATUSES, day_number
from rules.graph import DuplicateIdError, Gone, Registry
from schemas.link import LinkStatus
from tests.unit.rules.build import NOW, K, L, a_contact, a_link, a_party, a_registry, an_endpoint

PARTIES = [a_party("b", K.MISSION, "QN"), a_party("a", K.COMPANY, "QM"), a_party("c", K.MISSION)]
LINKS = [
    a_link("a", L.PARENT_OF, "c"),
    a_link("a", L.BUYS_FROM, "b"),
    a_link("b", L.BUYS_FROM, "c"),
    a_link("a", L.BUYS_FROM, "c"),
]


def test_parties_links_contacts_and_endpoints_are_found_by_id() -> None:
    registry = a_registry(PARTIES, LINKS)

    party = registry.party("a")
    link = registry.link("a:parent_of:c")
    contact = registry.contact("a.desk")
    endpoint = registry.endpoint("a.desk.mail")

    assert party is not None and party.state == "QM"
    assert link is not None and (link.a, link.b) == ("a", "c")
    assert contact is not None and contact.party == "a"
    assert endpoint is not None and endpoint.channel == "email"
    for look_up in (registry.party, registry.link, registry.contact, registry.endpoint):
        assert look_up("nobody") is None


def test_links_are_found_from_both_ends_in_a_fixed_order_and_by_kind() -> None:
    registry = a_registry(PARTIES, LINKS)

    assert [link.b for link in registry.links_from("a")] == ["b", "c", "c"]
    assert [link.kind for link in registry.links_from("a", {L.PARENT_OF})] == [L.PARENT_OF]
    assert [link.a for link in registry.links_to("c", {L.BUYS_FROM})] == ["a", "b"]
    assert registry.links_from("nobody") == registry.links_to("nobody") == ()


def test_every_link_of_a_kind_between_two_is_found_whatever_its_status() -> None:
    twice = a_link("a", L.BUYS_FROM, "c", id="0", status=LinkStatus.UNVERIFIED)
    registry = a_registry(PARTIES, [*LINKS, twice])

    assert [link.id for link in registry.between("a", L.BUYS_FROM, "c")] == ["0", "a:buys_from:c"]
    assert [link.id for link in registry.between("a", L.PARENT_OF, "c")] == ["a:parent_of:c"]
    assert registry.between("c", L.BUYS_FROM, "a") == ()
    assert registry.between("a", L.SPONSORS, "c") == ()
    assert registry.between("a", L.BUYS_FROM, "nobody") == ()
    for one in PARTIES:
        for other in PARTIES:
            for kind in L:
                plainly = [
                    link for link in registry.links_from(one.id, {kind}) if link.b == other.id
                ]
                assert list(registry.between(one.id, kind, other.id)) == plainly


def test_the_contact_to_be_told_first_stands_first() -> None:
    contacts = [
        a_contact("a", "third", rank=2),
        a_contact("a", "second", rank=1),
        a_contact("a", "also-second", rank=1),
        a_contact("a", "first", rank=0),
    ]

    registry = Registry(PARTIES, contacts=contacts)

    assert [contact.label for contact in registry.contacts("a")] == [
        "first",
        "also-second",
        "second",
        "third",
    ]
    assert registry.contacts("b") == ()


def test_parties_are_found_by_kind_and_by_state() -> None:
    registry = a_registry(PARTIES)

    assert [party.id for party in registry.of_kind(K.MISSION)] == ["b", "c"]
    assert [party.id for party in registry.of_state("QN")] == ["b"]
    assert registry.of_kind(K.UNION) == registry.of_state("QZ") == ()


def test_the_same_records_are_the_same_version_and_any_change_is_another() -> None:
    one = a_registry(PARTIES, LINKS)

    assert a_registry(PARTIES[::-1], LINKS[::-1]).version == one.version
    assert a_registry(PARTIES, LINKS[1:]).version != one.version
    renamed = [replace(PARTIES[0], name="Renamed"), *PARTIES[1:]]
    assert a_registry(renamed, LINKS).version != one.version
    moved = [replace(a_contact(party.id), rank=3) for party in PARTIES]
    assert a_registry(PARTIES, LINKS, moved).version != one.version
    assert len(one.version) == 32


def test_two_records_with_one_id_are_refused_instead_of_losing_one() -> None:
    other = replace(PARTIES[0], name="Other")

    with pytest.raises(DuplicateIdError, match="party have the id 'b'"):
        Registry([*PARTIES, other])
    with pytest.raises(DuplicateIdError, match="kind link have"):
        Registry(links=[LINKS[0], replace(LINKS[0], b="z")])
    with pytest.raises(DuplicateIdError, match="kind link have"):
        Registry().changed(links=[LINKS[0], replace(LINKS[0], b="z")])
    with pytest.raises(DuplicateIdError, match="kind contact have"):
        Registry(contacts=[a_contact("a"), a_contact("a", rank=1)])
    shared = an_endpoint("one")
    with pytest.raises(DuplicateIdError, match="endpoint"):
        Registry(
            contacts=[
                a_contact("a", endpoints=(shared,)),
                a_contact("b", endpoints=(replace(shared, channel="sms"),)),
            ]
        )


def test_the_same_record_twice_and_a_shared_address_do_no_harm() -> None:
    shared = an_endpoint("one")
    contacts = [a_contact("a", endpoints=(shared,)), a_contact("b", endpoints=(shared,))]

    registry = Registry([*PARTIES, *PARTIES], links=[*LINKS, *LINKS], contacts=contacts)

    assert len(registry.links_from("a")) == 3
    assert registry.endpoint("one") == shared


def test_a_link_comes_back_exactly_as_it_went_in() -> None:
    day, later = date(2026, 5, 1), date(2031, 12, 31)
    links = [
        a_link("a", L.PARENT_OF, "b"),
        a_link("a", L.INVESTS_IN, "b", share=33.3, value=1.5, currency="XTS", valid_from=day),
        a_link("b", L.BUYS_FROM, "c", tier=2, sectors=("mining",), evidence="p. 7", as_of=later),
        a_link("b", L.MEMBER_OF, "c", status=LinkStatus.REFUTED, valid_until=later, share=0.0),
        a_link("é", L.SAME_AS, "c", terms=("audit_right",), verified_by="ana", verified_at=NOW),
    ]
    registry = a_registry(links=links)

    assert [registry.link(link.id) for link in links] == links
    assert registry.link("nobody") is None


def test_code_that_looks_at_many_reads_numbers() -> None:
    registry = a_registry(PARTIES, [*LINKS, a_link("c", L.PARENT_OF, "nobody")])
    a, nobody = registry.number("a"), registry.number("nobody")
    assert a is not None and nobody is not None and registry.number("stranger") is None
    columns = registry.columns

    assert registry.id_of(a) == "a" and registry.kind_of(a) is K.COMPANY
    assert registry.kind_of(nobody) is None, "named by a link, entered by nobody"
    hops = list(registry.view(frozenset({L.BUYS_FROM})).each(a))
    assert [registry.id_of(near) for near, _ in hops] == ["b", "c"]
    assert [registry.link_at(number).id for _, number in hops] == [LINKS[1].id, LINKS[3].id]
    assert {KINDS[columns.kind[number]] for _, number in hops} == {L.BUYS_FROM}
    assert {STATUSES[columns.status[number]] for _, number in hops} == {LinkStatus.VERIFIED}
    back = registry.view(frozenset({L.PARENT_OF}), forward=False)
    assert [registry.id_of(near) for near, _ in back.each(nobody)] == ["c"]
    both = registry.merged(frozenset({L.PARENT_OF}), frozenset({L.BUYS_FROM, L.PARENT_OF}))
    c = registry.number("c")
    assert c is not None
    assert [registry.id_of(near) for near, _ in both.each(c)] == ["a", "b", "nobody", "a"]


@pytest.mark.parametrize("status", LinkStatus)
@pytest.mark.parametrize("since", [None, date(2026, 3, 1)])
@pytest.mark.parametrize("until", [None, date(2026, 3, 31)])
def test_one_comparison_says_what_a_link_says_itself(
    status: LinkStatus, since: date | None, until: date | None
) -> None:
    link = a_link("a", L.PARENT_OF, "b", status=status, valid_from=since, valid_until=until)
    columns = a_registry(links=[link]).columns

    def includes(on: date | None) -> bool:
        return bool(columns.opens[0] <= day_number(on) <= columns.until[0])

    for on in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1), date.max):
        assert includes(on) is link.current(on)
    assert includes(None) is (status is LinkStatus.VERIFIED and until is None)


def test_a_changed_registry_answers_like_one_made_of_the_same_records() -> None:
    before = a_registry(PARTIES, LINKS)
    ended = replace(LINKS[0], valid_until=date(2026, 1, 1))
    added = a_link("c", L.BUYS_FROM, "d")

    after = before.changed(links=[ended, added], gone=Gone(links=frozenset({LINKS[1].id})))

    assert after.version == a_registry(PARTIES, [ended, added, *LINKS[2:]]).version
    assert after.link(LINKS[0].id) == ended and after.link(LINKS[1].id) is None
    assert before.link(LINKS[0].id) == LINKS[0], "what somebody is reading stays as it was"
