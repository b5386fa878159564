"""The last look before sending, and what becomes of a message that will not arrive."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal

from engine.case import commands as c
from engine.case import ids, paging, questions, recheck, tasks, telling, times, unheard
from engine.case.draft import Draft
from engine.case.protect import (
    CLOSURE,
    EXCLUDED,
    NO_WAY,
    UNCONSENTED,
    endpoint_id,
    judge_contact,
    judge_stand_down,
    next_endpoint,
    safeguards,
)
from engine.case.quiet import settled
from engine.case.state import Alert, AlertStatus, Case
from rules import guard
from schemas import facts as f
from schemas.codes import TrackName
from schemas.plan import ContactRef, Reason, Verdict, refused
from schemas.projection import BESIDES, Purpose


def verdict(case: Case, notice: c.DueNotice, *, now: datetime) -> Verdict:
    """Whether this message may still leave, judged under the case lock."""
    alert = case.alert(notice.alert)
    if alert is None:
        return refused(Reason.UNKNOWN_PARTY)
    if alert.track is TrackName.DUTY:
        endpoint = case.around.registry.endpoint(endpoint_id(notice.endpoint))
        return guard.judge_duty(
            person=alert.party, endpoint=endpoint, safeguards=safeguards(case), now=now
        )
    contact = telling.contact_of(alert, notice.contact)
    if contact is None:
        return refused(Reason.UNKNOWN_PARTY, evidence=notice.contact)
    # The way as decided, not the next one that has not failed: this very message is judged.
    ref = ContactRef(id=contact.id, level=contact.level, endpoints=(notice.endpoint,))
    clean = replace(alert, failed=())
    if notice.purpose == Purpose.STAND_DOWN:
        return judge_stand_down(case, clean, ref, now=now)
    if not case.status.unresolved:
        return refused(Reason.CASE_OVER)
    if alert.status is AlertStatus.CLOSED:
        return refused(alert.reason or Reason.CASE_OVER)
    if notice.purpose == Purpose.WAIT:  # It is the freeze that it speaks of.
        if alert.status is AlertStatus.DECLINED:
            return refused(Reason.DECLINED)
        return judge_stand_down(case, clean, ref, now=now)
    if notice.purpose == Purpose.TELL and _stale(notice, now=now):
        return refused(Reason.STALE)
    state = case.track(alert.track)
    if state is None or not state.open_at(now):
        return refused(Reason.GATE_CLOSED, evidence=alert.track.value)
    return judge_contact(case, clean, ref, now=now)


def _stale(notice: c.DueNotice, *, now: datetime) -> bool:
    """Whether it lay here for so long, never tried, that only a person may let it leave."""
    return not notice.tried and now - notice.decided_at > times.STALE_AFTER


def claim(draft: Draft, command: c.Claimed) -> None:
    """Refuse what may no longer leave; what is not refused is handed to the sender."""
    noes: dict[str, Reason] = {}
    for notice in command.notices:
        judged = verdict(draft.case, notice, now=draft.now)
        if judged.allowed:
            continue
        draft.add(
            f.TellRefused(
                alert=notice.alert,
                tell_no=notice.tell_no,
                keys=(notice.key,),
                # What they were told before stands, whether or not they may hear this as well.
                contacts=() if notice.purpose in BESIDES else (notice.contact,),
                reason=judged.reason,
            )
        )
        if notice.purpose in (Purpose.STAND_DOWN, Purpose.WAIT):
            held = judged.reason is Reason.HELD and notice.purpose == Purpose.STAND_DOWN
            if held or judged.reason in NO_WAY:
                _not_told(draft, notice.alert, Purpose(notice.purpose))
            continue
        noes[notice.alert] = judged.reason
        if notice.purpose == Purpose.ANSWER and judged.reason not in EXCLUDED | UNCONSENTED:
            questions.unheard(draft, draft.alert(notice.alert), notice.contact)
        if judged.reason is Reason.STALE:
            tasks.ask_if_still_right(draft, alert=notice.alert)
    for alert_id, reason in noes.items():
        alert = draft.case.alert(alert_id)
        if alert is not None and alert.track is not TrackName.DUTY:
            _after_refusal(draft, alert, reason)


def _after_refusal(draft: Draft, alert: Alert, reason: Reason) -> None:
    """A refusal at the door changes more than this one message."""
    if reason in EXCLUDED or reason in UNCONSENTED or reason is Reason.DECLINED:
        if reason in CLOSURE:
            recheck.remember(draft)
        if not recheck.still_right(draft, alert):
            telling.next_party(draft, alert.track)
    elif reason in NO_WAY and not alert.calls and not alert.promises:
        _somebody_else(draft, alert)


def settle(draft: Draft, command: c.Settled) -> None:
    """A message was handed on, or will not arrive this way: then the next way, now."""
    before = draft.case.alert(command.alert)
    draft.add(_ended(command, at=draft.now))
    alert = draft.case.alert(command.alert)
    if before is None or alert is None or command.state == "delivered":
        return
    if not draft.case.status.alive:
        return
    if alert.track is not TrackName.DUTY and command.state in ("handed_off", "unknown_exhausted"):
        _too_late(draft, before, alert, command)
    if command.state == "handed_off":
        return
    if command.state == "not_delivered" and _went_on(before, command):
        return
    if command.state == "failed_permanent":
        _dead_way(draft, alert, command)
    if alert.track is TrackName.DUTY:
        _duty_failed(draft, alert, command)
    else:
        _outward_failed(draft, alert, command)


_REASONS: Mapping[str, Literal["refused_permanent", "unknown_exhausted", "not_delivered"]] = {
    "failed_permanent": "refused_permanent",
    "unknown_exhausted": "unknown_exhausted",
    "not_delivered": "not_delivered",
}


def _ended(command: c.Settled, *, at: datetime) -> f.HandedOff | f.Delivered | f.DeliveryFailed:
    key, alert, contact = command.key, command.alert, command.contact
    stand_down = command.purpose == Purpose.STAND_DOWN
    if command.state == "handed_off":
        return f.HandedOff(key=key, alert=alert, at=at, contact=contact, stand_down=stand_down)
    if command.state == "delivered":
        return f.Delivered(key=key, alert=alert, at=at, contact=contact)
    return f.DeliveryFailed(
        key=key,
        alert=alert,
        contact=contact,
        endpoint=command.endpoint,
        reason=_REASONS[command.state],
        at=at,
        stand_down=stand_down,
    )


def _went_on(before: Alert, command: c.Settled) -> bool:
    """Whether what a provider reports late asks for nothing any more.

    A network gives up on a phone that is off after a day or two, and on every message of that time
    at once: one of them brings in the next way, not each.
    """
    if command.tell_no < before.tell_no and command.endpoint in before.failed:
        return True
    if before.track is TrackName.DUTY or command.purpose != Purpose.TELL:
        return False
    return any(call.contact == command.contact and call.answered for call in before.calls) or any(
        promise.by == command.contact for promise in before.promises
    )


def _too_late(draft: Draft, before: Alert, alert: Alert, command: c.Settled) -> None:
    """It left before it could be called off: then say so, to duty or to whoever received it."""
    if command.purpose == Purpose.STAND_DOWN or alert.reason is None:
        return
    closed = alert.status is AlertStatus.CLOSED
    if alert.reason in EXCLUDED and (closed or alert.status is AlertStatus.WITHHELD):
        if not before.reached and alert.reason is not Reason.CONFLICT:
            recheck.told_before_excluded(draft, alert, alert.reason)
        if not closed:
            draft.add(f.AlertClosed(alert=alert.id, reason=alert.reason))
        return
    over = alert.reason is Reason.CASE_OVER or alert.reason in UNCONSENTED
    contact = telling.contact_of(alert, command.contact)
    heard = (*before.reached, *alert.dropped_contacts)
    if over and contact is not None and contact.id not in heard:
        telling.tell(draft, alert, (contact,), purpose=Purpose.STAND_DOWN)
        if not closed:
            draft.add(f.AlertClosed(alert=alert.id, reason=alert.reason))


def _duty_failed(draft: Draft, alert: Alert, command: c.Settled) -> None:
    roster = draft.case.around.roster
    state = draft.case.track(TrackName.DUTY)
    person = next((p for p in roster.people if p.id == alert.party), None)
    ways = () if person is None else person.endpoints
    if roster.floor is not None and roster.floor.id == alert.party:
        further = [way for way in roster.floor.endpoints if way not in ways]
        if person is None or all(way in alert.failed for way in further):
            return  # Below the floor is nobody; the ladder goes on, and the auditor sees it.
    # Where it is watched only, an answer holds nothing: what is said there is late.
    watched = not draft.case.status.unresolved
    owned = state is not None and state.hold_until is not None and not watched
    if owned and not _about_a_task(draft.case, alert, command):
        return  # Somebody else has answered meanwhile.
    if not all(way in alert.failed for way in ways):
        return
    if roster.floor is not None and roster.floor.id == alert.party:
        paging.page_floor(draft)  # By the ways it has besides those of its shift.
    elif not paging.call_floor(draft, alert.party):
        tasks.told_in_vain(draft, alert.party)


def _about_a_task(case: Case, alert: Alert, command: c.Settled) -> bool:
    """Whether it said that something of theirs is due; after an outage one message says it all."""
    late = any(task.owner == alert.party and task.reminded for task in case.tasks)
    return command.purpose == Purpose.TASK or (command.purpose == Purpose.OVERDUE and late)


def _outward_failed(draft: Draft, alert: Alert, command: c.Settled) -> None:
    contact = telling.contact_of(alert, command.contact)
    heard_of_it = command.purpose in BESIDES and alert.status is AlertStatus.ACTED
    if not (alert.live or heard_of_it or command.purpose == Purpose.STAND_DOWN):
        return
    if contact is None:
        return
    way = next_endpoint(alert, contact)
    if way is not None:
        draft.add(
            f.Rerouted(
                alert=alert.id,
                ref=alert.ref,
                track=alert.track,
                party=alert.party,
                tell_no=command.tell_no,
                purpose=Purpose(command.purpose),
                at=draft.now,
                notices=(
                    f.Notice(
                        key=ids.notice_key(alert.id, command.tell_no, way),
                        endpoint=way,
                        contact=contact.id,
                    ),
                ),
            )
        )
        return
    if command.purpose in (Purpose.STAND_DOWN, *BESIDES):
        _not_told(draft, alert.id, Purpose(command.purpose))
        return
    if command.state == "not_delivered" and all(x.contact != contact.id for x in alert.calls):
        return  # Its silence has brought in the next one already.
    draft.add(f.ContactSilent(alert=alert.id, contact=contact.id))
    _somebody_else(draft, draft.alert(alert.id))


def _dead_way(draft: Draft, alert: Alert, command: c.Settled) -> None:
    """The next way is used at once; but nobody else finds out that this one is dead."""
    ours = alert.track is TrackName.DUTY
    if ours or telling.contact_of(alert, command.contact) is not None:
        channel = command.endpoint.partition(":")[0]
        tasks.raise_task(draft, "dead_way", alert=alert.id, detail=channel)


def _not_told(draft: Draft, alert_id: str, purpose: Purpose) -> None:
    """Somebody believes what is not so any more, and no way to them works: a person phones.

    In a case that is over, only that it is over.
    """
    if purpose is Purpose.STAND_DOWN and draft.case.status.alive:
        unheard.stand_down(draft, draft.alert(alert_id))
    elif purpose is not Purpose.STAND_DOWN and draft.case.status.unresolved:
        unheard.phone(draft, draft.alert(alert_id), purpose)


def _somebody_else(draft: Draft, alert: Alert) -> None:
    """This contact cannot be reached: the next one, else the next party and a person.

    Nobody, where enough is promised or done on its track: once it is not, they go on as after
    silence.
    """
    if settled(draft.case, alert.track):
        return
    if not telling.tell_next(draft, alert.id):
        unheard.phone(draft, alert)
        telling.next_party(draft, alert.track)
