"""Patterns: told only while nobody can be picked out of them, and never as a case about one."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.crowd import OF_A_PATTERN, fields_of, is_pattern, too_few
from rules.graph import Registry
from rules.guard import judge
from schemas.codes import FieldName, Mode, TrackName
from schemas.contact import Contact, Endpoint
from schemas.party import Mark, Party
from schemas.pattern import SMALL_CELL, Pattern
from schemas.plan import Reason, Remedy, Verdict
from schemas.safeguards import Safeguards
from tests.unit.rules.build import (
    NOW,
    OUTWARD,
    K,
    L,
    a_contact,
    a_link,
    a_party,
    a_registry,
    an_endpoint,
    safeguards,
)

pytestmark = pytest.mark.guard

INITIATIVE = a_party("initiative", K.MSI)
NETWORK = a_party("network", K.NETWORK, marks=(Mark.PATTERN_ONLY,))


def _of(people: int, at_least: int = SMALL_CELL, *, personal: bool = False) -> Safeguards:
    given = safeguards(*OUTWARD)
    return replace(given, pattern=Pattern(people=people, at_least=at_least), personal=personal)


def _refusals(party: Party, given: Safeguards, track: TrackName = TrackName.MSIS) -> list[Verdict]:
    return list(too_few(party, track, given))


def _judged(
    party: Party,
    given: Safeguards,
    track: TrackName = TrackName.MSIS,
    *,
    registry: Registry | None = None,
    contact: Contact | None = None,
    endpoint: Endpoint | None = None,
) -> Verdict:
    return judge(
        party=party, contact=contact, endpoint=endpoint, track=track, mode=Mode.QUIET,
        safeguards=given, registry=registry or Registry([party]), now=NOW,
    )  # fmt: skip


def test_a_pattern_of_five_is_told() -> None:
    assert _judged(INITIATIVE, _of(5)).allowed


def test_a_pattern_of_four_is_kept_back_and_what_would_turn_it_is_said() -> None:
    verdict = _judged(INITIATIVE, _of(4))

    assert (verdict.allowed, verdict.reason) == (False, Reason.SMALL_CELL)
    assert verdict.evidence == "k=5"
    assert verdict.remedy is Remedy.WIDER_CELL


@pytest.mark.parametrize("track", [track for track in TrackName if track is not TrackName.DUTY])
def test_a_small_pattern_is_told_to_nobody_outside(track: TrackName) -> None:
    assert [each.reason for each in _refusals(INITIATIVE, _of(1), track)] == [Reason.SMALL_CELL]


def test_duty_is_told_of_the_smallest_pattern() -> None:
    assert _refusals(NETWORK, _of(0), TrackName.DUTY) == []
    assert _refusals(NETWORK, Safeguards(), TrackName.DUTY) == []


def test_a_desk_may_ask_for_more_than_five() -> None:
    assert _judged(INITIATIVE, _of(9, at_least=10)).reason is Reason.SMALL_CELL
    assert _judged(INITIATIVE, _of(10, at_least=10)).allowed


def test_a_pattern_that_nobody_measured_hides_nobody() -> None:
    assert not Pattern(people=1_000, at_least=0).hides
    assert _refusals(INITIATIVE, _of(1_000, at_least=0))


def test_a_small_pattern_beside_an_attack_keeps_no_help_from_the_attacked() -> None:
    assert _judged(INITIATIVE, _of(1, personal=True)).allowed


def test_whoever_gets_patterns_only_gets_no_case_about_somebody() -> None:
    told_of_somebody = replace(safeguards(*OUTWARD), personal=True)

    verdict = _judged(NETWORK, told_of_somebody)

    assert (verdict.reason, verdict.evidence) == (Reason.PATTERN_ONLY, "network")
    assert verdict.remedy is Remedy.NOTHING
    assert _judged(NETWORK, safeguards(*OUTWARD)).reason is Reason.PATTERN_ONLY
    assert _judged(NETWORK, _of(9, personal=True)).reason is Reason.PATTERN_ONLY
    assert _judged(NETWORK, _of(9)).allowed


def test_a_list_with_somebody_on_it_who_gets_patterns_only_gets_no_case_about_somebody() -> None:
    group = a_party("round-table", K.GROUP)
    registry = a_registry([group, NETWORK], [a_link("network", L.MEMBER_OF, "round-table")])
    desk = a_contact("network")
    shared = an_endpoint("shared", members=(desk.id,))
    lea = a_contact("initiative", "lea", endpoints=(shared,))
    by_list = Registry([INITIATIVE, NETWORK], contacts=[lea, desk])

    def told(given: Safeguards) -> set[Reason]:
        whole = _judged(group, given, registry=registry)
        address = _judged(INITIATIVE, given, registry=by_list, contact=lea, endpoint=shared)
        return {whole.reason, address.reason}

    assert told(replace(safeguards(*OUTWARD), personal=True)) == {Reason.ENDPOINT_FANS_OUT}
    assert told(_of(9)) == {Reason.ALLOWED}


def test_of_a_pattern_nothing_is_shown_that_makes_its_cell_smaller() -> None:
    assert frozenset(FieldName) - fields_of(_of(9)) == {
        FieldName.COMPANY, FieldName.DATE_AHEAD, FieldName.SUBJECT_KIND,
    }  # fmt: skip
    assert fields_of(_of(9, personal=True)) == frozenset(FieldName)
    assert fields_of(Safeguards()) == frozenset(FieldName)


@given(st.integers(0, 50), st.integers(0, 50), st.booleans(), st.sampled_from(OUTWARD))
def test_nobody_outside_is_ever_told_of_fewer_than_the_rulebook_asks_for(
    people: int, at_least: int, personal: bool, track: TrackName
) -> None:
    given_ = _of(people, at_least, personal=personal)
    told = not _refusals(INITIATIVE, given_, track)

    assert told is (personal or people >= at_least > 0)
    assert is_pattern(given_) is not personal


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_more_people_never_make_it_less_safe_to_tell(people: int, more: int, at_least: int) -> None:
    if not _refusals(INITIATIVE, _of(people, at_least)):
        assert not _refusals(INITIATIVE, _of(people + more, at_least))


@given(st.integers(0, 50), st.integers(0, 50), st.booleans())
def test_the_small_cell_only_ever_takes_away(people: int, at_least: int, personal: bool) -> None:
    """Whatever else the guard asks, a pattern allows nobody who would be refused without it."""
    shut = replace(_of(people, at_least, personal=personal), subjects=(), consents=())

    assert _judged(INITIATIVE, shut).reason is Reason.CONSENT_NONE
    assert fields_of(shut) in (OF_A_PATTERN, frozenset(FieldName))
