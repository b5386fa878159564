"""What an answer is worth, as a person judges it: a token one, and worse, quietens nothing."""

from engine.case import commands as c
from engine.case.answerers import cancel, did_harm, go_on_if_silent, needs_no_call
from engine.case.draft import Draft, Refusal
from engine.case.freezing import must_be_open
from engine.case.state import Alert, AlertStatus
from schemas import facts as f
from schemas.codes import TrackName
from schemas.responses import AnswerClass, RefusedBecause


def judge(draft: Draft, command: c.ClassAnswer) -> None:
    """Record the class. One that quietens nothing lets the alert go on, as if unanswered.

    The promise itself stays open and is asked for: only whether it holds anybody changes.
    """
    must_be_open(draft.case)
    alert = draft.alert(command.alert)
    if alert.track is TrackName.DUTY:
        raise Refusal(RefusedBecause.UNKNOWN_ALERT, "What duty answers is not judged.")
    action = _judged(alert, command.action)
    draft.add(
        f.AnswerClassed(
            alert=alert.id,
            action=action,
            answer_class=command.answer_class,
            by=command.by,
            at=draft.now,
            note=command.note,
        )
    )
    if command.answer_class is AnswerClass.COUNTER_PRODUCTIVE:
        did_harm(draft, alert)
    if not command.answer_class.quietens:
        go_on_if_silent(draft, alert)
    elif draft.alert(alert.id).pledged or draft.alert(alert.id).status is AlertStatus.ACTED:
        cancel(draft, alert, reason="answered")
        needs_no_call(draft, alert)


def _judged(alert: Alert, action: str) -> str:
    """The action that is meant. Raises Refusal where that is not clear."""
    known = [*(p.action for p in alert.promises), *(act.action for act in alert.acts)]
    if action and action not in known:
        raise Refusal(RefusedBecause.INCOMPLETE, "action: this party promised or did none of it.")
    if not action and len(known) > 1:
        raise Refusal(
            RefusedBecause.INCOMPLETE, "action: several were promised or done; say which."
        )
    answered = any(call.answered for call in alert.calls) or alert.status is AlertStatus.ACTED
    if not known and not answered:
        raise Refusal(RefusedBecause.INCOMPLETE, "Nothing was answered here that still holds.")
    return action or next(iter(known), "")
