"""Outward rungs: which one fires, whom it is for, and which gives way."""

from engine.case import promises, quiet, tasks, telling
from engine.case.draft import Draft
from engine.case.evolve_steering import due_of
from engine.case.state import AlertStatus, CaseStatus, TrackState
from schemas import facts as f
from schemas.codes import Severity, TrackName
from schemas.plan import Reason, Spread, Step


def fire(draft: Draft, state: TrackState) -> None:
    """Decide the rung that is due; one that is more than 12 h late waits for a person instead.

    A rung for other severities, or that nobody needs any more, is passed over. Should it count
    later after all, because the case is graver or a promise was missed, it fires then.
    """
    track, step = state.track, state.step
    rung = track.steps[step]
    due = state.next_at or draft.now
    if not counts_at(rung, draft.case.severity):
        _pass(draft, state, "other_severity")
    elif quiet.quiet(draft.case, track.name):
        _pass(draft, state, "satisfied")
    elif _later_one(draft, state):
        _pass(draft, state, "superseded_by_later")
    elif promises.too_late(draft, due):
        _pass(draft, state, "stale_after_outage")
        tasks.ask_if_still_right(draft, detail=track.name.value)
    else:
        following = due_of(state, step + 1)
        draft.add(f.StepFired(track=track.name, step=step, due_at=due, next_at=following))
        if step == 0:
            telling.follow_up(draft, track.name)
        if not _tell(draft, track.name, step):
            _nobody(draft, track.name, step)


def catch_up(draft: Draft) -> bool:
    """Fire one rung that was passed over and counts now; whether there was one."""
    if draft.case.status is not CaseStatus.OPEN:
        return False
    for state in draft.case.tracks:
        name = state.track.name
        if not state.passed or state.frozen or not state.open_at(draft.now):
            continue
        if quiet.quiet(draft.case, name):
            continue
        for step in state.passed:
            if counts_at(state.track.steps[step], draft.case.severity):
                draft.add(f.StepCaughtUp(track=name, step=step, at=draft.now))
                _catch_up(draft, name, step)
                return True
    return False


def wake(draft: Draft, asleep: tuple[TrackName, ...]) -> None:
    """Tracks that were quiet and are not any more: go on with whoever was silent meanwhile."""
    for name in asleep:
        state = draft.case.track(name)
        if state is None or state.frozen or quiet.settled(draft.case, name):
            continue
        for alert in draft.case.alerts:
            if alert.track is name and alert.status is AlertStatus.SILENT:
                telling.go_on(draft, alert.id)


def asleep(draft: Draft) -> tuple[TrackName, ...]:
    """Tracks on which nobody further is brought in, because enough is promised or done."""
    names = (state.track.name for state in draft.case.tracks)
    return tuple(name for name in names if quiet.settled(draft.case, name))


def counts_at(rung: Step, severity: Severity) -> bool:
    """Whether a rung is for cases this grave."""
    return not rung.severities or severity in rung.severities


def _tell(draft: Draft, name: TrackName, step: int) -> bool:
    by_hand = any(
        isinstance(fact, f.TrackReleased | f.ProtocolApplied) and fact.track is name
        for fact in draft.facts
    )
    return telling.tell_rung(draft, name, step, by_hand=by_hand)


def _catch_up(draft: Draft, name: TrackName, step: int) -> None:
    """Tell whom this rung would have told, and as many contacts of those who have not answered."""
    state = draft.case.track(name)
    if state is None:
        return
    rung = state.track.steps[step]
    if rung.spread is Spread.NEXT and telling.somebody_has_it(draft.case, name):
        return
    telling.tell_rung(draft, name, step)
    for alert in draft.case.alerts:
        few = len(alert.told_contacts) < rung.contacts
        if alert.status is AlertStatus.WAITING and few and telling.for_rung(state, step, alert):
            if alert.track is name:
                telling.tell_next(
                    draft, alert.id, contacts=rung.contacts - len(alert.told_contacts)
                )


def _pass(draft: Draft, state: TrackState, reason: f.WhyPassed) -> None:
    name = state.track.name
    draft.add(f.StepSuperseded(track=name, step=state.step, reason=reason))
    after = draft.case.track(name)
    over = after is None or after.next_at is None
    if reason == "other_severity" and over and not telling.somebody_has_it(draft.case, name):
        tasks.raise_task(draft, "nobody_left", detail=name.value)


def _later_one(draft: Draft, state: TrackState) -> bool:
    """Whether a later rung is due as well and tells everybody whom this one would."""
    rung = state.track.steps[state.step]
    for later in range(state.step + 1, len(state.track.steps)):
        due = due_of(state, later)
        if due is None or due > draft.now:
            break
        other = state.track.steps[later]
        kinds = not other.only or (bool(rung.only) and set(rung.only) <= set(other.only))
        spread = other.spread is Spread.ALL or rung.spread is Spread.NEXT
        if counts_at(other, draft.case.severity) and kinds and spread:
            return True
    return False


def _nobody(draft: Draft, name: TrackName, step: int) -> None:
    """Nobody was told by this rung: say so, unless somebody it is for has it already."""
    draft.add(f.StepSkipped(track=name, step=step, reason=Reason.NO_ENDPOINT))
    state = draft.case.track(name)
    mine = [a.id for a in draft.case.alerts if state and telling.for_rung(state, step, a)]
    if not telling.somebody_has_it(draft.case, name, among=mine, or_waits=True):
        tasks.raise_task(draft, "nobody_left", detail=name.value)
