"""What duty's facts make of tracks and tasks."""

import dataclasses
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from engine.case.replacing import replace
from engine.case.state import Call, Case, Task, TrackState
from schemas import facts as f
from schemas.codes import TrackName
from schemas.plan import Track

TALKS: tuple[f.TaskKind, ...] = ("first_contact", "check_in")
"""Tasks that are a talk with the person, or with whoever reported."""
_SHORTEST_PAUSE = 60
"""Seconds. Whatever a rulebook says, catching up after an outage must come to an end."""

SPOKEN = ("done", "heard_of")
"""Results of a talk that was had: whoever was tried before it has been reached."""


def offset(track: Track, step: int) -> timedelta:
    """How long after the anchor a rung is due; rungs past the last are repeats."""
    if step < len(track.steps):
        return timedelta(seconds=track.steps[step].offset)
    total = track.steps[-1].offset if track.steps else 0
    for round_ in range(step - len(track.steps) + 1):
        pause = track.repeat_every[min(round_, len(track.repeat_every) - 1)]
        total += max(pause, _SHORTEST_PAUSE)
    return timedelta(seconds=total)


def swap(case: Case, state: TrackState) -> Case:
    """Return the case with this track's state in the place of the old one."""
    name = state.track.name
    return replace(case, tracks=tuple(state if s.track.name is name else s for s in case.tracks))


def on(state: TrackState, duty: Track) -> Track:
    """Duty's next ladder, with the check-ins of the rulebook that the case was planned by."""
    kept = state.track.check_ins
    if duty.check_ins is not None or kept is None:
        return duty
    return dataclasses.replace(duty, check_ins=kept)


def _change(case: Case, name: TrackName, **changes: Any) -> Case:
    state = case.track(name)
    return case if state is None else swap(case, replace(state, **changes))


def _step_fired(case: Case, fact: f.StepFired) -> Case:
    return _change(case, fact.track, step=fact.step + 1, next_at=fact.next_at)


def _step_passed(case: Case, fact: f.StepSuperseded | f.StepSkipped) -> Case:
    state = case.track(fact.track)
    if state is None or (isinstance(fact, f.StepSuperseded) and fact.reason == "date_moved"):
        return case  # A date took it along: it is due again, with the date.
    following = fact.step + 1
    next_at = None
    repeats = fact.track is TrackName.DUTY and state.track.repeat_every
    goes_on = following < len(state.track.steps) or repeats
    if state.anchor_at is not None and state.counts_from is not None and goes_on:
        next_at = max(state.anchor_at, state.counts_from + offset(state.track, following))
    passed = state.passed
    if isinstance(fact, f.StepSuperseded) and _may_count_again(case, state, fact):
        passed = (*passed, fact.step)
    return swap(case, replace(state, step=following, next_at=next_at, passed=passed))


def _may_count_again(case: Case, state: TrackState, fact: f.StepSuperseded) -> bool:
    """Whether this rung fires after all once the case is graver, or less is promised."""
    if fact.reason != "other_severity":
        return fact.reason == "satisfied"
    return any(s.rank < case.severity.rank for s in state.track.steps[fact.step].severities)


def _owned(case: Case, fact: f.Owned) -> Case:
    tasks = tuple(
        t if t.owner or not _theirs(case, t, fact.by) else replace(t, owner=fact.by)
        for t in case.tasks
    )
    case = replace(case, owner=fact.by, tasks=tasks)
    return _change(case, TrackName.DUTY, hold_until=fact.hold_until)


def _theirs(case: Case, task: Task, person: str) -> bool:
    """Whether the contact protocol, if there is one, lets this person have the task."""
    talk = task.kind in TALKS
    return not (talk and case.contact_owners) or person in case.contact_owners


def _hold_moved(case: Case, fact: f.HoldExtended | f.HoldShortened) -> Case:
    return _change(case, fact.track, hold_until=fact.until)


def _woken(case: Case, fact: f.TrackWoken) -> Case:
    state = case.track(fact.track)
    if state is None:
        return case
    anchor = fact.at - offset(state.track, fact.step) if fact.step else fact.at
    return swap(
        replace(case, floor_called_at=None) if fact.track is TrackName.DUTY else case,
        replace(
            state,
            anchor_at=anchor,
            step=fact.step,
            next_at=anchor + offset(state.track, fact.step),
            hold_until=None,
            woken_by=fact.reason,
        ),
    )


def _task_raised(case: Case, fact: f.TaskRaised) -> Case:
    task = Task(
        id=fact.task,
        kind=fact.task_kind,
        due_at=fact.due_at,
        next_at=fact.at if fact.critical else fact.due_at,
        owner=fact.owner,
        critical=fact.critical,
        alert=fact.alert,
        detail=fact.detail,
        note=fact.note,
    )
    return replace(case, serial=case.serial + 1, tasks=(*case.tasks, task))


def _floor_called(case: Case, fact: f.FloorCalled) -> Case:
    return replace(case, floor_called_at=fact.at)


def _hastened(case: Case, fact: f.TrackHastened) -> Case:
    """Whoever still owes an answer owes it sooner; what was answered holds as long as it did."""
    state = case.track(fact.track)
    if state is None:
        return case
    faster = dataclasses.replace(
        state.track, answer_by=fact.answer_by, answer_holds_for=fact.answer_holds_for
    )
    latest = fact.at + timedelta(seconds=fact.answer_by)
    alerts = tuple(
        replace(alert, calls=tuple(_sooner(call, latest) for call in alert.calls))
        if alert.track is fact.track and alert.calls
        else alert
        for alert in case.alerts
    )
    return swap(replace(case, alerts=alerts), replace(state, track=faster))


def _sooner(call: Call, latest: datetime) -> Call:
    owes = not call.answered and call.next_at > latest
    return replace(call, next_at=latest) if owes else call


def _task_changed(case: Case, task_id: str, **changes: Any) -> Case:
    tasks = tuple(replace(t, **changes) if t.id == task_id else t for t in case.tasks)
    return replace(case, tasks=tasks)


def _task_taken(case: Case, fact: f.TaskTaken) -> Case:
    task = case.task(fact.task)
    if task is None:
        return case
    return _task_changed(
        case, fact.task, owner=fact.by, next_at=max(task.next_at, task.due_at), reminded=False
    )


def _task_reminded(case: Case, fact: f.TaskReminded) -> Case:
    return _task_changed(case, fact.task, next_at=fact.next_at, reminded=True)


def _task_done(case: Case, fact: f.TaskDone) -> Case:
    task = case.task(fact.task)
    if task is None:
        return case
    kept = task.kind in TALKS and fact.result == "done"
    return replace(
        case,
        tasks=tuple(t for t in case.tasks if t.id != fact.task),
        check_ins=case.check_ins + 1 if kept else case.check_ins,
        attempts=() if task.kind in TALKS and fact.result in SPOKEN else case.attempts,
    )


def _frozen(case: Case, fact: f.TrackFrozen) -> Case:
    for name in fact.tracks:
        state = case.track(name)
        if state is None:
            continue
        two = fact.needs_two or (state.frozen and state.lift_needs_two)
        until = fact.until
        if state.frozen and until is not None:
            # A later freeze never ends an earlier one before its time.
            until = state.frozen_until and max(until, state.frozen_until)
        case = swap(
            case,
            replace(state, frozen=True, frozen_until=until, lift_needs_two=two, lifted_by=()),
        )
    return case


def _lift_given(case: Case, fact: f.LiftGiven) -> Case:
    state = case.track(fact.track)
    if state is None or fact.by in state.lifted_by:
        return case
    return swap(case, replace(state, lifted_by=(*state.lifted_by, fact.by)))


def _lifted(case: Case, fact: f.TrackLifted) -> Case:
    return _change(
        case, fact.track, frozen=False, frozen_until=None, lift_needs_two=False, lifted_by=()
    )


STEPS: dict[type[Any], Callable[[Case, Any], Case]] = {
    f.StepFired: _step_fired,
    f.StepSkipped: _step_passed,
    f.StepSuperseded: _step_passed,
    f.Owned: _owned,
    f.HoldExtended: _hold_moved,
    f.HoldShortened: _hold_moved,
    f.TrackWoken: _woken,
    f.TrackHastened: _hastened,
    f.FloorCalled: _floor_called,
    f.TaskRaised: _task_raised,
    f.TaskTaken: _task_taken,
    f.TaskReminded: _task_reminded,
    f.TaskDone: _task_done,
    f.TrackFrozen: _frozen,
    f.LiftGiven: _lift_given,
    f.TrackLifted: _lifted,
}
