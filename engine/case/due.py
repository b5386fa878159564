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
    for state in case.tracks:
        yield from filter(None, (state.given_until, state.release_until))
        due = track_due_at(state)
        if due is not None:
            yield due
    frozen = {state.track.name for state in case.tracks if state.frozen}
    for alert in case.alerts:
        if alert.track is TrackName.DUTY or alert.track in frozen:
            continue
        for call in alert.calls:
            yield call.next_at
        for promise in alert.promises:
            yield promise.ask_at
