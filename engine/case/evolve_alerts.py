"""What telling and answers make of an alert."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from engine.case.replacing import replace
from engine.case.state import Alert, AlertStatus, Call, Case, Promise
from schemas import facts as f
from schemas.codes import TrackName
from schemas.plan import Reason
from schemas.projection import Purpose


def swap(case: Case, alert: Alert) -> Case:
    """Return the case with this alert in the place of the one with its id, or added."""
    if case.alert(alert.id) is None:
        return replace(case, alerts=(*case.alerts, alert))
    return replace(case, alerts=tuple(alert if a.id == alert.id else a for a in case.alerts))


def _change(case: Case, alert_id: str, **changes: Any) -> Case:
    alert = case.alert(alert_id)
    return case if alert is None else swap(case, replace(alert, **changes))


def _without(calls: tuple[Call, ...], *contacts: str) -> tuple[Call, ...]:
    return tuple(call for call in calls if call.contact not in contacts)


def _told(case: Case, fact: f.Told) -> Case:
    alert = case.alert(fact.alert) or Alert(
        id=fact.alert, ref=fact.ref, track=fact.track, party=fact.party, contacts=()
    )
    contacts = tuple(dict.fromkeys(notice.contact for notice in fact.notices))
    alert = replace(
        alert,
        tell_no=fact.tell_no,
        told_contacts=(
            *alert.told_contacts,
            *(c for c in contacts if c not in alert.told_contacts),
        ),
    )
    if fact.purpose is Purpose.TELL:
        owed: tuple[Call, ...] = ()
        if fact.answer_by is not None:
            owed = tuple(Call(contact=c, next_at=fact.answer_by) for c in contacts)
        alert = replace(
            alert,
            status=AlertStatus.PROMISED if alert.promises else AlertStatus.WAITING,
            reason=None,
            calls=(*_without(alert.calls, *contacts), *owed),
        )
        if fact.track.outward:
            case = replace(case, last_outward_at=fact.at)
    elif fact.track is TrackName.DUTY:
        alert = replace(alert, status=AlertStatus.WAITING)
    return swap(case, alert)


def _handed_off(case: Case, fact: f.HandedOff) -> Case:
    alert = case.alert(fact.alert)
    if alert is None:
        return case
    return swap(_told_outward(case, alert, at=fact.at), _left_the_house(alert, fact.contact))


def _told_outward(case: Case, alert: Alert, *, at: datetime) -> Case:
    """A message that waited for long counts from when it left: the reprisal watch begins there."""
    if not alert.track.outward or (case.last_outward_at is not None and case.last_outward_at > at):
        return case
    return replace(case, last_outward_at=at)


def _left_the_house(alert: Alert, contact: str) -> Alert:
    reached = alert.reached
    if alert.track is TrackName.DUTY:
        return replace(alert, handed_off=True)
    if contact and contact not in reached:
        reached = (*reached, contact)
    return replace(alert, handed_off=True, reached=reached, left=alert.left + 1)


def _delivered(case: Case, fact: f.Delivered) -> Case:
    alert = case.alert(fact.alert)
    if alert is None or alert.track is TrackName.DUTY:
        return case
    return swap(case, replace(alert, delivered=alert.delivered + 1))


def _delivery_failed(case: Case, fact: f.DeliveryFailed) -> Case:
    alert = case.alert(fact.alert)
    if alert is None:
        return case
    if fact.reason == "unknown_exhausted":
        # It may have arrived: whoever may know counts as told.
        alert = _left_the_house(alert, fact.contact)
        case = _told_outward(case, alert, at=fact.at)
    if fact.endpoint not in alert.failed:
        alert = replace(alert, failed=(*alert.failed, fact.endpoint))
    return swap(case, alert)


def _tell_refused(case: Case, fact: f.TellRefused) -> Case:
    alert = case.alert(fact.alert)
    if alert is None or alert.status in (AlertStatus.CLOSED, AlertStatus.DECLINED):
        return case
    calls = _without(alert.calls, *fact.contacts)
    alert = replace(
        alert,
        told_contacts=tuple(c for c in alert.told_contacts if c not in fact.contacts),
        calls=calls,
    )
    # What others of the party were told, promised or did stands; they can still answer.
    if not calls and not alert.promises and alert.status is not AlertStatus.ACTED:
        alert = replace(alert, status=AlertStatus.WITHHELD, reason=fact.reason)
    return swap(case, alert)


def _closed(case: Case, fact: f.AlertClosed) -> Case:
    return _change(
        case, fact.alert, status=AlertStatus.CLOSED, reason=fact.reason, calls=(), promises=()
    )


def _withheld(case: Case, fact: f.AlertWithheld) -> Case:
    alert = case.alert(fact.alert)
    if alert is None:
        return case
    if alert.status is AlertStatus.CLOSED:
        # It was stood down; whatever comes next starts with its first contact again.
        alert = replace(alert, told_contacts=(), reached=())
    return swap(
        case,
        replace(alert, status=AlertStatus.WITHHELD, reason=fact.reason, calls=(), promises=()),
    )


def _answered(case: Case, fact: f.Answered) -> Case:
    alert = case.alert(fact.alert)
    if alert is None:
        return case
    if alert.promises or alert.status is AlertStatus.ACTED:
        return case  # A promise or an act holds the whole alert; "got it" never lowers it.
    calls = alert.calls
    if alert.track is not TrackName.DUTY:
        by = fact.contact or fact.by
        held = Call(contact=by, next_at=fact.hold_until, answered=True)
        calls = (*_without(alert.calls, by), held)
    return swap(case, replace(alert, status=AlertStatus.ANSWERED, reason=None, calls=calls))


def _call_ended(case: Case, fact: f.AnswerExpired | f.ContactSilent) -> Case:
    alert = case.alert(fact.alert)
    if alert is None:
        return case
    return swap(case, _without_call(alert, fact.contact))


def _without_call(alert: Alert, contact: str) -> Alert:
    """The alert when this contact owes no answer any more; with nobody left it is silent."""
    calls = _without(alert.calls, contact)
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
    )
    case = replace(case, serial=case.serial + 1)
    return swap(
        case,
        replace(
            alert,
            status=AlertStatus.PROMISED,
            reason=None,
            promises=(*alert.promises, promise),
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
    alert = case.alert(fact.alert)
    if alert is None:
        return case
    promises = tuple(p for p in alert.promises if p.action != fact.action)
    status = AlertStatus.PROMISED if promises else AlertStatus.SILENT
    return swap(case, replace(alert, status=status, promises=promises))


def _acted(case: Case, fact: f.Acted) -> Case:
    alert = case.alert(fact.alert)
    if alert is None:
        return case
    promises = tuple(p for p in alert.promises if p.action != fact.action)
    status = AlertStatus.PROMISED if promises else AlertStatus.ACTED
    case = replace(case, serial=case.serial + 1)
    return swap(case, replace(alert, status=status, reason=None, promises=promises, calls=()))


def _declined(case: Case, fact: f.Declined) -> Case:
    alert = case.alert(fact.alert)
    if alert is not None and alert.track is TrackName.DUTY:
        return _stepped_back(case, alert)
    if fact.party not in case.declined:
        case = replace(case, declined=(*case.declined, fact.party))
    return _change(case, fact.alert, status=AlertStatus.DECLINED, calls=(), promises=())


def _stepped_back(case: Case, alert: Alert) -> Case:
    """One of our own cannot take it: nothing of the case is theirs any more."""
    tasks = tuple(replace(t, owner="") if t.owner == alert.party else t for t in case.tasks)
    owner = "" if case.owner == alert.party else case.owner
    case = replace(case, tasks=tasks, owner=owner)
    return swap(case, replace(alert, status=AlertStatus.DECLINED))


def _conflict(case: Case, fact: f.ConflictDeclared) -> Case:
    if fact.party not in case.conflicts:
        case = replace(case, conflicts=(*case.conflicts, fact.party))
    return _change(
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


def _unchanged(case: Case, fact: object) -> Case:
    return case


STEPS: dict[type[Any], Callable[[Case, Any], Case]] = {
    f.Told: _told,
    f.Rerouted: _unchanged,
    f.HandedOff: _handed_off,
    f.Delivered: _delivered,
    f.DeliveryFailed: _delivery_failed,
    f.TellRefused: _tell_refused,
    f.NoticesCancelled: _unchanged,
    f.AlertClosed: _closed,
    f.AlertWithheld: _withheld,
    f.ToldBeforeExcluded: _unchanged,
    f.Answered: _answered,
    f.AnswerExpired: _call_ended,
    f.ContactSilent: _call_ended,
    f.Promised: _promised,
    f.PromiseAsked: _promise_asked,
    f.PromiseMissed: _promise_missed,
    f.Acted: _acted,
    f.Declined: _declined,
    f.ConflictDeclared: _conflict,
    f.ContactDropped: _dropped,
    f.PassedOn: _passed_on,
}
