"""Answers: the same on every way in. An answer never silences anybody but its own party."""

from collections.abc import Callable
from datetime import datetime, timedelta

from engine.case import (
    check_ins,
    confirming,
    embargo,
    incidents,
    passing,
    promises,
    questions,
    recheck,
    tasks,
    telling,
)
from engine.case import commands as c
from engine.case.answerers import answerer, cancel, go_on_if_silent, needs_no_call, silence
from engine.case.draft import Draft, Refusal
from engine.case.state import Alert, AlertStatus
from schemas import facts as f
from schemas.codes import ActionKind, TrackName
from schemas.projection import Purpose
from schemas.responses import (
    DeclineReason,
    RefusedBecause,
    Response,
    ResponseKind,
    WithdrawnBecause,
)

_PAGES = (Purpose.PAGE, Purpose.INCIDENT, Purpose.TASK, Purpose.OVERDUE)


def respond(draft: Draft, command: c.Respond) -> None:
    """Take an answer. Raises Refusal when nothing can be answered there any more."""
    alert = draft.alert(command.alert)
    duty = alert.track is TrackName.DUTY
    status = draft.case.status
    if not (status.alive if duty else status.unresolved):
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
    confirming.answered(draft, alert, command.response)


def _duty(draft: Draft, alert: Alert, response: Response) -> None:
    if response.kind in (ResponseKind.DECLINED, ResponseKind.WRONG_CONTACT):
        theirs = any(task.owner == alert.party for task in draft.case.tasks)
        state = draft.case.track(TrackName.DUTY)
        held = state is not None and state.hold_until is not None
        by_another = held and draft.case.owner != alert.party
        _note_decline(draft, alert, response)
        check_ins.pass_on(draft)
        draft.add(f.NoticesCancelled(alerts=(alert.id,), purposes=_PAGES, reason="declined"))
        if draft.case.status.unresolved and (theirs or not by_another):
            draft.add(f.TrackWoken(track=TrackName.DUTY, at=draft.now, reason="nobody_reached"))
        return
    _say(draft, alert, response, answer="acknowledged")
    tasks.own(draft, response.by)
    incidents.taken(draft, by=response.by)


def _acknowledged(draft: Draft, alert: Alert, response: Response) -> None:
    _say(draft, alert, response, answer="acknowledged")


def _already_acting(draft: Draft, alert: Alert, response: Response) -> None:
    """Holds its answerer as an acknowledgement does; what it does stands in the ledger."""
    _say(draft, alert, response, answer="already_acting", action=response.action)


def _asks(draft: Draft, alert: Alert, response: Response) -> None:
    _say(draft, alert, response, answer="asks")
    questions.ask(draft, alert, contact=answerer(alert, response))


def _warns(draft: Draft, alert: Alert, response: Response) -> None:
    until = embargo.holds_until(response, now=draft.now)
    _say(draft, alert, response, answer="warns", hold_until=until, action=response.action)
    embargo.embargo(draft, alert, response, until=until)


def _declined(draft: Draft, alert: Alert, response: Response) -> None:
    _note_decline(draft, alert, response)
    silence(draft, alert, reason="declined")
    needs_no_call(draft, alert)
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
    silence(draft, alert, reason="conflict")
    needs_no_call(draft, alert)
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
    for promise in alert.promises:
        if promise.by == contact:  # Nobody else knows of it, and they are never asked again.
            draft.add(
                f.PromiseWithdrawn(
                    alert=alert.id,
                    action=promise.action,
                    by=response.by,
                    way=response.way.value,
                    at=draft.now,
                    reason=WithdrawnBecause.BY_GIVER,
                )
            )
    silence(draft, alert, contact=contact, reason="wrong_contact")
    go_on_if_silent(draft, alert)


def _say(
    draft: Draft,
    alert: Alert,
    response: Response,
    *,
    answer: str,
    hold_until: datetime | None = None,
    action: ActionKind | None = None,
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
            action_kind=action,
        )
    )
    if contact:
        cancel(draft, alert, contact=contact, reason="answered")
        tasks.drop_tasks(draft, "phone_them", "phone_at_opening", alert=alert.id)


_HANDLERS: dict[ResponseKind, Callable[[Draft, Alert, Response], None]] = {
    ResponseKind.ACKNOWLEDGED: _acknowledged,
    ResponseKind.COMMITTED: promises.commit,
    ResponseKind.ACTED: promises.act,
    ResponseKind.DECLINED: _declined,
    ResponseKind.CONFLICT: _conflict,
    ResponseKind.WRONG_CONTACT: _wrong_contact,
    ResponseKind.PASSED_ON: passing.pass_on,
    ResponseKind.ASKS: _asks,
    ResponseKind.WARNS: _warns,
    ResponseKind.ALREADY_ACTING: _already_acting,
    ResponseKind.WITHDRAWS: promises.take_back,
}
