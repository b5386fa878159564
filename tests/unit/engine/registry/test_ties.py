"""Why two parties are linked: the shortest way that holds, and the shortest ever known."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from engine.registry.ties import FARTHEST, ties
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import PartyKind
from tests.unit.rules.build import a_link, a_party, a_registry

K, L, S = PartyKind, LinkKind, LinkStatus
TODAY = date(2027, 3, 1)


def named(links: tuple[Link, ...]) -> list[str]:
    return [link.id for link in links]


def test_a_buyer_is_tied_to_a_mine_through_its_holding_whichever_way_the_links_point() -> None:
    registry = a_registry(
        [a_party("mine"), a_party("holding"), a_party("brand")],
        [
            a_link("holding", L.PARENT_OF, "mine", id="owns"),
            a_link("brand", L.BUYS_FROM, "holding", id="buys"),
        ],
    )
    assert named(ties(registry, "brand", "mine", on=TODAY).holding.links) == ["buys", "owns"]
    assert named(ties(registry, "mine", "brand", on=TODAY).holding.links) == ["owns", "buys"]


def test_what_has_ended_ties_no_more_today_and_is_still_shown() -> None:
    registry = a_registry(
        [a_party("mine"), a_party("brand")],
        [a_link("brand", L.BUYS_FROM, "mine", id="past", valid_until=date(2020, 1, 1))],
    )
    found = ties(registry, "brand", "mine", on=TODAY)
    assert found.holding.links == ()
    assert named(found.ever.links) == ["past"]


def test_no_way_leads_through_a_state_to_which_everybody_is_linked() -> None:
    registry = a_registry(
        [a_party("mine"), a_party("state", K.STATE), a_party("bank")],
        [a_link("mine", L.LICENSED_BY, "state"), a_link("bank", L.LICENSED_BY, "state")],
    )
    assert ties(registry, "mine", "bank", on=TODAY).ever.links == ()
    assert len(ties(registry, "mine", "state", on=TODAY).ever.links) == 1


def test_strangers_and_a_party_with_itself_are_tied_by_nothing() -> None:
    registry = a_registry([a_party("mine")])
    assert ties(registry, "mine", "mine", on=TODAY).ever.links == ()
    assert ties(registry, "mine", "nobody", on=TODAY).ever.links == ()


ids = st.sampled_from([f"p{n}" for n in range(9)])
some_links = st.lists(
    st.tuples(ids, st.sampled_from([L.PARENT_OF, L.BUYS_FROM]), ids, st.sampled_from(list(S))),
    max_size=16,
)


@given(some_links, ids, ids)
def test_the_way_shown_is_as_short_as_any(
    given_links: list[tuple[str, LinkKind, str, LinkStatus]], a: str, b: str
) -> None:
    links = {
        f"{x}{kind}{y}": a_link(x, kind, y, status=status, id=f"{x}{kind}{y}")
        for x, kind, y, status in given_links
    }
    registry = a_registry([a_party(f"p{n}") for n in range(9)], links.values())
    found = ties(registry, a, b, on=TODAY)

    for tie, usable in (
        (found.ever, list(links.values())),
        (found.holding, [link for link in links.values() if link.current(TODAY)]),
    ):
        far = _distance(usable, a, b)
        assert len(tie.links) == (far if far is not None and far <= FARTHEST else 0)
        here = a
        for link in tie.links:
            assert here in (link.a, link.b)
            here = link.b if here == link.a else link.a
        assert not tie.links or here == b


def _distance(links: list[Link], a: str, b: str) -> int | None:
    reached, steps = {a}, 0
    while b not in reached:
        further = {x for link in links for x in (link.a, link.b) if {link.a, link.b} & reached}
        if further <= reached:
            return None
        reached, steps = reached | further, steps + 1
    return steps
