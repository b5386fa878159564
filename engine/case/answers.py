"""Answers: the same on every way in. An answer never silences anybody but its own party."""

from collections.abc import Callable
from datetime import datetime, timedelta

from engine.case import commands as c
from engine.case import modes, recheck, tasks, telling, times
from engine.case.draft import Draft, Refusal, id_only
from engine.case.protect import EXCLUDED, judge_party
from engine.case.state import Alert, AlertStatus, CaseStatus
from schemas import facts as f
from schemas.codes import ActionKind, Effect, TrackName
from schemas.plan import Reason
from schemas.projection import Purpose
from schemas.responses import DeclineReason, RefusedBecause, Response, ResponseKind

_MESSAGES = (Purpose.TELL, Purpose.ASK_OUTCOME)
_PAGES = (Purpose.PAGE, Purpose.INCIDENT, Purpose.TASK, Purpose.OVERDUE)

_WAIT_UNLESS_SAID = timedelta(hours=4)
"""How long a warning without a time of its own holds everything back."""


def respond(draft: Draft, command: c.Respond) -> None:
    """Take an answer. Raises Refusal when nothing can be answered there any more."""
    alert = draft.alert(command.alert)
    duty = alert.track is TrackName.DUTY
    answerable = (CaseStatus.OPEN, CaseStatus.MONITORED) if duty else (CaseStatus.OPEN,)
    if draft.case.status not in answerable:
        raise Refusal(RefusedBecause.NOT_OPEN, "Nothing more is asked of you.")
    if duty:
        _duty(draft, alert, command.response)
        return
    held_back = alert.status is AlertStatus.WITHHELD and not alert.handed_off
    if held_back or alert.status in (AlertStatus.CLOSED, AlertStatus.PLANNED):
        raise Refusal(RefusedBecause.PAGE_CLOSED, "Nothing more is asked of you.")
    if alert.status is AlertStatus.DECLINED:
        raise Refusal(RefusedBecause.ALREADY_ANSWERED)
    _HANDLERS[command.response.kind](draft, alert, command.response)


def _duty(draft: Draft, alert: Alert, response: Response) -> None:
    if response.kind in (ResponseKind.DECLINED, ResponseKind.WRONG_CONTACT):
        state = draft.case.track(TrackName.DUTY)
        held = state is not None and state.hold_until is not None
        by_another = held and draft.case.owner != alert.party
        _note_decline(draft, alert, response)
        draft.add(f.NoticesCancelled(alerts=(alert.id,), purposes=_PAGES, reason="declined"))
        if draft.case.status is CaseStatus.OPEN and not by_another:
            draft.add(f.TrackWoken(track=TrackName.DUTY, at=draft.now, reason="nobody_reached"))
        return
    _say(draft, alert, response, answer="acknowledged")
    tasks.own(draft, response.by)


def _acknowledged(draft: Draft, alert: Alert, response: Response) -> None:
    _say(draft, alert, response, answer="acknowledged")


def _already_acting(draft: Draft, alert: Alert, response: Response) -> None:
    _say(draft, alert, response, answer="already_acting")


def _asks(draft: Draft, alert: Alert, response: Response) -> None:
    _say(draft, alert, response, answer="asks")
    tasks.raise_task(draft, "question", alert=alert.id)


def _warns(draft: Draft, alert: Alert, response: Response) -> None:
    until = response.due
    if until is None or until <= draft.now:
        until = draft.now + _WAIT_UNLESS_SAID
    _say(draft, alert, response, answer="warns", hold_until=until)
    draft.add(
        f.TrackFrozen(
            tracks=(alert.track,), at=draft.now, by=response.by, reason="warned", until=until
        )
    )
    tasks.raise_task(draft, "warning", alert=alert.id, critical=True)


def _committed(draft: Draft, alert: Alert, response: Response) -> None:
    kind = response.action or ActionKind.OTHER
    if response.due is None:
        raise Refusal(RefusedBecause.INCOMPLETE, "due: say by when, so that we can ask then.")
    if response.due <= draft.now:
        raise Refusal(RefusedBecause.INCOMPLETE, "due: say a time ahead, or say that it is done.")
    asked_at = response.due + (times.ASK_AFTER_EVENT if kind.takes_place else timedelta(0))
    draft.add(
        f.Promised(
            alert=alert.id,
            action=f"{alert.id}.p{draft.case.serial}",
            action_kind=kind,
            by=response.by,
            way=response.way.value,
            at=draft.now,
            due_at=response.due,
            ask_at=asked_at,
            note=response.note,
            contact=answerer(alert, response),
        )
    )
    _cancel(draft, alert, contact="", reason="promised")
    tasks.drop_tasks(draft, "phone_them", "phone_at_opening", "promise_overdue", alert=alert.id)
    modes.too_loud(draft, alert, kind)


def _acted(draft: Draft, alert: Alert, response: Response) -> None:
    promise = next(
        (p for p in alert.promises if response.action in (None, p.action_kind)),
        alert.promises[0] if alert.promises else None,
    )
    kind = response.action or (promise.action_kind if promise else ActionKind.OTHER)
    effect = response.effect or Effect.UNKNOWN
    draft.add(
        f.Acted(
            alert=alert.id,
            action=promise.action if promise else f"{alert.id}.p{draft.case.serial}",
            action_kind=kind,
            effect=effect,
            by=response.by,
            way=response.way.value,
            at=draft.now,
            note=response.note,
        )
    )
    _cancel(draft, alert, contact="", reason="acted")
    tasks.drop_tasks(draft, "phone_them", "phone_at_opening", "promise_overdue", alert=alert.id)
    if effect is Effect.NEGATIVE:
        _freeze_companies(draft, by="engine")
        tasks.raise_task(draft, "warning", alert=alert.id, critical=True)


def _declined(draft: Draft, alert: Alert, response: Response) -> None:
    _note_decline(draft, alert, response)
    _cancel(draft, alert, contact="", reason="declined")
    tasks.drop_tasks(draft, "phone_them", "phone_at_opening", "promise_overdue", alert=alert.id)
    telling.next_party(draft, alert.track)


def _note_decline(draft: Draft, alert: Alert, response: Response) -> None:
    draft.add(
        f.Declined(
            alert=alert.id,
            party=alert.party,
            by=response.by,
            way=response.way.value,
            at=draft.now,
            reason=response.reason or DeclineReason.OTHER,
            note=response.note,
        )
    )


def _conflict(draft: Draft, alert: Alert, response: Response) -> None:
    draft.add(
        f.ConflictDeclared(
            alert=alert.id,
            party=alert.party,
            by=response.by,
            way=response.way.value,
            at=draft.now,
        )
    )
    _cancel(draft, alert, contact="", reason="conflict")
    tasks.drop_tasks(draft, "phone_them", "phone_at_opening", "promise_overdue", alert=alert.id)
    recheck.recheck(draft)  # Its pages on other tracks close with it.
    telling.next_party(draft, alert.track)


def _wrong_contact(draft: Draft, alert: Alert, response: Response) -> None:
    contact = answerer(alert, response)
    draft.add(
        f.ContactDropped(
            alert=alert.id,
            contact=contact,
            by=response.by,
            way=response.way.value,
            at=draft.now,
        )
    )
    _cancel(draft, alert, contact=contact, reason="wrong_contact")
    _go_on_if_silent(draft, alert)


def _passed_on(draft: Draft, alert: Alert, response: Response) -> None:
    meant = (id_only(response.passed_on_to, of="passed_on_to"), *response.passed_on_any)
    inside = next((each for each in meant if _inside(draft, alert, each)), "")
    to = inside or response.passed_on_to
    draft.add(
        f.PassedOn(
            alert=alert.id,
            by=response.by,
            way=response.way.value,
            at=draft.now,
            to=to,
            inside_closure=bool(inside),
            note=response.note,
            contact=answerer(alert, response),
        )
    )
    if inside:
        draft.add(f.AlertClosed(alert=alert.id, reason=Reason.PASSED_ON_INSIDE))
        _cancel(draft, alert, contact="", reason="passed_on_inside")
        _freeze_companies(draft, by="engine")
        tasks.raise_task(draft, "passed_on_inside", alert=alert.id, critical=True)
        return
    colleague = telling.contact_of(alert, to)
    if colleague is None:
        tasks.raise_task(draft, "question", alert=alert.id, detail="passed_on")
    elif colleague.id not in alert.told_contacts:
        telling.tell_again(draft, alert.id, colleague.id)
    _go_on_if_silent(draft, alert)


def _inside(draft: Draft, alert: Alert, to: str) -> bool:
    if not to or telling.contact_of(alert, to) is not None:
        return False
    contact = draft.case.around.registry.contact(to)
    party = to if contact is None else contact.party
    if draft.case.around.closure.find(party) is not None or party in draft.case.conflicts:
        return True
    if draft.case.around.registry.party(party) is None:
        return False
    verdict = judge_party(draft.case, track=alert.track, party=party, now=draft.now)
    return verdict.reason in EXCLUDED - {Reason.EXERCISE}


def _go_on_if_silent(draft: Draft, alert: Alert) -> None:
    """With nobody of this party left who owes an answer, its next contact is told at once."""
    now_silent = draft.alert(alert.id).status is AlertStatus.SILENT
    if now_silent and alert.status is not AlertStatus.SILENT:
        telling.go_on(draft, alert.id)


def _freeze_companies(draft: Draft, *, by: str) -> None:
    if draft.case.track(TrackName.COMPANIES) is not None:
        draft.add(
            f.TrackFrozen(
                tracks=(TrackName.COMPANIES,),
                at=draft.now,
                by=by,
                reason="passed_on_inside",
                needs_two=True,
            )
        )


def _say(
    draft: Draft,
    alert: Alert,
    response: Response,
    *,
    answer: str,
    hold_until: datetime | None = None,
) -> None:
    state = draft.case.track(alert.track)
    contact = "" if alert.track is TrackName.DUTY else answerer(alert, response)
    if hold_until is None:
        holds = 0 if state is None else (state.track.answer_holds_for or state.track.answer_by)
        hold_until = draft.now + timedelta(seconds=holds)
    draft.add(
        f.Answered(
            alert=alert.id,
            answer=answer,  # type: ignore[arg-type]  # one of the literals, by its callers above
            by=response.by,
            way=response.way.value,
            at=draft.now,
            hold_until=hold_until,
            note=response.note,
            contact=contact,
        )
    )
    if contact:
        _cancel(draft, alert, contact=contact, reason="answered")
        tasks.drop_tasks(draft, "phone_them", "phone_at_opening", alert=alert.id)


def answerer(alert: Alert, response: Response) -> str:
    """The contact this answer holds; typed in by somebody of duty, one that was waited for."""
    if telling.contact_of(alert, response.by) is not None:
        return response.by
    waiting = sorted(alert.calls, key=lambda call: (call.answered, call.next_at))
    told = (*reversed(alert.told_contacts), *reversed(alert.reached))
    return next(iter((*(call.contact for call in waiting), *told)), "")


def _cancel(draft: Draft, alert: Alert, *, contact: str, reason: str) -> None:
    draft.add(
        f.NoticesCancelled(alerts=(alert.id,), purposes=_MESSAGES, contact=contact, reason=reason)
    )


_HANDLERS: dict[ResponseKind, Callable[[Draft, Alert, Response], None]] = {
    ResponseKind.ACKNOWLEDGED: _acknowledged,
    ResponseKind.COMMITTED: _committed,
    ResponseKind.ACTED: _acted,
    ResponseKind.DECLINED: _declined,
    ResponseKind.CONFLICT: _conflict,
    ResponseKind.WRONG_CONTACT: _wrong_contact,
    ResponseKind.PASSED_ON: _passed_on,
    ResponseKind.ASKS: _asks,
    ResponseKind.WARNS: _warns,
    ResponseKind.ALREADY_ACTING: _already_acting,
}
