"""What answers, promises and acts make of an alert."""

from collections.abc import Callable
from typing import Any

from engine.case.evolve_alerts import change, swap, without
from engine.case.replacing import replace
from engine.case.state import Act, Alert, AlertStatus, Call, Case, Promise, Reply
from schemas import facts as f
from schemas.codes import TrackName
from schemas.plan import Reason

_ACTS_KEPT = 6
"""Of one party, for judging them later; all of them stand in the journal."""
_REPLIES_KEPT = 3
"""Answers of ours to one party's questions, for its page."""


def _answered(case: Case, fact: f.Answered) -> Case:
    alert = case.alert(fact.alert)
    if alert is None:
        return case
    by, calls = fact.contact or fact.by, alert.calls
    pledged = alert.pledged or alert.status is AlertStatus.ACTED
    if pledged and all(call.contact != by for call in calls):
        return case  # A promise or an act holds the whole alert; "got it" never lowers it.
    if alert.track is not TrackName.DUTY:
        held = Call(contact=by, next_at=fact.hold_until, answered=True)
        calls = (*without(calls, by), held)
    if pledged:  # Their own: who was asked beside it and answered was not silent.
        return swap(case, replace(alert, calls=calls))
    return swap(case, replace(alert, status=AlertStatus.ANSWERED, reason=None, calls=calls))


def _call_ended(case: Case, fact: f.AnswerExpired | f.ContactSilent) -> Case:
    alert = case.alert(fact.alert)
    if alert is None:
        return case
    return swap(case, _without_call(alert, fact.contact))


def _without_call(alert: Alert, contact: str) -> Alert:
    """The alert when this contact owes no answer any more; with nobody left it is silent."""
    calls = without(alert.calls, contact)
    status = alert.status
    if status in (AlertStatus.WAITING, AlertStatus.ANSWERED):
        if any(call.answered for call in calls):
            status = AlertStatus.ANSWERED
        else:
            status = AlertStatus.WAITING if calls else AlertStatus.SILENT
    return replace(alert, status=status, calls=calls)


def _promised(case: Case, fact: f.Promised) -> Case:
    alert = case.alert(fact.alert)
    if alert is None:
        return case
    promise = Promise(
        action=fact.action,
        action_kind=fact.action_kind,
        by=fact.contact or fact.by,
        due_at=fact.due_at,
        ask_at=fact.ask_at,
        for_date=fact.for_date,
        condition=fact.condition,
    )
    case = replace(case, serial=case.serial + 1)
    # Others of the party who still had time to answer are let be; they may be asked again later.
    let_be = {call.contact for call in alert.calls if not call.answered} - {promise.by}
    return swap(
        case,
        replace(
            alert,
            status=AlertStatus.PROMISED,
            reason=None,
            promises=(*alert.promises, promise),
            told_contacts=tuple(each for each in alert.told_contacts if each not in let_be),
            calls=(),
        ),
    )


def _promise_asked(case: Case, fact: f.PromiseAsked) -> Case:
    alert = case.alert(fact.alert)
    if alert is None:
        return case
    promises = tuple(
        replace(p, asked=True, ask_at=fact.next_at) if p.action == fact.action else p
        for p in alert.promises
    )
    return swap(case, replace(alert, promises=promises))


def _promise_missed(case: Case, fact: f.PromiseMissed) -> Case:
    """What it did before does not make up for it: somebody else is asked."""
    alert = case.alert(fact.alert)
    if alert is None:
        return case
    held = any(p.holds for p in alert.promises if p.action == fact.action)
    left = replace(alert, promises=_without_promise(alert, fact.action))
    return swap(case, _stands(left, acted=False) if held else left)


def _promise_withdrawn(case: Case, fact: f.PromiseWithdrawn) -> Case:
    alert = case.alert(fact.alert)
    if alert is None:
        return case
    calls = alert.calls
    giver = next((p.by for p in alert.promises if p.action == fact.action), "")
    if fact.hold_until is not None and giver:
        held = Call(contact=giver, next_at=fact.hold_until, answered=True)
        calls = (*without(calls, giver), held)
    promises = _without_promise(alert, fact.action)
    return swap(case, _stands(replace(alert, promises=promises, calls=calls)))


def _condition_met(case: Case, fact: f.ConditionMet) -> Case:
    alert = case.alert(fact.alert)
    if alert is None:
        return case
    promises = tuple(
        replace(p, condition_met=True) if p.action == fact.action else p for p in alert.promises
    )
    return swap(case, replace(alert, promises=promises))


def _acted(case: Case, fact: f.Acted) -> Case:
    alert = case.alert(fact.alert)
    if alert is None:
        return case
    act = Act(
        action=fact.action,
        by=fact.contact or fact.by,
        action_kind=fact.action_kind,
        for_date=fact.for_date,
    )
    alert = replace(
        alert,
        status=AlertStatus.ACTED,
        reason=None,
        promises=_without_promise(alert, fact.action),
        acts=(*alert.acts, act)[-_ACTS_KEPT:],
        calls=(),
    )
    if alert.pledged:
        alert = replace(alert, status=AlertStatus.PROMISED)
    return swap(replace(case, serial=case.serial + 1), alert)


def _classed(case: Case, fact: f.AnswerClassed) -> Case:
    alert = case.alert(fact.alert)
    if alert is None:
        return case
    worth = fact.answer_class
    known = any(act.action == fact.action for act in alert.acts)
    acted = bool(alert.acts) or worth.quietens or alert.status is not AlertStatus.ACTED
    calls = alert.calls
    if not fact.action and not worth.quietens:
        calls = tuple(call for call in calls if not call.answered)
    alert = replace(
        alert,
        promises=tuple(
            replace(p, judged=worth) if p.action == fact.action else p for p in alert.promises
        ),
        acts=tuple(
            replace(act, judged=worth) if act.action == fact.action else act for act in alert.acts
        )
        if known
        else alert.acts,
        calls=calls,
    )
    return swap(case, _stands(alert, acted=acted))


def _without_promise(alert: Alert, action: str) -> tuple[Promise, ...]:
    return tuple(promise for promise in alert.promises if promise.action != action)


def _stands(alert: Alert, *, acted: bool = True) -> Alert:
    """Where a party that was told stands by what it promised, did and answered.

    `acted`: whether what it did counts as far as nobody judged otherwise.
    """
    if not (alert.live or alert.status is AlertStatus.ACTED):
        return alert
    done = acted and (
        any(act.counts for act in alert.acts)
        or (alert.status is AlertStatus.ACTED and not alert.acts)
    )
    if alert.pledged or done:
        status = AlertStatus.PROMISED if alert.pledged else AlertStatus.ACTED
        return replace(alert, status=status, calls=())
    if any(call.answered for call in alert.calls):
        return replace(alert, status=AlertStatus.ANSWERED)
    status = AlertStatus.WAITING if alert.calls else AlertStatus.SILENT
    return replace(alert, status=status)


def _declined(case: Case, fact: f.Declined) -> Case:
    alert = case.alert(fact.alert)
    if alert is not None and alert.track is TrackName.DUTY:
        return _stepped_back(case, alert)
    if fact.party not in case.declined:
        case = replace(case, declined=(*case.declined, fact.party))
    return change(case, fact.alert, status=AlertStatus.DECLINED, calls=(), promises=())


def _stepped_back(case: Case, alert: Alert) -> Case:
    """One of our own cannot take it: nothing of the case is theirs any more."""
    tasks = tuple(replace(t, owner="") if t.owner == alert.party else t for t in case.tasks)
    owner = "" if case.owner == alert.party else case.owner
    case = replace(case, tasks=tasks, owner=owner)
    return swap(case, replace(alert, status=AlertStatus.DECLINED))


def _conflict(case: Case, fact: f.ConflictDeclared) -> Case:
    if fact.party not in case.conflicts:
        case = replace(case, conflicts=(*case.conflicts, fact.party))
    return change(
        case,
        fact.alert,
        status=AlertStatus.CLOSED,
        reason=Reason.CONFLICT,
        calls=(),
        promises=(),
    )


def _dropped(case: Case, fact: f.ContactDropped) -> Case:
    alert = case.alert(fact.alert)
    if alert is None:
        return case
    return swap(
        case,
        replace(
            _without_call(alert, fact.contact),
            dropped_contacts=(*alert.dropped_contacts, fact.contact),
        ),
    )


def _passed_on(case: Case, fact: f.PassedOn) -> Case:
    alert = case.alert(fact.alert)
    if alert is None:
        return case
    return swap(case, _without_call(alert, fact.contact or fact.by))


def _question_answered(case: Case, fact: f.QuestionAnswered) -> Case:
    alert = case.alert(fact.alert)
    if alert is None:
        return case
    reply = Reply(contact=fact.contact, note=fact.note, at=fact.at)
    return swap(case, replace(alert, replies=(*alert.replies, reply)[-_REPLIES_KEPT:]))


STEPS: dict[type[Any], Callable[[Case, Any], Case]] = {
    f.Answered: _answered,
    f.AnswerExpired: _call_ended,
    f.ContactSilent: _call_ended,
    f.Promised: _promised,
    f.PromiseAsked: _promise_asked,
    f.PromiseMissed: _promise_missed,
    f.PromiseWithdrawn: _promise_withdrawn,
    f.ConditionMet: _condition_met,
    f.Acted: _acted,
    f.AnswerClassed: _classed,
    f.Declined: _declined,
    f.ConflictDeclared: _conflict,
    f.ContactDropped: _dropped,
    f.PassedOn: _passed_on,
    f.QuestionAnswered: _question_answered,
}
