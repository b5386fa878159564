"""A person did what a task asked for; some kinds owe the next thing."""

from engine.case import commands as c
from engine.case import promises, recheck, tasks, telling, times
from engine.case.draft import Draft, Refusal
from engine.case.state import CaseStatus, Task
from schemas import facts as f
from schemas.codes import TrackName
from schemas.plan import Spread
from schemas.responses import RefusedBecause

YES, NO = "yes", "no"
"""The two answers to "still right?"; that task takes no other, since one of them tells somebody."""
NO_SIGN = "no_sign"
"""Nobody heard from the person: a danger sign of its own (design section 5.7)."""
RESULTS = ("done", "not_possible", NO_SIGN, "obtained", YES, NO)
"""Codes only: the journal carries no words."""


def finish(draft: Draft, command: c.FinishTask) -> None:
    """Close the task and decide what follows from it."""
    task = tasks.find(draft.case, command.task)
    if command.result not in RESULTS:
        raise Refusal(RefusedBecause.INCOMPLETE, f"result: one of {', '.join(RESULTS)}.")
    if task.kind == "still_right" and command.result not in (YES, NO):
        raise Refusal(
            RefusedBecause.INCOMPLETE, "result: yes tells them now, no lets them be; say which."
        )
    if task.kind in ("necessity_second", "necessity_review"):
        raise Refusal(
            RefusedBecause.INCOMPLETE, "necessity: agree to it on the case, or take it back there."
        )
    draft.add(
        f.TaskDone(
            task=task.id,
            by=command.by,
            at=draft.now,
            result=command.result,
            note=command.note,
        )
    )
    if draft.case.status is not CaseStatus.OPEN:
        return
    if task.kind == "promise_condition":
        promises.condition_done(draft, task, by=command.by, result=command.result)
    elif task.kind in ("first_contact", "check_in"):
        _check_in_again(draft, missed=command.result != "done")
    elif task.kind == "still_right" and command.result == YES:
        _tell_late(draft, task)


def _check_in_again(draft: Draft, *, missed: bool) -> None:
    """The next check-in; after one without a sign of the person sooner, and duty is called."""
    severity = draft.case.severity
    after = times.check_in_after(severity, max(draft.case.check_ins - 1, 0))
    if missed:
        after = min(after, times.ANSWER_WITHIN[severity])
    tasks.raise_task(draft, "check_in", due_at=draft.now + after)
    if missed:
        draft.add(f.TrackWoken(track=TrackName.DUTY, at=draft.now, reason="no_sign"))


def _tell_late(draft: Draft, task: Task) -> None:
    if not task.alert:
        name = TrackName(task.detail)
        spread = Spread.NEXT if telling.one_at_a_time(draft.case, name) else Spread.ALL
        telling.tell_track(draft, name, spread=spread, by_hand=True)
        return
    alert = draft.alert(task.alert)
    if alert.live and recheck.still_right(draft, alert):
        telling.go_on(draft, alert.id)
