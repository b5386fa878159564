"""Walks: who could help, found over good links only, the nearest first, each with its path."""

from datetime import date

import pytest

from rules.graph import Registry
from rules.steps import Found, Start, Walked, usable
from rules.walks import WALKS
from schemas.codes import CountryRole
from schemas.event import ThreatEvent
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Party
from schemas.plan import Hop, Reason
from tests.unit.rules.build import NOW, K, L, a_link, a_party, a_registry, a_role, an_event

TODAY = NOW.date()
ENDED = date(2026, 12, 31)
STATES = [a_party("state-qm", K.STATE, "QM"), a_party("state-qn", K.STATE, "QN")]
MINE = an_event(parties=[a_role("mine", "site")])


def _walk(
    name: str,
    parties: list[Party],
    links: list[Link],
    event: ThreatEvent = MINE,
    *,
    on: date | None = TODAY,
    states: tuple[str, ...] = (),
) -> Walked:
    registry = a_registry([a_party("mine", K.SITE, "QM"), *STATES, *parties], links)
    return WALKS[name](Start(registry=registry, event=event, on=on, states=states))


def _ids(walked: Walked) -> list[str]:
    return [found.party for found in walked.found]


def _reasons(walked: Walked) -> dict[str, Reason]:
    return {withheld.party: withheld.reason for withheld in walked.withheld}


COMPANY = [a_party("operator", state="QM"), a_party("parent", state="QN")]
OWNED = [a_link("operator", L.OPERATES, "mine"), a_link("parent", L.PARENT_OF, "operator")]


@pytest.mark.parametrize("name", sorted(WALKS))
def test_every_walk_finds_nobody_in_an_empty_registry_and_does_not_fall(name: str) -> None:
    walked = WALKS[name](Start(registry=Registry(), event=MINE, on=None))

    assert walked.found == ()
    assert WALKS[name].__doc__


@pytest.mark.parametrize(
    ("link", "on", "reason"),
    [
        ({}, TODAY, None),
        ({}, None, None),
        ({"valid_until": TODAY}, TODAY, None),
        ({"valid_until": ENDED}, TODAY, Reason.LINK_NOT_CURRENT),
        ({"valid_until": date(2030, 1, 1)}, None, Reason.LINK_NOT_CURRENT),
        ({"valid_from": date(2030, 1, 1)}, TODAY, Reason.LINK_NOT_CURRENT),
        ({"status": LinkStatus.LAPSED}, TODAY, Reason.LINK_NOT_CURRENT),
        ({"status": LinkStatus.UNVERIFIED}, TODAY, Reason.LINK_UNVERIFIED),
        ({"status": LinkStatus.DISPUTED}, TODAY, Reason.LINK_UNVERIFIED),
        ({"status": LinkStatus.REFUTED}, TODAY, Reason.LINK_UNVERIFIED),
        ({"status": LinkStatus.DECLARED}, TODAY, Reason.LINK_UNVERIFIED),
    ],
)
def test_only_a_verified_link_that_holds_on_the_day_brings_somebody_in(
    link: dict[str, object], on: date | None, reason: Reason | None
) -> None:
    assert usable(a_link("a", L.BUYS_FROM, "b", **link), on) is reason  # type: ignore[arg-type]


def test_the_group_is_the_headquarters_above_not_the_site_itself() -> None:
    walked = _walk("group", COMPANY, OWNED)

    assert _ids(walked) == ["operator", "parent"]
    assert walked.found[1].path == (
        Hop(kind="event", a="site", b="mine"),
        Hop(kind="operates", a="operator", b="mine", link="operator:operates:mine"),
        Hop(kind="parent_of", a="parent", b="operator", link="parent:parent_of:operator"),
    )


def test_the_group_reaches_partners_and_the_clients_of_a_named_guard() -> None:
    parties = [*COMPANY, a_party("partner"), a_party("guard"), a_party("partner-parent")]
    links = [
        *OWNED,
        a_link("operator", L.JOINT_VENTURE_WITH, "partner"),
        a_link("operator", L.CONTRACTS_SECURITY, "guard"),
    ]
    by_guard = an_event(parties=[a_role("guard")])

    assert _ids(_walk("group", parties, links)) == ["operator", "parent", "partner"]
    assert set(_ids(_walk("group", parties, links, by_guard))) == {"operator", "parent", "partner"}


def test_a_group_link_that_has_ended_brings_nobody_in_and_says_so() -> None:
    links = [OWNED[0], a_link("parent", L.PARENT_OF, "operator", valid_until=ENDED)]

    walked = _walk("group", COMPANY, links)

    assert _ids(walked) == ["operator"]
    assert _reasons(walked) == {"parent": Reason.LINK_NOT_CURRENT}


def test_buyers_of_the_site_of_the_operator_and_of_what_lies_below_are_found() -> None:
    parties = [*COMPANY, *(a_party(f"buyer-{n}") for n in range(4)), a_party("plant", K.SITE)]
    links = [
        *OWNED,
        a_link("buyer-0", L.BUYS_FROM, "mine"),
        a_link("buyer-1", L.BUYS_FROM, "parent"),
        a_link("buyer-2", L.BUYS_FROM, "plant"),
        a_link("mine", L.OPERATES, "plant"),
        a_link("buyer-3", L.BUYS_FROM, "elsewhere"),
    ]

    assert _ids(_walk("buyers", parties, links)) == ["buyer-0", "buyer-2", "buyer-1"]


def test_a_buyer_with_one_good_link_is_found_whatever_its_other_links_are() -> None:
    parties = [*COMPANY, a_party("buyer"), a_party("former"), a_party("rumoured")]
    links = [
        *OWNED,
        a_link("buyer", L.BUYS_FROM, "operator", valid_until=ENDED, id="old"),
        a_link("buyer", L.BUYS_FROM, "mine", id="new"),
        a_link("former", L.BUYS_FROM, "operator", valid_until=ENDED),
        a_link("rumoured", L.BUYS_FROM, "operator", status=LinkStatus.UNVERIFIED),
    ]

    walked = _walk("buyers", parties, links)

    assert _ids(walked) == ["buyer"]
    assert _reasons(walked) == {
        "former": Reason.LINK_NOT_CURRENT,
        "rumoured": Reason.LINK_UNVERIFIED,
    }


def test_companies_are_the_buyers_and_the_groups_headquarters_each_once() -> None:
    parties = [*COMPANY, a_party("buyer"), a_party("former")]
    links = [
        *OWNED,
        a_link("buyer", L.BUYS_FROM, "operator"),
        a_link("parent", L.BUYS_FROM, "operator"),
        a_link("former", L.BUYS_FROM, "operator", valid_until=ENDED),
    ]

    walked = _walk("companies", parties, links)

    assert sorted(_ids(walked)) == ["buyer", "operator", "parent"]
    assert _reasons(walked) == {"former": Reason.LINK_NOT_CURRENT}


def test_a_headquarters_found_well_by_one_walk_is_not_withheld_by_the_other() -> None:
    parties = [*COMPANY]
    links = [*OWNED, a_link("parent", L.BUYS_FROM, "operator", valid_until=ENDED)]

    assert _walk("companies", parties, links).withheld == ()


def test_investors_in_the_group_come_before_investors_in_its_buyers() -> None:
    parties = [*COMPANY, a_party("buyer"), a_party("a-fund"), a_party("z-fund")]
    links = [
        *OWNED,
        a_link("buyer", L.BUYS_FROM, "mine"),
        a_link("a-fund", L.INVESTS_IN, "buyer", share=2.0),
        a_link("z-fund", L.INVESTS_IN, "parent", share=3.0),
    ]

    assert _ids(_walk("investors", parties, links)) == ["z-fund", "a-fund"]


def test_lenders_finance_the_group() -> None:
    parties = [*COMPANY, a_party("bank", K.BANK)]
    links = [*OWNED, a_link("bank", L.FINANCES, "operator")]

    assert _ids(_walk("lenders", parties, links)) == ["bank"]


MISSIONS = [
    a_party("qn-in-qm", K.MISSION, "QN"),
    a_party("qn-in-qn", K.MISSION, "QN"),
    a_party("qo-in-qm", K.MISSION, "QO"),
    a_party("qm-abroad", K.MISSION, "QM"),
    a_party("qn-consulate", K.MISSION, "QN"),
]
ACCREDITED = [
    a_link("qn-in-qm", L.ACCREDITED_TO, "state-qm"),
    a_link("qn-in-qn", L.ACCREDITED_TO, "state-qn"),
    a_link("qo-in-qm", L.ACCREDITED_TO, "QM"),  # a host that is only a code
    a_link("qm-abroad", L.ACCREDITED_TO, "state-qn"),
    a_link("qn-consulate", L.ACCREDITED_TO, "state-qm", status=LinkStatus.UNVERIFIED),
]


def test_home_missions_are_those_of_the_groups_seats_where_it_happened() -> None:
    walked = _walk("home_missions", [*COMPANY, *MISSIONS], [*OWNED, *ACCREDITED])

    assert _ids(walked) == ["qn-in-qm"]
    assert [hop.kind for hop in walked.found[0].path] == [
        "event",
        "operates",
        "parent_of",
        "seat",
        "accredited_to",
    ]
    assert _reasons(walked) == {"qn-consulate": Reason.LINK_UNVERIFIED}


def test_missions_of_a_subjects_own_states_are_found_by_their_own_walks_only() -> None:
    event = an_event(
        countries=[
            ("QN", CountryRole.RESIDENCE),
            ("QO", CountryRole.NATIONALITY),
            ("QP", CountryRole.TRANSIT),
        ]
    )
    held = a_party("qn-in-qp", K.MISSION, "QN")
    links = [*ACCREDITED, a_link("qn-in-qp", L.ACCREDITED_TO, "QP")]
    parties = [*MISSIONS, held]

    assert _ids(_walk("residence_missions", parties, links, event)) == ["qn-in-qm", "qn-in-qp"]
    assert _ids(_walk("nationality_missions", parties, links, event)) == ["qo-in-qm"]
    assert _ids(_walk("home_missions", parties, links, event)) == []


def test_third_missions_are_those_the_desk_listed() -> None:
    assert _ids(_walk("third_missions", MISSIONS, ACCREDITED)) == []
    assert _ids(_walk("third_missions", MISSIONS, ACCREDITED, states=("QO",))) == ["qo-in-qm"]


def test_the_nhri_at_home_is_found_and_the_one_where_it_happened_is_not() -> None:
    parties = [
        *COMPANY,
        a_party("nhri-qn", K.NHRI, "QN", ganhri="A"),
        a_party("nhri-qm", K.NHRI, "QM", ganhri="A"),
        a_party("embassy", K.MISSION, "QN"),
    ]

    assert _ids(_walk("home_nhri", parties, OWNED)) == ["nhri-qn"]


def test_initiatives_are_found_by_membership_sector_and_region() -> None:
    parties = [
        *COMPANY,
        a_party("buyer"),
        a_party("by-operator", K.MSI),
        a_party("by-buyer", K.MSI, sectors=("mining",), regions=("QM", "QN")),
        a_party("other-sector", K.MSI, sectors=("apparel",)),
        a_party("other-region", K.MSI, regions=("QZ",)),
        a_party("a-club", K.ASSOCIATION),
        a_party("not-joined", K.MSI),
    ]
    joined = ("by-operator", "other-sector", "other-region", "a-club", "unlisted")
    links = [
        *OWNED,
        a_link("buyer", L.BUYS_FROM, "mine"),
        a_link("buyer", L.MEMBER_OF, "by-buyer"),
        *(a_link("operator", L.MEMBER_OF, msi) for msi in joined),
    ]
    event = an_event(parties=[a_role("mine", "site")], sector="mining")

    assert _ids(_walk("msis", parties, links, event)) == ["by-operator", "by-buyer"]


@pytest.mark.parametrize(
    ("walk", "kind"),
    [
        ("protection", K.PROTECTION),
        ("legal", K.LAW_FIRM),
        ("unions", K.UNION),
        ("mechanisms", K.MECHANISM),
    ],
)
def test_helpers_that_need_no_link_are_found_where_they_work(walk: str, kind: K) -> None:
    parties = [
        a_party("everywhere", kind),
        a_party("here", kind, regions=("QM",)),
        a_party("elsewhere", kind, regions=("QZ",)),
        a_party("another-kind", K.NGO),
    ]

    walked = _walk(walk, parties, [])

    assert _ids(walked) == ["everywhere", "here"]
    assert walked.found[0].path == (Hop(kind="event", a="happened", b="QM"),)


def test_mechanisms_include_the_lenders() -> None:
    parties = [*COMPANY, a_party("bank", K.BANK), a_party("un", K.MECHANISM)]
    links = [*OWNED, a_link("bank", L.FINANCES, "parent")]

    assert _ids(_walk("mechanisms", parties, links)) == ["un", "bank"]


def test_sports_bodies_those_above_them_and_their_sponsors_are_found() -> None:
    parties = [
        a_party("club", K.SPORTS_BODY),
        a_party("federation", K.SPORTS_BODY),
        a_party("world", K.SPORTS_BODY),
        a_party("a-charity", K.NGO),
        a_party("airline"),
    ]
    links = [
        a_link("club", L.MEMBER_OF, "federation"),
        a_link("federation", L.MEMBER_OF, "world"),
        a_link("club", L.MEMBER_OF, "a-charity"),
        a_link("airline", L.SPONSORS, "world"),
    ]
    event = an_event(parties=[a_role("club", "other"), a_role("mine", "site")])

    walked = _walk("sports", parties, links, event)

    assert _ids(walked) == ["club", "federation", "world", "airline"]


def test_somebody_the_registry_does_not_know_is_never_included() -> None:
    walked = _walk("buyers", COMPANY, [*OWNED, a_link("stranger", L.BUYS_FROM, "mine")])

    assert _ids(walked) == []
    assert _reasons(walked) == {"stranger": Reason.UNKNOWN_PARTY}


@pytest.mark.parametrize("role", ["mechanism", "investor"])
def test_no_walk_starts_from_a_helper_or_a_bystander(role: str) -> None:
    links = [a_link("buyer", L.BUYS_FROM, "fund")]
    event = an_event(parties=[a_role("fund", role), a_role(None, "site")])

    assert _ids(_walk("buyers", [a_party("fund"), a_party("buyer")], links, event)) == []


@pytest.mark.parametrize("kind", [L.OPERATES, L.PARENT_OF, L.JOINT_VENTURE_WITH])
def test_loops_of_links_end(kind: LinkKind) -> None:
    parties = [a_party("x"), a_party("y")]
    links = [a_link("x", kind, "mine"), a_link("y", kind, "x"), a_link("mine", kind, "y")]

    for name in sorted(WALKS):
        _walk(name, parties, links)


def test_nearness_counts_loose_links_first_then_all_then_the_name() -> None:
    def found(party: str, *kinds: str) -> Found:
        return Found(party=party, path=tuple(Hop(kind=kind, a="", b="") for kind in kinds))

    near = sorted(
        [
            found("d", "event", "buys_from", "invests_in"),
            found("c", "event", "parent_of", "parent_of", "invests_in"),
            found("b", "event", "invests_in"),
            found("a", "event", "invests_in"),
        ],
        key=lambda each: each.nearness,
    )

    assert [each.party for each in near] == ["a", "b", "c", "d"]
