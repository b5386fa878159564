"""The path language: what each construct finds, as drawn in docs/reference/walks.md."""

from datetime import date
from typing import Any

import pytest

from rules.graph import Registry
from rules.paths import compile_all
from rules.steps import Start, Walked
from schemas.codes import CountryRole
from schemas.event import ThreatEvent
from schemas.link import Link, LinkStatus
from schemas.party import Mark, Ownership, Party, PartyKind, PoliticalPolicy
from schemas.plan import Hop, Reason
from tests.unit.rules.build import NOW, K, L, a_link, a_party, a_role, an_event

TODAY = NOW.date()
PARTIES = [
    a_party("mine", K.SITE, "QM"),
    a_party("operator", state="QM"),
    a_party("parent", state="QN"),
    a_party("brand", state="QO", sectors=("apparel",)),
    a_party("shop", state="QP"),
    a_party("fund", K.INVESTOR, "QN"),
    a_party("saver", K.INVESTOR, "QO"),
    a_party("club", K.MSI, regions=("QM",), sectors=("mining",)),
    a_party("far-club", K.MSI, regions=("QZ",)),
    a_party("chamber", K.ASSOCIATION),
    a_party("embassy", K.MISSION, "QN"),
    a_party("elsewhere", K.MISSION, "QN"),
    a_party("watchdog", K.NHRI, "QN", ganhri="A"),
    a_party("state:QM", K.STATE, "QM"),
    a_party("state:QN", K.STATE, "QN", marks=(Mark.KNOWLEDGE_BINDS,)),
]
LINKS = [
    a_link("operator", L.OPERATES, "mine"),
    a_link("parent", L.PARENT_OF, "operator"),
    a_link("brand", L.BUYS_FROM, "operator", tier=1),
    a_link("shop", L.BUYS_FROM, "brand", tier=3),
    a_link("fund", L.INVESTS_IN, "parent", share=1.0),
    a_link("saver", L.INVESTS_IN, "parent", share=0.99),
    a_link("operator", L.MEMBER_OF, "club"),
    a_link("operator", L.MEMBER_OF, "far-club"),
    a_link("operator", L.MEMBER_OF, "chamber"),
    a_link("embassy", L.ACCREDITED_TO, "state:QM"),
    a_link("elsewhere", L.ACCREDITED_TO, "QO"),
]
EVENT = an_event(
    parties=[a_role("mine", "site"), a_role("fund", "investor"), a_role("operator", "operator")],
    countries=[("QN", CountryRole.RESIDENCE), ("QP", CountryRole.TRANSIT)],
    sector="mining",
    wishes=("relocation_wanted",),
)


def walk(
    text: str,
    *,
    parties: list[Party] | None = None,
    links: list[Link] | None = None,
    event: ThreatEvent = EVENT,
    on: date | None = TODAY,
    states: tuple[str, ...] = (),
) -> Walked:
    compiled = compile_all({"w": text})
    assert not compiled.problems, compiled.problems
    registry = Registry(
        PARTIES if parties is None else parties, links=LINKS if links is None else links
    )
    return compiled.walks["w"](Start(registry=registry, event=event, on=on, states=states))


def found(text: str, **more: Any) -> list[str]:
    return [each.party for each in walk(text, **more).found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # The examples of the rulebook, as they are written there
        ("event.operator / ^parent_of / mission[host == event.country]", ["embassy"]),
        ("event.operator / ^parent_of / ^invests_in[share >= 0.01]", ["fund"]),
        ("event.operator / ^parent_of / ^invests_in[share >= 1%]", ["fund"]),
        ("event.operator / member_of[covers(event.country, event.sector)]", ["chamber", "club"]),
        # Where a path starts
        ("event.parties", ["mine", "operator"]),
        ("event.site", ["mine"]),
        ("event.investor", ["fund"]),
        ("event.buyer", []),
        ("event.country", ["state:QM"]),
        ("event.residence", ["state:QN"]),
        ("event.here", ["state:QM"]),
        ("registry.msi", ["club", "far-club"]),
        ("^operates", ["operator"]),
        # Direction
        ("event.operator/operates", ["mine"]),
        ("event.operator/^parent_of", ["parent"]),
        ("event.operator/parent_of", []),
        # One after the other, either, grouping
        ("event.site/^operates/^parent_of", ["parent"]),
        ("event.site/^operates | event.operator/^parent_of", ["operator", "parent"]),
        ("event.operator/(^parent_of | ^buys_from)", ["parent", "brand"]),
        ("event.operator/(^parent_of/^invests_in | ^buys_from)", ["brand", "fund", "saver"]),
        # Repetition
        ("event.site/(^operates | ^parent_of)*", ["mine", "operator", "parent"]),
        ("event.site/(^operates | ^parent_of)+", ["operator", "parent"]),
        ("event.site/^operates?", ["mine", "operator"]),
        ("event.operator/^buys_from{1,3}", ["brand", "shop"]),
        ("event.operator/^buys_from{0,1}", ["operator", "brand"]),
        ("event.operator/^buys_from{2}", ["shop"]),
        # Turns
        ("event.operator/^buys_from then event.site", ["brand", "mine"]),
        ("event.site then event.site/^operates?", ["mine", "operator"]),
        # Seats
        ("event.operator/^parent_of/home", ["state:QN"]),
        ("event.operator/^parent_of/nhri", ["watchdog"]),
        ("event.residence/mission", ["elsewhere", "embassy"]),
        ('event.operator/^parent_of/home["knowledge_binds" in marks]', ["state:QN"]),
        ("event.residence/home/mission[host == event.country]", ["embassy"]),
        # Tests on links
        ("event.operator/^buys_from*[kind == \"company\"]", ["operator", "brand", "shop"]),
        ("event.operator/(^buys_from[tier <= 2])*", ["operator", "brand"]),
        ("event.operator/^buys_from[tier <= 2]*", ["operator", "brand"]),
        ("event.operator/^parent_of/^invests_in[!has(tier)]", ["fund", "saver"]),
        ("event.operator/^parent_of/^invests_in[tier <= 2 || share < 1%]", ["saver"]),
        ("event.operator/^parent_of/^invests_in[share >= 0.5% && share < 0.01]", ["saver"]),
        ("event.operator/^parent_of/^invests_in[!(tier <= 2)]", []),
        # Tests on parties and events
        ('event.operator/member_of[kind in ["msi", "network"]]', ["club", "far-club"]),
        ('event.operator/member_of[kind != "msi"]', ["chamber"]),
        ("event.operator/member_of[event.sector in sectors]", ["club"]),
        ("event.operator/member_of[regions == event.country]", ["club"]),
        ("event.operator/member_of[has(regions)]", ["club", "far-club"]),
        ("event.operator/member_of[covers(event.country)]", ["chamber", "club"]),
        ("event.parties[named]", ["mine", "operator"]),
        ("event.site/(^operates | ^parent_of)*[ultimate]", ["parent"]),
        ('registry.msi["QM" in regions]', ["club"]),
        ('event.parties[event.code == "arrest" && !event.exercise]', ["mine", "operator"]),
        ('registry.nhri[ganhri == "A"]', ["watchdog"]),
        ('registry.company[state in ["QN", "QO"]]', ["brand", "parent"]),
        ("registry.mission[host == event.country]", None),
        # Layout is free
        ("  event.site\n  / ^operates\n", ["operator"]),
    ],
)  # fmt: skip
def test_each_construct_finds_what_the_reference_says(
    text: str, expected: list[str] | None
) -> None:
    if expected is None:
        assert compile_all({"w": text}).problems["w"]
        return
    assert sorted(found(text)) == sorted(expected)


def test_what_is_nearer_stands_first_whatever_order_the_path_has() -> None:
    assert found("event.operator/^buys_from | event.site | event.site/^operates") == [
        "mine", "operator", "brand",
    ]  # fmt: skip


def test_those_of_an_earlier_turn_stand_first_however_far_they_are() -> None:
    walked = walk("event.operator/^buys_from then event.parties")

    assert [(each.party, each.turn) for each in walked.found] == [
        ("brand", 0), ("mine", 1), ("operator", 1),
    ]  # fmt: skip
    assert [each.nearness for each in walked.found] == sorted(
        each.nearness for each in walked.found
    )


def test_a_party_reached_late_over_near_links_and_early_over_a_far_one_still_leads_on() -> None:
    """Two hops of control are nearer than one of money; what lies behind needs the earlier time."""
    parties = [a_party(id) for id in ("mine", "a", "b", "c")]
    links = [
        a_link("a", L.PARENT_OF, "mine"),
        a_link("b", L.PARENT_OF, "a"),
        a_link("b", L.INVESTS_IN, "mine"),
        a_link("c", L.PARENT_OF, "b"),
    ]
    event = an_event(parties=[a_role("mine", "site")])

    text = "event.site/(^parent_of | ^invests_in){1,2}"
    assert found(text, parties=parties, links=links, event=event) == ["a", "b", "c"]


def test_a_hop_says_which_link_was_gone_over_and_a_seat_whose_it_is() -> None:
    (embassy,) = walk("event.operator/^parent_of/mission[host == event.country]").found
    (watchdog,) = walk("event.operator/^parent_of/nhri").found

    assert embassy.path == (
        Hop(kind="event", a="operator", b="operator"),
        Hop(kind="parent_of", a="parent", b="operator", link="parent:parent_of:operator"),
        Hop(kind="seat", a="parent", b="QN"),
        Hop(kind="accredited_to", a="embassy", b="state:QM", link="embassy:accredited_to:state:QM"),
    )
    assert watchdog.path[-1] == Hop(kind="seat", a="watchdog", b="QN")


# Links that do not hold


def test_a_test_is_asked_of_a_bad_link_too_and_only_who_passes_is_withheld() -> None:
    links = [
        a_link("fund", L.INVESTS_IN, "operator", share=5.0, status=LinkStatus.UNVERIFIED),
        a_link("saver", L.INVESTS_IN, "operator", share=0.5, status=LinkStatus.UNVERIFIED),
        a_link("brand", L.INVESTS_IN, "operator", status=LinkStatus.UNVERIFIED),
    ]
    walked = walk("event.operator/^invests_in[share >= 1%]", links=links)

    assert [(each.party, each.reason) for each in walked.withheld] == [
        ("fund", Reason.LINK_UNVERIFIED)
    ]


def test_nothing_is_looked_for_behind_a_bad_link() -> None:
    links = [
        a_link("parent", L.PARENT_OF, "operator", valid_until=date(2026, 1, 1)),
        a_link("fund", L.INVESTS_IN, "parent"),
    ]
    walked = walk("event.operator/^parent_of/^invests_in", links=links)

    assert walked.found == ()
    assert [(each.party, each.reason) for each in walked.withheld] == [
        ("parent", Reason.LINK_NOT_CURRENT)
    ]


def test_a_link_that_was_taken_back_brings_nobody_in_and_counts_as_over() -> None:
    links = [a_link("brand", L.BUYS_FROM, "operator", status=LinkStatus.WITHDRAWN)]

    (withheld,) = walk("event.operator/^buys_from", links=links).withheld

    assert withheld.reason is Reason.LINK_NOT_CURRENT


def test_who_is_reached_well_on_the_way_is_not_withheld_for_another_bad_link() -> None:
    links = [
        a_link("operator", L.OPERATES, "mine"),
        a_link("operator", L.PARENT_OF, "mine", status=LinkStatus.UNVERIFIED),
        a_link("fund", L.INVESTS_IN, "operator"),
    ]
    walked = walk("event.site/(^operates | ^parent_of)/^invests_in", links=links)

    assert [each.party for each in walked.found] == ["fund"]
    assert walked.withheld == ()


# Two records of one party


TWINS = [
    a_party("mine", K.SITE),
    a_party("gleif-operator"),
    a_party("eiti-operator"),
    a_party("brand"),
]
SAME = [
    a_link("gleif-operator", L.OPERATES, "mine"),
    a_link("gleif-operator", L.SAME_AS, "eiti-operator"),
    a_link("brand", L.BUYS_FROM, "eiti-operator"),
]


def test_a_party_under_two_ids_is_one_party_and_the_change_costs_nothing() -> None:
    walked = walk("event.site/^operates/^buys_from{1}", parties=TWINS, links=SAME)

    (brand,) = walked.found
    assert [hop.kind for hop in brand.path] == ["event", "operates", "same_as", "buys_from"]
    assert brand.nearness == (0, 1, 3, "brand")
    assert found("event.site/^operates", parties=TWINS, links=SAME) == [
        "eiti-operator",
        "gleif-operator",
    ]


def test_records_that_are_perhaps_the_same_are_not_taken_for_one_and_a_person_sees_which() -> None:
    unsure = [SAME[0], SAME[2]]
    unsure.append(
        a_link("gleif-operator", L.SAME_AS, "eiti-operator", status=LinkStatus.UNVERIFIED)
    )
    walked = walk("event.site/^operates/^buys_from", parties=TWINS, links=unsure)

    assert walked.found == ()
    assert [(each.party, each.reason) for each in walked.withheld] == [
        ("eiti-operator", Reason.LINK_UNVERIFIED)
    ]


def test_each_record_is_tested_by_what_it_says_itself() -> None:
    parties = [*TWINS[:2], a_party("eiti-operator", sectors=("apparel",)), TWINS[3]]

    text = "event.site/^operates[covers(event.country, event.sector)]"
    assert found(text, parties=parties, links=SAME) == ["gleif-operator"]


# What nobody recorded


@pytest.mark.parametrize(
    ("test", "passes"),
    [
        ("share >= 1%", False),
        ("share < 1%", False),
        ("!(share >= 1%)", False),
        ("share != 1%", False),
        ("has(share)", False),
        ("!has(share)", True),
        ("!has(share) || share >= 1%", True),
        ("share >= 1% || !named", True),
        ("share >= 1% && named", False),
        ("!(share >= 1% && named)", True),
        ('"human_rights_clause" in terms', False),
        ('!("human_rights_clause" in terms)', True),
        ("located == event.country", False),
    ],
)
def test_what_nobody_recorded_lets_nobody_in_and_keeps_nobody_out(test: str, passes: bool) -> None:
    links = [a_link("fund", L.INVESTS_IN, "operator")]

    assert found(f"event.operator/^invests_in[{test}]", links=links) == ["fund"] * passes


def test_a_party_that_only_a_link_names_is_shown_to_be_missing() -> None:
    links = [a_link("stranger", L.BUYS_FROM, "operator")]
    walked = walk("event.operator/^buys_from", links=links)

    assert [(each.party, each.reason) for each in walked.withheld] == [
        ("stranger", Reason.UNKNOWN_PARTY)
    ]
    assert found('event.operator/^buys_from[kind == "company"]', links=links) == []


def test_a_party_that_only_the_event_names_is_shown_to_be_missing() -> None:
    event = an_event(parties=[a_role("never-heard-of", "buyer")])
    walked = walk("event.buyer", event=event)

    assert [(each.party, each.reason) for each in walked.withheld] == [
        ("never-heard-of", Reason.UNKNOWN_PARTY)
    ]
    assert found("event.buyer/^invests_in | event.buyer/mission", event=event) == []


# Every attribute


@pytest.mark.parametrize(
    ("test", "link", "party"),
    [
        ("share == 51%", {"share": 51.0}, {}),
        ("tier > 1", {"tier": 2}, {}),
        ('"audit_right" in terms', {"terms": ("audit_right",)}, {}),
        ("link.sectors == event.sector", {"sectors": ("mining",)}, {}),
        ('kind == "bank"', {}, {"kind": K.BANK}),
        ('state == "QN"', {}, {"state": "QN"}),
        ("state in event.residence", {}, {"state": "QN"}),
        ("located == event.country", {}, {"located": "QM"}),
        ('"mining" in sectors', {}, {"sectors": ("mining",)}),
        ("regions == event.here", {}, {"regions": ("QP",)}),
        ("support == event.wanted", {}, {"support": ("relocation", "grant")}),
        ('"fr" in languages', {}, {"languages": ("fr",)}),
        ('ownership == "state_owned"', {}, {"ownership": Ownership.STATE_OWNED}),
        ('political_policy == "accepts"', {}, {"political_policy": PoliticalPolicy.ACCEPTS}),
        ('ganhri == "A"', {}, {"ganhri": "A"}),
        ("independence_override", {}, {"independence_override": True}),
        ('"coalition" in marks', {}, {"marks": (Mark.COALITION,)}),
        ("!named", {}, {}),
        ("ultimate", {}, {}),
        ('event.type == "act" && "QM" in event.country', {}, {}),
        ('event.nationality == event.requesting || "QP" in event.transit', {}, {}),
        ('"lawyer" in event.defender_kinds || "QS" in desk.states', {}, {}),
    ],
)  # fmt: skip
def test_every_attribute_can_be_asked_for(
    test: str, link: dict[str, Any], party: dict[str, Any]
) -> None:
    one = a_party("one", **{"kind": K.COMPANY, **party})
    links = [a_link("one", L.INVESTS_IN, "operator", **link)]
    text = f"event.operator/^invests_in[{test}]"

    assert found(text, parties=[*PARTIES, one], links=links, states=("QS",)) == ["one"]
    plain = a_link("two", L.INVESTS_IN, "operator")
    other = a_party("two", K.NGO)
    if link or party:
        assert found(text, parties=[*PARTIES, other], links=[plain]) == []


def test_no_attribute_is_left_out_above() -> None:
    from rules.paths.words import ATTRIBUTES

    marks = [*test_every_attribute_can_be_asked_for.pytestmark]  # type: ignore[attr-defined]
    asked = " ".join(case[0] for mark in marks for case in mark.args[1]) + " host event.exercise"
    asked += " event.code"

    assert [name for name in ATTRIBUTES if name not in asked] == []


def test_a_state_without_a_record_of_its_own_is_named_by_its_code() -> None:
    event = an_event(happened="QT")
    walked = walk("event.country", event=event)

    assert [(each.party, each.reason) for each in walked.withheld] == [("QT", Reason.UNKNOWN_PARTY)]


def test_links_of_a_state_are_those_of_its_record_and_those_that_name_its_code() -> None:
    parties = [*PARTIES, a_party("body", K.MECHANISM), a_party("dealer")]
    links = [a_link("state:QM", L.MEMBER_OF, "body"), a_link("dealer", L.SOURCES_FROM, "QM")]

    assert found("event.country/member_of", parties=parties, links=links) == ["body"]
    assert found("event.country/^sources_from", parties=parties, links=links) == ["dealer"]


def test_kinds_of_party_with_a_step_of_their_own_are_found_by_their_seat() -> None:
    from rules.paths.words import SEATED

    for kind in SEATED.values():
        assert isinstance(kind, PartyKind)
        parties = [a_party("mine", K.SITE, "QS"), a_party("one", kind, "QS")]
        assert found(f"event.site/home/{kind.value}", parties=parties, links=[]) == ["one"]
