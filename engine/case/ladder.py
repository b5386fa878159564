"""Time: deciding everything that is due, each thing exactly once."""

from datetime import datetime, timedelta

from engine.case import (
    closing,
    datechecks,
    freezing,
    gates,
    holding,
    necessity,
    paging,
    promises,
    quiet,
    recheck,
    rounds,
    rungs,
    tasks,
    telling,
    times,
)
from engine.case.draft import Draft
from engine.case.due import calls_rest, due_at, moves_at
from engine.case.evolve_duty import offset
from engine.case.protect import held
from engine.case.state import Alert, Call, CaseStatus, TrackState
from schemas import facts as f
from schemas.codes import TrackName
from schemas.plan import Reason

_SHORTEST_HOLD = 60
"""Seconds. Whatever a rulebook says, an answer of duty holds for so long."""
_ROUNDS_AT_MOST = 2_000
"""Far above what one case can owe at once; reaching it is a bug, and the case is faulted."""


def fire(draft: Draft) -> None:
    """Decide all that is due by now. Raises RuntimeError if that never ends."""
    due = due_at(draft.case)
    draft.late = due is not None and draft.now - due > times.OUTAGE_AFTER
    for _ in range(_ROUNDS_AT_MOST):
        if due is not None and due <= draft.now:
            _fire_one(draft)
        elif not rungs.catch_up(draft):
            _keep_short(draft)
            return
        due = due_at(draft.case)
    raise RuntimeError("A case owes something new each time it is decided.")


def _fire_one(draft: Draft) -> None:
    case, now = draft.case, draft.now
    if holding.end_due(draft) or necessity.review_due(draft):
        return
    if any(gates.expire(draft, state) for state in case.tracks):
        return
    for state in case.tracks:
        due = moves_at(case, state)
        if due is not None and due <= now and case.status is not CaseStatus.MONITORED:
            _move(draft, state)
            return
    if datechecks.fall_due(draft):
        return
    for task in case.tasks:
        if task.next_at <= now:
            tasks.fall_due(draft, task)
            return
    for alert in case.alerts:
        if _alert_due(draft, alert):
            return
    if rounds.fall_due(draft):
        return
    if case.status is CaseStatus.MONITORED:
        closing.end_monitoring(draft)


def _move(draft: Draft, state: TrackState) -> None:
    name = state.track.name
    if state.frozen:
        draft.add(f.TrackLifted(track=name, at=draft.now, by=("engine",)))
        freezing.go_on(draft, name, due=state.frozen_until)
    elif name is TrackName.DUTY:
        if state.hold_until is not None:
            _hold_ends(draft, state)
        else:
            _page(draft, state)
    else:
        rungs.fire(draft, state)


def _hold_ends(draft: Draft, state: TrackState) -> None:
    if tasks.all_owned(draft):
        until = _quiet_until(draft, state)
        draft.add(f.HoldExtended(track=TrackName.DUTY, until=until))
        return
    draft.add(f.TrackWoken(track=TrackName.DUTY, at=draft.now, reason="hold_expired"))


def _quiet_until(draft: Draft, state: TrackState) -> datetime:
    """As long again, and again, up to the first time at which something owed is late.

    Decided once for all of these times: a case that lasts would else be looked at every half hour
    for years, each time to the same end. What changes meanwhile, changes by people (`_keep_short`).
    """
    first = min(task.due_at for task in draft.case.tasks)
    holds = _answer_holds(state)
    return draft.now + holds * -((draft.now - first) // holds)


def _keep_short(draft: Draft) -> None:
    """Quiet for longer than an answer holds is only what has an owner for everything."""
    state = draft.case.track(TrackName.DUTY)
    if state is None or state.hold_until is None or not draft.case.status.unresolved:
        return
    owed = draft.case.tasks
    soon = draft.now + _answer_holds(state)
    if state.hold_until > soon and not (owed and all(task.owner for task in owed)):
        draft.add(f.HoldShortened(track=TrackName.DUTY, until=soon))


def _answer_holds(state: TrackState) -> timedelta:
    return timedelta(seconds=max(state.track.answer_holds_for, _SHORTEST_HOLD))


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
    if not paging.page_roles(draft, roles):
        _nobody(draft, last)


def _nobody(draft: Draft, step: int) -> None:
    """A rung of duty that reaches nobody is owed: in a grave case its owner, if any, is told now.

    It is tried again at every later rung, and the task stays until a person has looked: that
    somebody came on shift an hour later does not say why nobody was there.
    """
    reason = Reason.EXERCISE if draft.case.exercise else Reason.NO_ENDPOINT
    draft.add(f.StepSkipped(track=TrackName.DUTY, step=step, reason=reason))
    grave = draft.case.severity.grave
    tasks.raise_task(draft, "nobody_left", detail=TrackName.DUTY.value, critical=grave)


def _last_due(state: TrackState, now: datetime) -> int:
    anchor = state.anchor_at or now
    step = state.step
    while anchor + offset(state.track, step + 1) <= now:
        step += 1
    return step


def _alert_due(draft: Draft, alert: Alert) -> bool:
    if alert.track is TrackName.DUTY:
        return False
    state = draft.case.track(alert.track)
    if state is None or state.frozen:
        return False
    calls = () if calls_rest(draft.case, alert.track) else alert.calls
    owed = (*(p.ask_at for p in alert.promises), *(call.next_at for call in calls))
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
    for call in calls:
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
    if quiet.settled(draft.case, alert.track):
        return
    if promises.too_late(draft, call.next_at):
        tasks.ask_if_still_right(draft, alert=alert.id)
    elif not (call.answered and telling.tell_again(draft, alert.id, call.contact)):
        telling.go_on(draft, alert.id)
