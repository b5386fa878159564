"""Reprisal watch: an act soon after a notice freezes what goes outward, near and far."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.case import commands as c
from engine.case.around import ToldNear
from engine.case.evolve import evolve
from engine.case.reprisals import keys_of
from engine.case.state import Case, dump_case
from rules import duty
from rules.graph import Registry
from schemas import facts as f
from schemas.codes import Severity, TrackName
from schemas.link import Link, LinkKind, LinkStatus
from schemas.linked import Strictures
from schemas.party import Party, PartyKind
from schemas.plan import Gate, Step, Track
from schemas.roster import Role
from tests.unit.engine.case.builders import (
    REGISTRY,
    TRACKS,
    Story,
    a_case,
    a_told_case,
    an_event,
    outward,
)

MISSIONS, COMPANIES, PROTECTION = TrackName.MISSIONS, TrackName.COMPANIES, TrackName.PROTECTION
A_MINUTE = timedelta(minutes=1)
WINDOW = timedelta(days=30)
WITH_PROTECTION = (*TRACKS, outward(PROTECTION, gate=Gate.NONE))


def _told_elsewhere(story: Story, *, ago: timedelta) -> Story:
    return story.around(told_near=ToldNear(case="another", at=story.now - ago))


def _frozen(story: Story) -> set[TrackName]:
    return {s.track.name for s in story.case.tracks if s.frozen}


def _touched(story: Story) -> Story:
    return story.send(c.TouchedByAct(case=story.case.id, event="e1", after="another"))


def _linked(story: Story, *, after: str = "") -> Story:
    """With a case whose act followed a notice of this one, or of `after`."""
    return story.send(
        c.BeLinked(
            case=story.case.id,
            other="other",
            ref="TC-22222",
            by="ana",
            strictures=Strictures(),
            act="e0",
            after=after or story.case.id,
        )
    )


# --- the window, to the minute


@pytest.mark.parametrize(
    ("ago", "suspected"),
    [
        (A_MINUTE, True),
        (WINDOW - A_MINUTE, True),
        (WINDOW, False),
        (WINDOW + A_MINUTE, False),
    ],
)
def test_an_act_within_thirty_days_of_a_notice_is_suspect_to_the_minute(
    ago: timedelta, suspected: bool
) -> None:
    story = a_told_case()
    told_at = story.case.last_outward_at
    assert told_at is not None
    story.until(told_at + ago).report(an_event("summons"))
    assert bool(story.of(f.ReprisalSuspected)) is suspected


@pytest.mark.parametrize(
    ("ago", "suspected"), [(WINDOW - A_MINUTE, True), (WINDOW, False), (A_MINUTE, True)]
)
def test_a_notice_of_another_case_counts_to_the_minute_as_well(
    ago: timedelta, suspected: bool
) -> None:
    story = _told_elsewhere(Story(), ago=ago).report()
    assert bool(story.of(f.ReprisalSuspected)) is suspected
    assert bool(_frozen(story)) is suspected


def test_a_message_that_waited_for_days_counts_from_when_it_left() -> None:
    story = a_case().page_answered().release(MISSIONS).outage(days=5)
    left = story.handed_off("lea").now
    assert story.case.last_outward_at == left
    story.until(left + WINDOW - A_MINUTE).report(an_event("summons"))
    assert story.of(f.ReprisalSuspected)


def test_a_message_of_which_nobody_knows_whether_it_left_counts() -> None:
    story = a_case().page_answered().release(MISSIONS).outage(days=5)
    story.settled("lea", "unknown_exhausted")
    assert story.case.last_outward_at == story.now


def test_a_page_to_duty_is_no_outward_notice() -> None:
    story = a_case().handed_off("ana").after(days=1).report(an_event("summons"))
    assert not story.of(f.ReprisalSuspected)


@pytest.mark.parametrize(
    "code", ["reprisal_risk", "released_from_custody", "date_set", "enrichment"]
)
def test_what_is_no_act_is_no_reprisal(code: str) -> None:
    story = _told_elsewhere(a_told_case().after(days=1), ago=A_MINUTE).report(an_event(code))
    assert not story.of(f.ReprisalSuspected)


# --- what it does to the case of the act


def test_every_outward_track_freezes_and_the_case_is_critical() -> None:
    story = _told_elsewhere(Story(), ago=A_MINUTE).report(severity=Severity.ELEVATED)
    assert _frozen(story) == {t.name for t in TRACKS}
    assert story.case.severity is Severity.CRITICAL
    assert story.task("reprisal").critical
    assert story.of(f.ReprisalSuspected)[-1].after == "another"
    assert story.pages()


def test_a_case_that_opens_as_a_reprisal_calls_the_second_after_a_quarter_of_an_hour() -> None:
    """It was critical, and was called by the ladder of its report: the second after four hours."""
    story = _told_elsewhere(Story(), ago=A_MINUTE).report(severity=Severity.ELEVATED)
    assert story.track(TrackName.DUTY).track == duty.built_in(Severity.CRITICAL)
    story.after(minutes=15)
    assert {person for _, person in story.pages()} == {"ana", "ben"}


def test_protection_goes_on() -> None:
    story = _told_elsewhere(Story(), ago=A_MINUTE).report(tracks=WITH_PROTECTION)
    assert PROTECTION not in _frozen(story)
    assert not story.track(PROTECTION).frozen


def test_a_suspicion_within_the_case_names_no_other() -> None:
    story = a_told_case().after(days=1).report(an_event("summons"))
    assert story.of(f.ReprisalSuspected)[-1].after == ""


def test_a_track_that_a_later_event_adds_is_frozen_too() -> None:
    story = _told_elsewhere(Story(), ago=A_MINUTE).report(tracks=TRACKS[:1])
    story.around(told_near=None).report(an_event("enrichment"), tracks=TRACKS)
    assert COMPANIES in _frozen(story)


def test_a_track_added_after_everything_was_frozen_by_hand_is_frozen_too() -> None:
    story = Story().report(tracks=TRACKS[:1]).freeze()
    story.report(an_event("enrichment"), tracks=TRACKS)
    assert _frozen(story) == {t.name for t in TRACKS}


def test_a_track_added_beside_one_that_goes_on_is_not_frozen() -> None:
    story = Story().report(tracks=TRACKS[:2]).freeze(MISSIONS)
    story.report(an_event("enrichment"), tracks=TRACKS)
    assert _frozen(story) == {MISSIONS}


# --- what it does to other cases


def test_a_case_that_an_act_elsewhere_touches_freezes_and_calls_duty() -> None:
    story = _touched(a_told_case())
    assert _frozen(story) == {t.name for t in TRACKS}
    assert story.case.severity is Severity.CRITICAL, "its notice may have been the cause"
    assert story.task("reprisal").critical
    assert story.claimed("lea").of(f.TellRefused)


def test_a_touched_case_that_told_nobody_freezes_as_grave_as_it_is() -> None:
    story = _touched(a_case())
    assert _frozen(story) == {t.name for t in TRACKS}
    assert story.case.severity is Severity.HIGH
    assert story.owes("reprisal")


def test_a_case_under_watch_is_frozen_for_when_it_opens_again() -> None:
    story = _touched(a_told_case().proposed().confirmed())
    assert _frozen(story) == {t.name for t in TRACKS}
    assert story.owes("reprisal")
    assert story.pages()[-1][1] == "ana"


def test_a_second_act_pages_nobody_again_for_a_case_that_stands_frozen() -> None:
    story = _touched(a_told_case())
    pages = len(story.pages())

    _touched(story)

    assert len(story.pages()) == pages
    assert _frozen(story) == {t.name for t in TRACKS}


def test_a_second_act_that_makes_a_frozen_case_critical_wakes_duty() -> None:
    """Duty's next page stayed at the pause of the less grave case, hours away."""
    story = _linked(a_told_case(), after="other")
    assert story.case.severity is Severity.HIGH
    assert _frozen(story) == {t.name for t in TRACKS}
    pages = len(story.pages())

    _touched(story)

    assert story.case.severity is Severity.CRITICAL
    assert len(story.pages()) == pages + 1
    woken_at = story.now
    story.until(woken_at + timedelta(minutes=15))
    assert [fact.step for fact in story.of(f.StepFired) if fact.track is TrackName.DUTY][-1] == 1
    assert _frozen(story) == {t.name for t in TRACKS}


def test_a_second_act_freezes_a_case_again_that_two_people_had_lifted() -> None:
    story = _touched(a_told_case()).lifted(MISSIONS)

    _touched(story)

    assert story.track(MISSIONS).frozen


def test_a_second_act_takes_back_half_a_lift() -> None:
    story = _touched(a_told_case()).lift(MISSIONS, "ana")
    _touched(story).lift(MISSIONS, "ben")
    assert story.track(MISSIONS).frozen


def test_two_people_lift_each_track_of_a_touched_case() -> None:
    story = _touched(a_told_case()).lifted(MISSIONS)
    assert not story.track(MISSIONS).frozen
    assert story.track(COMPANIES).frozen


def test_an_incident_is_about_nobody_and_never_frozen() -> None:
    story = Story()
    story.send(c.RaiseIncident(code="quarantine"))  # type: ignore[arg-type]
    before = story.case
    assert _touched(story).case == before


# --- by which ladder duty is called then


def _own(severity: Severity) -> Track:
    """A desk that calls its director after five minutes, and again every two."""
    steps = (Step(offset=0, roles=(Role.HANDLER,)), Step(offset=300, roles=(Role.DIRECTOR,)))
    return duty.track(steps=steps, answer_holds_for=1200, repeat_every=(120,))


def _arrested_again(story: Story) -> Story:
    return story.report(an_event("summons"))


@pytest.mark.parametrize("graver", [_arrested_again, _touched, _linked])
def test_a_case_that_becomes_critical_calls_duty_by_the_ladder_of_the_desk(
    graver: Callable[[Story], Story],
) -> None:
    """It was called by the built-in one, whatever the rulebook says and the preview shows."""
    story = graver(a_told_case().after(days=1).around(ladder=_own))

    assert story.case.severity is Severity.CRITICAL
    ladder = story.track(TrackName.DUTY).track
    assert (ladder.steps, ladder.repeat_every) == (_own(Severity.CRITICAL).steps, (120,))
    woken = story.now
    story.until(woken + timedelta(minutes=9))
    fired = [x.due_at - woken for x in story.of(f.StepFired) if x.due_at > woken]
    assert fired == [timedelta(minutes=5), timedelta(minutes=7), timedelta(minutes=9)]


# --- what cases have in common

_SITE = {"party": "pit", "role": "site"}
_OPERATOR = {"party": "minera", "role": "operator"}


def _keys(source: str = "hotline", registry: Registry = REGISTRY, **changes: Any) -> set[str]:
    base: dict[str, Any] = {"subjects": [], "parties": []}
    return set(keys_of(source, an_event(**(base | changes)), registry))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"parties": [_SITE]}, {"parties": [_SITE], "subjects": [{"kind": "community"}]}),
        ({"parties": [_OPERATOR]}, {"parties": [{"party": "minera", "role": "employer"}]}),
        (
            {"subjects": [{"kind": "community", "pseudonym": "v1"}]},
            {"subjects": [{"kind": "person", "pseudonym": "v1"}]},
        ),
        (
            {"reprisal_of": {"mechanism": "ombud", "complaint": "2027-9"}},
            {"reprisal_of": {"complaint": "2027-9"}},
        ),
    ],
)
def test_the_same_site_company_community_or_complaint_is_found(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert _keys(**one) & _keys(**other)


def test_one_complaint_is_found_from_two_hotlines_that_name_its_mechanism() -> None:
    about = {"reprisal_of": {"mechanism": "ombud", "complaint": "2027-9"}}
    assert _keys("one", **about) & _keys("two", **about)


def test_numbers_of_complaints_mean_nothing_across_hotlines_without_their_mechanism() -> None:
    about = {"reprisal_of": {"complaint": "17"}}
    assert not _keys("one", **about) & _keys("two", **about)


def test_a_pseudonym_means_nobody_else_at_another_hotline() -> None:
    about = {"subjects": [{"kind": "person", "pseudonym": "s1"}]}
    assert not _keys("one", **about) & _keys("two", **about)


def test_a_drill_never_freezes_real_traffic() -> None:
    assert not _keys(parties=[_SITE]) & _keys(parties=[_SITE], exercise=True)


@pytest.mark.parametrize(
    "part",
    [
        {"party": "police", "role": "alleged_perpetrator"},
        {"party": "fjord", "role": "investor"},
        {"party": "haldane", "role": "buyer"},
        {"role": "operator"},
        {"party": "someone", "role": "alleged_perpetrator"},
    ],
)
def test_police_buyers_and_unknown_names_join_no_cases(part: dict[str, Any]) -> None:
    assert not _keys(parties=[part])


@pytest.mark.parametrize(
    "part",
    [
        {"party": "not-listed", "role": "site"},
        {"party": "not-listed", "role": "alleged_perpetrator", "perpetrator_kind": "company"},
        {"party": "not-listed", "role": "alleged_perpetrator", "perpetrator_kind": "security"},
    ],
)
def test_a_company_that_the_registry_lacks_is_watched_by_what_the_report_says(
    part: dict[str, Any],
) -> None:
    assert _keys(parties=[part])


def test_two_records_of_one_company_are_one() -> None:
    twice = Registry(
        parties=(
            Party(id="one", kind=PartyKind.COMPANY, name="One", state="QM"),
            Party(id="two", kind=PartyKind.COMPANY, name="One SA", state="QM"),
            Party(id="three", kind=PartyKind.COMPANY, name="One Ltd", state="QM"),
        ),
        links=tuple(
            Link(
                id=f"{a}{b}",
                kind=LinkKind.SAME_AS,
                a=a,
                b=b,
                status=LinkStatus.UNVERIFIED,
                source="list",
            )
            for a, b in (("one", "two"), ("three", "two"))
        ),
    )
    first = {"parties": [{"party": "one", "role": "operator"}]}
    third = {"parties": [{"party": "three", "role": "operator"}]}
    assert _keys(registry=twice, **first) & _keys(registry=twice, **third)


def test_what_is_kept_names_nobody() -> None:
    about = {"subjects": [{"kind": "person", "pseudonym": "s1"}], "parties": [_SITE]}
    for key in _keys(**about):
        assert len(key) == 32
        assert "s1" not in key.split() and "pit" not in key
        assert key.isalnum()


# --- whatever happens


@settings(max_examples=40)
@given(
    days=st.floats(min_value=0, max_value=45),
    inside=st.booleans(),
    code=st.sampled_from(["summons", "arrest", "reprisal_risk", "released_from_custody"]),
)
def test_nothing_outward_is_told_after_an_act_that_follows_a_notice(
    days: float, inside: bool, code: str
) -> None:
    story = a_told_case() if inside else a_case().when("Mon 22:07").page_answered()
    notice = story.now
    story.outage(days=days)
    if not inside:
        _told_elsewhere(story, ago=story.now - notice)
    story.report(an_event(code))
    act = code in ("summons", "arrest")
    suspected = act and story.now - notice < WINDOW
    assert bool(story.of(f.ReprisalSuspected)) is suspected
    told = len(story.told())
    story.release(MISSIONS, by="ben").after(hours=2)
    if suspected:
        assert len(story.told()) == told
    replayed = Case(id=story.case.id, around=story.case.around)
    for fact in story.facts:
        replayed = evolve(replayed, fact)
    assert dump_case(replayed) == dump_case(story.case)


@pytest.mark.parametrize("role", ["operator", "site", "employer", "security_contractor"])
def test_a_company_on_the_ground_is_watched_though_the_registry_does_not_know_it(role: str) -> None:
    unknown = [{"party": "nowhere-ltd", "role": role}]
    assert _keys(parties=unknown) == _keys(parties=[{"party": "nowhere-ltd", "role": "operator"}])
    assert _keys(parties=unknown), "another case about it is found"
    assert not _keys(parties=[{"party": "nowhere-ltd", "role": "adverse_party"}])
