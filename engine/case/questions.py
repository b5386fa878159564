"""Questions of those who were told: a person answers, and whoever asked hears that they did.

The message says no more than that; the answer stands on the page, behind its code and the guard.
"""

from engine.case import tasks, telling
from engine.case.draft import Draft, Refusal
from engine.case.protect import judge_contact
from engine.case.state import Alert, AlertStatus, Task
from schemas import facts as f
from schemas.projection import Purpose
from schemas.responses import RefusedBecause

PASSED_ON = "passed_on"
"""As a task's detail: nobody asked anything, a person finds out to whom it was given."""


def ask(draft: Draft, alert: Alert, *, contact: str) -> None:
    """Somebody has a question: each contact's is a task of its own."""
    tasks.raise_task(draft, "question", alert=alert.id, detail=contact)


def must_be_told(draft: Draft, task: Task, *, result: str) -> None:
    """Raises Refusal where an answer has nobody to go to, or may not go to them now."""
    alert = draft.case.alert(task.alert)
    if task.kind != "question" or task.detail == PASSED_ON or alert is None:
        raise Refusal(RefusedBecause.INCOMPLETE, "reply: nobody asked; put words into the note.")
    if result != "done":
        raise Refusal(RefusedBecause.INCOMPLETE, "reply: only with done; there is an answer then.")
    contact = telling.contact_of(alert, asker(alert, task))
    state = draft.case.track(alert.track)
    may_read = alert.live or alert.status is AlertStatus.ACTED
    if contact is None or state is None or not may_read or not draft.case.status.unresolved:
        raise Refusal(
            RefusedBecause.PAGE_CLOSED, "Their page is closed; finish it without a reply."
        )
    if contact.id in alert.dropped_contacts:
        raise Refusal(RefusedBecause.PAGE_CLOSED, "They are the wrong one; finish it without one.")
    verdict = judge_contact(draft.case, alert, contact, now=draft.now)
    if not verdict.allowed:
        raise Refusal(RefusedBecause.GUARD, verdict.reason.value)
    if not state.open_at(draft.now):
        raise Refusal(RefusedBecause.GUARD, "gate_closed")


def answer(draft: Draft, task: Task, *, by: str, note: str) -> None:
    """Keep the answer for the page of whoever asked, and tell them that there is one."""
    alert = draft.alert(task.alert)
    contact = asker(alert, task)
    draft.add(f.QuestionAnswered(alert=alert.id, contact=contact, by=by, at=draft.now, note=note))
    telling.tell_again(draft, alert.id, contact, purpose=Purpose.ANSWER)


def unheard(draft: Draft, alert: Alert, contact: str) -> None:
    """They may not be told now that there is an answer: a person finds another way, or waits."""
    tasks.raise_task(draft, "question", alert=alert.id, detail=contact)


def asker(alert: Alert, task: Task) -> str:
    """Who asked; of a question noted before this was kept, whoever answered last."""
    if task.detail:
        return task.detail
    answered = (call.contact for call in alert.calls if call.answered)
    return next(answered, next(reversed(alert.reached), ""))
