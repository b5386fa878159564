"""Scoped holds: a person asks to wait for somebody; two end it early, or its time does."""

from dataclasses import replace
from datetime import timedelta

from engine.case import arrival, tasks, telling, times
from engine.case import commands as c
from engine.case.draft import Draft, Refusal
from engine.case.freezing import must_be_open
from engine.case.protect import judge_party
from engine.case.records import records_of
from engine.case.state import Alert, AlertStatus, Case, CaseStatus, HoldState
from schemas import facts as f
from schemas.plan import Reason, Spread
from schemas.responses import RefusedBecause
from schemas.safeguards import Hold

LONGEST = timedelta(days=60)
"""A hold ends and is somebody's task; who needs longer looks again and places another."""
_AT_ONCE = 20
"""Holds of one case. Who needs more wants a freeze."""


def place(draft: Draft, command: c.PlaceHold) -> None:
    """A person asks to wait. It is theirs to look at when it ends.

    Every record of a party that is named is held: who entered it twice did not ask for less.
    """
    must_be_open(draft.case)
    hold = command.hold
    if not (hold.tracks or hold.parties or hold.states or hold.kinds):
        raise Refusal(RefusedBecause.INCOMPLETE, "whom: a party, track, state or kind.")
    if not draft.now < hold.until <= draft.now + LONGEST:
        raise Refusal(RefusedBecause.INCOMPLETE, f"until: ahead, by {LONGEST.days} days at most.")
    if len(draft.case.holds) >= _AT_ONCE or find(draft.case, hold.id) is not None:
        raise Refusal(RefusedBecause.INCOMPLETE, "Enough is held here. Freeze the tracks instead.")
    registry = draft.case.around.registry
    parties = {record for party in hold.parties for record in records_of(party, registry)}
    hold = replace(hold, parties=tuple(sorted(parties)))
    draft.add(f.HoldPlaced(hold=hold, at=draft.now))
    tasks.raise_task(draft, "hold", due_at=hold.until, detail=hold.id, owner=hold.by)
    _no_release_yet(draft)


def lift(draft: Draft, command: c.LiftHold) -> None:
    """A person agrees to end a hold early; it ends when a second, different one agrees."""
    must_be_open(draft.case)
    state = find(draft.case, command.hold)
    if state is None:
        raise Refusal(RefusedBecause.NO_SUCH_HOLD, "It may have ended already.")
    if command.by in state.lifted_by:
        raise Refusal(RefusedBecause.SAME_PERSON, "A second person has to lift this hold.")
    draft.add(f.HoldLiftGiven(hold=command.hold, by=command.by, at=draft.now))
    if not state.lifted_by:
        return
    tasks.drop_tasks(draft, "hold", detail=command.hold)
    _end(draft, state.hold, by=(*state.lifted_by, command.by))


def end_due(draft: Draft) -> bool:
    """End one hold whose time is over; False when there is none. Its task then falls due."""
    over = (each.hold for each in draft.case.holds if each.hold.until <= draft.now)
    hold = min(over, key=lambda each: (each.until, each.id), default=None)
    if hold is None:
        return False
    _end(draft, hold, by=("engine",))
    return True


def find(case: Case, id: str) -> HoldState | None:
    """The hold in force of this id, or None."""
    return next((each for each in case.holds if each.hold.id == id), None)


def _end(draft: Draft, hold: Hold, *, by: tuple[str, ...]) -> None:
    draft.add(f.HoldEnded(hold=hold.id, at=draft.now, by=by))
    if draft.case.status is CaseStatus.OPEN:
        _go_on(draft, late=draft.now - hold.until > times.STALE_AFTER)
        arrival.ask_for_releases(draft)


def _no_release_yet(draft: Draft) -> None:
    """Nobody is asked to release a track on which all wait: the hold is somebody's task."""
    for state in draft.case.tracks:
        name = state.track.name
        waiting = [a for a in draft.case.alerts if a.track is name and telling.may_be_released(a)]
        if waiting and all(_held(draft, alert) for alert in waiting):
            tasks.drop_tasks(draft, "release", detail=name.value)


def _held(draft: Draft, alert: Alert) -> bool:
    verdict = judge_party(draft.case, track=alert.track, party=alert.party, now=draft.now)
    return verdict.reason is Reason.HELD


def _go_on(draft: Draft, *, late: bool) -> None:
    """Tell whom the hold kept waiting, where nothing else does; `late`: ask a person first."""
    for state in draft.case.tracks:
        name = state.track.name
        waits = [
            alert
            for alert in draft.case.alerts
            if alert.track is name
            and alert.status is AlertStatus.WITHHELD
            and alert.reason is Reason.HELD
            and judge_party(draft.case, track=name, party=alert.party, now=draft.now).allowed
        ]
        if not waits or state.anchor_at is None or state.frozen:
            continue
        if late:
            tasks.ask_if_still_right(draft, detail=name.value)
            continue
        if telling.one_at_a_time(draft.case, name):
            if not telling.somebody_has_it(draft.case, name):
                telling.tell_track(draft, name, spread=Spread.NEXT)
            continue
        for alert in waits:
            telling.tell_next(draft, alert.id)
