"""The ready-made walks that the older ones did not have, each on a small invented registry."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import pytest

from rules.candidates import World, candidates
from rules.packs.walks import PARTS, READY
from rules.paths.words import STARTS, STEPS
from rules.rulebook import load
from rules.steps import Reach, Start
from rules.walks import SHIPPED, WALKS
from schemas.codes import CountryRole, TrackName
from schemas.event import ThreatEvent
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Party
from schemas.plan import Reason, Trouble
from tests.unit.rules.build import (
    NOW,
    PACK,
    K,
    L,
    a_link,
    a_party,
    a_registry,
    a_role,
    an_event,
)

TODAY = NOW.date()
GROUP = [
    a_party("mine", K.SITE, "QM"),
    a_party("operator", state="QM"),
    a_party("holding", state="QN"),
    a_party("top", state="QN"),
    a_party("mill", K.SITE),
]
OWNED = [
    a_link("operator", L.OPERATES, "mine"),
    a_link("holding", L.PARENT_OF, "operator"),
    a_link("top", L.PARENT_OF, "holding"),
    a_link("mine", L.OPERATES, "mill"),
]
EVENT = an_event(parties=[a_role("mine", "site")], sector="mining")


def _found(
    name: str,
    parties: Sequence[Party] = (),
    links: Sequence[Link] = (),
    event: ThreatEvent = EVENT,
) -> list[str]:
    registry = a_registry([*GROUP, *parties], [*OWNED, *links])
    return [f.party for f in WALKS[name](Start(registry=registry, event=event, on=TODAY)).found]


def test_every_shipped_path_compiles_and_no_name_hides_behind_a_word_of_the_language() -> None:
    assert not SHIPPED.problems
    assert not {*PARTS, *READY} & {*STEPS, *STARTS}
    assert all(ready.meaning.endswith(".") for ready in READY.values())


def test_the_group_is_walked_up_and_down_and_to_its_top() -> None:
    assert _found("operators") == ["operator"]
    assert _found("group_above") == ["operator", "holding", "top"]
    assert _found("group_below") == ["mill"]
    assert _found("ultimate_parent") == ["top"]


def test_a_parent_of_yesterday_does_not_hide_the_top_of_today() -> None:
    former = a_link("fund", L.PARENT_OF, "top", valid_until=date(2026, 1, 1))

    assert _found("ultimate_parent", [a_party("fund")], [former]) == ["top"]


def test_home_states_are_those_of_the_group_without_the_one_where_it_happened() -> None:
    states = [a_party("state:QM", K.STATE, "QM"), a_party("state:QN", K.STATE, "QN")]

    assert _found("home_states", states) == ["state:QN"]


def test_buyers_are_told_apart_by_their_tier() -> None:
    buyers = [a_party(f"tier-{n}") for n in (1, 2, 3, 4)] + [a_party("untold"), a_party("shop")]
    links = [a_link(f"tier-{n}", L.BUYS_FROM, "mine", tier=n) for n in (1, 2, 3, 4)]
    links += [a_link("untold", L.BUYS_FROM, "mine"), a_link("shop", L.BUYS_FROM, "tier-1")]

    assert _found("direct_buyers", buyers, links) == ["tier-1", "untold"]
    assert _found("buyers_to_tier_2", buyers, links) == ["tier-1", "tier-2"]
    assert _found("buyers_to_tier_3", buyers, links) == ["tier-1", "tier-2", "tier-3"]
    assert _found("buyers_of_buyers", buyers, links) == [
        "tier-1", "tier-2", "tier-3", "tier-4", "untold", "shop",
    ]  # fmt: skip


def test_money_is_told_apart_by_where_it_lies_and_how_much_it_is() -> None:
    parties = [a_party(id, K.INVESTOR) for id in ("small", "large", "silent", "near", "in-buyer")]
    parties += [
        a_party("bank", K.BANK),
        a_party("agency", K.EXPORT_CREDIT_AGENCY),
        a_party("buyer"),
    ]
    links = [
        a_link("buyer", L.BUYS_FROM, "mine"),
        a_link("small", L.INVESTS_IN, "top", share=0.9),
        a_link("large", L.INVESTS_IN, "top", share=1.0),
        a_link("silent", L.INVESTS_IN, "top"),
        a_link("near", L.INVESTS_IN, "mine", share=0.1),
        a_link("in-buyer", L.INVESTS_IN, "buyer", share=7.0),
        a_link("bank", L.FINANCES, "holding"),
        a_link("agency", L.FINANCES, "operator"),
    ]

    assert _found("direct_investors", parties, links) == ["near"]
    assert _found("group_investors", parties, links) == ["near", "large", "silent", "small"]
    assert _found("major_investors", parties, links) == ["large", "in-buyer"]
    assert _found("lenders", parties, links) == ["agency", "bank"]
    assert _found("complaints_offices", parties, links) == ["agency", "bank"]
    assert _found("export_credit", parties, links) == ["agency"]


def test_a_regional_chapter_comes_before_its_secretariat() -> None:
    parties = [
        a_party("secretariat", K.MSI),
        a_party("chapter-qm", K.MSI, regions=("QM",)),
        a_party("chapter-qz", K.MSI, regions=("QZ",)),
        a_party("joined-chapter", K.MSI, regions=("QM",)),
        a_party("far-away", K.MSI),
    ]
    links = [
        a_link("operator", L.MEMBER_OF, "secretariat"),
        a_link("chapter-qm", L.CHAPTER_OF, "secretariat"),
        a_link("chapter-qz", L.CHAPTER_OF, "secretariat"),
        a_link("operator", L.MEMBER_OF, "joined-chapter"),
        a_link("joined-chapter", L.CHAPTER_OF, "far-away"),
    ]

    assert _found("msis", parties, links) == [
        "chapter-qm", "joined-chapter", "secretariat", "far-away",
    ]  # fmt: skip
    assert _found("msis_by_place", parties, links[1:3])[0] == "chapter-qm"


@pytest.mark.parametrize(
    ("walk", "kind"),
    [
        ("trade_associations", K.ASSOCIATION),
        ("networks", K.NETWORK),
        ("agreements", K.AGREEMENT),
    ],
)
def test_clubs_are_found_by_their_kind_and_by_place_and_sector(walk: str, kind: K) -> None:
    parties = [
        a_party("ours", kind),
        a_party("elsewhere", kind, regions=("QZ",)),
        a_party("other-trade", kind, sectors=("apparel",)),
        a_party("other-kind", K.NGO),
    ]
    links = [a_link("operator", L.MEMBER_OF, party.id) for party in parties]

    assert _found(walk, parties, links) == ["ours"]


def test_an_association_in_which_an_excluded_party_holds_office_is_never_told() -> None:
    parties = [
        *GROUP,
        a_party("clean", K.ASSOCIATION),
        a_party("chaired", K.ASSOCIATION),
        a_party("boss", K.PERSON),
        a_party("police", K.STATE_BODY, "QM"),
    ]
    links = [
        *OWNED,
        a_link("top", L.MEMBER_OF, "clean"),
        a_link("top", L.MEMBER_OF, "chaired"),
        a_link("boss", L.OFFICER_OF, "rogue"),
        a_link("boss", L.OFFICER_OF, "chaired"),
    ]
    parties.append(a_party("rogue"))
    event = an_event(parties=[a_role("mine", "site"), a_role("rogue")])
    pack = PACK.read_text("utf-8").replace("walk: msis", "walk: trade_associations")
    told = candidates(World(load(pack, filename="x"), a_registry(parties, links)), event)

    assert [c.party for c in told.candidates if c.track is TrackName.MSIS] == ["clean"]


def test_mechanisms_are_found_by_treaty_and_by_region() -> None:
    parties = [
        a_party("state:QM", K.STATE, "QM"),
        a_party("treaty-body", K.MECHANISM),
        a_party("not-ratified", K.MECHANISM),
        a_party("regional", K.MECHANISM, regions=("QM", "QN")),
        a_party("other-region", K.MECHANISM, regions=("QZ",)),
    ]
    links = [
        a_link("state:QM", L.MEMBER_OF, "treaty-body"),
        a_link("state:QM", L.MEMBER_OF, "not-ratified", valid_from=date(2028, 1, 1)),
    ]

    assert _found("mechanisms_by_treaty", parties, links) == ["treaty-body"]
    assert _found("mechanisms_by_region", parties, links) == ["regional"]


def test_protection_is_found_by_what_was_asked_for_and_by_place() -> None:
    parties = [
        a_party("moves-people", K.PROTECTION, support=("relocation", "grant"), regions=("QM",)),
        a_party("moves-others", K.PROTECTION, support=("relocation",), regions=("QZ",)),
        a_party("heals", K.PROTECTION, support=("medical",)),
        a_party("unknown-offer", K.PROTECTION),
    ]
    event = an_event(wishes=("relocation_wanted", "call_first"))

    assert _found("protection_wanted", parties, event=event) == ["moves-people"]
    assert _found("protection_wanted", parties) == []
    assert _found("protection", parties) == ["heals", "moves-people", "unknown-offer"]


def test_technology_providers_and_those_who_pay_for_an_event_are_found() -> None:
    parties = [a_party(id) for id in ("vendor", "named-vendor", "sponsor", "city")]
    parties.append(a_party("games", K.EVENT_ORGANISER))
    links = [
        a_link("vendor", L.PROVIDES_TECHNOLOGY, "operator"),
        a_link("sponsor", L.SPONSORS, "games"),
        a_link("city", L.HOSTS, "games"),
    ]
    event = an_event(
        parties=[
            a_role("mine", "site"),
            a_role("named-vendor", "technology_provider"),
            a_role("games", "organiser"),
        ]
    )

    assert _found("technology_providers", parties, links, event) == ["named-vendor", "vendor"]
    assert _found("event_sponsors", parties, links, event) == ["city", "sponsor"]


def test_companies_exposed_to_the_country_and_the_sector_are_found_and_no_others() -> None:
    parties = [a_party(id) for id in ("same", "all-lines", "other", "former")]
    parties += [a_party("state:QM", K.STATE, "QM"), a_party("a-fund", K.INVESTOR)]
    links = [
        a_link("same", L.SOURCES_FROM, "state:QM", sectors=("mining", "timber")),
        a_link("all-lines", L.SOURCES_FROM, "state:QM"),
        a_link("other", L.SOURCES_FROM, "state:QM", sectors=("apparel",)),
        a_link("former", L.SOURCES_FROM, "state:QM", valid_until=date(2020, 1, 1)),
        a_link("a-fund", L.SOURCES_FROM, "state:QM"),
    ]

    assert _found("exposed", parties, links) == ["all-lines", "same"]


# Reach


def test_a_walk_cut_off_at_its_reach_says_so_and_keeps_the_nearest() -> None:
    parties = [a_party("mine", K.SITE), *(a_party(f"b{n:02}") for n in range(30))]
    links = [a_link(party.id, L.BUYS_FROM, "mine") for party in parties[1:]]
    start = Start(
        registry=a_registry(parties, links), event=EVENT, on=TODAY, reach=Reach(parties=12)
    )

    walked = WALKS["buyers"](start)

    assert walked.truncated
    assert 0 < len(walked.found) < 12
    assert [f.party for f in walked.found] == [f"b{n:02}" for n in range(len(walked.found))]


def test_a_loop_of_links_is_no_cut() -> None:
    parties = [a_party("mine"), a_party("a"), a_party("b")]
    links = [
        a_link("a", L.PARENT_OF, "mine"),
        a_link("b", L.PARENT_OF, "a"),
        a_link("mine", L.PARENT_OF, "b"),
        a_link("a", L.PARENT_OF, "a"),
    ]
    walked = WALKS["group_above"](Start(registry=a_registry(parties, links), event=EVENT, on=TODAY))

    assert not walked.truncated
    assert [f.party for f in walked.found] == ["a", "b", "mine"]


def test_a_chain_longer_than_any_walk_goes_is_cut_and_a_person_is_told() -> None:
    length = Reach().hops + 4
    parties = [a_party("mine", K.SITE, "QM"), *(a_party(f"c{n:02}") for n in range(length))]
    ids = [party.id for party in parties]
    links = [a_link(b, L.PARENT_OF, a) for a, b in pairwise(ids)]
    world = World(load(PACK.read_text("utf-8"), filename="x"), a_registry(parties, links))

    told = candidates(world, EVENT)
    short = candidates(World(world.rulebook, a_registry(parties, links[:3])), EVENT)

    assert Trouble.REACH_TRUNCATED in told.troubles
    assert Trouble.REACH_TRUNCATED not in short.troubles
    assert {c.party for c in told.candidates} >= {"c00", "c01"}


def test_what_a_bad_link_would_bring_in_is_said_by_each_new_walk_too() -> None:
    links = [a_link("fund", L.INVESTS_IN, "mine", share=5.0, status=LinkStatus.DISPUTED)]
    registry = a_registry([*GROUP, a_party("fund", K.INVESTOR)], [*OWNED, *links])

    walked = WALKS["major_investors"](Start(registry=registry, event=EVENT, on=TODAY))

    assert [(w.party, w.reason) for w in walked.withheld] == [("fund", Reason.LINK_UNVERIFIED)]


def test_a_person_held_on_the_way_is_reason_enough_for_helpers_there() -> None:
    event = an_event(happened=None, countries=[("QT", CountryRole.TRANSIT)])
    registry = a_registry([a_party("helper", K.PROTECTION, regions=("QT",))])

    (found,) = WALKS["protection"](Start(registry=registry, event=event, on=TODAY)).found

    assert (found.path[0].a, found.path[0].b) == ("transit", "QT")
    assert LinkKind.SAME_AS.value not in {hop.kind for hop in found.path}
