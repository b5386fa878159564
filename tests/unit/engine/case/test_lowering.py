"""Severity down: by a person with a reason; nothing that was owed is put off, nobody is skipped."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.case import commands as c
from engine.case.state import CaseStatus
from rules import duty
from schemas import facts as f
from schemas.codes import Severity, SubjectStatus, TrackName
from schemas.event import ThreatEvent
from schemas.responses import RefusedBecause
from tests.unit.engine.case.builders import Story, a_case, a_told_case, an_event, at


def a_lowering(
    story: Story, severity: Severity, *, was: Severity | None = None, **more: Any
) -> c.LowerSeverity:
    return c.LowerSeverity(
        inbox=story.inbox(),
        case=story.case.id,
        severity=severity,
        was=was or story.case.severity,
        why="misjudged",
        by="ana",
        **more,
    )


def a_threat(severity: Severity = Severity.CRITICAL) -> Story:
    """Nothing in it says how the person is."""
    return Story().report(_threat(), severity=severity)


def _threat() -> ThreatEvent:
    return an_event("death_threat")


def test_a_person_with_a_reason_lowers_it_and_the_journal_says_so() -> None:
    story = a_threat().page_answered()
    story.send(a_lowering(story, Severity.ELEVATED))
    assert story.case.severity is Severity.ELEVATED
    said = story.of(f.SeverityLowered)[0]
    assert (said.by, said.why, said.duty) == ("ana", "misjudged", duty.built_in(Severity.ELEVATED))


def test_what_is_owed_already_keeps_its_time_and_what_comes_goes_by_the_lesser_severity() -> None:
    story = a_threat().page_answered()
    owed = story.case.tasks
    story.send(a_lowering(story, Severity.ELEVATED))
    assert story.case.tasks == owed
    story.finish("first_contact")
    assert story.task("check_in").due_at == story.now + timedelta(days=7)


def test_an_answer_goes_on_holding_and_the_next_one_holds_as_long_as_the_lesser_severity_says() -> (
    None
):
    story = a_threat().page_answered()
    held = story.track(TrackName.DUTY).hold_until
    story.send(a_lowering(story, Severity.HIGH))
    assert story.track(TrackName.DUTY).hold_until == held == at("Mon 22:30")
    story.page_answered()
    assert story.track(TrackName.DUTY).hold_until == at("Tue 02:00")


def test_a_call_nobody_answered_goes_on_by_the_slower_ladder() -> None:
    story = a_threat().when("Mon 22:20")
    assert story.pages() == [("Mon 22:00", "ana"), ("Mon 22:15", "ben")]
    story.send(a_lowering(story, Severity.HIGH)).when("Mon 23:30")
    assert story.pages()[2:] == [
        ("Mon 23:00", "ben"),
        ("Mon 23:30", "chi"),
        ("Mon 23:30", "dia"),
    ]


def test_a_quicker_ladder_for_a_lesser_case_skips_nobody() -> None:
    story = a_threat(Severity.HIGH).when("Mon 22:40")
    quick = duty.built_in(Severity.CRITICAL)
    story.send(a_lowering(story, Severity.WATCH, duty=quick))
    assert story.pages() == [("Mon 22:00", "ana"), ("Mon 22:40", "ben"), ("Mon 22:40", "chi")]


def test_it_is_not_lowered_by_somebody_who_looked_before_it_became_graver() -> None:
    story = a_threat(Severity.HIGH).page_answered()
    stale = a_lowering(story, Severity.WATCH)
    story.report(an_event("threat"), severity=Severity.CRITICAL)
    assert story.refused(stale).reason is RefusedBecause.INCOMPLETE
    assert story.case.severity is Severity.CRITICAL


def test_a_later_report_makes_it_as_grave_as_it_says() -> None:
    story = a_threat().page_answered()
    story.send(a_lowering(story, Severity.WATCH))
    story.report(an_event("threat"), severity=Severity.HIGH)
    assert story.case.severity is Severity.HIGH
    assert story.paged(last=True) == ["ana"]


@pytest.mark.parametrize("severity", [Severity.CRITICAL, Severity.HIGH])
def test_raising_and_standing_still_are_no_lowering(severity: Severity) -> None:
    story = a_threat(Severity.HIGH)
    refusal = story.refused(a_lowering(story, severity))
    assert refusal.reason is RefusedBecause.INCOMPLETE


def test_it_is_never_less_grave_than_how_the_person_is() -> None:
    story = a_case(Severity.CRITICAL).page_answered()
    assert story.refused(a_lowering(story, Severity.ELEVATED)).detail.startswith("status")
    story.send(a_lowering(story, Severity.HIGH))
    story.send(
        c.NoteStatus(
            inbox=story.inbox(), case=story.case.id, status=SubjectStatus.RELEASED, by="ana"
        )
    )
    story.send(a_lowering(story, Severity.ELEVATED))
    assert story.case.severity is Severity.ELEVATED


def test_nobody_calms_a_case_down_while_a_reprisal_is_suspected() -> None:
    story = a_told_case().when("Tue 09:00").report(an_event("threat"))
    assert story.owes("reprisal")
    assert story.refused(a_lowering(story, Severity.HIGH)).detail.startswith("reprisal")


def test_a_watched_case_has_no_severity_to_lower() -> None:
    story = a_threat().page_answered().proposed().confirmed()
    assert story.case.status is CaseStatus.MONITORED
    assert story.refused(a_lowering(story, Severity.WATCH)).reason is RefusedBecause.NOT_OPEN


@given(
    minutes=st.integers(min_value=0, max_value=5_000),
    answered=st.booleans(),
    pair=st.sampled_from([(a, b) for a in Severity for b in Severity if b.rank > a.rank]),
)
def test_however_late_it_is_lowered_everybody_is_called_in_the_end(
    minutes: int, answered: bool, pair: tuple[Severity, Severity]
) -> None:
    """The ladder never stands still, never fires a rung of the past twice in one moment."""
    was, becomes = pair
    story = a_threat(was)
    if answered:
        story.page_answered()
    story.after(minutes=minutes)
    story.send(a_lowering(story, becomes))
    state = story.track(TrackName.DUTY)
    assert state.track.steps == duty.STEPS[becomes]
    quiet_or_calling = state.hold_until if state.hold_until is not None else state.next_at
    assert quiet_or_calling is not None
    assert quiet_or_calling > story.now
    story.after(days=5)  # an answer of a day, and a day until the last rung
    called = {x.party for x in story.of(f.Told) if x.track is TrackName.DUTY}
    roles = {role for step in duty.STEPS[becomes] for role in step.roles}
    shift = {"handler": "ana", "second": "ben", "shift_lead": "chi", "director": "dia"}
    assert {shift[role] for role in roles} <= called
