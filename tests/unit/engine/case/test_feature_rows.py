"""What a table of peers asks of an escalation engine and no other test names (rows 31, 33, 34)."""

from dataclasses import replace
from datetime import timedelta

from rules import duty
from schemas import facts as f
from schemas.codes import Severity, TrackName
from schemas.plan import Step
from tests.unit.engine.case.builders import TRACKS, Story, a_case, an_event, outward

MISSIONS = TrackName.MISSIONS


def test_rules_that_change_never_touch_a_running_case_and_each_plan_names_its_version() -> None:
    story = a_case().release(MISSIONS)
    before = story.track(MISSIONS).track
    changed = tuple(replace(track, answer_by=60, mode=track.mode) for track in TRACKS)

    story.after(hours=1).report(an_event("enrichment"), tracks=changed)

    assert story.track(MISSIONS).track == before
    assert story.told(last=True) == []
    assert [plan.world for plan in story.of(f.Planned)] == ["w1", "w1"]
    assert [plan.plan_no for plan in story.of(f.Planned)] == [1, 2]


def test_steps_may_be_seconds_apart() -> None:
    quick = outward(MISSIONS, offsets=(0, 5, 20))
    story = Story().report(tracks=(quick,)).release(MISSIONS)
    released = story.now

    story.after(minutes=1)

    fired = [fact for fact in story.of(f.StepFired) if fact.track is MISSIONS]
    assert [fact.due_at - released for fact in fired] == [
        timedelta(seconds=seconds) for seconds in (0, 5, 20)
    ]


def test_a_late_tick_moves_no_later_step() -> None:
    """Each step is due from the plan: an engine that is late once is not late from then on."""
    story = a_case(Severity.CRITICAL)
    opened = story.now
    for late in (7, 3, 14, 1):
        story.until(story.now).outage(minutes=late)

    story.until(opened + timedelta(hours=3))

    planned = {opened + timedelta(seconds=offset) for offset in _first_offsets()}
    fired = {fact.due_at for fact in story.of(f.StepFired)}
    assert fired <= planned
    assert max(fired) == opened + timedelta(hours=3)


def _first_offsets() -> list[int]:
    """Rungs and rounds of a critical case in its first hours, as the pack says, in seconds."""
    steps: tuple[Step, ...] = duty.STEPS[Severity.CRITICAL]
    rungs = [step.offset for step in steps]
    for pause in duty.REPEAT_EVERY[Severity.CRITICAL] * 2:
        rungs.append(rungs[-1] + pause)
    return rungs
