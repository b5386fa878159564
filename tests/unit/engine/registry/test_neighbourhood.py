"""The picture of who stands around a party: the same each time, never too much, nearest first."""

from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.registry.finding import find
from engine.registry.neighbourhood import MOST, neighbourhood
from engine.web.console.drawing import drawing
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import PartyKind
from tests.unit.rules.build import a_link, a_party, a_registry

K, L = PartyKind, LinkKind
TODAY = date(2027, 3, 1)


def test_who_controls_it_stands_before_who_buys_from_it_and_on_the_same_side() -> None:
    registry = a_registry(
        [a_party("mine"), a_party("holding"), a_party("brand"), a_party("pit", K.SITE)],
        [
            a_link("brand", L.BUYS_FROM, "mine"),
            a_link("holding", L.PARENT_OF, "mine"),
            a_link("mine", L.OPERATES, "pit"),
        ],
    )
    seen = neighbourhood(registry, "mine")

    assert [(each.id, each.left) for each in seen.around] == [
        ("pit", False),
        ("holding", True),
        ("brand", True),
    ]


def test_a_link_that_does_not_hold_stands_behind_those_that_do() -> None:
    registry = a_registry(
        [a_party("mine"), a_party("past"), a_party("brand")],
        [
            a_link("past", L.PARENT_OF, "mine", status=LinkStatus.LAPSED),
            a_link("brand", L.BUYS_FROM, "mine"),
        ],
    )
    assert [each.id for each in neighbourhood(registry, "mine").around] == ["brand", "past"]


def test_two_links_with_one_party_are_one_box_with_both() -> None:
    registry = a_registry(
        [a_party("mine"), a_party("fund")],
        [
            a_link("fund", L.INVESTS_IN, "mine", id="2018"),
            a_link("fund", L.INVESTS_IN, "mine", id="2022"),
        ],
    )
    (fund,) = neighbourhood(registry, "mine").around
    assert [link.id for link in fund.links] == ["2018", "2022"]


def test_what_is_behind_a_state_says_nothing_about_a_company_in_it() -> None:
    registry = a_registry(
        [a_party("mine"), a_party("state", K.STATE), a_party("police", K.STATE_BODY)],
        [a_link("mine", L.LICENSED_BY, "state"), a_link("police", L.BODY_OF, "state")],
    )
    assert [each.id for each in neighbourhood(registry, "mine").around] == ["state"]


def test_somebody_named_by_a_link_alone_is_shown_by_the_id() -> None:
    registry = a_registry([a_party("mine")], [a_link("stranger", L.PARENT_OF, "mine")])
    (stranger,) = neighbourhood(registry, "mine").around
    assert (stranger.name, stranger.kind) == ("stranger", None)


def test_a_party_with_hundreds_of_buyers_says_how_many_are_left_out() -> None:
    buyers = [f"b{n:03}" for n in range(300)]
    registry = a_registry(
        [a_party("mine"), *(a_party(id) for id in buyers)],
        [a_link(id, L.BUYS_FROM, "mine") for id in buyers],
    )
    seen = neighbourhood(registry, "mine")
    assert len(seen.around) + seen.left_out == 300
    assert len(seen.around) < MOST


ids = st.sampled_from([f"p{n}" for n in range(90)])


@given(st.lists(st.tuples(ids, st.sampled_from(list(L)), ids), max_size=200), st.randoms())
def test_any_picture_has_sixty_boxes_at_most_each_party_once_whatever_came_first(
    ties: list[tuple[str, LinkKind, str]], random: st.randoms
) -> None:
    links = {(a, kind, b): a_link(a, kind, b) for a, kind, b in ties}
    shuffled = list(links.values())
    random.shuffle(shuffled)
    parties = [a_party(f"p{n}") for n in range(90)]
    seen = neighbourhood(a_registry(parties, links.values()), "p0")

    assert seen == neighbourhood(a_registry(parties, shuffled), "p0")
    shown = [each.id for each in seen.around]
    assert len({"p0", *shown}) == len(shown) + 1 <= MOST
    for each in seen.around:
        assert all({each.id, each.beside} == {link.a, link.b} for link in each.links)
    picture = ElementTree.fromstring(drawing(seen, name="P0", on=TODAY))  # noqa: S314  # ours
    boxes = picture.findall("{http://www.w3.org/2000/svg}rect")
    assert len(boxes) == len(shown) + 2  # the paper, the middle


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><a href="x', "\u202emine", "]]>"])
def test_a_name_that_is_a_trap_is_letters_in_the_picture(name: str) -> None:
    registry = a_registry(
        [a_party("mine"), a_party("other")],
        [a_link("other", L.PARENT_OF, "mine")],
    )
    text = drawing(neighbourhood(registry, "mine"), name=name, on=TODAY)
    root = ElementTree.fromstring(text)  # noqa: S314  # ours
    assert {element.tag.rpartition("}")[2] for element in root.iter()} == {
        "svg",
        "title",
        "rect",
        "path",
        "text",
    }
    assert "\u202e" not in text


@pytest.mark.parametrize(
    ("link", "whole"),
    [
        (a_link("fund", L.INVESTS_IN, "mine"), True),
        (a_link("fund", L.INVESTS_IN, "mine", status=LinkStatus.UNVERIFIED), False),
        (a_link("fund", L.INVESTS_IN, "mine", valid_until=date(2022, 12, 31)), False),
    ],
)
def test_a_line_is_broken_where_nothing_verified_holds_today(link: Link, whole: bool) -> None:
    registry = a_registry([a_party("mine"), a_party("fund")], [link])
    picture = drawing(neighbourhood(registry, "mine"), name="Mine", on=TODAY)
    assert ("stroke-dasharray" not in picture) is whole


# Looking somebody up


def test_whole_names_stand_before_beginnings_and_beginnings_before_the_rest() -> None:
    registry = a_registry([a_party("new-azul"), a_party("azul"), a_party("azul-sur")])
    found, more = find(registry, "azul")
    assert [party.id for party in found] == ["azul", "azul-sur", "new-azul"]
    assert not more


def test_a_party_is_found_by_an_alias_an_identifier_and_its_id() -> None:
    registry = a_registry([a_party("m1", aliases=("Old Name",), identifiers=("lei:XYZ",))])
    for words in ("old name", "LEI:xyz", "m1"):
        assert [party.id for party in find(registry, words)[0]] == ["m1"]


def test_one_letter_finds_nobody_and_many_finds_say_that_there_are_more() -> None:
    registry = a_registry([a_party(f"azul-{n}") for n in range(60)])
    assert find(registry, "a") == ((), False)
    found, more = find(registry, "azul")
    assert (len(found), more) == (50, True)
