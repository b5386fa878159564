"""Ties that are easily overlooked: two ids of one party, ministries as owners, earlier versions."""

from datetime import date
from itertools import pairwise, permutations

import pytest

from rules.exclusion import closure, explained
from rules.graph import Registry
from rules.states import of_state, once_of, speaks
from schemas.codes import CountryRole
from schemas.event import ReprisalOf, ThreatEvent
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Ownership, Party
from schemas.plan import Closure, Excluded, Reason
from tests.unit.rules.build import K, L, a_link, a_party, a_registry, a_role, an_event

pytestmark = pytest.mark.guard

P = Reason.PERPETRATOR_CLOSURE
BAD = a_party("bad", state="QM")
CO = [a_party(f"co-{n}") for n in range(5)]
STATE_QM = a_party("state:QM", K.STATE, "QM")
EMBASSY = a_party("embassy-qm", K.MISSION, "QM")


def _closure(parties: list[Party], links: list[Link], event: ThreatEvent | None = None) -> Closure:
    return closure(a_registry(parties, links), event or an_event(parties=[a_role("bad")]))


def _shut(
    parties: list[Party], links: list[Link], event: ThreatEvent | None = None
) -> dict[str, Excluded]:
    return {entry.party: entry for entry in _closure(parties, links, event).entries}


# Two records of one party


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("status", list(LinkStatus))
def test_another_record_of_the_perpetrator_is_out_whatever_is_known_of_the_sameness(
    status: LinkStatus, turned: bool
) -> None:
    pair = ("co-0", "bad") if turned else ("bad", "co-0")
    links = [
        a_link(pair[0], L.SAME_AS, pair[1], status=status),
        a_link("co-0", L.PARENT_OF, "co-1"),
    ]

    shut = _shut([BAD, *CO], links)

    firm = status in (LinkStatus.VERIFIED, LinkStatus.DECLARED)
    assert shut["co-0"].reason is shut["co-1"].reason is P
    assert shut["co-0"].clearable is shut["co-1"].clearable is not firm
    assert (shut["co-0"].distance, shut["co-1"].distance) == (0, 1), "two records are no step apart"
    assert [hop.kind for hop in shut["co-1"].path] == ["event", "same_as", "parent_of"]


def test_the_owner_of_another_record_of_the_perpetrator_needs_two_people() -> None:
    links = [a_link("bad", L.SAME_AS, "co-0"), a_link("co-1", L.PARENT_OF, "co-0")]

    assert _shut([BAD, *CO], links)["co-1"].reason is Reason.CONTROLLER_NEEDS_TWO


def test_a_guard_firm_entered_twice_is_out_under_both_ids_with_what_either_controls() -> None:
    links = [
        a_link("bad", L.CONTRACTS_SECURITY, "co-0"),
        a_link("co-0", L.SAME_AS, "co-1", status=LinkStatus.REFUTED),
        a_link("co-1", L.PARENT_OF, "co-2"),
    ]

    shut = _shut([BAD, *CO], links)

    assert shut["co-1"].reason is shut["co-2"].reason is P
    assert shut["co-2"].clearable
    assert not shut["co-0"].clearable


def test_a_director_entered_twice_still_shuts_the_association_out() -> None:
    people = [a_party("p", K.PERSON), a_party("p2", K.PERSON), a_party("club", K.ASSOCIATION)]
    links = [
        a_link("p", L.OFFICER_OF, "bad"),
        a_link("p2", L.SAME_AS, "p", status=LinkStatus.UNVERIFIED),
        a_link("p2", L.OFFICER_OF, "club"),
    ]

    club = _shut([BAD, *people], links)["club"]

    assert (club.reason, club.clearable) == (Reason.OFFICER_OF, True)


def test_a_firm_tie_is_not_softened_by_a_shorter_one_over_a_doubtful_sameness() -> None:
    links = [
        a_link("bad", L.SAME_AS, "co-2", status=LinkStatus.UNVERIFIED),
        a_link("bad", L.PARENT_OF, "co-0"),
        a_link("co-0", L.PARENT_OF, "co-1"),
        a_link("co-1", L.PARENT_OF, "co-2"),
    ]

    entry = _shut([BAD, *CO], links)["co-2"]

    assert (entry.clearable, entry.distance) == (False, 3)


def test_a_parent_is_not_freed_below_headquarters_by_a_doubtful_sameness_with_a_daughter() -> None:
    links = [
        a_link("co-0", L.PARENT_OF, "bad"),
        a_link("co-0", L.SAME_AS, "bad", status=LinkStatus.UNVERIFIED),
    ]

    entry = _shut([BAD, *CO], links)["co-0"]

    assert (entry.reason, entry.clearable) == (Reason.CONTROLLER_NEEDS_TWO, False)


# States and what they own


@pytest.mark.parametrize("status", [LinkStatus.VERIFIED, LinkStatus.UNVERIFIED])
def test_who_is_a_state_by_a_doubtful_record_alone_is_no_surer_one(status: LinkStatus) -> None:
    """A parent that may be the same as an authority under it: two people may tell headquarters."""
    links = [
        a_link("co-0", L.PARENT_OF, "bad"),
        a_link("co-0", L.SAME_AS, "co-1", status=status),
        a_link("co-1", L.BODY_OF, "co-0"),
    ]
    found = _shut([BAD, CO[0], CO[1]], links)["co-0"]

    sure = status is LinkStatus.VERIFIED
    wanted = Reason.STATE_OF_PERPETRATOR if sure else Reason.CONTROLLER_NEEDS_TWO
    assert (found.reason, found.clearable) == (wanted, False)


def test_a_firm_marked_as_state_owned_is_out_with_its_state_though_no_link_says_so() -> None:
    firm = a_party("oil", state="QM", ownership=Ownership.STATE_OWNED)
    other = a_party("oil-qn", state="QN", ownership=Ownership.STATE_OWNED)
    police = a_party("police", K.STATE_BODY, "QM")
    links = [a_link("oil", L.PARENT_OF, "co-0")]

    shut = _shut([firm, other, police, *CO], links, an_event(parties=[a_role("police")]))

    assert shut["oil"].reason is shut["co-0"].reason is Reason.STATE_OF_PERPETRATOR
    assert "oil-qn" not in shut
    assert of_state(firm, ["QM"]), "one entered after the case was planned is out as well"


@pytest.mark.parametrize("below", [False, True])
def test_a_state_owned_firm_behind_the_threat_shuts_its_state_out(below: bool) -> None:
    firm = a_party("oil", state="QM", ownership=Ownership.STATE_OWNED)
    links = [a_link("oil", L.PARENT_OF, "co-0")]
    event = an_event(parties=[a_role("co-0" if below else "oil")], happened="QN")

    found = _closure([firm, EMBASSY, *CO], links, event)

    embassy = found.find("embassy-qm")
    assert embassy is not None
    assert embassy.reason is Reason.STATE_OF_PERPETRATOR
    assert found.states == ("QM",)


def test_what_a_firm_or_embassy_once_was_keeps_it_out_with_its_state() -> None:
    """Privatised, moved, corrected: the store hands earlier records over as withdrawn links."""
    then = a_party("oil", state="QM", ownership=Ownership.STATE_OWNED)
    now = a_party("oil", state="QN", ownership=Ownership.PRIVATE)
    link = once_of(then, version=1)
    assert link is not None
    police = a_party("police", K.STATE_BODY, "QM")

    shut = _shut([now, police], [link], an_event(parties=[a_role("police")]))
    found = _closure([now, EMBASSY], [link], an_event(parties=[a_role("oil")]))

    assert shut["oil"].reason is Reason.STATE_OF_PERPETRATOR
    assert not shut["oil"].clearable
    assert found.find("embassy-qm") is not None, "and the other way round"


def test_a_party_that_never_spoke_for_a_state_leaves_no_such_link() -> None:
    assert once_of(a_party("private", state="QM"), version=1) is None
    assert once_of(a_party("nhri", K.NHRI, "QM", ganhri="A"), version=1) is None
    assert once_of(STATE_QM, version=1) is None
    assert not speaks(a_party("private", state="QM"))


@pytest.mark.parametrize("role", [CountryRole.REQUESTING, CountryRole.TRANSIT])
def test_law_firms_and_associations_of_a_state_that_wants_the_person_are_out(
    role: CountryRole,
) -> None:
    parties = [
        STATE_QM,
        a_party("ministry", K.STATE_BODY, "QM"),
        a_party("firm", K.LAW_FIRM),
        a_party("minister", K.PERSON),
        a_party("club", K.ASSOCIATION),
    ]
    links = [
        a_link("firm", L.REPRESENTS, "state:QM", valid_until=date(2020, 1, 1)),
        a_link("minister", L.OFFICER_OF, "ministry"),
        a_link("minister", L.OFFICER_OF, "club"),
    ]

    shut = _shut(parties, links, an_event("extradition_risk", countries=[("QM", role)]))

    assert (shut["firm"].reason, shut["firm"].clearable) == (Reason.REPRESENTS, True)
    assert (shut["club"].reason, shut["club"].clearable) == (Reason.OFFICER_OF, False)


def test_whoever_sold_spyware_to_the_state_behind_it_is_out() -> None:
    parties = [STATE_QM, a_party("agency", K.STATE_BODY, "QM"), *CO]
    links = [a_link("co-0", L.PROVIDES_TECHNOLOGY, "agency")]
    event = an_event("spyware", parties=[a_role(None, perpetrator_kind="state")])

    assert _shut(parties, links, event)["co-0"].reason is P


def test_a_pair_of_state_and_company_shuts_out_what_is_tied_to_either() -> None:
    parties = [BAD, STATE_QM, EMBASSY, a_party("police", K.STATE_BODY, "QM"), *CO]
    event = an_event(parties=[a_role("co-0"), a_role("police", perpetrator_kind="state")])
    links = [a_link("co-0", L.CONTRACTS_SECURITY, "co-1")]

    shut = _shut(parties, links, event)

    assert shut["co-1"].reason is P
    assert shut["embassy-qm"].reason is Reason.STATE_OF_PERPETRATOR


def test_an_nhri_is_freed_by_its_a_status_and_by_nothing_else() -> None:
    """A judgement that two people may take back (`independence_override`)."""
    police = a_party("police", K.STATE_BODY, "QM")
    links = [a_link("nhri", L.BODY_OF, "state:QM")]
    event = an_event(parties=[a_role("police")])

    def out(*nhri: Party) -> bool:
        return "nhri" in _shut([STATE_QM, police, *nhri], links, event)

    assert out(), "named by a link alone"
    assert not out(a_party("nhri", K.NHRI, "QM", ganhri="A"))
    assert out(a_party("nhri", K.NHRI, "QM", ganhri="A", independence_override=True))
    assert out(a_party("nhri", K.NHRI, "QM", ganhri="B"))


# Forces on the ground


def test_soldiers_stationed_on_the_perpetrators_ground_are_out_like_its_guards() -> None:
    parties = [BAD, a_party("pit", K.SITE), a_party("army", K.STATE_BODY, "QN"), *CO]
    links = [
        a_link("bad", L.OPERATES, "pit"),
        a_link("pit", L.HOSTS_PUBLIC_SECURITY, "army", status=LinkStatus.WITHDRAWN),
    ]

    army = _shut(parties, links)["army"]

    assert (army.reason, army.clearable) == (P, True)


def test_whoever_hosts_the_police_that_did_it_is_out_with_the_operator_of_the_site() -> None:
    parties = [a_party("pit", K.SITE), a_party("police", K.STATE_BODY, "QM"), *CO]
    links = [
        a_link("pit", L.HOSTS_PUBLIC_SECURITY, "police"),
        a_link("co-0", L.OPERATES, "pit"),
        a_link("co-1", L.PARENT_OF, "co-0"),
    ]

    shut = _shut(parties, links, an_event(parties=[a_role("police")]))

    assert shut["pit"].reason is shut["co-0"].reason is P
    assert "co-1" not in shut


# Associations, agreements, lists


def test_the_chapters_of_an_association_where_they_hold_office_are_out_but_not_its_head() -> None:
    bodies = [a_party(id, K.ASSOCIATION) for id in ("world", "club", "club-qn")]
    links = [
        a_link("bad", L.OFFICER_OF, "club"),
        a_link("club-qn", L.CHAPTER_OF, "club", valid_until=date(2020, 1, 1)),
        a_link("club", L.CHAPTER_OF, "world"),
    ]

    shut = _shut([BAD, *bodies], links)

    assert shut["club"].reason is shut["club-qn"].reason is Reason.OFFICER_OF
    assert (shut["club"].clearable, shut["club-qn"].clearable) == (False, True)
    assert "world" not in shut


def test_an_agreement_that_the_perpetrator_enforces_is_out_but_not_those_who_signed_it() -> None:
    deal = a_party("accord", K.AGREEMENT)
    links = [a_link("bad", L.OPERATES, "accord"), a_link("co-0", L.MEMBER_OF, "accord")]

    shut = _shut([BAD, deal, *CO], links)

    assert shut["accord"].reason is P
    assert "co-0" not in shut


def test_after_a_reprisal_whoever_enforces_the_agreement_complained_under_is_out() -> None:
    links = [a_link("co-0", L.OPERATES, "accord")]
    event = an_event(reprisal_of=ReprisalOf(mechanism="accord"))

    shut = _shut([a_party("accord", K.AGREEMENT), *CO], links, event)

    assert shut["co-0"].reason is Reason.MECHANISM_OF_COMPLAINT


def test_of_a_list_that_is_alleged_everybody_on_it_and_on_lists_within_is_out() -> None:
    parties = [a_party("ring", K.GROUP), a_party("inner", K.GROUP), *CO]
    links = [
        a_link("co-0", L.MEMBER_OF, "ring"),
        a_link("inner", L.MEMBER_OF, "ring"),
        a_link("co-1", L.MEMBER_OF, "inner", valid_until=date(2020, 1, 1)),
        a_link("ring", L.MEMBER_OF, "inner"),
        a_link("co-1", L.PARENT_OF, "co-2"),
    ]

    shut = _shut(parties, links, an_event(parties=[a_role("ring")]))

    assert shut["co-0"].reason is shut["co-1"].reason is shut["co-2"].reason is P
    assert (shut["co-0"].clearable, shut["co-2"].clearable) == (False, True)


# Partners


def test_whoever_operates_something_together_with_the_perpetrator_is_a_partner() -> None:
    links = [
        a_link("bad", L.OPERATES, "pit"),
        a_link("co-0", L.OPERATES, "pit"),
        a_link("co-0", L.PARENT_OF, "co-1"),
        a_link("co-2", L.PARENT_OF, "co-0"),
    ]

    shut = _shut([BAD, a_party("pit", K.SITE), *CO], links)

    assert shut["co-0"].reason is shut["co-1"].reason is P
    assert "co-2" not in shut


def test_whoever_owns_half_of_a_daughter_is_asked_by_two_people() -> None:
    links = [
        a_link("bad", L.PARENT_OF, "co-0"),
        a_link("co-1", L.INVESTS_IN, "co-0", share=50.0),
        a_link("co-2", L.INVESTS_IN, "co-0", share=12.0),
    ]

    shut = _shut([BAD, *CO], links)

    assert shut["co-1"].reason is Reason.CONTROLLER_NEEDS_TWO
    assert "co-2" not in shut


def test_half_of_the_shares_counts_among_very_many_holdings() -> None:
    links = [
        a_link(f"fund-{n}", L.INVESTS_IN, "bad", share=60.0 if n == 150 else None)
        for n in range(200)
    ]

    assert set(_shut([BAD], links)) == {"bad", "fund-150"}


# Nobody knows who did it


def test_while_nobody_knows_who_did_it_sister_firms_and_the_owning_state_are_out_too() -> None:
    oil = a_party("oil", state="QN", ownership=Ownership.STATE_OWNED)
    embassy = a_party("embassy-qn", K.MISSION, "QN")
    links = [a_link("oil", L.PARENT_OF, "co-0"), a_link("oil", L.PARENT_OF, "co-1")]

    found = _closure([oil, embassy, *CO], links, an_event(parties=[a_role("co-0", "operator")]))

    shut = {entry.party: entry for entry in found.entries}
    assert set(shut) == {"co-0", "oil", "co-1", "embassy-qn"}
    assert all(entry.tagged for entry in shut.values())
    assert found.states == (), "what two people may lift is not shut for good by its country"


def test_a_site_that_nobody_is_known_to_run_leaves_the_operator_named_with_it_out() -> None:
    event = an_event(parties=[a_role("pit"), a_role("co-0", "operator")])
    pit = a_party("pit", K.SITE)

    alone = _shut([pit, *CO], [], event)
    run = _shut([pit, *CO], [a_link("co-1", L.OPERATES, "pit")], event)

    assert alone["co-0"].tagged
    assert alone["pit"].reason is P
    assert "co-0" not in run, "it is known who runs it: what was tagged may go, nothing else"
    assert run["co-1"].reason is Reason.CONTROLLER_NEEDS_TWO


def test_a_name_that_becomes_known_frees_at_most_what_was_tagged() -> None:
    event = an_event(parties=[a_role("newcomer"), a_role("co-0", "operator")])

    unknown, known = _shut(CO, [], event), _shut([*CO, a_party("newcomer")], [], event)

    assert {id for id, entry in unknown.items() if not entry.tagged} <= set(known)
    assert "co-0" in unknown
    assert "co-0" not in known


# Versions


@pytest.mark.parametrize("kind", [L.PARENT_OF, L.JOINT_VENTURE_WITH, L.CONTRACTS_SECURITY])
def test_what_a_link_said_before_it_was_corrected_still_excludes(kind: LinkKind) -> None:
    links = [
        a_link("bad", kind, "co-1", id="x"),
        a_link("bad", kind, "co-0", id="x~1", status=LinkStatus.WITHDRAWN),
    ]

    before = _shut([BAD, *CO], links)["co-0"]

    assert before.reason is P
    assert before.clearable is not kind.control
    assert before.path[-1].link == "x~1"


def test_the_nearest_of_several_ties_is_told_whatever_the_order_of_records() -> None:
    links = [
        a_link("bad", L.PARENT_OF, "co-0"),
        a_link("bad", L.PARENT_OF, "co-1"),
        a_link("co-0", L.PARENT_OF, "co-2"),
        a_link("co-1", L.PARENT_OF, "co-2"),
    ]

    paths = {_shut([BAD, *CO], list(order))["co-2"].path for order in permutations(links)}

    assert len(paths) == 1
    assert [hop.a for hop in paths.pop()][1:] == ["bad", "co-0"]


# For a person


def test_everybody_left_out_is_told_nearest_first_with_the_whole_way_there() -> None:
    chain = [f"p{n:04}" for n in range(1500)]
    links = [a_link(a, L.PARENT_OF, b) for a, b in pairwise(chain)]

    rows = explained(closure(Registry(links=links), an_event(parties=[a_role("p0000")])))

    assert [row.party for row in rows] == chain
    assert [row.distance for row in rows] == list(range(1500))
    assert len(rows[-1].path) == 1500, "never truncated"
