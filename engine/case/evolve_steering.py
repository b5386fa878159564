"""What people's steering makes of a case: jumps, skips, hand-overs, additions, re-plans."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from engine.case.evolve_duty import offset, swap
from engine.case.evolve_gates import close
from engine.case.replacing import replace
from engine.case.state import AlertStatus, Case, TrackState
from schemas import facts as f
from schemas.plan import Reason


def _jumped(case: Case, fact: f.TrackJumped) -> Case:
    state = case.track(fact.track)
    if state is None:
        return case
    over = tuple(step for step in range(state.step, fact.step) if step not in state.left_out)
    left_out = (*state.left_out, *over)
    return swap(case, replace(state, step=fact.step, next_at=fact.at, left_out=left_out))


def _left_out(case: Case, fact: f.StepLeftOut) -> Case:
    state = case.track(fact.track)
    if state is None:
        return case
    return swap(
        case,
        replace(
            state,
            step=fact.step + 1,
            next_at=due_of(state, fact.step + 1),
            left_out=(*state.left_out, fact.step),
        ),
    )


def _caught_up(case: Case, fact: f.StepCaughtUp) -> Case:
    state = case.track(fact.track)
    if state is None:
        return case
    passed = tuple(step for step in state.passed if step != fact.step)
    return swap(case, replace(state, passed=passed))


def _withdrawn(case: Case, fact: f.ReleaseWithdrawn) -> Case:
    return close(case, fact.track)


def _handed_over(case: Case, fact: f.CaseHandedOver) -> Case:
    tasks = tuple(
        replace(task, owner=fact.to) if task.id in fact.tasks else task for task in case.tasks
    )
    return replace(case, tasks=tasks, owner=fact.to if fact.whole else case.owner)


def _replanned(case: Case, fact: f.Replanned) -> Case:
    for track in fact.tracks:
        state = case.track(track.name)
        if state is None:
            continue
        state = replace(state, track=track)
        if state.anchor_at is not None:
            state = replace(state, next_at=due_of(state, state.step))
        case = swap(case, state)
    alerts = tuple(
        replace(alert, status=AlertStatus.WITHHELD, reason=Reason.NOT_CHOSEN)
        if alert.id in fact.left_out
        else alert
        for alert in case.alerts
    )
    return replace(case, alerts=alerts)


def due_of(state: TrackState, step: int) -> datetime | None:
    """When this rung of an outward ladder is due; None past the last, or before its gate opens."""
    start, opened = state.counts_from, state.anchor_at
    if start is None or opened is None or step >= len(state.track.steps):
        return None
    return max(opened, start + offset(state.track, step))


def _added(case: Case, fact: f.RecipientAdded) -> Case:
    alerts = tuple(
        replace(alert, by_hand=True) if alert.id == fact.alert else alert for alert in case.alerts
    )
    return replace(case, alerts=alerts)


STEPS: dict[type[Any], Callable[[Case, Any], Case]] = {
    f.TrackJumped: _jumped,
    f.StepLeftOut: _left_out,
    f.StepCaughtUp: _caught_up,
    f.ReleaseWithdrawn: _withdrawn,
    f.CaseHandedOver: _handed_over,
    f.RecipientAdded: _added,
    f.Replanned: _replanned,
}
