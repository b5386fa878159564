"""The closure against a plain reading of design 6.1, and what no record, change or day may undo."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rules.exclusion import closure, explained, join
from rules.graph import Registry
from schemas.codes import CountryRole
from schemas.event import CountryPart, ReprisalOf, ThreatEvent
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Ownership, Party, PartyKind
from schemas.plan import Closure, Excluded, Reason
from tests.unit.rules.build import NOW, a_party, a_role, an_event
from tests.unit.rules.exclusion_reference import controllers_of_seeds, excluded

K, L = PartyKind, LinkKind
_KINDS = [
    K.COMPANY, K.COMPANY, K.SITE, K.PERSON, K.LAW_FIRM, K.ASSOCIATION, K.GROUP, K.STATE,
    K.STATE_BODY, K.MISSION, K.NHRI, K.MECHANISM,
]  # fmt: skip
_TIES = [
    L.PARENT_OF, L.OPERATES, L.INVESTS_IN, L.BODY_OF, L.SAME_AS, L.CHAPTER_OF, L.MEMBER_OF,
    L.JOINT_VENTURE_WITH, L.CONTRACTS_SECURITY, L.HOSTS_PUBLIC_SECURITY, L.REPRESENTS,
    L.OFFICER_OF, L.PROVIDES_TECHNOLOGY, L.BUYS_FROM,
]  # fmt: skip
_STATUSES = st.sampled_from(list(LinkStatus))
_ENDS = st.sampled_from([None, date(2026, 1, 1), date(2028, 1, 1)])
_ROLES = [
    "alleged_perpetrator", "alleged_perpetrator", "adverse_party", "operator", "site", "employer",
    "security_contractor", "technology_provider", "mechanism", "buyer",
]  # fmt: skip


@st.composite
def _a_party(draw: st.DrawFn, id: str) -> Party:
    return a_party(
        id,
        draw(st.sampled_from(_KINDS)),
        draw(st.sampled_from(["QM", "QN", None])),
        ownership=draw(st.sampled_from([None, None, Ownership.STATE_OWNED])),
        ganhri=draw(st.sampled_from(["A", None])),
        independence_override=draw(st.booleans()),
    )


@st.composite
def _a_link(
    draw: st.DrawFn, id: str, ends: st.SearchStrategy[str], kinds: Sequence[LinkKind] = _TIES
) -> Link:
    one = draw(ends)
    return Link(
        id=id,
        kind=draw(st.sampled_from(kinds)),
        a=one,
        b=draw(ends.filter(lambda other: other != one)),  # nobody represents or owns itself
        status=draw(_STATUSES),
        source="invented",
        valid_until=draw(_ENDS),
        share=draw(st.sampled_from([None, 3.0, 50.0, 80.0])),
    )


@st.composite
def _an_event(draw: st.DrawFn, ids: Sequence[str]) -> ThreatEvent:
    some = st.sampled_from([*ids, None, "stranger"])
    parts = draw(
        st.lists(
            st.builds(
                a_role,
                some,
                st.sampled_from(_ROLES),
                perpetrator_kind=st.sampled_from(["state", "company", "unknown"]),
            ),
            max_size=2,
        )
    )
    if draw(st.integers(0, 4)):
        parts.append(a_role(draw(st.sampled_from(ids[:2])), "alleged_perpetrator"))
    roles = [CountryRole.HAPPENED, CountryRole.REQUESTING, CountryRole.TRANSIT]
    country = st.tuples(st.sampled_from(["QM", "QN"]), st.sampled_from(roles))
    where = draw(st.lists(country, max_size=2))
    event = an_event(
        draw(st.sampled_from(["arrest", "spyware"])),
        parties=parts,
        happened=None,
        at=draw(st.sampled_from([NOW, None])),
        reprisal_of=ReprisalOf(mechanism=ids[0]) if draw(st.booleans()) else None,
    )
    countries = tuple(CountryPart(code=code, role=role) for code, role in where)
    return event.model_copy(update={"countries": countries})


World = tuple[list[Party], list[Link], ThreatEvent]


@st.composite
def _worlds(draw: st.DrawFn, *, links: int = 12) -> World:
    """A few parties, most of them listed, densely tied, in a few ways at a time."""
    ids = [f"p{number}" for number in range(draw(st.integers(3, 6)))]
    ties = [L.PARENT_OF, *draw(st.lists(st.sampled_from(_TIES), min_size=2, max_size=4))]
    parties = [draw(_a_party(id)) for id in ids if draw(st.integers(0, 5))]
    named = st.sampled_from([*ids, "gone", "state:QM"])
    made = draw(st.integers(links // 3, links))
    tied = [draw(_a_link(f"l{n}", named, ties)) for n in range(made)]
    return parties, tied, draw(_an_event(ids))


@st.composite
def _long_worlds(draw: st.DrawFn) -> World:
    """Chains of owners, with a few ties across."""
    count = draw(st.integers(20, 90))
    ids = [f"p{number:02}" for number in range(count)]
    parties = [a_party(id) for id in ids]
    back = draw(st.integers(1, 3))
    links = [
        Link(
            id=f"c{n}", kind=L.PARENT_OF, a=ids[max(0, n - back)], b=ids[n],
            status=LinkStatus.LAPSED, source="invented",
        )
        for n in range(1, count)
    ]  # fmt: skip
    across = st.sampled_from(ids)
    links += [draw(_a_link(f"l{n}", across)) for n in range(draw(st.integers(0, 8)))]
    return parties, links, draw(_an_event(ids[:: count // 4]))


def _closure(parties: Iterable[Party], links: Iterable[Link], event: ThreatEvent) -> Closure:
    return closure(Registry(parties, links=links), event)


def _ids(found: Closure) -> set[str]:
    return {entry.party for entry in found.entries}


def _liftable(entry: Excluded) -> bool:
    return entry.tagged or entry.clearable or entry.reason is Reason.CONTROLLER_NEEDS_TWO


def _agrees(world: World) -> None:
    parties, links, event = world
    found = _closure(parties, links, event)

    expected, codes = excluded(parties, links, event)

    said = {e.party: (e.reason, e.tagged, e.clearable, e.distance) for e in found.entries}
    assert said == {
        id: (out.reason, out.tagged, out.clearable, out.distance) for id, out in expected.items()
    }
    assert set(found.states) == codes
    by_id = {link.id: link for link in links}
    for entry in found.entries:
        _is_a_way_there(entry, by_id, event)


def _is_a_way_there(entry: Excluded, links: dict[str, Link], event: ThreatEvent) -> None:
    first, *rest = entry.path
    assert first.kind == "event"
    at, hops = first.b, 0
    coded = at in ("QM", "QN")
    for hop in rest:
        if hop.kind != "seat":
            link = links[hop.link]
            assert (hop.kind, hop.a, hop.b) == (link.kind.value, link.a, link.b)
        assert coded or hop.kind == "seat" or at in (hop.a, hop.b)
        at = hop.a if hop.kind == "seat" or hop.b == at or (coded and hop.a != at) else hop.b
        if coded and hop.kind != "seat":
            at = entry.party if hop is rest[-1] else hop.b  # which record began it is not said
        else:
            coded = False
        hops += hop.kind != L.SAME_AS.value
    assert hops == entry.distance
    if rest:
        last = rest[-1]
        assert entry.party in (last.a, last.b)


@settings(max_examples=100)
@given(world=_worlds())
def test_the_closure_is_what_a_plain_reading_of_the_design_gives(world: World) -> None:
    _, links, event = world
    # Whether a doubtful second record of a complaint mechanism runs it decides what two people may
    # lift, and the two readings differ there. That it is excluded is claimed below.
    doubtful = any(link.kind is L.SAME_AS for link in links) and event.reprisal_of is not None
    assume(not doubtful)
    _agrees(world)


@settings(max_examples=50)
@given(world=_worlds())
def test_everybody_whom_a_plain_reading_excludes_is_excluded(world: World) -> None:
    parties, links, event = world
    expected, codes = excluded(parties, links, event)
    found = _closure(parties, links, event)
    assert _ids(found) == set(expected)
    assert set(found.states) == codes


@settings(max_examples=10)
@given(world=_long_worlds())
def test_the_closure_of_long_chains_is_what_a_plain_reading_gives(world: World) -> None:
    _agrees(world)


@settings(max_examples=30)
@given(data=st.data(), world=_worlds())
def test_no_further_record_ever_frees_anybody(data: st.DataObject, world: World) -> None:
    parties, links, event = world
    before = _closure(parties, links, event)
    more = data.draw(_a_link("more", st.sampled_from(["p0", "p1", "p2", "new"])))
    # Two judgements may free: A status, and who an alleged name turns out to be (tests below).
    new = data.draw(_a_party("gone"))
    if new.kind is K.NHRI:
        new = replace(new, ganhri=None)
    listed = {party.id for party in parties}

    after = _closure([*parties, *([new] if "gone" not in listed else [])], [*links, more], event)

    above = controllers_of_seeds([*parties, new], [*links, more], event)
    for entry in before.entries:
        now = after.find(entry.party)
        if entry.tagged and now is None:
            assert any(part.role.startswith(("alleged", "adverse")) for part in event.parties)
            continue
        assert now is not None
        if not _liftable(entry) and _liftable(now):
            # A partner, or a house with a seat, that turns out to be the parent is one for two.
            assert now.reason is Reason.CONTROLLER_NEEDS_TWO
            assert entry.party in above or entry.reason is Reason.OFFICER_OF
    assert set(before.states) <= set(after.states)


@settings(max_examples=30)
@given(data=st.data(), world=_worlds(), days=st.integers(0, 4000))
def test_nobody_is_freed_by_a_links_status_its_end_or_the_passing_of_time(
    data: st.DataObject, world: World, days: int
) -> None:
    parties, links, event = world
    changed = [
        replace(link, status=data.draw(_STATUSES), valid_until=data.draw(_ENDS)) for link in links
    ]
    at = event.occurred.at
    later = event.model_copy(
        update={"occurred": event.occurred.model_copy(update={"at": at and at + timedelta(days)})}
    )

    before = _ids(_closure(parties, links, event))

    assert _ids(_closure(parties, changed, event)) == before
    assert _ids(_closure(parties, links, later)) == before


@settings(max_examples=25)
@given(world=_worlds(), shuffle=st.randoms(use_true_random=False))
def test_neither_the_order_of_records_nor_their_numbers_change_the_closure(
    world: World, shuffle: Any
) -> None:
    parties, links, event = world
    before = _closure(parties, links, event)
    mixed = [*parties], [*links], [*event.parties], [*event.countries]
    for each in mixed:
        shuffle.shuffle(each)
    turned = event.model_copy(update={"parties": tuple(mixed[2]), "countries": tuple(mixed[3])})
    half = len(links) // 2
    # What is added to a snapshot has other numbers than in one made anew.
    grown = Registry(mixed[0][:1], links=mixed[1][:half]).changed(
        parties=mixed[0][1:], links=mixed[1][half:]
    )

    assert _closure(mixed[0], mixed[1], turned) == before
    assert closure(grown, turned) == before
    assert closure(grown, turned).digest == before.digest


@settings(max_examples=30)
@given(world=_worlds())
def test_one_is_found_as_all_are_listed(world: World) -> None:
    parties, links, event = world
    found, listed = _closure(parties, links, event), _closure(parties, links, event)
    ids = {*_ids(listed), *(party.id for party in parties), "nobody"}

    one_by_one = {id: found.find(id) for id in ids}

    assert listed.entries == tuple(sorted(listed.entries, key=lambda entry: entry.party))
    assert one_by_one == {id: listed.find(id) for id in ids}
    assert {entry.party for entry in explained(listed)} == _ids(listed)
    assert [e.distance for e in explained(listed)] == sorted(e.distance for e in listed.entries)


def _same_content(one: Closure, other: Closure) -> bool:
    return (one.entries, one.states) == (other.entries, other.states)


@settings(max_examples=25)
@given(data=st.data(), world=_worlds(links=6))
def test_joining_loses_and_softens_nothing_in_whatever_order(
    data: st.DataObject, world: World
) -> None:
    parties, links, event = world
    ids = sorted({"p0", *(party.id for party in parties)})
    events = [event, data.draw(_an_event(ids)), data.draw(_an_event(ids))]
    registry = Registry(parties, links=links)
    one, two, three = (closure(registry, each) for each in events)

    both = join(one, two)

    assert both == join(two, one)
    assert join(both, three) == join(one, join(two, three)) == join(one, two, three)
    assert join(both, one) == both == join(both, both)
    assert join(one, Closure()) == one
    assert _ids(both) == _ids(one) | _ids(two)
    for entry in (*one.entries, *two.entries):
        now = both.find(entry.party)
        assert now is not None
        assert _liftable(entry) or not _liftable(now)
        assert not now.tagged or entry.tagged
    assert set(both.states) == {*one.states, *two.states}
    for a, b in ((one, two), (two, three), (both, three)):
        assert (a.digest == b.digest) is _same_content(a, b)
