"""Whose answer it is, and what it makes needless."""

from engine.case import tasks, telling
from engine.case.draft import Draft
from engine.case.state import Alert, AlertStatus
from schemas import facts as f
from schemas.codes import TrackName
from schemas.projection import CALLED_OFF, Purpose
from schemas.responses import Response

_MESSAGES = (Purpose.TELL, Purpose.ASK_OUTCOME, Purpose.CONFIRM, Purpose.REMIND)
"""What an answer answers."""


def answerer(alert: Alert, response: Response) -> str:
    """The contact this answer holds; typed in by somebody of duty, one that was waited for."""
    if telling.contact_of(alert, response.by) is not None:
        return response.by
    waiting = sorted(alert.calls, key=lambda call: (call.answered, call.next_at))
    told = (*reversed(alert.told_contacts), *reversed(alert.reached))
    return next(iter((*(call.contact for call in waiting), *told)), "")


def cancel(draft: Draft, alert: Alert, *, contact: str = "", reason: str) -> None:
    """Take back what has not left to this contact, or to all of the party, and is answered."""
    _take_back(draft, alert, _MESSAGES, contact=contact, reason=reason)


def silence(draft: Draft, alert: Alert, *, contact: str = "", reason: str) -> None:
    """Take back whatever has not left: this contact, or all of the party, hears nothing more."""
    _take_back(draft, alert, CALLED_OFF, contact=contact, reason=reason)


def _take_back(
    draft: Draft, alert: Alert, purposes: tuple[Purpose, ...], *, contact: str, reason: str
) -> None:
    draft.add(
        f.NoticesCancelled(alerts=(alert.id,), purposes=purposes, contact=contact, reason=reason)
    )


def needs_no_call(draft: Draft, alert: Alert) -> None:
    """Nobody has to phone this party any more, and of its promises only those that are open."""
    tasks.drop_tasks(draft, "phone_them", "phone_at_opening", alert=alert.id)
    open_ones = {promise.action for promise in draft.alert(alert.id).promises}
    asked = any(promise.asked for promise in draft.alert(alert.id).promises)
    if not asked:
        tasks.drop_tasks(draft, "promise_overdue", alert=alert.id)
    for task in draft.case.tasks:
        if (task.kind, task.alert) == ("promise_condition", alert.id):
            if task.detail not in open_ones:
                tasks.drop_tasks(draft, task.kind, alert=alert.id, detail=task.detail)


def go_on_if_silent(draft: Draft, alert: Alert) -> None:
    """With nobody of this party left who owes an answer, its next contact is told at once."""
    now_silent = draft.alert(alert.id).status is AlertStatus.SILENT
    if now_silent and alert.status is not AlertStatus.SILENT:
        telling.go_on(draft, alert.id)


def did_harm(draft: Draft, alert: Alert) -> None:
    """What was done made things worse: companies stop, and a person looks now."""
    freeze_companies(draft, reason="did_harm")
    tasks.raise_task(draft, "warning", alert=alert.id, critical=True)


def freeze_companies(draft: Draft, *, reason: f.FreezeReason) -> None:
    """Nothing further goes to companies until two people lift it."""
    if draft.case.track(TrackName.COMPANIES) is not None:
        draft.add(
            f.TrackFrozen(
                tracks=(TrackName.COMPANIES,),
                at=draft.now,
                by="engine",
                reason=reason,
                needs_two=True,
            )
        )
