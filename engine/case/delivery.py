"""The last look before sending, and what becomes of a message that will not arrive."""

from dataclasses import replace
from datetime import datetime

from engine.case import commands as c
from engine.case import ids, paging, tasks, telling
from engine.case.draft import Draft
from engine.case.protect import EXCLUDED, endpoint_id, judge_contact, next_endpoint, safeguards
from engine.case.state import Alert, Case, CaseStatus
from rules import guard
from schemas import facts as f
from schemas.codes import TrackName
from schemas.plan import ContactRef, Reason, Verdict
from schemas.projection import Purpose


def verdict(case: Case, notice: c.DueNotice, *, now: datetime) -> Verdict:
    """Whether this message may still leave, judged under the case lock."""
    alert = case.alert(notice.alert)
    if alert is None:
        return Verdict(allowed=False, reason=Reason.UNKNOWN_PARTY)
    if alert.track is TrackName.DUTY:
        endpoint = case.around.registry.endpoint(endpoint_id(notice.endpoint))
        return guard.judge_duty(
            person=alert.party, endpoint=endpoint, safeguards=safeguards(case), now=now
        )
    contact = telling.contact_of(alert, notice.contact)
    if contact is None:
        return Verdict(allowed=False, reason=Reason.UNKNOWN_PARTY)
    stand_down = notice.purpose == Purpose.STAND_DOWN
    if not stand_down and case.status is not CaseStatus.OPEN:
        return Verdict(allowed=False, reason=Reason.CASE_OVER)
    # The way as decided, not the next one that has not failed: this very message is judged.
    ref = ContactRef(id=contact.id, level=contact.level, endpoints=(notice.endpoint,))
    judged = judge_contact(case, replace(alert, failed=()), ref, now=now)
    if stand_down and judged.reason not in EXCLUDED and judged.reason is not Reason.NO_ENDPOINT:
        return Verdict(allowed=True, reason=Reason.ALLOWED, evidence="stand_down")
    return judged


def claim(draft: Draft, command: c.Claimed) -> None:
    """Refuse what may no longer leave; what is not refused is handed to the sender."""
    for notice in command.notices:
        judged = verdict(draft.case, notice, now=draft.now)
        if judged.allowed:
            continue
        draft.add(
            f.TellRefused(
                alert=notice.alert,
                tell_no=notice.tell_no,
                keys=(notice.key,),
                contacts=(notice.contact,),
                reason=judged.reason,
            )
        )


def settle(draft: Draft, command: c.Settled) -> None:
    """A message was handed on, or will not arrive this way: then the next way, now."""
    if command.state == "handed_off":
        draft.add(f.HandedOff(key=command.key, alert=command.alert, at=draft.now))
        return
    reason = "refused_permanent" if command.state == "failed_permanent" else "unknown_exhausted"
    draft.add(
        f.DeliveryFailed(
            key=command.key,
            alert=command.alert,
            contact=command.contact,
            endpoint=command.endpoint,
            reason=reason,  # type: ignore[arg-type]  # one of its two literals, from the line above
            at=draft.now,
        )
    )
    alert = draft.case.alert(command.alert)
    if alert is None or draft.case.status not in (CaseStatus.OPEN, CaseStatus.MONITORED):
        return
    if alert.track is TrackName.DUTY:
        _duty_failed(draft, alert, command)
    else:
        _outward_failed(draft, alert, command)


def _duty_failed(draft: Draft, alert: Alert, command: c.Settled) -> None:
    person = next((p for p in draft.case.around.roster.people if p.id == alert.party), None)
    ways = () if person is None else person.endpoints
    if all(way in alert.failed for way in ways):
        paging.page_floor(draft)


def _outward_failed(draft: Draft, alert: Alert, command: c.Settled) -> None:
    contact = telling.contact_of(alert, command.contact)
    if contact is None or not (alert.live or command.purpose == Purpose.STAND_DOWN):
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
    if command.purpose == Purpose.STAND_DOWN:
        return
    draft.add(f.ContactSilent(alert=alert.id, contact=contact.id))
    if not telling.tell_next(draft, alert.id):
        critical = draft.case.severity.grave
        tasks.raise_task(draft, "unreachable", alert=alert.id, critical=critical)
        telling.next_party(draft, draft.alert(alert.id))
