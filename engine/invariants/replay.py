"""What must hold from one fact of a case to the next: told by replaying its journal."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from engine.case.due import calls_rest, due_at, track_due_at
from engine.case.evolve import evolve
from engine.case.state import Alert, AlertStatus, Case, TrackState, dump_case
from engine.invariants.history import History, Leaf
from engine.invariants.violation import Violation
from schemas import facts as f
from schemas.codes import TrackName
from schemas.plan import Reason
from schemas.projection import Purpose

TOLERANCE = timedelta(seconds=1)
"""Nothing happens earlier than this before its time (I5)."""

_READ_CODE = "A person has to read the journal of this case and mend the code that decided it."
_ANSWERS = (
    f.Answered,
    f.Promised,
    f.Acted,
    f.Declined,
    f.ConflictDeclared,
    f.ContactDropped,
    f.PassedOn,
)
_PAGES = (Purpose.PAGE, Purpose.INCIDENT)


def replay(history: History) -> Iterator[Violation]:
    """Check a whole history: each step, and that it leads to the stored state."""
    case = Case()
    for expected, leaf in enumerate(history.leaves, start=1):
        if leaf.n != expected:
            yield _broken("I14", history, f"Leaf {expected} is missing or doubled.")
            return
        if leaf.fact is None:
            yield _broken("I19", history, f"Leaf {leaf.n} is of no kind this release knows.")
            return
        after = evolve(case, leaf.fact)
        yield from (replace(v, row=history.id) for v in _step(case, leaf, after))
        case = after
    yield from _agrees(history, case)


def _agrees(history: History, case: Case) -> Iterator[Violation]:
    if case.version != history.version:
        yield _broken("I14", history, f"Version {history.version}, {case.version} leaves.")
    elif dump_case(case) != dump_case(history.state):
        yield _broken("I19", history, "The stored state is not what its facts lead to.")
    if due_at(case) != history.due_at:
        yield _broken("I7", history, "The stored due time is not what the case owes next.")
    if case.status.alive and history.due_at is None:
        yield _broken("I7", history, "The case is alive and owes nothing: nobody will look again.")
    if case.status.value != history.status:
        yield _broken("I19", history, "The stored status is not what its facts lead to.")
    if case.status.unresolved:
        yield from _goes_on(history, case)


def _goes_on(history: History, case: Case) -> Iterator[Violation]:
    """An open case calls for help: duty's ladder stands, and every answer runs out (I10, I23)."""
    duty = case.track(TrackName.DUTY)
    if duty is None or not duty.track.steps or not duty.track.repeat_every:
        yield _broken("I23", history, "An open case has no duty ladder that goes on.")
    elif duty.hold_until is None and duty.next_at is None:
        yield _broken("I10", history, "Duty's ladder stands still without an end.")
    for state in case.tracks:
        if not calls_rest(case, state.track.name) and _sleeps_on(state, history.due_at, case):
            yield _broken(
                "I7", history, f"Nobody looks when the freeze of {state.track.name} ends."
            )
    for alert in case.alerts:
        if alert.track is TrackName.DUTY:
            continue
        held = any(call.answered for call in alert.calls)
        if alert.status is AlertStatus.ANSWERED and not held:
            yield _broken("I10", history, f"The answer of alert {alert.id} never runs out.")
        if alert.status is AlertStatus.PROMISED and not alert.promises:
            yield _broken("I10", history, f"The promise of alert {alert.id} is never asked for.")
        if alert.status is AlertStatus.WAITING and not alert.calls and not _asked(history, alert):
            yield _broken("I10", history, f"Alert {alert.id} waits and nobody is asked to act.")


def _sleeps_on(state: TrackState, due: datetime | None, case: Case) -> bool:
    """Whether the end of its freeze wakes nobody."""
    if not state.frozen or state.frozen_until is None or case.retry_at is not None:
        return False
    return due is None or due > state.frozen_until


def _asked(history: History, alert: Alert) -> bool:
    """Whether a person of duty was ever asked to do something about this alert."""
    return any(
        isinstance(leaf.fact, f.TaskRaised) and leaf.fact.alert == alert.id
        for leaf in history.leaves
    )


def _step(before: Case, leaf: Leaf, after: Case) -> Iterator[Violation]:
    fact = leaf.fact
    for kind, rule in _RULES:
        if isinstance(fact, kind):
            yield from rule(before, fact, leaf.at, after)


def _said(invariant: str, what: str) -> Violation:
    return Violation(invariant=invariant, row="", what=what, remedy=_READ_CODE)


def _early(what: str, due: datetime | None, at: datetime) -> Iterator[Violation]:
    if due is None or at < due - TOLERANCE:
        yield _said("I5", f"{what} was decided before its time.")


def _step_fired(case: Case, fact: f.StepFired, at: datetime, after: Case) -> Iterator[Violation]:
    state = case.track(fact.track)
    if state is None:
        yield _said("I7", "A step fired on a track the case does not have.")
        return
    if fact.step < state.step:
        yield _said("I6", f"Step {fact.step} of {fact.track} fired twice.")
    if fact.step > state.step:
        yield _said("I7", f"Steps of {fact.track} before {fact.step} were skipped without a word.")
    yield from _early(f"Step {fact.step} of {fact.track}", fact.due_at, at)
    if state.frozen or _rests(case, fact.track):
        yield _said("I8", f"A step of {fact.track} fired although it was stopped.")
    if state.hold_until is not None and at < state.hold_until:
        yield _said("I8", f"A step of {fact.track} fired although somebody had it.")


def _rests(case: Case, track: TrackName) -> bool:
    """Whether nothing of this track may move: the case is over, or it stands."""
    return not case.status.unresolved or calls_rest(case, track)


def _told(case: Case, fact: f.Told, at: datetime, after: Case) -> Iterator[Violation]:
    alert = case.alert(fact.alert)
    last = 0 if alert is None else alert.tell_no
    if fact.tell_no <= last:
        yield _said("I6", f"Tell {fact.tell_no} of alert {fact.alert} was decided twice.")
    if fact.tell_no > last + 1:
        yield _said("I6", f"Tells of alert {fact.alert} jump from {last} to {fact.tell_no}.")
    if fact.track is TrackName.DUTY:
        return
    if _kept_out(case, fact.party):
        yield _said("I17", f"Alert {fact.alert} was told although its party is kept out.")
    if fact.purpose is Purpose.TELL:
        yield from _outward(case, alert, fact)


def _kept_out(case: Case, party: str) -> bool:
    """Whether this party is tied to the perpetrator and no two people opened it for this case."""
    entry = case.around.closure.find(party)
    if entry is None:
        return False
    opened = party in case.released_controllers or any(
        each.party == party and each.agreed for each in case.clearings
    )
    return not (entry.liftable and opened)


def _outward(case: Case, alert: Alert | None, fact: f.Told) -> Iterator[Violation]:
    state = case.track(fact.track)
    if state is None or not state.open_at(fact.at):
        yield _said("I17", f"Alert {fact.alert} was told before its track was released.")
    elif state.frozen:
        yield _said("I8", f"Alert {fact.alert} was told on a frozen track.")
    if _rests(case, fact.track):
        yield _said("I8", f"Alert {fact.alert} was told although the case is not open.")
    if alert is not None and alert.status in (AlertStatus.CLOSED, AlertStatus.DECLINED):
        yield _said("I8", f"Alert {fact.alert} was told although it was {alert.status}.")
    if fact.party in case.conflicts or fact.party in case.declined:
        yield _said("I8", f"Alert {fact.alert} was told although its party had said no.")


def _expired(case: Case, fact: f.AnswerExpired, at: datetime, after: Case) -> Iterator[Violation]:
    alert = case.alert(fact.alert)
    call = next((c for c in alert.calls if c.contact == fact.contact), None) if alert else None
    yield from _early(f"The end of an answer of {fact.alert}", call.next_at if call else None, at)


def _asked_for(case: Case, fact: Any, at: datetime, after: Case) -> Iterator[Violation]:
    alert = case.alert(fact.alert)
    promise = next((p for p in alert.promises if p.action == fact.action), None) if alert else None
    yield from _early(f"Asking after {fact.action}", promise.ask_at if promise else None, at)


def _woken(case: Case, fact: f.TrackWoken, at: datetime, after: Case) -> Iterator[Violation]:
    state = case.track(fact.track)
    if fact.reason == "hold_expired":
        yield from _early("The end of an acknowledgement", state.hold_until if state else None, at)


def _extended(case: Case, fact: f.HoldExtended, at: datetime, after: Case) -> Iterator[Violation]:
    state = case.track(fact.track)
    yield from _early("A longer quiet", track_due_at(state) if state else None, at)
    if not case.tasks or any(not task.owner or task.due_at <= at for task in case.tasks):
        yield _said("I10", "It stayed quiet although nobody has what is owed.")


def _reminded(case: Case, fact: f.TaskReminded, at: datetime, after: Case) -> Iterator[Violation]:
    task = case.task(fact.task)
    yield from _early(f"A reminder of {fact.task}", task.next_at if task else None, at)


def _archived(case: Case, fact: f.Archived, at: datetime, after: Case) -> Iterator[Violation]:
    yield from _early("The end of monitoring", case.monitored_until, at)
    if case.tasks:
        yield _said("I15", "The case was archived although something is still owed.")


def _answered(case: Case, fact: Any, at: datetime, after: Case) -> Iterator[Violation]:
    """Whoever answers stops their own ladder and nobody else's."""
    if _others(case, fact.alert) != _others(after, fact.alert):
        yield _said("I9", f"An answer to {fact.alert} changed another party's alert.")
    if case.tracks != after.tracks:
        yield _said("I9", f"An answer to {fact.alert} moved a ladder by itself.")


def _others(case: Case, alert_id: str) -> tuple[Alert, ...]:
    return tuple(alert for alert in case.alerts if alert.id != alert_id)


_ONE_PARTY = ("answered", "promised", "acted", "declined", "conflict", "wrong_contact")


def _cancelled(
    case: Case, fact: f.NoticesCancelled, at: datetime, after: Case
) -> Iterator[Violation]:
    if fact.reason in _ONE_PARTY and len(fact.alerts) != 1:
        yield _said("I9", "One party's answer cancelled messages of others.")
    if fact.reason == "acknowledged":
        tracks = {alert.track for alert in case.alerts if alert.id in fact.alerts}
        if tracks - {TrackName.DUTY}:
            yield _said("I9", "An acknowledgement of duty cancelled messages to others.")


def _resolved(case: Case, fact: f.Resolved, at: datetime, after: Case) -> Iterator[Violation]:
    if case.proposal is None or case.proposal.by == fact.by:
        yield _said("I15", "The case was resolved by fewer than two people.")


def _released(case: Case, fact: f.TrackReleased, at: datetime, after: Case) -> Iterator[Violation]:
    state = case.track(fact.track)
    needed = 2 if state is not None and state.track.gate.value == "release_two" else 1
    if len(set(fact.by)) < needed:
        yield _said("I17", f"{fact.track} was released by fewer people than its gate asks for.")


def _closed_for_good(
    case: Case, fact: f.AlertClosed, at: datetime, after: Case
) -> Iterator[Violation]:
    alert = after.alert(fact.alert)
    if alert is not None and alert.calls and fact.reason is not Reason.CASE_OVER:
        yield _said("I8", f"Alert {fact.alert} was closed and still waits for an answer.")


_RULES: tuple[tuple[Any, Callable[[Case, Any, datetime, Case], Iterator[Violation]]], ...] = (
    (f.StepFired, _step_fired),
    (f.Told, _told),
    (f.AnswerExpired, _expired),
    ((f.PromiseAsked, f.PromiseMissed), _asked_for),
    (f.TrackWoken, _woken),
    (f.HoldExtended, _extended),
    (f.TaskReminded, _reminded),
    (f.Archived, _archived),
    (_ANSWERS, _answered),
    (f.NoticesCancelled, _cancelled),
    (f.Resolved, _resolved),
    (f.TrackReleased, _released),
    (f.AlertClosed, _closed_for_good),
)


def _broken(invariant: str, history: History, what: str) -> Violation:
    return Violation(invariant=invariant, row=history.id, what=what, remedy=_READ_CODE)
