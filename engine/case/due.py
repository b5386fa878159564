"""When a case must next be looked at. Never None while it is open, standing or monitored."""

from collections.abc import Iterator
from datetime import datetime

from engine.case.state import Case, CaseStatus, TrackState
from schemas.codes import TrackName


def due_at(case: Case) -> datetime | None:
    """Return the earliest thing this case owes, or None when it owes nothing any more."""
    if not case.status.alive:
        return None
    due = min(_owed(case), default=None)
    if due is None or case.retry_at is None:
        return due
    return max(due, case.retry_at)


def track_due_at(state: TrackState) -> datetime | None:
    """When a ladder next moves: its rung, the end of its quiet, or the end of its freeze."""
    if state.frozen:
        return state.frozen_until
    if state.hold_until is not None:
        return state.hold_until
    return state.next_at


def moves_at(case: Case, state: TrackState) -> datetime | None:
    """The same, in this case: while it stands outward tracks rest, and so does a duty that has it.

    Then every task is somebody's, and calls for itself when it falls due.
    """
    if case.status is not CaseStatus.STANDING:
        return track_due_at(state)
    if state.track.name.outward:
        return None
    had = state.hold_until is not None and all(task.owner for task in case.tasks)
    return None if state.track.name is TrackName.DUTY and had else track_due_at(state)


def calls_rest(case: Case, track: TrackName) -> bool:
    """Whether nobody further is told on this track: the silence of those told brings in nobody."""
    return case.status is CaseStatus.STANDING and track.outward


def _owed(case: Case) -> Iterator[datetime]:
    for task in case.tasks:
        yield task.next_at
    for each in case.holds:
        yield each.hold.until
    if case.status is CaseStatus.MONITORED:
        if case.monitored_until is not None and not case.tasks:
            yield case.monitored_until
        return
    if case.necessity is not None and case.necessity.review_by is not None:
        yield case.necessity.review_by
    for date in case.dates:
        if date.due_at is not None:
            yield date.due_at
    if case.round is not None:
        yield case.round.next_at
    for state in case.tracks:
        yield from filter(None, (state.given_until, state.release_until))
        due = moves_at(case, state)
        if due is not None:
            yield due
    frozen = {state.track.name for state in case.tracks if state.frozen}
    for alert in case.alerts:
        if alert.track is TrackName.DUTY or alert.track in frozen:
            continue
        for call in () if calls_rest(case, alert.track) else alert.calls:
            yield call.next_at
        for promise in alert.promises:
            yield promise.ask_at
