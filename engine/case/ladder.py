"""Time: deciding everything that is due, each thing exactly once."""

from datetime import datetime, timedelta

from engine.case import (
    closing,
    gates,
    holding,
    necessity,
    paging,
    promises,
    recheck,
    tasks,
    telling,
    times,
)
from engine.case.draft import Draft
from engine.case.due import due_at, track_due_at
from engine.case.evolve_duty import offset
from engine.case.protect import held
from engine.case.state import Alert, Call, Case, CaseStatus, TrackState
from schemas import facts as f
from schemas.codes import TrackName
from schemas.plan import Reason, Until

_ROUNDS_AT_MOST = 2_000
"""Far above what one case can owe at once; reaching it is a bug, and the case is faulted."""


def fire(draft: Draft) -> None:
    """Decide all that is due by now. Raises RuntimeError if that never ends."""
    due = due_at(draft.case)
    draft.late = due is not None and draft.now - due > times.OUTAGE_AFTER
    for _ in range(_ROUNDS_AT_MOST):
        due = due_at(draft.case)
        if due is None or due > draft.now:
            return
        _fire_one(draft)
    raise RuntimeError("A case owes something new each time it is decided.")


def _fire_one(draft: Draft) -> None:
    case, now = draft.case, draft.now
    if holding.end_due(draft) or necessity.review_due(draft):
        return
    if any(gates.expire(draft, state) for state in case.tracks):
        return
    for state in case.tracks:
        due = track_due_at(state)
        if due is not None and due <= now and case.status is not CaseStatus.MONITORED:
            _move(draft, state)
            return
    for task in case.tasks:
        if task.next_at <= now:
            tasks.fall_due(draft, task)
            return
    for alert in case.alerts:
        if _alert_due(draft, alert):
            return
    if case.status is CaseStatus.MONITORED:
        closing.end_monitoring(draft)


def _move(draft: Draft, state: TrackState) -> None:
    name = state.track.name
    if state.frozen:
        draft.add(f.TrackLifted(track=name, at=draft.now, by=("engine",)))
        telling.resume(draft, name)
    elif name is TrackName.DUTY:
        if state.hold_until is not None:
            _hold_ends(draft, state)
        else:
            _page(draft, state)
    else:
        _rung(draft, state)


def _hold_ends(draft: Draft, state: TrackState) -> None:
    if tasks.all_owned(draft):
        until = draft.now + timedelta(seconds=state.track.answer_holds_for)
        draft.add(f.HoldExtended(track=TrackName.DUTY, until=until))
        return
    draft.add(f.TrackWoken(track=TrackName.DUTY, at=draft.now, reason="hold_expired"))


def _page(draft: Draft, state: TrackState) -> None:
    """Fire every overdue rung of duty at once: the people of all of them, each told once."""
    track = state.track
    last = _last_due(state, draft.now)
    reached = track.steps if last >= len(track.steps) else track.steps[state.step : last + 1]
    roles = tuple(dict.fromkeys(role for step in reached for role in step.roles))
    for step in range(state.step, last):
        draft.add(f.StepSuperseded(track=track.name, step=step, reason="superseded_by_later"))
    anchor = state.anchor_at or draft.now
    draft.add(
        f.StepFired(
            track=track.name,
            step=last,
            due_at=anchor + offset(track, last),
            next_at=anchor + offset(track, last + 1),
        )
    )
    paging.page_roles(draft, roles, step=last)


def _last_due(state: TrackState, now: datetime) -> int:
    anchor = state.anchor_at or now
    step = state.step
    while anchor + offset(state.track, step + 1) <= now:
        step += 1
    return step


def _rung(draft: Draft, state: TrackState) -> None:
    """Fire an outward rung; one that is more than 12 h late waits for a person instead."""
    track, step = state.track, state.step
    anchor = state.anchor_at or draft.now
    due = anchor + offset(track, step)
    more = step + 1 < len(track.steps)
    following = anchor + offset(track, step + 1) if more else None
    if following is not None and following <= draft.now:
        draft.add(f.StepSuperseded(track=track.name, step=step, reason="superseded_by_later"))
        return
    if promises.too_late(draft, due):
        draft.add(f.StepSuperseded(track=track.name, step=step, reason="stale_after_outage"))
        tasks.raise_task(draft, "still_right", detail=track.name.value)
        return
    draft.add(f.StepFired(track=track.name, step=step, due_at=due, next_at=following))
    spread = track.steps[step].spread
    if telling.tell_track(draft, track.name, spread=spread, by_hand=step == 0):
        return
    draft.add(f.StepSkipped(track=track.name, step=step, reason=Reason.NO_ENDPOINT))
    if not telling.somebody_has_it(draft.case, track.name, or_waits=True):
        tasks.raise_task(draft, "nobody_left", detail=track.name.value)


def _alert_due(draft: Draft, alert: Alert) -> bool:
    if alert.track is TrackName.DUTY:
        return False
    state = draft.case.track(alert.track)
    if state is None or state.frozen:
        return False
    owed = (*(p.ask_at for p in alert.promises), *(call.next_at for call in alert.calls))
    if not owed or min(owed) > draft.now:
        return False
    hold = held(draft.case, alert, now=draft.now)
    if hold is not None:
        draft.add(f.AlertHeld(alert=alert.id, hold=hold.id, until=hold.until))
        return True
    for promise in alert.promises:
        if promise.ask_at <= draft.now:
            promises.fall_due(draft, alert, promise)
            return True
    for call in alert.calls:
        if call.next_at <= draft.now:
            _call_due(draft, alert, call)
            return True
    return False


def _call_due(draft: Draft, alert: Alert, call: Call) -> None:
    if call.answered:
        draft.add(f.AnswerExpired(alert=alert.id, contact=call.contact))
    else:
        draft.add(f.ContactSilent(alert=alert.id, contact=call.contact))
    if not recheck.still_right(draft, draft.alert(alert.id)):
        telling.next_party(draft, alert.track)
        return
    if not _still_open(draft.case, alert):
        return
    if promises.too_late(draft, call.next_at):
        tasks.raise_task(draft, "still_right", alert=alert.id)
    elif not (call.answered and telling.tell_again(draft, alert.id, call.contact)):
        telling.go_on(draft, alert.id)


def _still_open(case: Case, alert: Alert) -> bool:
    state = case.track(alert.track)
    if state is None or state.track.until is not Until.COMMITTED:
        return True
    return not any(a.track is alert.track and a.pledged for a in case.alerts)
