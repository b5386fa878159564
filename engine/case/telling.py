"""Telling outward parties: the next contact of an alert, the next party of a track."""

from datetime import timedelta

from engine.case import ids, tasks
from engine.case.draft import Draft
from engine.case.protect import PASSING, judge_contact, judge_party, next_endpoint
from engine.case.state import Alert, AlertStatus
from rules import hours
from schemas import facts as f
from schemas.plan import ContactRef, Reason, Spread
from schemas.projection import Purpose


def tell_next(draft: Draft, alert_id: str) -> bool:
    """Tell the next contact of this alert that may be told. False when there is none.

    Outside its hours the next contact that can be reached now is told as well; a party with a
    mailbox only is told at once, with a task to phone it when grave (design section 5.4).
    """
    alert = draft.alert(alert_id)
    party = judge_party(draft.case, track=alert.track, party=alert.party, now=draft.now)
    if not party.allowed:
        _withhold(draft, alert, party.reason)
        return False
    untold = [c for c in alert.contacts if c.id not in alert.told_contacts]
    untold = [c for c in untold if c.id not in alert.dropped_contacts]
    allowed, refused = _sift(draft, alert, untold)
    if not allowed:
        if not alert.told_contacts:
            _withhold(draft, alert, refused or Reason.NO_ENDPOINT)
        return False
    chosen = [allowed[0]]
    if not hours.open_at(allowed[0].hours, draft.now):
        reachable = next((c for c in allowed[1:] if hours.open_at(c.hours, draft.now)), None)
        if reachable is not None:
            chosen.append(reachable)
        elif draft.case.severity.grave:
            opening = hours.next_opening(allowed[0].hours, draft.now) or draft.now
            tasks.raise_task(draft, "phone_at_opening", alert=alert.id, due_at=opening)
    tell(draft, draft.alert(alert_id), tuple(chosen), purpose=Purpose.TELL)
    return True


def tell(draft: Draft, alert: Alert, contacts: tuple[ContactRef, ...], *, purpose: Purpose) -> None:
    """Decide one round to these contacts, each by its next way that has not failed."""
    state = draft.case.track(alert.track)
    answer_by = None
    if purpose is Purpose.TELL and state is not None:
        answer_by = draft.now + timedelta(seconds=state.track.answer_by)
    notices = []
    for contact in contacts:
        endpoint = next_endpoint(alert, contact)
        if endpoint is not None:
            key = ids.notice_key(alert.id, alert.tell_no + 1, endpoint)
            notices.append(f.Notice(key=key, endpoint=endpoint, contact=contact.id))
    if not notices:
        return
    draft.add(
        f.Told(
            alert=alert.id,
            ref=alert.ref,
            track=alert.track,
            party=alert.party,
            tell_no=alert.tell_no + 1,
            purpose=purpose,
            at=draft.now,
            notices=tuple(notices),
            answer_by=answer_by,
        )
    )


def tell_track(draft: Draft, name: object, *, spread: Spread) -> bool:
    """Tell the parties a rung of this track is for. False when nobody was told."""
    waiting = sorted(
        (
            a
            for a in draft.case.alerts
            if a.track is name
            and (
                a.status is AlertStatus.PLANNED
                or (a.status is AlertStatus.WITHHELD and a.reason in PASSING)
            )
        ),
        key=lambda a: (a.rank, a.party),
    )
    told = False
    for alert in waiting:
        told = tell_next(draft, alert.id) or told
        if told and spread is Spread.NEXT:
            break
    return told


def go_on(draft: Draft, alert_id: str) -> None:
    """Bring in whoever is next: a contact of this party, else the next party, else a person."""
    if tell_next(draft, alert_id):
        return
    alert = draft.alert(alert_id)
    if alert.status is AlertStatus.SILENT:
        tasks.raise_task(draft, "phone_them", alert=alert_id)
    next_party(draft, alert)


def next_party(draft: Draft, alert: Alert) -> None:
    """Tell the next party of the track when it asks one at a time; with nobody left, say so."""
    state = draft.case.track(alert.track)
    if state is None or state.anchor_at is None or state.frozen:
        return
    one_at_a_time = any(step.spread is Spread.NEXT for step in state.track.steps)
    if one_at_a_time and tell_track(draft, alert.track, spread=Spread.NEXT):
        return
    active = any(a.track is alert.track and a.live for a in draft.case.alerts)
    acted = any(a.track is alert.track and a.status is AlertStatus.ACTED for a in draft.case.alerts)
    if not active and not acted:
        tasks.raise_task(draft, "nobody_left", detail=alert.track.value)


def contact_of(alert: Alert, contact_id: str) -> ContactRef | None:
    """The planned contact of this id, or None."""
    return next((c for c in alert.contacts if c.id == contact_id), None)


def _sift(
    draft: Draft, alert: Alert, contacts: list[ContactRef]
) -> tuple[list[ContactRef], Reason | None]:
    allowed, refused = [], None
    for contact in contacts:
        verdict = judge_contact(draft.case, alert, contact, now=draft.now)
        if verdict.allowed:
            allowed.append(contact)
        else:
            refused = refused or verdict.reason
    return allowed, refused


def _withhold(draft: Draft, alert: Alert, reason: Reason) -> None:
    if alert.status is AlertStatus.PLANNED or (
        alert.status is AlertStatus.WITHHELD and alert.reason is not reason
    ):
        draft.add(f.AlertWithheld(alert=alert.id, reason=reason))
