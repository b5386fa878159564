"""What facts about the person make of a case."""

from collections.abc import Callable
from typing import Any

from engine.case.evolve_duty import TALKS, offset, on, swap
from engine.case.replacing import replace
from engine.case.state import Case, Condition, TrackState
from schemas import facts as f
from schemas.codes import TrackName


def _status_noted(case: Case, fact: f.StatusNoted) -> Case:
    said = Condition(subject=fact.subject, status=fact.status, at=fact.at)
    # A person of ours speaks of everybody; a report that names nobody speaks of somebody.
    of_one = fact.subject or fact.by == "event"
    others = tuple(c for c in case.conditions if of_one and c.subject != fact.subject)
    # After worse news the check-ins begin anew, close together.
    kept = min(case.check_ins, 1) if fact.worse else case.check_ins
    return replace(case, conditions=(*others, said), check_ins=kept)


def _contact_owners_set(case: Case, fact: f.ContactOwnersSet) -> Case:
    tasks = tuple(
        replace(task, owner=fact.to, reminded=False, next_at=max(task.next_at, task.due_at))
        if fact.to and task.kind in TALKS and task.owner not in fact.owners
        else task
        for task in case.tasks
    )
    return replace(case, contact_owners=fact.owners, tasks=tasks)


def _severity_lowered(case: Case, fact: f.SeverityLowered) -> Case:
    case = replace(case, severity=fact.severity)
    state = case.track(TrackName.DUTY)
    if state is None:
        return case
    return swap(case, _slower(replace(state, track=on(state, fact.duty)), fact))


def _slower(state: TrackState, fact: f.SeverityLowered) -> TrackState:
    """The same call on the new ladder: rungs that fired stay fired, and none is passed over."""
    anchor, step = state.anchor_at, 0
    if anchor is None or state.next_at is None:
        return state
    while step < state.step and anchor + offset(state.track, step) <= fact.at:
        step += 1
    return replace(state, step=step, next_at=anchor + offset(state.track, step))


def _remedy_noted(case: Case, fact: f.RemedyNoted) -> Case:
    return replace(case, remedy_sought=fact.state == "sought")


STEPS: dict[type[Any], Callable[[Case, Any], Case]] = {
    f.StatusNoted: _status_noted,
    f.ContactOwnersSet: _contact_owners_set,
    f.SeverityLowered: _severity_lowered,
    f.RemedyNoted: _remedy_noted,
}
