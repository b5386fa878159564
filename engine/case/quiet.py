"""When a track is quiet: as many of its parties as its plan asks for promised, or acted.

*Acknowledged* never counts here. What is judged a token, harmful or nothing never counts either.
"""

from collections.abc import Iterable

from engine.case.state import Alert, AlertStatus, Case, TrackState
from schemas.codes import TrackName
from schemas.plan import Spread, Until
from schemas.reason import Reason

EACH = 0
"""As `Track.enough`: every party of the track that may be asked."""

_OUT = (AlertStatus.CLOSED, AlertStatus.DECLINED)


def quiet(case: Case, name: TrackName) -> bool:
    """Whether enough is promised or done on this track, so that nobody further is brought in."""
    state = case.track(name)
    if state is None or name is TrackName.DUTY:
        return False
    asked = [a for a in case.alerts if a.track is name and not _out(a)]
    return all(_enough(state, group) for group in _constituencies(state, asked)) and bool(asked)


def settled(case: Case, name: TrackName) -> bool:
    """Whether some of its parties did enough for all, so that the others are asked no further.

    Where each party has to act, what one does never stops the clock of another.
    """
    state = case.track(name)
    return state is not None and enough(state) != EACH and quiet(case, name)


def can_be_quiet(case: Case, name: TrackName) -> bool:
    """Whether the parties that are left, told or still to be told, are enough to make it quiet."""
    state = case.track(name)
    if state is None:
        return False
    left = [a for a in case.alerts if a.track is name and not _out(a)]
    return bool(left) and all(
        len(group) >= max(enough(state), 1) for group in _constituencies(state, left)
    )


def enough(state: TrackState) -> int:
    """How many of each constituency have to; `EACH`: all of it."""
    if state.track.enough is not None:
        return state.track.enough
    return 1 if state.track.until is Until.COMMITTED else EACH


def counts(state: TrackState, alert: Alert) -> bool:
    """Whether this party has done what quietens its track, and it still stands."""
    if alert.status is AlertStatus.PROMISED:
        return state.track.until is Until.COMMITTED or any(act.counts for act in alert.acts)
    return alert.status is AlertStatus.ACTED


def _out(alert: Alert) -> bool:
    """Whether nothing can come of this party any more."""
    return alert.status in _OUT or alert.reason is Reason.NOT_CHOSEN


def _enough(state: TrackState, group: Iterable[Alert]) -> bool:
    needed = enough(state)
    if needed != EACH:
        return sum(counts(state, alert) for alert in group) >= needed
    in_turn = any(step.spread is Spread.NEXT for step in state.track.steps)
    # Asked one at a time, those not asked yet stand by in case the others do nothing.
    due = [
        alert
        for alert in group
        if alert.status is not AlertStatus.WITHHELD and (alert.tell_no or not in_turn)
    ]
    return bool(due) and all(counts(state, alert) for alert in due)


def _constituencies(state: TrackState, alerts: list[Alert]) -> Iterable[list[Alert]]:
    """The parties of the track together, or those of each kind for themselves."""
    if not state.track.per_kind:
        yield alerts
        return
    kinds = dict.fromkeys(alert.kind for alert in alerts)
    for kind in kinds:
        yield [alert for alert in alerts if alert.kind is kind]
