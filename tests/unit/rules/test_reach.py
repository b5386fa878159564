"""Reaching out over many links at once finds whom a person would find, link by link."""

from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.columns import day_number
from rules.graph import Registry
from rules.reach import START, Reached, spread, through, within
from schemas.link import Link, LinkStatus
from tests.unit.rules.build import L, a_link
from tests.unit.rules.test_overlay import IDS, Edit, edits, scratch

WAYS = (frozenset({L.PARENT_OF}), frozenset({L.PARENT_OF, L.INVESTS_IN}))
ON = st.none() | st.sampled_from(
    [date(2019, 6, 1), date(2020, 1, 1), date(2027, 1, 1), date(1950, 1, 1), date(2200, 1, 1)]
)


def holds(link: Link, on: date | None) -> bool:
    """As the record itself says; without a day only links without an end are trusted."""
    if on is None:
        return link.status is LinkStatus.VERIFIED and link.valid_until is None
    return link.current(on)


def one_hop(registry: Registry, ids: set[str], on: date | None) -> set[str]:
    found = set()
    for id in ids:
        found |= {each.b for each in registry.links_from(id, WAYS[0]) if holds(each, on)}
        found |= {each.a for each in registry.links_to(id, WAYS[1]) if holds(each, on)}
    return found


def named(registry: Registry, nodes: Iterable[int]) -> set[str]:
    return {registry.id_of(node) for node in nodes}


@settings(max_examples=60, deadline=None)
@given(edits, edits, ON, st.integers(0, 3))
def test_whoever_is_within_so_many_hops_is_found_and_nobody_else(
    start: Edit, edit: Edit, on: date | None, hops: int
) -> None:
    for registry in (scratch(start.after(Edit())), edit.on(scratch(start.after(Edit())))):
        for id in IDS:
            node = registry.number(id)
            if node is None:
                continue
            expected, chain = {id}, {id}
            for _ in range(hops):
                expected |= one_hop(registry, expected, on)
                chain = one_hop(registry, chain, on)

            reached = within(registry, [node], WAYS, hops=hops, on=on)

            assert named(registry, reached) == expected
            assert named(registry, through(registry, [node], [WAYS] * hops, on=on)) == chain


@settings(max_examples=60, deadline=None)
@given(edits, edits, ON)
def test_each_is_reached_over_the_first_link_that_holds_and_leads_there(
    start: Edit, edit: Edit, on: date | None
) -> None:
    for registry in (scratch(start.after(Edit())), edit.on(scratch(start.after(Edit())))):
        nodes = [node for id in IDS if (node := registry.number(id)) is not None]
        view = registry.merged(*WAYS)
        expected: Reached = {}
        for node in nodes:
            for other, link in view.each(node):
                if holds(registry.link_at(link), on):
                    expected.setdefault(other, link)

        reached: Reached = {nodes[0]: START} if nodes else {}
        spread(view, nodes, reached, columns=registry.columns, day=day_number(on))

        assert list(reached) == [*nodes[:1], *(each for each in expected if each != nodes[0])]
        assert reached == {**expected, **dict.fromkeys(nodes[:1], START)}


@pytest.mark.parametrize(
    "on", [None, date(1950, 1, 1), date(2019, 6, 1), date(2026, 6, 1), date(2030, 1, 1), date.max]
)
def test_a_hub_with_very_many_links_is_looked_at_as_carefully_as_anybody(on: date | None) -> None:
    days = [None, date(2020, 1, 1), date(2027, 1, 1), date(1900, 1, 1), date(2300, 1, 1)]
    links = [
        a_link(
            "hub",
            L.PARENT_OF,
            f"n{number}",
            status=list(LinkStatus)[number % len(LinkStatus)]
            if number % 2
            else LinkStatus.VERIFIED,
            valid_from=days[number % 5],
            valid_until=days[number // 5 % 5],
        )
        for number in range(300)
    ]
    registry = Registry(links=links)
    hub = registry.number("hub")
    assert hub is not None

    reached = named(registry, within(registry, [hub], WAYS, hops=1, on=on))
    over: Reached = {hub: START}
    spread(registry.merged(*WAYS), [hub], over, columns=registry.columns, day=day_number(on))

    assert named(registry, over) == reached
    assert reached == {"hub"} | {link.b for link in links if holds(link, on)}
    assert 10 < len(reached) < 300 or on is None


def test_a_wide_ring_of_parties_some_of_them_edited_loses_nobody() -> None:
    ring = [a_link("hub", L.PARENT_OF, f"n{number}") for number in range(150)]
    beyond = [a_link(f"n{number}", L.PARENT_OF, f"far{number // 2}") for number in range(150)]
    whole = Registry(links=[*ring, *beyond])
    edited = Registry(links=[*ring, *beyond[:-40]]).changed(links=beyond[-40:])

    for registry in (whole, edited):
        hub = registry.number("hub")
        assert hub is not None
        reached = within(registry, [hub], WAYS, hops=2, on=date(2026, 6, 1))
        assert named(registry, reached) == {"hub"} | {link.b for link in [*ring, *beyond]}
        first: Reached = {hub: START}
        for _ in range(2):
            view, day = registry.merged(*WAYS), day_number(date(2026, 6, 1))
            spread(view, list(first), first, columns=registry.columns, day=day)
        assert set(first) == reached
        over = {registry.columns.ids[link] for link in first.values() if link != START}
        assert over == {link.id for link in ring} | {link.id for link in beyond[::2]}, "the first"
