"""Who must never know: each way of being tied to a perpetrator, and what does not tie anybody."""

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from rules.exclusion import closure, join
from rules.findings import NEVER_OF_A_CONTROLLER
from rules.graph import Registry
from rules.states import independent, of_state
from schemas.codes import CountryRole
from schemas.contact import Level
from schemas.event import ReprisalOf, ThreatEvent
from schemas.link import LinkStatus
from schemas.party import Party
from schemas.plan import Closure, Excluded, Hop, Reason
from tests.unit.rules.build import K, L, a_link, a_party, a_registry, a_role, an_event

pytestmark = pytest.mark.guard

ENDED = date(2020, 1, 1)
P = Reason.PERPETRATOR_CLOSURE


def _shut(
    parties: list[Party], links: list[object], event: ThreatEvent | None = None
) -> dict[str, Excluded]:
    event = event or an_event(parties=[a_role("bad")])
    found = closure(a_registry(parties, links), event)  # type: ignore[arg-type]
    return {entry.party: entry for entry in found.entries}


BAD = a_party("bad", state="QM")
CO = [a_party(f"co-{n}") for n in range(5)]


def test_nobody_is_excluded_by_an_event_that_names_nobody() -> None:
    assert closure(Registry(), an_event()) == Closure()


def test_the_alleged_party_is_out_even_if_the_registry_does_not_know_it() -> None:
    found = closure(Registry(), an_event(parties=[a_role("stranger")]))

    entry = found.find("stranger")
    assert entry is not None
    assert (entry.reason, entry.distance) == (P, 0)
    assert entry.path == (Hop(kind="event", a="alleged_perpetrator", b="stranger"),)


def test_the_party_that_sues_is_out_like_a_perpetrator() -> None:
    event = an_event("slapp", parties=[a_role("bad", "adverse_party")])

    assert _shut([BAD], [], event)["bad"].reason is P


@pytest.mark.parametrize("status", list(LinkStatus))
def test_all_they_control_is_out_at_any_depth_whatever_is_known_of_the_link(
    status: LinkStatus,
) -> None:
    chain = ["bad", "co-0", "co-1", "co-2", "co-3", "co-4"]
    links = [
        a_link(a, L.PARENT_OF, b, status=status, valid_until=ENDED) for a, b in pairwise(chain)
    ]

    shut = _shut([BAD, *CO], list(links))

    assert {shut[id].reason for id in chain} == {P}
    assert shut["co-4"].distance == 5
    assert not shut["co-4"].clearable, "control can never be cleared"
    assert [hop.link for hop in shut["co-1"].path[1:]] == [links[0].id, links[1].id]


def test_loops_of_ownership_end() -> None:
    links = [
        a_link("bad", L.PARENT_OF, "co-0"),
        a_link("co-0", L.PARENT_OF, "co-1"),
        a_link("co-1", L.PARENT_OF, "bad"),
    ]

    shut = _shut([BAD, *CO], list(links))

    assert {entry.reason for entry in shut.values()} == {P}
    assert set(shut) == {"bad", "co-0", "co-1"}


def test_whoever_controls_them_needs_two_people_and_only_its_headquarters_can_be_released() -> None:
    links = [a_link("co-0", L.PARENT_OF, "bad"), a_link("co-1", L.PARENT_OF, "co-0")]

    shut = _shut([BAD, *CO], list(links))

    assert shut["co-0"].reason is shut["co-1"].reason is Reason.CONTROLLER_NEEDS_TWO
    never = set(shut["co-1"].levels)
    assert {"site", "country_office", "legal", "sourcing", "client_team", "commercial"} == never
    assert Level.HQ_HUMAN_RIGHTS.value not in NEVER_OF_A_CONTROLLER


def test_sister_companies_answer_to_the_same_house_and_need_two_people_as_well() -> None:
    links = [
        a_link("co-0", L.PARENT_OF, "bad"),
        a_link("co-0", L.PARENT_OF, "co-1"),
        a_link("co-1", L.OPERATES, "co-2"),
    ]

    shut = _shut([BAD, *CO], list(links))

    assert shut["co-1"].reason is shut["co-2"].reason is Reason.CONTROLLER_NEEDS_TWO


@pytest.mark.parametrize(("share", "controls"), [(50.0, True), (49.9, False), (None, False)])
def test_half_of_the_shares_is_control_and_less_is_not(share: float | None, controls: bool) -> None:
    shut = _shut([BAD, *CO], [a_link("co-0", L.INVESTS_IN, "bad", share=share)])

    assert ("co-0" in shut) is controls


def test_investors_buyers_and_lenders_are_not_tied_by_that_alone() -> None:
    links = [
        a_link("co-0", L.INVESTS_IN, "bad", share=4.0),
        a_link("co-1", L.BUYS_FROM, "bad"),
        a_link("co-2", L.FINANCES, "bad"),
        a_link("bad", L.MEMBER_OF, "co-3"),
        a_link("co-4", L.PROVIDES_TECHNOLOGY, "bad"),
    ]

    assert set(_shut([BAD, *CO], list(links))) == {"bad"}


@pytest.mark.parametrize("turned", [False, True])
def test_a_partner_in_a_joint_venture_is_out_with_what_it_controls_but_not_its_owner(
    turned: bool,
) -> None:
    pair = ("co-0", "bad") if turned else ("bad", "co-0")
    links = [
        a_link(pair[0], L.JOINT_VENTURE_WITH, pair[1]),
        a_link("co-0", L.OPERATES, "co-1"),
        a_link("co-2", L.PARENT_OF, "co-0"),
        a_link("co-0", L.JOINT_VENTURE_WITH, "co-3"),
    ]

    shut = _shut([BAD, *CO], list(links))

    assert shut["co-0"].reason is shut["co-1"].reason is P
    assert not {"co-2", "co-3"} & set(shut), "aside is one hop"


def test_the_guards_of_a_perpetrator_are_out_but_not_the_guards_other_clients() -> None:
    links = [
        a_link("bad", L.CONTRACTS_SECURITY, "co-0"),
        a_link("co-0", L.PARENT_OF, "co-1"),
        a_link("co-2", L.CONTRACTS_SECURITY, "co-0"),
    ]

    shut = _shut([BAD, *CO], list(links))

    assert set(shut) == {"bad", "co-0", "co-1"}


def test_the_guards_of_a_site_below_are_out_too() -> None:
    links = [
        a_link("bad", L.OPERATES, "co-0"),
        a_link("co-0", L.CONTRACTS_SECURITY, "co-1"),
    ]

    assert _shut([BAD, *CO], list(links))["co-1"].reason is P


def test_a_site_is_no_house_of_its_own_so_its_operators_partner_and_guards_are_out() -> None:
    pit = a_party("pit", K.SITE)
    links = [
        a_link("co-0", L.OPERATES, "pit"),
        a_link("co-0", L.JOINT_VENTURE_WITH, "co-1"),
        a_link("co-0", L.CONTRACTS_SECURITY, "co-2"),
    ]

    shut = _shut([pit, *CO], list(links), an_event(parties=[a_role("pit")]))

    assert shut["co-1"].reason is shut["co-2"].reason is P
    assert shut["co-0"].reason is Reason.CONTROLLER_NEEDS_TWO


def test_the_clients_of_an_alleged_guard_firm_are_out_and_their_operators_if_the_client_is_a_site() -> (  # noqa: E501
    None
):
    pit = a_party("pit", K.SITE)
    links = [
        a_link("pit", L.CONTRACTS_SECURITY, "bad"),
        a_link("co-0", L.OPERATES, "pit"),
        a_link("co-1", L.PARENT_OF, "co-0"),
    ]

    shut = _shut([BAD, pit, *CO], list(links))

    assert shut["pit"].reason is shut["co-0"].reason is P
    assert "co-1" not in shut


def test_a_guard_firm_that_the_event_only_names_is_out_without_its_clients() -> None:
    event = an_event(parties=[a_role("bad"), a_role("co-0", "security_contractor")])

    shut = _shut([BAD, *CO], [a_link("co-1", L.CONTRACTS_SECURITY, "co-0")], event)

    assert shut["co-0"].reason is P
    assert "co-1" not in shut


@pytest.mark.parametrize("client", ["bad", "co-below", "co-above"])
def test_law_firms_of_the_perpetrator_and_of_its_group_are_out(client: str) -> None:
    parties = [BAD, a_party("co-below"), a_party("co-above"), a_party("firm", K.LAW_FIRM)]
    links = [
        a_link("bad", L.PARENT_OF, "co-below"),
        a_link("co-above", L.PARENT_OF, "bad"),
        a_link("firm", L.REPRESENTS, client, valid_until=ENDED),
    ]

    shut = _shut(parties, list(links))

    assert shut["firm"].reason is Reason.REPRESENTS
    assert shut["firm"].clearable, "an ended mandate may be cleared by two people"


def test_the_clients_of_an_alleged_law_firm_are_out() -> None:
    firm = a_party("firm", K.LAW_FIRM)
    event = an_event(parties=[a_role("firm")])

    shut = _shut([firm, *CO], [a_link("firm", L.REPRESENTS, "co-0")], event)

    assert shut["co-0"].reason is Reason.REPRESENTS
    assert not shut["co-0"].clearable


@pytest.mark.parametrize("house", ["bad", "co-above"])
def test_an_association_is_out_if_a_person_of_the_perpetrators_house_holds_office_there(
    house: str,
) -> None:
    parties = [BAD, a_party("co-above"), a_party("p", K.PERSON), a_party("club", K.ASSOCIATION)]
    links = [
        a_link("co-above", L.PARENT_OF, "bad"),
        a_link("p", L.OFFICER_OF, house),
        a_link("p", L.OFFICER_OF, "club"),
    ]

    shut = _shut(parties, list(links))

    assert shut["club"].reason is Reason.OFFICER_OF
    assert shut["co-above"].reason is Reason.CONTROLLER_NEEDS_TWO


def test_an_association_is_out_if_the_perpetrator_itself_has_a_seat() -> None:
    shut = _shut([BAD, a_party("club", K.MSI)], [a_link("bad", L.OFFICER_OF, "club")])

    assert shut["club"].reason is Reason.OFFICER_OF


def test_a_director_on_the_parents_board_does_not_shut_the_parent_for_good() -> None:
    links = [
        a_link("co-0", L.PARENT_OF, "bad"),
        a_link("p", L.OFFICER_OF, "bad"),
        a_link("p", L.OFFICER_OF, "co-0"),
    ]

    shut = _shut([BAD, a_party("p", K.PERSON), *CO], list(links))

    assert shut["co-0"].reason is Reason.CONTROLLER_NEEDS_TWO


def test_the_firm_whose_manager_is_alleged_is_alleged_with_them() -> None:
    parties = [a_party("manager", K.PERSON), a_party("club", K.ASSOCIATION), *CO]
    links = [
        a_link("manager", L.OFFICER_OF, "co-0"),
        a_link("co-0", L.OPERATES, "co-1"),
        a_link("co-2", L.PARENT_OF, "co-0"),
        a_link("manager", L.OFFICER_OF, "club"),
        a_link("manager", L.OFFICER_OF, "gone"),
    ]

    shut = _shut(parties, list(links), an_event(parties=[a_role("manager")]))

    assert shut["co-0"].reason is shut["co-1"].reason is P
    assert shut["co-2"].reason is Reason.CONTROLLER_NEEDS_TWO
    assert shut["club"].reason is shut["gone"].reason is Reason.OFFICER_OF


def test_whoever_sold_the_spyware_is_out_when_spyware_was_used_and_only_then() -> None:
    links = [a_link("co-0", L.PROVIDES_TECHNOLOGY, "bad"), a_link("co-0", L.PARENT_OF, "co-1")]
    named = [a_role("bad"), a_role("co-2", "technology_provider")]

    spied = _shut([BAD, *CO], list(links), an_event("spyware", parties=named))
    smeared = _shut([BAD, *CO], list(links), an_event("smear", parties=named))

    assert set(spied) == {"bad", "co-0", "co-1", "co-2"}
    assert set(smeared) == {"bad"}


# States

STATE_QM, STATE_QN = a_party("state-qm", K.STATE, "QM"), a_party("state-qn", K.STATE, "QN")
POLICE = a_party("police", K.STATE_BODY, "QM")
OF_QM = [
    STATE_QM,
    STATE_QN,
    POLICE,
    a_party("ministry", K.STATE_BODY, "QM"),
    a_party("embassy-qm", K.MISSION, "QM"),
    a_party("embassy-qn", K.MISSION, "QN"),
    a_party("nhri-a", K.NHRI, "QM", ganhri="A"),
    a_party("nhri-captured", K.NHRI, "QM", ganhri="A", independence_override=True),
    a_party("nhri-none", K.NHRI, "QM"),
    a_party("state-oil", K.COMPANY, "QM"),
    a_party("state-oil-trading", K.COMPANY, "QN"),
    a_party("private", K.COMPANY, "QM"),
]
QM_LINKS = [
    a_link("police", L.BODY_OF, "state-qm"),
    a_link("nhri-a", L.BODY_OF, "state-qm"),
    a_link("state-qm", L.PARENT_OF, "state-oil"),
    a_link("state-oil", L.PARENT_OF, "state-oil-trading"),
]
QM_OWN = {
    "state-qm",
    "ministry",
    "embassy-qm",
    "nhri-captured",
    "nhri-none",
    "state-oil",
    "state-oil-trading",
}


def test_a_state_behind_the_threat_is_out_with_its_missions_bodies_firms_and_captured_nhri() -> (
    None
):
    event = an_event(parties=[a_role("police", perpetrator_kind="state")])

    found = closure(a_registry(OF_QM, QM_LINKS), event)

    reasons = {entry.party: entry.reason for entry in found.entries}
    assert reasons.pop("police") is P
    assert reasons == dict.fromkeys(QM_OWN, Reason.STATE_OF_PERPETRATOR)
    assert found.states == ("QM",)


def test_a_state_firm_behind_the_threat_shuts_out_its_state() -> None:
    event = an_event(parties=[a_role("state-oil-trading")], happened="QN")

    shut = _shut(OF_QM, list(QM_LINKS), event)

    assert shut["embassy-qm"].reason is Reason.STATE_OF_PERPETRATOR
    assert shut["state-oil"].reason is Reason.STATE_OF_PERPETRATOR
    assert "embassy-qn" not in shut
    assert "nhri-a" not in shut


def test_a_firm_that_is_a_body_of_the_state_shuts_it_out_too() -> None:
    links = [a_link("private", L.BODY_OF, "state-qm", status=LinkStatus.LAPSED)]

    shut = _shut(OF_QM, links, an_event(parties=[a_role("private")]))  # type: ignore[arg-type]

    assert shut["embassy-qm"].reason is Reason.STATE_OF_PERPETRATOR


def test_agents_of_a_state_that_nobody_named_shut_out_the_state_where_it_happened() -> None:
    event = an_event(parties=[a_role(None, perpetrator_kind="state")], happened="QM")

    found = closure(a_registry(OF_QM), event)

    assert found.find("embassy-qm") is not None
    assert found.states == ("QM",)
    assert not any(entry.tagged for entry in found.entries)


def test_agents_of_a_known_foreign_state_do_not_shut_out_the_state_where_it_happened() -> None:
    event = an_event(parties=[a_role("police", perpetrator_kind="state")], happened="QN")

    found = closure(a_registry(OF_QM, QM_LINKS), event)

    assert found.states == ("QM",)
    assert found.find("embassy-qn") is None


def test_a_body_whose_state_is_not_listed_shuts_out_the_missions_of_that_state() -> None:
    parties = [POLICE, a_party("embassy-qm", K.MISSION, "QM")]

    found = closure(a_registry(parties), an_event(parties=[a_role("police")]))

    entry = found.find("embassy-qm")
    assert entry is not None
    assert entry.path[-1] == Hop(kind="seat", a="embassy-qm", b="QM")


def test_a_state_that_nobody_entered_is_a_state_if_it_has_bodies() -> None:
    parties = [a_party("militia", K.STATE_BODY), a_party("front", K.COMPANY)]
    links = [a_link("militia", L.BODY_OF, "regime"), a_link("front", L.BODY_OF, "regime")]
    event = an_event(parties=[a_role("militia")], happened=None)

    found = closure(a_registry(parties, links), event)

    reasons = {entry.party: entry.reason for entry in found.entries}
    assert reasons == {
        "militia": P,
        "regime": Reason.STATE_OF_PERPETRATOR,
        "front": Reason.STATE_OF_PERPETRATOR,
    }


def test_requesting_and_transit_states_are_out_whoever_is_alleged() -> None:
    event = an_event(
        "extradition_risk",
        happened=None,
        countries=[("QM", CountryRole.REQUESTING), ("QN", CountryRole.TRANSIT)],
    )

    found = closure(a_registry(OF_QM, QM_LINKS), event)

    reasons = {entry.party: entry.reason for entry in found.entries}
    assert reasons["embassy-qm"] is reasons["state-oil-trading"] is Reason.REQUESTING_STATE
    assert reasons["embassy-qn"] is Reason.TRANSIT_STATE
    assert found.states == ("QM", "QN")


def test_nationality_and_residence_shut_nobody_out() -> None:
    countries = [("QM", CountryRole.NATIONALITY), ("QN", CountryRole.RESIDENCE)]

    assert closure(a_registry(OF_QM), an_event(countries=countries)) == Closure()


def test_only_an_nhri_with_a_status_that_nobody_judged_captured_is_independent() -> None:
    kinds = {party.id: independent(party) for party in OF_QM}

    assert [id for id, free in kinds.items() if free] == ["nhri-a"]
    assert not of_state(a_party("nhri-a", K.NHRI, "QM", ganhri="A"), ["QM"])
    assert of_state(a_party("new", K.MISSION, "QM"), ["QM"])
    assert not of_state(a_party("firm", K.COMPANY, "QM"), ["QM"])


# Nobody knows who did it


@pytest.mark.parametrize("role", ["operator", "site", "employer"])
def test_while_the_perpetrator_is_unknown_the_operators_group_is_out_but_can_be_lifted(
    role: str,
) -> None:
    links = [
        a_link("co-0", L.PARENT_OF, "co-1"),
        a_link("co-2", L.PARENT_OF, "co-0"),
        a_link("co-0", L.JOINT_VENTURE_WITH, "co-3"),
    ]

    shut = _shut(CO, list(links), an_event(parties=[a_role("co-0", role)]))

    assert set(shut) == {"co-0", "co-1", "co-2", "co-3"}
    assert {entry.reason for entry in shut.values()} == {Reason.UNKNOWN_PERPETRATOR_GROUP}
    assert all(entry.tagged for entry in shut.values())


def test_an_alleged_name_that_nobody_resolved_leaves_the_operator_out() -> None:
    parties = [a_role(None, perpetrator_kind="security"), a_role("co-0", "operator")]

    assert _shut(CO, [], an_event(parties=parties))["co-0"].tagged


def test_a_known_perpetrator_frees_the_operator() -> None:
    parties = [a_role("co-1"), a_role("co-0", "operator")]

    assert set(_shut(CO, [], an_event(parties=parties))) == {"co-1"}


def test_a_state_behind_it_frees_the_operator() -> None:
    parties = [a_role(None, perpetrator_kind="state"), a_role("co-0", "operator")]

    assert "co-0" not in _shut(CO, [], an_event(parties=parties))


def test_a_known_tie_to_the_perpetrator_weighs_more_than_the_tag() -> None:
    parties = [a_role("co-0"), a_role(None), a_role("co-1", "operator")]

    shut = _shut(CO, [a_link("co-0", L.PARENT_OF, "co-1")], an_event(parties=parties))

    assert (shut["co-1"].reason, shut["co-1"].tagged) == (P, False)


# Complaint mechanisms


def test_after_a_reprisal_whoever_runs_the_complaint_mechanism_is_out() -> None:
    parties = [a_party("hotline", K.MECHANISM), *CO]
    links = [a_link("co-0", L.OPERATES, "hotline"), a_link("co-0", L.PARENT_OF, "co-1")]
    event = an_event(reprisal_of=ReprisalOf(mechanism="hotline"))

    shut = _shut(parties, list(links), event)

    assert set(shut) == {"hotline", "co-0", "co-1"}
    assert {entry.reason for entry in shut.values()} == {Reason.MECHANISM_OF_COMPLAINT}
    assert not shut["co-0"].tagged


def test_a_mechanism_that_nobody_is_known_to_run_is_out_until_two_people_say_otherwise() -> None:
    event = an_event(
        reprisal_of=ReprisalOf(complaint="c-1"), parties=[a_role("hotline", "mechanism")]
    )

    shut = _shut([a_party("hotline", K.MECHANISM)], [], event)

    assert (shut["hotline"].reason, shut["hotline"].tagged) == (Reason.MECHANISM_OF_COMPLAINT, True)


def test_a_mechanism_is_no_suspect_without_a_reprisal() -> None:
    assert closure(Registry(), an_event(parties=[a_role("hotline", "mechanism")])) == Closure()


# Which links may be cleared


@pytest.mark.parametrize(
    ("status", "until", "clearable"),
    [
        (LinkStatus.VERIFIED, None, False),
        (LinkStatus.DECLARED, None, False),
        (LinkStatus.VERIFIED, date(2027, 12, 31), False),
        (LinkStatus.VERIFIED, date(2026, 12, 31), True),
        (LinkStatus.UNVERIFIED, None, True),
        (LinkStatus.LAPSED, None, True),
        (LinkStatus.DISPUTED, None, True),
        (LinkStatus.REFUTED, None, True),
    ],
)
def test_only_a_tie_by_an_ended_or_unverified_link_may_be_cleared(
    status: LinkStatus, until: date | None, clearable: bool
) -> None:
    link = a_link("firm", L.REPRESENTS, "bad", status=status, valid_until=until)

    shut = _shut([BAD, a_party("firm", K.LAW_FIRM)], [link])

    assert shut["firm"].clearable is clearable


def test_without_a_day_an_end_date_clears_nothing() -> None:
    link = a_link("firm", L.REPRESENTS, "bad", valid_until=ENDED)
    event = an_event(parties=[a_role("bad")], at=None)

    assert not _shut([BAD, a_party("firm", K.LAW_FIRM)], [link], event)["firm"].clearable


def test_of_two_ties_the_one_that_nobody_can_clear_counts() -> None:
    links = [
        a_link("bad", L.JOINT_VENTURE_WITH, "firm", valid_until=ENDED),
        a_link("firm", L.REPRESENTS, "bad"),
    ]

    shut = _shut([BAD, a_party("firm", K.LAW_FIRM)], list(links))

    assert (shut["firm"].reason, shut["firm"].clearable) == (Reason.REPRESENTS, False)


def test_what_lies_below_a_soft_and_a_firm_tie_is_firmly_out() -> None:
    links = [
        a_link("bad", L.JOINT_VENTURE_WITH, "co-0", status=LinkStatus.UNVERIFIED),
        a_link("bad", L.CONTRACTS_SECURITY, "co-0"),
        a_link("co-0", L.PARENT_OF, "co-1"),
    ]

    shut = _shut([BAD, *CO], list(links))

    assert not shut["co-0"].clearable
    assert not shut["co-1"].clearable


# Joining


def _entry(party: str, reason: Reason, **more: object) -> Excluded:
    return Excluded(party=party, reason=reason, **more)  # type: ignore[arg-type]


def test_joined_closures_keep_the_harder_reason_and_every_state() -> None:
    a = Closure(
        entries=(
            _entry("x", Reason.CONTROLLER_NEEDS_TWO, levels=("site",)),
            _entry("y", Reason.UNKNOWN_PERPETRATOR_GROUP, tagged=True),
            _entry("z", Reason.REPRESENTS, clearable=True),
        ),
        states=("QN",),
    )
    b = Closure(
        entries=(
            _entry("w", Reason.OFFICER_OF),
            _entry("x", P),
            _entry("y", Reason.OFFICER_OF),
            _entry("z", Reason.REPRESENTS),
        ),
        states=("QM", "QN"),
    )

    both = join(a, b)

    assert [(each.party, each.reason) for each in both.entries] == [
        ("w", Reason.OFFICER_OF),
        ("x", P),
        ("y", Reason.OFFICER_OF),
        ("z", Reason.REPRESENTS),
    ]
    assert not any(each.tagged or each.clearable or each.levels for each in both.entries)
    assert both.states == ("QM", "QN")
    assert both == join(b, a)
    assert join(both, Closure()) == both
    assert len(both.digest) == 32


def test_the_digest_names_the_content_and_nothing_else() -> None:
    when = datetime(2027, 3, 2, tzinfo=UTC)
    first = closure(a_registry([BAD, *CO]), an_event(parties=[a_role("bad")]))
    later = closure(a_registry([BAD]), an_event("slapp", at=when, parties=[a_role("bad")]))
    other = closure(a_registry([BAD]), an_event(parties=[a_role("bad", "adverse_party")]))

    assert first.digest == later.digest
    assert first.digest != other.digest
    assert Closure().digest == ""
