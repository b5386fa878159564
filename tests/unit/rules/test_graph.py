"""The snapshot of the registry: what is found, in which order, under which version."""

from dataclasses import replace

import pytest

from rules.graph import DuplicateIdError, Registry
from tests.unit.rules.build import K, L, a_contact, a_link, a_party, a_registry, an_endpoint

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
    with pytest.raises(DuplicateIdError, match="link"):
        Registry(links=[LINKS[0], replace(LINKS[0], b="z")])
    with pytest.raises(DuplicateIdError, match="contact"):
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
