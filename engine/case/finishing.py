"""A person did what a task asked for; some kinds owe the next thing."""

from collections.abc import Mapping
from types import MappingProxyType

from engine.case import (
    check_ins,
    promises,
    questions,
    recheck,
    remedy,
    tasks,
    telling,
    times,
    waiting,
)
from engine.case import commands as c
from engine.case.draft import Draft, Refusal
from engine.case.state import AlertStatus, Task
from schemas import facts as f
from schemas.codes import Heard, TrackName
from schemas.plan import Reason, Spread
from schemas.responses import RefusedBecause

YES, NO = "yes", "no"
"""The two answers to "still right?"; that task takes no other, since one of them tells somebody."""
NO_SIGN = "no_sign"
"""Nobody heard from the person: a danger sign of its own (design section 5.7)."""
HEARD_OF = "heard_of"
"""A relative or a lawyer spoke of the person: no danger sign, and not the person's own word."""
STILL_SOUGHT = "still_sought"
"""A remedy was followed up, and goes on being sought."""
_ON_THE_CASE: Mapping[str, str] = MappingProxyType(
    {
        "confirm_standing": "agree on the case that it stands, or take that back there.",
        "standing_review": "let the case stand on, by two, or open it again.",
        "confirm_unlink": "agree on the case to unlink it; until then it stays linked.",
        "review": "say on the case what is learned; that ends it.",
    }
)
"""Tasks that an act on the case ends, and how: no word "done" may stand in for it."""
RESULTS = ("done", "not_possible", NO_SIGN, "obtained", STILL_SOUGHT, YES, NO)
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
    if task.kind in _ON_THE_CASE:
        raise Refusal(RefusedBecause.INCOMPLETE, f"{task.kind}: {_ON_THE_CASE[task.kind]}")
    check_ins.must_be_theirs(draft, task, command.by)
    if command.reply:
        questions.must_be_told(draft, task, result=command.result)
    result = _result(task, command)
    draft.add(
        f.TaskDone(
            task=task.id,
            by=command.by,
            at=draft.now,
            result=result,
            note=command.note,
            heard=command.heard if task.kind in check_ins.TALKS else None,
        )
    )
    if task.kind == "remedy":
        remedy.followed_up(draft, result, by=command.by)
    if not draft.case.status.unresolved:
        return
    if command.reply:
        questions.answer(draft, task, by=command.by, note=command.reply)
    if task.kind == "promise_condition":
        promises.condition_done(draft, task, by=command.by, result=command.result)
    elif task.kind in check_ins.TALKS:
        _check_in_again(draft, missed=result not in ("done", HEARD_OF))
    elif task.kind == "still_right" and command.result == YES:
        _tell_late(draft, task)
    tasks.done(draft, command.by)


def _result(task: Task, command: c.FinishTask) -> str:
    """How it ended. A check-in says whom it heard: only the person's own word keeps it (5.8)."""
    if task.kind not in check_ins.TALKS:
        return command.result
    if command.heard is Heard.NO_SIGN:
        return NO_SIGN
    if task.kind == "check_in" and command.result == "done":
        if command.heard is None:
            codes = ", ".join(each.value for each in Heard)
            raise Refusal(RefusedBecause.INCOMPLETE, f"heard: one of {codes}.")
        return "done" if command.heard is Heard.SAFE_CHANNEL else HEARD_OF
    return command.result


def _check_in_again(draft: Draft, *, missed: bool) -> None:
    """The next check-in; after one without a sign of the person sooner, and duty is called."""
    after = check_ins.after(draft.case)
    if missed:
        after = min(after, times.ANSWER_WITHIN[draft.case.severity])
    tasks.raise_task(draft, "check_in", due_at=draft.now + after)
    if missed:
        draft.add(f.TrackWoken(track=TrackName.DUTY, at=draft.now, reason="no_sign"))


def _tell_late(draft: Draft, task: Task) -> None:
    if not task.alert:
        name = TrackName(task.detail)
        spread = Spread.NEXT if telling.one_at_a_time(draft.case, name) else Spread.ALL
        telling.tell_track(draft, name, spread=spread, by_hand=True)
        waiting.over(draft, name)
        return
    alert = draft.alert(task.alert)
    never_left = alert.status is AlertStatus.WITHHELD and alert.reason is Reason.STALE
    if (alert.live or never_left) and recheck.still_right(draft, alert):
        telling.go_on(draft, alert.id)
