"""What two people refuted, said again: by another list, under another id, of other days."""

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from engine.registry.refuted import heeding, heeding_within, refutes
from rules.graph import Registry
from schemas.link import Link, LinkKind, LinkStatus

JUDGED = datetime(2026, 5, 1, 8, tzinfo=UTC)
BUYS = Link(
    id="l1", kind=LinkKind.BUYS_FROM, a="far-shop", b="cerro-pit", source="list",
    status=LinkStatus.VERIFIED,
)  # fmt: skip
WRONG = replace(BUYS, status=LinkStatus.REFUTED, verified_by="person:ana, person:ben")
AGAIN = replace(BUYS, id="l2", source="another list")


def counted(*links: Link) -> dict[str, LinkStatus]:
    return {link.id: link.status for link in heeding(links)}


def test_another_list_that_says_what_two_people_refuted_brings_nobody_in_and_excludes() -> None:
    assert counted(WRONG, AGAIN) == {"l1": LinkStatus.REFUTED, "l2": LinkStatus.DISPUTED}


def test_what_says_something_else_counts_as_before() -> None:
    others = (
        replace(AGAIN, id="l3", b="other-pit"),
        replace(AGAIN, id="l4", kind=LinkKind.INVESTS_IN),
        replace(AGAIN, id="l5", a="cerro-pit", b="far-shop"),
    )

    assert tuple(heeding((WRONG, *others))) == (WRONG, *others)


def test_partners_are_partners_whoever_is_named_first() -> None:
    venture = replace(WRONG, kind=LinkKind.JOINT_VENTURE_WITH)
    turned = replace(AGAIN, kind=LinkKind.JOINT_VENTURE_WITH, a=BUYS.b, b=BUYS.a)

    assert counted(venture, turned)["l2"] is LinkStatus.DISPUTED
    assert refutes(Registry(links=(venture, turned)), turned)


def test_what_began_after_they_judged_is_something_new() -> None:
    judged = replace(WRONG, verified_at=JUDGED)
    that_day = replace(AGAIN, valid_from=date(2026, 5, 1))
    later = replace(AGAIN, id="l3", valid_from=date(2026, 5, 2))

    assert counted(judged, that_day, later) == {
        "l1": LinkStatus.REFUTED,
        "l2": LinkStatus.DISPUTED,
        "l3": LinkStatus.VERIFIED,
    }


def test_what_ended_before_the_refuted_days_is_not_touched() -> None:
    then = replace(WRONG, valid_from=date(2020, 1, 1), valid_until=date(2021, 12, 31))
    before = replace(AGAIN, valid_until=date(2019, 12, 31))
    after = replace(AGAIN, id="l3", valid_from=date(2022, 1, 1))

    assert set(counted(then, before, after).values()) == {LinkStatus.REFUTED, LinkStatus.VERIFIED}


def test_what_is_not_verified_stays_what_it_is() -> None:
    declared = replace(AGAIN, status=LinkStatus.DECLARED)

    assert tuple(heeding((WRONG, declared))) == (WRONG, declared)


def test_when_two_people_refute_a_link_those_that_said_the_same_are_brought_along() -> None:
    registry = Registry(links=(BUYS, AGAIN))

    assert heeding_within(registry, {"l1": WRONG}) == {
        "l1": WRONG,
        "l2": replace(AGAIN, status=LinkStatus.DISPUTED),
    }


def test_when_a_refuted_link_speaks_of_other_days_all_is_read_anew() -> None:
    registry = Registry(links=(WRONG, AGAIN))

    assert heeding_within(registry, {"l1": replace(WRONG, valid_from=date(2020, 1, 1))}) is None
    assert heeding_within(registry, {"l1": WRONG}) is not None


_DAYS = st.none() | st.dates(date(2020, 1, 1), date(2020, 1, 6))


@st.composite
def _links(draw: st.DrawFn) -> Link:
    return Link(
        id=draw(st.sampled_from("uvwxyz")),
        kind=draw(st.sampled_from([LinkKind.BUYS_FROM, LinkKind.SAME_AS])),
        a=draw(st.sampled_from("ab")),
        b=draw(st.sampled_from("ab")),
        status=draw(st.sampled_from([LinkStatus.VERIFIED, *LinkStatus])),
        source="list",
        valid_from=draw(_DAYS),
        valid_until=draw(_DAYS),
        verified_at=draw(st.none() | st.just(datetime(2020, 1, 3, tzinfo=UTC))),
    )


def _by_id(links: list[Link]) -> dict[str, Link]:
    return {link.id: link for link in links}


@given(links=st.lists(_links(), max_size=6).map(_by_id))
def test_it_only_ever_takes_away_who_is_brought_in(links: dict[str, Link]) -> None:
    found = {link.id: link for link in heeding(links.values())}

    assert found.keys() == links.keys()
    for id, link in found.items():
        assert link in (links[id], replace(links[id], status=LinkStatus.DISPUTED))
        assert link == links[id] or links[id].status is LinkStatus.VERIFIED


@given(
    before=st.lists(_links(), max_size=6).map(_by_id),
    changes=st.lists(_links(), max_size=3).map(_by_id),
)
def test_read_bit_by_bit_links_count_as_read_all_at_once(
    before: dict[str, Link], changes: dict[str, Link]
) -> None:
    # A file never takes back a refutation (`engine.registry.history.trusting`).
    changes = {
        id: link
        for id, link in changes.items()
        if id not in before or before[id].status is not LinkStatus.REFUTED
    }
    registry = Registry(links=heeding(before.values()))

    counted = heeding_within(registry, changes)

    assert counted is not None
    assert registry.changed(links=counted.values()).version == (
        Registry(links=heeding((before | changes).values())).version
    )
