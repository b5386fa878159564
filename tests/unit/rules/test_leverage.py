"""How much a party can change by its business: no more than is recorded, and never a guess."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.graph import Registry
from rules.leverage import BUSINESS, LASTING, MOST, SIGNIFICANT, Leverage, leverage, of_tie
from rules.steps import Start
from schemas.codes import CountryRole
from schemas.link import Link, LinkKind, LinkStatus
from schemas.plan import Hop, Path
from tests.unit.rules.build import (
    NOW,
    K,
    L,
    a_link,
    a_party,
    a_registry,
    a_role,
    an_event,
    the_default_pack,
)

DAY = date(2027, 3, 1)
THREE_YEARS_AGO = date(2024, 3, 1)


def _registry(*links: Link) -> Registry:
    return a_registry(links=links)


def _way(*links: Link, role: str = "alleged_perpetrator", start: str = "mine") -> Path:
    """From what the event names, over these links."""
    hops = (Hop(kind=link.kind.value, a=link.a, b=link.b, link=link.id) for link in links)
    return (Hop(kind="event", a=role, b=start), *hops)


def _found(*links: Link, beside: Iterable[Link] = (), on: date | None = DAY) -> Leverage | None:
    return leverage(_way(*links), _registry(*links, *beside), on=on)


def _figure(*links: Link, beside: Iterable[Link] = (), on: date | None = DAY) -> int:
    found = _found(*links, beside=beside, on=on)
    assert found is not None
    return found.figure


def _bought(**more: Any) -> Link:
    return a_link("brand", L.BUYS_FROM, "mine", **more)


@pytest.mark.parametrize(
    ("more", "figure"),
    [
        ({}, 0),
        ({"share": 19.9}, 0),
        ({"share": 20.0}, 1),
        ({"share": 100.0}, 1),
        ({"share": 0.0}, 0),
        ({"valid_from": THREE_YEARS_AGO}, 1),
        ({"valid_from": THREE_YEARS_AGO + timedelta(days=1)}, 0),
        ({"valid_from": DAY}, 0),
        ({"terms": ("audit_right",)}, 1),
        ({"terms": ("audit_right", "human_rights_clause")}, 1),
        ({"share": 24.0, "valid_from": THREE_YEARS_AGO}, 2),
        ({"share": 24.0, "terms": ("audit_right",)}, 2),
        ({"valid_from": THREE_YEARS_AGO, "terms": ("audit_right",)}, 2),
        ({"share": 24.0, "valid_from": THREE_YEARS_AGO, "terms": ("audit_right",)}, 3),
    ],
)
def test_one_point_each_for_a_share_for_years_and_for_a_clause(
    more: dict[str, Any], figure: int
) -> None:
    assert _figure(_bought(**more)) == figure


def test_the_parts_stand_beside_the_figure() -> None:
    link = _bought(share=24.0, valid_from=date(2020, 6, 1), terms=("audit_right",))

    assert _found(link) == Leverage(
        kind=L.BUYS_FROM, a="brand", b="mine", share=24.0, years=6, clauses=("audit_right",)
    )


def test_what_nobody_recorded_is_unknown_and_not_nothing() -> None:
    found, none = _found(_bought()), _found(_bought(share=0.0, valid_from=DAY))

    assert found is not None and none is not None
    assert (found.share, found.years, found.clauses) == (None, None, ())
    assert (none.share, none.years) == (0.0, 0)


def test_the_day_of_a_disclosure_does_not_say_since_when() -> None:
    found = _found(_bought(as_of=date(2010, 1, 1)))

    assert found is not None and found.years is None


@pytest.mark.parametrize(
    ("since", "on", "years"),
    [
        (date(2024, 2, 29), date(2027, 2, 28), 2),
        (date(2024, 2, 29), date(2027, 3, 1), 3),
        (date(2024, 12, 31), date(2027, 1, 1), 2),
        (date(2024, 1, 1), date(2026, 12, 31), 2),
        (date(2024, 3, 2), date(2027, 3, 1), 2),
        (date(2024, 3, 1), date(2027, 3, 1), 3),
        (date(2024, 2, 15), date(2027, 3, 1), 3),
    ],
)
def test_only_whole_years_count_until_the_day_of_the_event(
    since: date, on: date, years: int
) -> None:
    found = _found(_bought(valid_from=since), on=on)

    assert found is not None and found.years == years


STRONG: dict[str, Any] = {
    "share": 50.0,
    "valid_from": date(2010, 1, 1),
    "terms": ("human_rights_clause",),
}


@pytest.mark.parametrize(
    "more",
    [
        *({"status": status} for status in LinkStatus if status is not LinkStatus.VERIFIED),
        {"valid_until": DAY - timedelta(days=1)},
        {"valid_from": DAY + timedelta(days=1)},
    ],
)
def test_a_tie_that_is_not_verified_or_does_not_hold_that_day_gives_nothing(
    more: dict[str, Any],
) -> None:
    bad = _bought(**(STRONG | more))

    assert _found(bad) == Leverage(kind=L.BUYS_FROM, a="brand", b="mine")
    good = _bought(id="good", share=5.0)
    assert _found(good, beside=[bad]) == _found(good)


def test_a_tie_that_the_registry_has_lost_since_gives_nothing() -> None:
    found = leverage(_way(_bought(**STRONG)), a_registry(), on=DAY)

    assert found == Leverage(kind=L.BUYS_FROM, a="brand", b="mine")


def test_where_the_day_is_unknown_only_a_tie_without_an_end_counts_and_no_years() -> None:
    assert _figure(_bought(**STRONG), on=None) == 2
    assert _figure(_bought(valid_until=date(2099, 1, 1), **STRONG), on=None) == 0


def test_two_lists_that_name_the_same_tie_are_read_together_and_never_added_up() -> None:
    traded = _bought(id="list", share=15.0, valid_from=date(2025, 1, 1), terms=("audit_right",))
    agreed = _bought(
        id="own",
        share=12.0,
        valid_from=date(2021, 1, 1),
        terms=("human_rights_clause", "audit_right"),
    )

    found = _found(traded, beside=[agreed])

    assert found == _found(agreed, beside=[traded])
    assert found is not None
    assert (found.share, found.years) == (15.0, 6)
    assert found.clauses == ("audit_right", "human_rights_clause")


@pytest.mark.parametrize(
    "other",
    [
        a_link("mine", L.BUYS_FROM, "brand", **STRONG),
        a_link("brand", L.INVESTS_IN, "mine", **STRONG),
        a_link("brand", L.BUYS_FROM, "sister", **STRONG),
        a_link("shop", L.BUYS_FROM, "mine", **STRONG),
    ],
)
def test_what_is_agreed_elsewhere_gives_no_leverage_here(other: Link) -> None:
    assert _figure(_bought(), beside=[other]) == 0


def test_a_joint_venture_counts_from_whichever_side_it_was_recorded() -> None:
    one = a_link("mine", L.JOINT_VENTURE_WITH, "partner", share=50.0)
    other = a_link("partner", L.JOINT_VENTURE_WITH, "mine", terms=("audit_right",))

    assert _figure(one) == _figure(other) == 1
    assert _figure(one, beside=[other]) == _figure(other, beside=[one]) == 2


@pytest.mark.parametrize("kind", sorted(LinkKind))
def test_only_whoever_can_change_the_other_has_leverage(kind: LinkKind) -> None:
    against = {
        L.BUYS_FROM,
        L.INVESTS_IN,
        L.FINANCES,
        L.SPONSORS,
        L.JOINT_VENTURE_WITH,
        L.CONTRACTS_SECURITY,
        L.PROVIDES_TECHNOLOGY,
        L.HOSTS,
    }
    along = {L.JOINT_VENTURE_WITH, L.LICENSED_BY, L.TRADE_PROMOTED_BY}

    assert (_found(a_link("far", kind, "mine")) is not None) is (kind in against)
    assert (_found(a_link("mine", kind, "far")) is not None) is (kind in along)
    assert (kind in BUSINESS) is (kind in along | against)


HELD = a_link("fund", L.INVESTS_IN, "brand", share=30.0, terms=("audit_right",))


def test_of_several_ties_the_weakest_counts_and_is_named() -> None:
    near, far = _bought(**STRONG), a_link("shop", L.BUYS_FROM, "brand", share=25.0)

    found = _found(near, far)

    assert found == Leverage(kind=L.BUYS_FROM, a="shop", b="brand", share=25.0, ties=2)
    assert _figure(near, HELD) == 2
    assert _figure(_bought(), HELD) == 0


def test_of_equally_weak_ties_the_nearest_to_what_happened_is_named() -> None:
    found = _found(_bought(share=40.0), a_link("fund", L.INVESTS_IN, "brand", share=90.0))

    assert found is not None and (found.a, found.ties) == ("brand", 2)


@pytest.mark.parametrize(
    "hop",
    [
        a_link("brand", L.PARENT_OF, "daughter"),
        a_link("group", L.PARENT_OF, "brand"),
        a_link("group", L.OPERATES, "brand"),
        a_link("state-body", L.BODY_OF, "brand"),
        a_link("brand", L.SAME_AS, "brand-2"),
        a_link("brand-2", L.SAME_AS, "brand"),
    ],
)
def test_control_and_a_second_record_neither_give_nor_lessen_it(hop: Link) -> None:
    near = _bought(**STRONG)

    assert _found(near, hop) == _found(near)
    controlled = a_link("group", L.PARENT_OF, "mine")
    assert leverage(_way(controlled), _registry(controlled), on=DAY) is None


@pytest.mark.parametrize(
    "path",
    [
        (),
        _way(),
        _way(role=CountryRole.HAPPENED.value, start="QM"),
        (Hop(kind="by_hand", a="person:ana", b="brand"),),
        (Hop(kind=L.BUYS_FROM.value, a="brand", b="mine", link="l"),),
    ],
)
def test_whoever_is_tied_by_no_business_has_no_figure(path: Path) -> None:
    assert leverage(path, _registry(_bought(**STRONG)), on=DAY) is None


@pytest.mark.parametrize(
    "further",
    [
        Hop(kind="seat", a="brand", b="QN"),
        Hop(kind=L.MEMBER_OF.value, a="brand", b="club"),
        Hop(kind=L.REPRESENTS.value, a="firm", b="brand"),
        Hop(kind=L.BUYS_FROM.value, a="brand", b="other-supplier"),
    ],
)
def test_the_buyers_contract_is_never_shown_as_that_of_its_club_or_its_embassy(
    further: Hop,
) -> None:
    near = _bought(**STRONG)

    assert leverage((*_way(near), further), _registry(near), on=DAY) is None


def test_every_party_that_a_walk_finds_can_be_asked() -> None:
    links = [
        a_link("holding", L.PARENT_OF, "mine"),
        a_link("brand", L.BUYS_FROM, "holding", **STRONG),
        a_link("fund", L.INVESTS_IN, "brand", share=3.0),
    ]
    names = ("mine", "holding", "brand")
    parties = [*(a_party(id) for id in names), a_party("fund", K.INVESTOR)]
    registry = a_registry(parties, links)
    event = an_event(parties=[a_role("mine")])
    start = Start(registry=registry, event=event, on=NOW.date())

    walked = the_default_pack().walk("investors", start)

    (found,) = walked.found
    assert found.party == "fund"
    weakest = leverage(found.path, registry, on=start.on)
    assert weakest == Leverage(kind=L.INVESTS_IN, a="fund", b="brand", share=3.0, ties=2)


# Whatever is recorded

_days = st.dates(min_value=date(1990, 1, 1), max_value=date(2030, 1, 1))
_terms = st.lists(
    st.sampled_from(["human_rights_clause", "audit_right", "exit_clause"]), max_size=3, unique=True
).map(tuple)
_said = st.fixed_dictionaries(
    {
        "share": st.none() | st.floats(0, 100),
        "valid_from": st.none() | _days,
        "valid_until": st.none() | _days,
        "terms": _terms,
        "status": st.sampled_from(list(LinkStatus)),
    }
)
_ties = st.sampled_from(
    [L.BUYS_FROM, L.INVESTS_IN, L.FINANCES, L.SPONSORS, L.JOINT_VENTURE_WITH, L.PARENT_OF]
)


def _chain(kinds: list[tuple[LinkKind, dict[str, Any]]]) -> list[Link]:
    """Each does it to the one before; the first to the mine."""
    ids = ["mine", *(f"n{number}" for number in range(len(kinds)))]
    return [
        a_link(a, kind, b, id=f"l{a}", **more)
        for (kind, more), b, a in zip(kinds, ids, ids[1:], strict=False)
    ]


@given(said=_said, on=st.none() | _days)
def test_the_figure_is_never_more_than_what_is_known(said: dict[str, Any], on: date | None) -> None:
    link = _bought(**said)
    found = _found(link, on=on)

    assert found is not None
    assert 0 <= found.figure <= MOST
    assert found.figure <= sum(
        (
            (link.share or 0) >= SIGNIFICANT,
            link.valid_from is not None,
            bool(link.terms),
        )
    )
    if on is not None and not link.current(on):
        assert found.figure == 0
    assert found.years is None or found.years >= 0


@given(said=_said, on=_days, clause=st.sampled_from(["audit_right", "another"]))
def test_a_further_clause_never_lowers_it(said: dict[str, Any], on: date, clause: str) -> None:
    link = _bought(**said)

    assert _figure(replace(link, terms=(*link.terms, clause)), on=on) >= _figure(link, on=on)


@given(said=_said, on=_days, more=st.integers(0, 9_000))
def test_more_years_never_lower_it(said: dict[str, Any], on: date, more: int) -> None:
    link = _bought(**said)
    earlier = link
    if link.valid_from is not None:
        earlier = replace(link, valid_from=link.valid_from - timedelta(days=more))

    assert _figure(earlier, on=on) >= _figure(link, on=on)


@given(said=_said, on=_days, share=st.floats(0, 100))
def test_a_larger_share_never_lowers_it(said: dict[str, Any], on: date, share: float) -> None:
    link = _bought(**said)

    assert _figure(replace(link, share=max(share, link.share or 0)), on=on) >= _figure(link, on=on)


@given(said=_said, on=_days, part=st.sampled_from(["share", "valid_from", "terms"]))
def test_forgetting_something_never_raises_it(said: dict[str, Any], on: date, part: str) -> None:
    begun = said["valid_from"] is None or said["valid_from"] <= on
    link = _bought(**said)
    forgotten = _bought(**(said | {part: () if part == "terms" else None}))

    if begun:  # else its first day is what keeps it from holding
        assert _figure(forgotten, on=on) <= _figure(link, on=on)


@given(said=_said, other=_said, on=_days)
def test_what_a_second_list_says_never_lowers_it_and_unverified_changes_nothing(
    said: dict[str, Any], other: dict[str, Any], on: date
) -> None:
    link, second = _bought(**said), _bought(id="second", **other)

    both = _found(link, beside=[second], on=on)

    alone = _found(link, on=on)
    assert both is not None and alone is not None
    assert both.figure >= alone.figure
    if not second.current(on):
        assert both == alone


@given(kinds=st.lists(st.tuples(_ties, _said), max_size=5), on=_days)
def test_a_longer_way_never_has_more_than_any_of_its_ties(
    kinds: list[tuple[LinkKind, dict[str, Any]]], on: date
) -> None:
    links = _chain(kinds)
    registry = _registry(*links)
    ties = [
        of_tie(registry, each.a, each.kind, each.b, on=on)
        for each in links
        if not each.kind.control
    ]

    found = leverage(_way(*links), registry, on=on)

    if not ties:
        assert found is None
        return
    assert found is not None
    assert found.figure == min(each.figure for each in ties)
    assert found.ties == len(ties)
    assert replace(found, ties=1) in ties


def test_the_bounds_are_those_of_the_documents() -> None:
    assert (SIGNIFICANT, LASTING, MOST) == (20.0, 3, 3)
