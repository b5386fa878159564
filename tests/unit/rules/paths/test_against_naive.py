"""Walks find exactly whom a plain search over whole sets finds, on random graphs.

And what holds of any walk: good links only, every path can be checked, cuts are always told, the
order of records changes nothing.
"""

from datetime import date, timedelta
from random import Random  # noqa: TID251 (dice that hypothesis hands in)

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.graph import Registry
from rules.paths import PathWalk, compile_all
from rules.steps import Found, Reach, Start, Walked, usable
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Party
from schemas.plan import Path as Hops
from tests.unit.rules.build import K, L, a_link, a_party, a_role, an_event
from tests.unit.rules.paths.naive import (
    CONTROL,
    Brackets,
    Chain,
    Either,
    Hop,
    Only,
    Path,
    Seat,
    Times,
    World,
    text_of,
)

DAY = date(2027, 3, 1)
IDS = [f"p{number}" for number in range(6)]
KNOWN = IDS[:-1]
"""The last is only named by links."""
EVENT = an_event(parties=[a_role("p0", "site"), a_role("p1", "operator"), a_role("p2", "investor")])
FAR = Reach(hops=10_000, parties=1_000_000, links=1_000_000)
"""Room for any path here: repetitions within each other look at the same few links very often."""

_KINDS = (L.PARENT_OF, L.PARENT_OF, L.BUYS_FROM, L.INVESTS_IN, L.INVESTS_IN, L.SAME_AS)
_TESTS = (
    Brackets("share >= 2%", lambda link, party: link is not None and (link.share or 0) >= 2),
    Brackets("!(share < 0.02)", lambda link, party: link is not None and (link.share or 0) >= 2),
    Brackets("!has(tier) || tier <= 1", lambda link, party: link is not None and link.tier != 2),
)
_OF_PARTIES = (
    Brackets(
        'kind == "company"', lambda link, party: party is not None and party.kind is K.COMPANY
    ),
    Brackets(
        '!(kind in ["nhri", "msi"])', lambda link, party: bool(party and party.kind != K.NHRI)
    ),
    Brackets(
        "covers(event.country)",
        lambda link, party: bool(party and (not party.regions or "QM" in party.regions)),
    ),
)

_links_of_a_path = st.builds(
    Hop,
    st.sampled_from(_KINDS[:-1]),
    st.booleans(),
    st.sampled_from((*[None] * 10, *_TESTS, *_OF_PARTIES)),
)
_any_link = st.lists(_links_of_a_path, min_size=2, max_size=3).map(tuple)
_steps = st.one_of(
    _links_of_a_path,
    st.builds(Either, _any_link),
    st.builds(
        Times, st.builds(Either, _any_link), st.sampled_from([0, 1]), st.sampled_from([2, 3])
    ),
    st.builds(Seat, st.sampled_from([K.NHRI])),
)


def _larger(parts: st.SearchStrategy[Path]) -> st.SearchStrategy[Path]:
    some = st.lists(parts, min_size=2, max_size=3).map(tuple)
    bounds = st.sampled_from([(0, None), (1, None), (0, 1), (0, 3), (1, 2), (2, 3), (2, 2)])
    return st.one_of(
        st.builds(Chain, some),
        st.builds(Either, some),
        st.builds(lambda part, times: Times(part, *times), parts, bounds),
        st.builds(Only, parts, st.sampled_from(_OF_PARTIES)),
    )


_paths: st.SearchStrategy[Path] = st.recursive(_steps, _larger, max_leaves=5)
World3 = tuple[tuple[Party, ...], list[Link], date | None]
_STATUSES = [LinkStatus.VERIFIED] * 30 + list(LinkStatus)
_DAYS = [*[None] * 12, *(DAY + timedelta(days=days) for days in (-400, -1, 0, 1, 400))]


def _world(dice: Random) -> World3:
    """One roll for each world: drawing every field by itself would take most of the time."""
    parties = tuple(
        a_party(
            id,
            dice.choice([K.COMPANY, K.COMPANY, K.NHRI]),
            dice.choice(["QM", "QN", None]),
            regions=dice.choice([(), ("QM",), ("QZ",)]),
        )
        for id in KNOWN
    )
    links = [
        a_link(
            dice.choice(IDS),
            dice.choice(_KINDS),
            dice.choice(IDS),
            id=f"l{number:02}",
            status=dice.choice(_STATUSES),
            valid_from=dice.choice(_DAYS),
            valid_until=dice.choice(_DAYS),
            share=dice.choice([None, 1.0, 2.0, 60.0]),
            tier=dice.choice([None, 1, 2]),
        )
        for number in range(dice.randint(5, 20))
    ]
    return parties, links, dice.choice([None, DAY])


_worlds = st.randoms(use_true_random=True).map(_world)


def _compiled(path: Path) -> PathWalk:
    compiled = compile_all({"w": text_of(path)})
    assert not compiled.problems, (text_of(path), compiled.problems)
    return compiled.walks["w"]


def _walk(path: Path, registry: Registry, on: date | None, reach: Reach = FAR) -> Walked:
    return _compiled(path)(Start(registry=registry, event=EVENT, on=on, reach=reach))


def _told(walked: Walked) -> tuple[list[tuple[str, Hops]], object]:
    refused = [(each.party, each.reason, each.path) for each in walked.withheld]
    return [(found.party, found.path) for found in walked.found], refused


@settings(max_examples=250, deadline=None)
@given(path=_paths, world=_worlds)
def test_a_walk_finds_whom_a_plain_search_finds_in_the_same_order(
    path: Path, world: World3
) -> None:
    parties, links, on = world
    plain = World(parties, links, on)
    starts = {record: (0, 1) for id in ("p0", "p1") for record in plain.same(id)}

    expected = plain.reach(path, starts)
    walked = _walk(path, Registry(parties, links=links), on)

    near = sorted((cost, id) for id, cost in expected.items() if id in plain.parties)
    assert [found.party for found in walked.found] == [id for _, id in near]
    assert [found.nearness[1:3] for found in walked.found] == [cost for cost, _ in near]
    by_path = [Found(party=each.party, path=each.path) for each in walked.found]
    assert [found.nearness[1:3] for found in by_path] == [cost for cost, _ in near], "as counted"
    strangers = {
        withheld.party for withheld in walked.withheld if withheld.reason == "unknown_party"
    }
    assert strangers == set(expected) - set(plain.parties)
    assert not walked.truncated


@settings(max_examples=80, deadline=None)
@given(path=_paths, world=_worlds)
def test_every_path_is_a_chain_of_good_links_that_a_person_can_check(
    path: Path, world: World3
) -> None:
    parties, links, on = world
    by_id = {link.id: link for link in links}
    walked = _walk(path, Registry(parties, links=links), on)

    for found in walked.found:
        event, *hops = found.path
        assert event.kind == "event" and event.b in ("p0", "p1")
        here = event.b
        for hop in hops:
            if hop.link:
                link = by_id[hop.link]
                assert (hop.kind, hop.a, hop.b) == (link.kind, link.a, link.b)
                assert usable(link, on) is None
            assert here in (hop.a, hop.b)
            here = hop.b if here == hop.a else hop.a
        assert here == found.party


@settings(max_examples=80, deadline=None)
@given(path=_paths, world=_worlds)
def test_whoever_is_withheld_has_a_bad_link_at_the_end_of_a_good_path_and_is_not_found(
    path: Path, world: World3
) -> None:
    parties, links, on = world
    by_id = {link.id: link for link in links}
    walked = _walk(path, Registry(parties, links=links), on)
    told = {found.party for found in walked.found}

    for withheld in walked.withheld:
        *before, last = withheld.path
        assert withheld.party not in told
        if withheld.reason != "unknown_party":
            assert usable(by_id[last.link], on) is withheld.reason
            assert withheld.party in (last.a, last.b)
            assert all(usable(by_id[hop.link], on) is None for hop in before if hop.link)


@settings(max_examples=60, deadline=None)
@given(path=_paths, world=_worlds, data=st.data(), split=st.integers(0, 14))
def test_the_order_of_records_and_the_way_they_came_in_change_nothing(
    path: Path,
    world: World3,
    data: st.DataObject,
    split: int,
) -> None:
    parties, links, on = world
    shuffled = data.draw(st.permutations(links))
    others = data.draw(st.permutations(parties))
    at_once = _walk(path, Registry(parties, links=links), on)
    mixed = _walk(path, Registry(others, links=shuffled), on)
    by_and_by = Registry(others[: split % 6], links=shuffled[:split])
    edited = _walk(path, by_and_by.changed(parties=others, links=shuffled), on)

    assert _told(at_once) == _told(mixed) == _told(edited)


@settings(max_examples=80, deadline=None)
@given(
    path=_paths,
    world=_worlds,
    reach=st.one_of(  # one at a time, so that none hides whether another is told
        st.builds(Reach, hops=st.integers(0, 4)),
        st.builds(Reach, parties=st.integers(0, 12)),
        st.builds(Reach, links=st.integers(0, 20)),
    ),
)
def test_a_walk_that_was_cut_off_always_says_so_and_finds_nobody_else(
    path: Path, world: World3, reach: Reach
) -> None:
    parties, links, on = world
    registry = Registry(parties, links=links)
    whole = [found.party for found in _walk(path, registry, on).found]
    cut = _walk(path, registry, on, reach)
    found = [each.party for each in cut.found]

    assert set(found) <= set(whole)
    assert cut.truncated or found == whole


@settings(max_examples=25, deadline=None)
@given(path=_paths, world=_worlds)
def test_taking_a_good_link_away_never_lets_anybody_in(path: Path, world: World3) -> None:
    parties, links, on = world
    whole = {found.party for found in _walk(path, Registry(parties, links=links), on).found}

    for link in links:
        less = [each for each in links if each is not link]
        fewer = _walk(path, Registry(parties, links=less), on)
        assert {found.party for found in fewer.found} <= whole


def test_the_kinds_that_count_as_near_are_the_same_here_and_there() -> None:
    from rules.steps import CONTROL as real

    assert set(CONTROL) == real == {LinkKind.OPERATES, LinkKind.PARENT_OF}


def test_a_repetition_looks_at_the_links_of_a_party_once_and_so_reaches_farther() -> None:
    links = [a_link("p0", L.PARENT_OF, f"child-{number}") for number in range(10)]
    walk = compile_all({"w": "event.parties/parent_of{0,3}"}).walks["w"]
    event = an_event(parties=[a_role("p0", "site")])

    walked = walk(
        Start(
            registry=Registry([a_party("p0")], links=links),
            event=event,
            on=DAY,
            reach=Reach(links=len(links) + 1),
        )
    )

    assert not walked.truncated
    assert {withheld.party for withheld in walked.withheld} == {link.b for link in links}
