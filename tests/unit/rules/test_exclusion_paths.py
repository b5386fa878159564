"""How a person reads why somebody is out: from what the report says, link by link, to the party."""

import pytest

from rules.exclusion import closure, join
from schemas.codes import CountryRole
from schemas.event import ReprisalOf, ThreatEvent
from schemas.link import Link
from schemas.party import Party
from schemas.plan import Closure, Excluded, Hop, Path, Reason
from tests.unit.rules.build import K, L, a_link, a_party, a_registry, a_role, an_event

pytestmark = pytest.mark.guard

LAND = a_party("state-qm", K.STATE, "QM")
POLICE = a_party("police", K.STATE_BODY, "QM")
MINISTRY = a_party("ministry", K.STATE_BODY, "QM")
EMBASSY = a_party("embassy", K.MISSION, "QN")
SITE = a_party("site", K.SITE)
FIRM = a_party("firm")
VENDOR = a_party("vendor")


def _said(role: str, of: str) -> Hop:
    return Hop(kind="event", a=role, b=of)


def _shut(event: ThreatEvent, parties: list[Party], *links: Link) -> dict[str, Path]:
    found = closure(a_registry(parties, links), event)
    return {entry.party: entry.path for entry in found.entries}


def test_a_complaint_mechanism_is_out_by_the_complaint_that_the_report_names() -> None:
    event = an_event(reprisal_of=ReprisalOf(mechanism="hotline"))

    shut = _shut(event, [a_party("hotline", K.MECHANISM)])

    assert shut == {"hotline": (_said("reprisal_of", "hotline"),)}


@pytest.mark.parametrize(
    ("role", "said"), [(CountryRole.REQUESTING, "requesting"), (CountryRole.TRANSIT, "transit")]
)
def test_a_mission_is_out_by_the_state_that_the_report_says_asks_or_holds(
    role: CountryRole, said: str
) -> None:
    event = an_event("extradition_risk", parties=[a_role("firm")], countries=[("QN", role)])

    assert _shut(event, [EMBASSY, FIRM])["embassy"] == (
        _said(said, "QN"),
        Hop(kind="seat", a="embassy", b="QN"),
    )


def test_a_body_is_out_by_the_state_that_is_said_to_be_behind_it_though_nobody_names_who() -> None:
    event = an_event(parties=[a_role(None, perpetrator_kind="state")])

    assert _shut(event, [MINISTRY])["ministry"] == (
        _said("alleged_perpetrator", "QM"),
        Hop(kind="seat", a="ministry", b="QM"),
    )


def test_a_body_is_out_by_its_seat_in_the_state_of_those_who_did_it() -> None:
    shut = _shut(an_event(parties=[a_role("police")]), [POLICE, MINISTRY])

    assert shut["ministry"] == (
        _said("alleged_perpetrator", "police"),
        Hop(kind="seat", a="ministry", b="QM"),
    )


def test_whoever_sold_spyware_to_the_firm_on_the_ground_is_out_while_nobody_knows_who_did_it() -> (
    None
):
    sold = a_link("vendor", L.PROVIDES_TECHNOLOGY, "firm")
    named = [a_role("firm", "operator")]

    spied = _shut(an_event("spyware", parties=named), [FIRM, VENDOR], sold)
    smeared = _shut(an_event("smear", parties=named), [FIRM, VENDOR], sold)

    assert set(spied) == {"firm", "vendor"}
    assert set(smeared) == {"firm"}


def test_whoever_sold_spyware_to_another_body_of_the_state_behind_it_is_out() -> None:
    sold = a_link("vendor", L.PROVIDES_TECHNOLOGY, "ministry")
    named = [a_role("police")]

    spied = _shut(an_event("spyware", parties=named), [POLICE, MINISTRY, VENDOR], sold)
    smeared = _shut(an_event("smear", parties=named), [POLICE, MINISTRY, VENDOR], sold)

    assert "vendor" in spied
    assert "vendor" not in smeared


def test_whoever_sold_spyware_to_the_state_above_the_firm_is_out_while_nobody_knows_who() -> None:
    links = [
        a_link("state-qm", L.PARENT_OF, "firm"),
        a_link("vendor", L.PROVIDES_TECHNOLOGY, "ministry"),
    ]
    named = [a_role("firm", "operator")]

    spied = _shut(an_event("spyware", parties=named), [LAND, MINISTRY, FIRM, VENDOR], *links)
    smeared = _shut(an_event("smear", parties=named), [LAND, MINISTRY, FIRM, VENDOR], *links)

    assert set(spied) == {"state-qm", "ministry", "firm", "vendor"}
    assert set(smeared) == {"state-qm", "ministry", "firm"}


def test_a_state_without_a_code_keeps_out_no_state_without_one() -> None:
    nowhere = a_party("land", K.STATE)

    found = closure(a_registry([nowhere]), an_event(parties=[a_role("land")]))

    assert found.states == ()


def test_together_they_keep_out_those_of_each_whatever_each_knows() -> None:
    only_state = Closure(digest="s", states=("QM",))
    only_party = Closure(digest="p", entries=(Excluded(party="x", reason=Reason.OFFICER_OF),))

    both = join(only_state, only_party, Closure())

    assert both.states == ("QM",)
    assert [entry.party for entry in both.entries] == ["x"]
