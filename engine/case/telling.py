"""Telling outward parties: the next contact of an alert, the next party of a track."""

from collections.abc import Collection
from datetime import datetime, timedelta

from engine.case import ids, tasks, unheard
from engine.case.draft import Draft
from engine.case.due import calls_rest
from engine.case.protect import (
    TURNABLE,
    WAITING_ONLY,
    judge_contact,
    judge_party,
    next_endpoint,
)
from engine.case.quiet import can_be_quiet, settled
from engine.case.state import Alert, AlertStatus, Case, TrackState
from rules import hours
from schemas import facts as f
from schemas.codes import TrackName
from schemas.plan import ContactRef, Reason, Spread
from schemas.projection import Purpose


def tell_next(draft: Draft, alert_id: str, *, contacts: int = 1) -> bool:
    """Tell the next contacts of this alert that may be told. False when there is none.

    Outside its hours the next contact that can be reached now is told as well; a party with a
    mailbox only is told at once, with a task to phone it when grave (design section 5.4).
    """
    alert = draft.alert(alert_id)
    state = draft.case.track(alert.track)
    if calls_rest(draft.case, alert.track):
        return False  # It stands: nobody further is told until people or an event open it.
    if state is None or not state.open_at(draft.now):
        return False  # Nothing goes outward on a track that nobody released, or no longer.
    party = judge_party(draft.case, track=alert.track, party=alert.party, now=draft.now)
    if not party.allowed:
        _withhold(draft, alert, (party.reason,))
        return False
    untold = [c for c in alert.contacts if c.id not in alert.told_contacts]
    untold = [c for c in untold if c.id not in alert.dropped_contacts]
    allowed, refused = _sift(draft, alert, untold)
    if not allowed:
        if not alert.told_contacts:
            _withhold(draft, alert, refused or (Reason.NO_ENDPOINT,))
        return False
    chosen = allowed[: max(contacts, 1)]
    if not any(_open(contact, draft.now) for contact in chosen):
        reachable = next((c for c in allowed[len(chosen) :] if _open(c, draft.now)), None)
        if reachable is not None:
            chosen.append(reachable)
        elif draft.case.severity.grave:
            opening = min(_next_opening(contact, draft.now) for contact in chosen)
            tasks.raise_task(draft, "phone_at_opening", alert=alert.id, due_at=opening)
    tell(draft, draft.alert(alert_id), tuple(chosen), purpose=Purpose.TELL)
    return True


def tell_again(
    draft: Draft,
    alert_id: str,
    contact_id: str,
    *,
    purpose: Purpose = Purpose.TELL,
    answer_by: datetime | None = None,
) -> bool:
    """Tell a contact that was told before. False when it may not be told or has no way left."""
    alert = draft.alert(alert_id)
    contact = contact_of(alert, contact_id)
    state = draft.case.track(alert.track)
    if contact is None or contact.id in alert.dropped_contacts:
        return False
    if purpose is Purpose.TELL and calls_rest(draft.case, alert.track):
        return False
    if state is None or not state.open_at(draft.now):
        return False
    if not judge_contact(draft.case, alert, contact, now=draft.now).allowed:
        return False
    tell(draft, alert, (contact,), purpose=purpose, answer_by=answer_by)
    return True


def tell(
    draft: Draft,
    alert: Alert,
    contacts: tuple[ContactRef, ...],
    *,
    purpose: Purpose,
    answer_by: datetime | None = None,
) -> None:
    """Decide one round to these contacts, each by its next way that has not failed."""
    state = draft.case.track(alert.track)
    if purpose is Purpose.TELL and state is not None:
        answer_by = draft.now + timedelta(seconds=state.track.answer_by)
    notices: dict[str, f.Notice] = {}
    for contact in contacts:
        endpoint = next_endpoint(alert, contact)
        if endpoint is None and purpose is Purpose.STAND_DOWN:
            # A way that is given up as unknown may be the very one by which they heard.
            endpoint = next(iter(contact.endpoints), None)
        if endpoint is not None and endpoint not in notices:  # One address hears a round once.
            key = ids.notice_key(alert.id, alert.tell_no + 1, endpoint)
            notices[endpoint] = f.Notice(key=key, endpoint=endpoint, contact=contact.id)
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
            notices=tuple(notices.values()),
            answer_by=answer_by,
        )
    )


def tell_track(draft: Draft, name: TrackName, *, spread: Spread, by_hand: bool = False) -> bool:
    """Tell the parties a rung of this track is for. False when nobody was told.

    `by_hand`: a person releases in this very decision, so that those whom consent, certainty or a
    higher ceiling has freed since are told as well; by machine they wait for the next release.
    """
    state = draft.case.track(name)
    waiting = [
        alert
        for alert in _waiting(draft.case, name, by_hand=by_hand)
        if state is None or not for_later_rung(state, alert)
    ]
    return _tell_each(draft, waiting, spread=spread)


def tell_rung(draft: Draft, name: TrackName, step: int, *, by_hand: bool = False) -> bool:
    """Tell those whom this rung is for and who were not told yet. False when there was nobody."""
    state = draft.case.track(name)
    if state is None:
        return False
    waiting = [
        alert
        for alert in _waiting(draft.case, name, by_hand=by_hand)
        if for_rung(state, step, alert)
    ]
    rung = state.track.steps[step]
    return _tell_each(draft, waiting, spread=rung.spread, contacts=rung.contacts)


def for_rung(state: TrackState, step: int, alert: Alert) -> bool:
    """Whether a rung is for this party; one whose kind no rung names is for each of them."""
    steps = state.track.steps
    named = {kind for rung in steps for kind in rung.only}
    only = steps[step].only
    nowhere = alert.kind not in named and all(rung.only for rung in steps)
    return alert.track is state.track.name and (not only or alert.kind in only or nowhere)


def for_later_rung(state: TrackState, alert: Alert) -> bool:
    """Whether only a rung that is still to come is for this party, by its kind."""
    if state.anchor_at is None:
        return False
    every = range(len(state.track.steps))
    mine = [step for step in every if for_rung(state, step, alert)]
    fired = any(step < state.step and step not in state.left_out for step in mine)
    return not fired and any(step >= state.step for step in mine)


def told_by_itself(state: TrackState, alert: Alert, *, now: datetime) -> bool:
    """Whether a release in force tells this party without anybody doing more: later, by a rung."""
    if state.anchor_at is None or alert.status is not AlertStatus.PLANNED:
        return False
    return state.anchor_at > now or for_later_rung(state, alert)


def _waiting(case: Case, name: TrackName, *, by_hand: bool) -> list[Alert]:
    """Who is not told yet, nearest first."""
    reasons = TURNABLE if by_hand else WAITING_ONLY
    mine = (a for a in case.alerts if a.track is name and _waits(a, reasons))
    return sorted(mine, key=lambda alert: (alert.rank, alert.party))


def _tell_each(draft: Draft, waiting: list[Alert], *, spread: Spread, contacts: int = 1) -> bool:
    told = False
    for alert in waiting:
        told = tell_next(draft, alert.id, contacts=contacts) or told
        if told and spread is Spread.NEXT:
            break
    return told


def go_on(draft: Draft, alert_id: str) -> None:
    """Bring in whoever is next: a contact of this party, else the next party, else a person.

    Nobody, where enough is promised or done on its track.
    """
    if settled(draft.case, draft.alert(alert_id).track) or tell_next(draft, alert_id):
        return
    alert = draft.alert(alert_id)
    state = draft.case.track(alert.track)
    if state is not None and not state.open_at(draft.now):
        tasks.raise_task(draft, "release", detail=alert.track.value)
        return  # Its release ran out: whether anybody is asked further is for people to decide.
    if alert.status is AlertStatus.SILENT:
        tasks.raise_task(draft, "phone_them", alert=alert_id)
    next_party(draft, alert.track)


def follow_up(draft: Draft, name: TrackName) -> None:
    """A gate is open again, or a freeze over: where a party fell silent meanwhile, tell its next
    contact.

    People were asked whether anybody is asked further; this is their yes.
    """
    for alert in draft.case.alerts:
        if alert.track is name and alert.status is AlertStatus.SILENT:
            tell_next(draft, alert.id)


def next_party(draft: Draft, name: TrackName) -> None:
    """Tell the next party of the track when it asks one at a time; with nobody left, say so."""
    state = draft.case.track(name)
    if state is None or not state.open_at(draft.now) or state.frozen:
        return
    if settled(draft.case, name):
        return
    if one_at_a_time(draft.case, name) and tell_track(draft, name, spread=Spread.NEXT):
        return
    has_it = somebody_has_it(draft.case, name, or_waits=True)
    if not has_it or not can_be_quiet(draft.case, name):
        tasks.raise_task(draft, "nobody_left", detail=name.value)


def resume(draft: Draft, name: TrackName) -> None:
    """A freeze ended: tell those it held back, and go on where a contact fell out meanwhile.

    Rungs that fell due meanwhile fire by themselves.
    """
    state = draft.case.track(name)
    if state is None or state.anchor_at is None:
        return
    for alert in draft.case.alerts:
        held = alert.status is AlertStatus.WITHHELD and alert.reason in WAITING_ONLY
        if alert.track is name and held:
            tell_next(draft, alert.id)
    if not settled(draft.case, name):
        follow_up(draft, name)
    if state.next_at is None and not somebody_has_it(draft.case, name):
        next_party(draft, name)


def waits_for_end(case: Case, name: TrackName) -> bool:
    """Whether somebody of this track is told, or told that it goes on, when a freeze ends."""
    return any(
        a.track is name
        and (bool(a.waits) or (a.status is AlertStatus.WITHHELD and a.reason in WAITING_ONLY))
        for a in case.alerts
    )


def one_at_a_time(case: Case, name: TrackName) -> bool:
    """Whether this track asks its parties one after the other."""
    state = case.track(name)
    return state is not None and any(step.spread is Spread.NEXT for step in state.track.steps)


def somebody_has_it(
    case: Case, name: TrackName, *, among: Collection[str] | None = None, or_waits: bool = False
) -> bool:
    """Whether a party of this track was told and may still act, or has acted.

    `among`: of these alerts. `or_waits`: or is told once a hold is over, so that nobody else need
    be found for it.
    """
    return any(
        a.track is name
        and (among is None or a.id in among)
        and (
            a.live
            or a.status is AlertStatus.ACTED
            or (or_waits and a.status is AlertStatus.WITHHELD and a.reason is Reason.HELD)
        )
        for a in case.alerts
    )


def contact_of(alert: Alert, contact_id: str) -> ContactRef | None:
    """The planned contact of this id, or None."""
    return next((c for c in alert.contacts if c.id == contact_id), None)


def released_with(case: Case, name: TrackName) -> tuple[str, ...]:
    """Alerts that a release of this track is for, and that no rung would tell without it."""
    withheld = (a for a in case.alerts if a.track is name and a.status is AlertStatus.WITHHELD)
    return tuple(a.id for a in withheld if may_be_released(a))


def may_be_released(alert: Alert) -> bool:
    """Whether a release could make this alert tell somebody for the first time."""
    return _waits(alert, TURNABLE - WAITING_ONLY - {Reason.STALE})


def _waits(alert: Alert, reasons: frozenset[Reason]) -> bool:
    withheld = alert.status is AlertStatus.WITHHELD and alert.reason in reasons
    return alert.status is AlertStatus.PLANNED or withheld


def _sift(
    draft: Draft, alert: Alert, contacts: list[ContactRef]
) -> tuple[list[ContactRef], tuple[Reason, ...]]:
    """Who of these may be told, and why the others may not, each reason in its place."""
    judged = [(ref, judge_contact(draft.case, alert, ref, now=draft.now)) for ref in contacts]
    allowed = [ref for ref, verdict in judged if verdict.allowed]
    return allowed, tuple(verdict.reason for _, verdict in judged if not verdict.allowed)


def _withhold(draft: Draft, alert: Alert, reasons: tuple[Reason, ...]) -> None:
    """Nobody of it was told. Where it may know and a way is all that is missing, a person phones.

    Whoever else of its track was told: they may not be the ones who can do what it could.
    """
    if alert.status not in (AlertStatus.PLANNED, AlertStatus.WITHHELD):
        return
    if alert.status is AlertStatus.PLANNED or alert.reason is not reasons[0]:
        draft.add(f.AlertWithheld(alert=alert.id, reason=reasons[0]))
    if Reason.NO_ENDPOINT in reasons:
        unheard.phone(draft, alert)


def _open(contact: ContactRef, now: datetime) -> bool:
    """Hours that nobody can read count as closed: somebody else is told as well."""
    try:
        return hours.open_at(contact.hours, now)
    except hours.HoursError:
        return False


def _next_opening(contact: ContactRef, now: datetime) -> datetime:
    try:
        return hours.next_opening(contact.hours, now)
    except hours.HoursError:
        return now
