"""What telling makes of an alert."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from engine.case.replacing import replace
from engine.case.state import Alert, AlertStatus, Call, Case
from schemas import facts as f
from schemas.codes import TrackName
from schemas.projection import BESIDES, Purpose


def swap(case: Case, alert: Alert) -> Case:
    """Return the case with this alert in the place of the one with its id, or added."""
    if case.alert(alert.id) is None:
        return replace(case, alerts=(*case.alerts, alert))
    return replace(case, alerts=tuple(alert if a.id == alert.id else a for a in case.alerts))


def change(case: Case, alert_id: str, **changes: Any) -> Case:
    alert = case.alert(alert_id)
    return case if alert is None else swap(case, replace(alert, **changes))


def without(calls: tuple[Call, ...], *contacts: str) -> tuple[Call, ...]:
    return tuple(call for call in calls if call.contact not in contacts)


def _told(case: Case, fact: f.Told) -> Case:
    alert = case.alert(fact.alert) or Alert(
        id=fact.alert, ref=fact.ref, track=fact.track, party=fact.party, contacts=()
    )
    contacts = tuple(dict.fromkeys(notice.contact for notice in fact.notices))
    told = () if fact.purpose in BESIDES else contacts
    alert = replace(
        alert,
        tell_no=fact.tell_no,
        told_contacts=(
            *alert.told_contacts,
            *(c for c in told if c not in alert.told_contacts),
        ),
    )
    if fact.purpose is Purpose.WAIT:
        alert = replace(alert, waits=(*alert.waits, *(c for c in contacts if c not in alert.waits)))
    elif alert.waits:
        alert = replace(alert, waits=tuple(c for c in alert.waits if c not in contacts))
    if fact.purpose is Purpose.TELL:
        alert = _owes(alert, contacts, answer_by=fact.answer_by)
        if fact.track.outward:
            case = _asked(replace(case, last_outward_at=fact.at), fact)
    elif fact.track is TrackName.DUTY:
        alert = replace(alert, status=AlertStatus.WAITING)
    return swap(case, alert)


def _owes(alert: Alert, contacts: tuple[str, ...], *, answer_by: datetime | None) -> Alert:
    """The alert when these contacts owe an answer; one that has acted owes none any more."""
    if alert.status is AlertStatus.ACTED and any(act.counts for act in alert.acts):
        return alert
    owed: tuple[Call, ...] = ()
    if answer_by is not None:
        owed = tuple(Call(contact=c, next_at=answer_by) for c in contacts)
    return replace(
        alert,
        status=AlertStatus.PROMISED if alert.pledged else AlertStatus.WAITING,
        reason=None,
        calls=(*without(alert.calls, *contacts), *owed),
    )


def _asked(case: Case, fact: f.Told) -> Case:
    """The first time by which somebody of a track has to answer is kept."""
    state = case.track(fact.track)
    if state is None or state.answer_due is not None or fact.answer_by is None:
        return case
    asked = replace(state, answer_due=fact.answer_by)
    tracks = tuple(asked if each is state else each for each in case.tracks)
    return replace(case, tracks=tracks)


def _handed_off(case: Case, fact: f.HandedOff) -> Case:
    alert = case.alert(fact.alert)
    if alert is None:
        return case
    told = "" if fact.stand_down else fact.contact
    return swap(_told_outward(case, alert, at=fact.at), _left_the_house(alert, told))


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
        alert = _left_the_house(alert, "" if fact.stand_down else fact.contact)
        case = _told_outward(case, alert, at=fact.at)
    if fact.endpoint not in alert.failed:
        alert = replace(alert, failed=(*alert.failed, fact.endpoint))
    return swap(case, alert)


def _tell_refused(case: Case, fact: f.TellRefused) -> Case:
    alert = case.alert(fact.alert)
    over = (AlertStatus.CLOSED, AlertStatus.DECLINED)
    if alert is None or alert.status in over or not fact.contacts:
        return case
    calls = without(alert.calls, *fact.contacts)
    alert = replace(
        alert,
        told_contacts=tuple(c for c in alert.told_contacts if c not in fact.contacts),
        calls=calls,
    )
    # What others of the party were told, promised or did stands; they can still answer.
    if not calls and not alert.pledged and alert.status is not AlertStatus.ACTED:
        alert = replace(alert, status=AlertStatus.WITHHELD, reason=fact.reason)
    return swap(case, alert)


def _closed(case: Case, fact: f.AlertClosed) -> Case:
    return change(
        case, fact.alert, status=AlertStatus.CLOSED, reason=fact.reason, calls=(), promises=()
    )


def _withheld(case: Case, fact: f.AlertWithheld) -> Case:
    alert = case.alert(fact.alert)
    if alert is None:
        return case
    if alert.status is AlertStatus.CLOSED:
        # It was stood down; whatever comes next starts with its first contact again.
        alert = replace(alert, told_contacts=(), reached=())
    told = tuple(contact for contact in alert.told_contacts if contact not in fact.untold)
    alert = replace(alert, told_contacts=told)
    return swap(
        case,
        replace(alert, status=AlertStatus.WITHHELD, reason=fact.reason, calls=(), promises=()),
    )


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
}
