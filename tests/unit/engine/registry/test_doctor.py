"""What the registry's doctor finds before a night comes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.registry.circles import circles
from engine.registry.doctor import Finding, Unsound, examine
from rules.graph import Registry
from schemas.contact import Contact, Endpoint, Level
from schemas.link import LinkKind, LinkStatus
from schemas.party import PartyKind
from tests.unit.rules.build import NOW, a_contact, a_link, a_party, a_registry

K, L = PartyKind, LinkKind


def found(registry: Registry, what: Unsound) -> list[Finding]:
    return [each for each in examine(registry, now=NOW) if each.what is what]


def mail(party: str, address: str, *, level: Level = Level.GENERAL, **more: object) -> Contact:
    end = Endpoint(id=f"{party}.{address}", channel="email", address=address)
    return a_contact(party, address, level, endpoints=(end,), **more)


def test_a_sound_registry_gives_nothing_to_do() -> None:
    registry = a_registry(
        [a_party("mine"), a_party("holding"), a_party("embassy", K.MISSION, "QN")],
        [a_link("holding", L.PARENT_OF, "mine")],
        [
            mail("mine", "desk@mine.example"),
            mail("embassy", "desk@embassy.example", level=Level.FOCAL_POINT),
        ],
    )
    assert examine(registry, now=NOW) == ()


def test_a_contact_nobody_has_stood_for_since_last_year_is_named_with_the_day() -> None:
    stale = mail("mine", "a@mine.example", verified_until=NOW - timedelta(days=200))
    fresh = mail("mine", "b@mine.example", verified_until=NOW + timedelta(days=200))
    registry = a_registry([a_party("mine")], [], [stale, fresh])
    (finding,) = found(registry, Unsound.STALE_CONTACT)
    assert (finding.record, finding.since) == (stale.id, "2026-08-13")


def test_two_parties_that_read_one_mailbox_are_named_however_it_is_written() -> None:
    registry = a_registry(
        [a_party("mine"), a_party("union")],
        [],
        [mail("mine", "Desk@House.example"), mail("union", "desk@house.example ")],
    )
    (finding,) = found(registry, Unsound.SHARED_ENDPOINT)
    assert finding.parties == ("mine", "union")


@pytest.mark.parametrize("union", ["+493012345678", "+49 (30) 123-456.78", "+49/30/12345678"])
def test_b50_two_parties_that_answer_one_phone_are_named_however_it_is_written(union: str) -> None:
    def phone(party: str, address: str, channel: str) -> Contact:
        end = Endpoint(id=f"{party}.phone", channel=channel, address=address)
        return a_contact(party, "desk", Level.GENERAL, endpoints=(end,))

    registry = a_registry(
        [a_party("mine"), a_party("union"), a_party("paper")],
        [],
        [
            phone("mine", "+49 30 12345678", "sms"),
            phone("union", union, "our-sms"),
            phone("paper", "+49 30 1234567", "sms"),
        ],
    )

    (finding,) = found(registry, Unsound.SHARED_ENDPOINT)
    assert finding.parties == ("mine", "union")


def test_a_union_whose_contact_has_an_address_in_the_companys_house_is_named() -> None:
    registry = a_registry(
        [a_party("mine"), a_party("union")],
        [],
        [mail("mine", "desk@mine.example"), mail("union", "rep@mine.example")],
    )
    assert [each.parties for each in found(registry, Unsound.SHARED_DOMAIN)] == [
        ("mine", "union"),
        ("union", "mine"),
    ]


def test_a_subsidiary_in_its_parents_mail_house_is_no_wonder_the_parent_in_its_childs_is() -> None:
    registry = a_registry(
        [a_party("holding"), a_party("mine")],
        [a_link("holding", L.PARENT_OF, "mine")],
        [mail("mine", "a@group.example"), mail("holding", "b@group.example")],
    )
    assert [each.parties for each in found(registry, Unsound.SHARED_DOMAIN)] == [
        ("holding", "mine")
    ]


def test_a_mail_house_open_to_everybody_ties_nobody() -> None:
    registry = a_registry(
        [a_party("mine"), a_party("union")],
        [],
        [mail("mine", "mine@gmail.com"), mail("union", "union@gmail.com")],
    )
    assert examine(registry, now=NOW) == ()


def test_an_embassy_without_a_focal_point_is_named_one_without_any_contact_as_well() -> None:
    registry = a_registry(
        [a_party(id, K.MISSION, "QN") for id in ("embassy", "consulate", "staffed", "hotline")],
        [],
        [
            mail("embassy", "visa@embassy.example"),
            mail("staffed", "rights@staffed.example", level=Level.FOCAL_POINT),
            mail("hotline", "all@hotline.example", level=Level.DUTY_LINE),
        ],
    )
    assert [each.parties for each in found(registry, Unsound.NO_FOCAL_POINT)] == [
        ("consulate",),
        ("embassy",),
    ]


def test_a_desk_in_the_capital_is_no_focal_point_of_the_mission() -> None:
    registry = a_registry(
        [a_party("embassy", K.MISSION, "QN")],
        [],
        [mail("embassy", "rights@capital.example", level=Level.CAPITAL_DESK)],
    )
    assert [each.parties for each in found(registry, Unsound.NO_FOCAL_POINT)] == [("embassy",)]


def test_a_link_that_nobody_said_and_a_link_to_nobody_are_named() -> None:
    registry = a_registry(
        [a_party("mine")],
        [
            replace(a_link("mine", L.BUYS_FROM, "mine2", id="l1"), source=""),
            a_link("stranger", L.PARENT_OF, "mine", id="l2"),
        ],
    )
    assert [each.record for each in found(registry, Unsound.NO_SOURCE)] == ["l1"]
    assert sorted((each.record, each.parties) for each in found(registry, Unsound.TO_NOBODY)) == [
        ("l1", ("mine2",)),
        ("l2", ("stranger",)),
    ]


def test_what_a_source_calls_a_party_elsewhere_is_nothing_to_mend() -> None:
    """Thirty-seven such ids of one register hid the links that were wrong."""
    elsewhere = [
        a_link("mine", L.SAME_AS, "register-7"),
        a_link("mine", L.SAME_AS, "register-8", status=LinkStatus.UNVERIFIED),
    ]
    registry = a_registry([a_party("mine")], elsewhere)
    assert found(registry, Unsound.TO_NOBODY) == []
    assert found(registry, Unsound.PERHAPS_THE_SAME) == []


def test_two_records_that_may_be_one_party_wait_for_a_decision_and_decided_ones_do_not() -> None:
    registry = a_registry(
        [a_party("a"), a_party("b"), a_party("c")],
        [
            a_link("a", L.SAME_AS, "b", status=LinkStatus.UNVERIFIED),
            a_link("b", L.SAME_AS, "c"),
        ],
    )
    assert [each.parties for each in found(registry, Unsound.PERHAPS_THE_SAME)] == [("a", "b")]


def test_owners_that_own_each_other_in_a_circle_are_named_together() -> None:
    registry = a_registry(
        [a_party(id) for id in "abcd"],
        [
            a_link("a", L.PARENT_OF, "b"),
            a_link("b", L.OPERATES, "c"),
            a_link("c", L.PARENT_OF, "a", status=LinkStatus.LAPSED),
            a_link("c", L.PARENT_OF, "d"),
            a_link("d", L.BUYS_FROM, "a"),
        ],
    )
    assert [each.parties for each in found(registry, Unsound.OWNS_ITSELF)] == [("a", "b", "c")]


def test_a_circle_of_parties_that_came_while_the_desk_ran_is_found() -> None:
    """The doctor looked at those alone who were there when the registry was last rebuilt."""
    came = [a_link("a", L.PARENT_OF, "b"), a_link("b", L.PARENT_OF, "a")]
    registry = a_registry([], []).changed(parties=[a_party("a"), a_party("b")], links=came)

    assert [each.parties for each in found(registry, Unsound.OWNS_ITSELF)] == [("a", "b")]


def test_a_circle_of_parties_that_only_links_name_is_found_they_exclude_all_the_same() -> None:
    registry = a_registry([a_party("mine")], [a_link("x", L.PARENT_OF, "y")])
    round_ = registry.changed(links=[a_link("y", L.PARENT_OF, "x")])

    assert found(registry, Unsound.OWNS_ITSELF) == []
    assert [each.parties for each in found(round_, Unsound.OWNS_ITSELF)] == [("x", "y")]


@pytest.mark.parametrize("status", LinkStatus)
def test_a_link_that_was_said_to_be_wrong_makes_no_circle_every_other_does(
    status: LinkStatus,
) -> None:
    registry = a_registry(
        [a_party("a"), a_party("b")],
        [a_link("a", L.PARENT_OF, "b"), a_link("b", L.PARENT_OF, "a", status=status)],
    )
    wrong = status in {LinkStatus.REFUTED, LinkStatus.WITHDRAWN}
    assert bool(found(registry, Unsound.OWNS_ITSELF)) is not wrong


def test_a_chain_of_ten_thousand_owners_is_looked_at_to_its_end() -> None:
    links = [a_link(f"p{n}", L.PARENT_OF, f"p{n + 1}") for n in range(10_000)]
    parties = [a_party(f"p{n}") for n in range(10_001)]
    straight = Registry(parties, links=links)
    round_ = Registry(parties, links=[*links, a_link("p10000", L.PARENT_OF, "p0")])
    kinds = frozenset({L.PARENT_OF})
    assert list(circles(straight, kinds)) == []
    assert [len(each) for each in circles(round_, kinds)] == [10_001]


ids = st.sampled_from("abcdefgh")


@given(st.sets(st.tuples(ids, ids), max_size=20), st.integers(0, 20))
def test_circles_are_those_from_which_everybody_in_them_leads_back(
    pairs: set[tuple[str, str]], before: int
) -> None:
    """`before`: so many records were there at the start; the others came while the desk ran."""
    parties = [a_party(id) for id in "abcdefgh"]
    links = [a_link(a, L.PARENT_OF, b) for a, b in sorted(pairs)]
    at_start = a_registry(parties[:before], links[: max(before - 8, 0)])
    registry = at_start.changed(parties=parties, links=links)
    reaches = {(a, b) for a, b in pairs}
    for middle in "abcdefgh":
        reaches |= {(a, d) for a, b in reaches if b == middle for c, d in reaches if c == middle}
    expected = {
        tuple(b for b in "abcdefgh" if (a, b) in reaches and (b, a) in reaches)
        for a in "abcdefgh"
        if (a, a) in reaches
    }
    found = list(circles(registry, frozenset({L.PARENT_OF})))
    assert sorted(found) == sorted(expected)
