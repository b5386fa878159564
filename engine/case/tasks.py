"""What duty owes: raising, taking, finishing and, when late, reminding and escalating."""

from datetime import datetime, timedelta

from engine.case import commands as c
from engine.case import paging, times
from engine.case.draft import Draft, Refusal
from engine.case.state import Case, CaseStatus, Task
from schemas import facts as f
from schemas.codes import TrackName
from schemas.responses import RefusedBecause


def raise_task(
    draft: Draft,
    kind: f.TaskKind,
    *,
    due_at: datetime | None = None,
    alert: str = "",
    detail: str = "",
    critical: bool = False,
) -> None:
    """Put a task on the board for the case's owner; one of a kind per alert and detail."""
    case = draft.case
    same = (t for t in case.tasks if (t.kind, t.alert, t.detail) == (kind, alert, detail))
    if next(same, None) is not None:
        return
    draft.add(
        f.TaskRaised(
            task=f"{case.id}.t{case.serial}",
            task_kind=kind,
            at=draft.now,
            due_at=due_at or draft.now + times.task_within(case.severity, kind),
            owner=case.owner,
            critical=critical,
            alert=alert,
            detail=detail,
        )
    )


def drop_tasks(draft: Draft, *kinds: f.TaskKind, alert: str = "", detail: str = "") -> None:
    """Close tasks that are no longer needed; empty `alert` or `detail` match any."""
    for task in draft.case.tasks:
        if (
            task.kind in kinds
            and (not alert or task.alert == alert)
            and (not detail or task.detail == detail)
        ):
            draft.add(f.TaskDone(task=task.id, by="engine", at=draft.now, result="not_needed"))


def take(draft: Draft, command: c.TakeTask) -> None:
    """A person takes a task."""
    task = _task(draft.case, command.task)
    draft.add(f.TaskTaken(task=task.id, by=command.by, at=draft.now))


def finish(draft: Draft, command: c.FinishTask) -> None:
    """A person did what a task asked for; some kinds owe the next thing."""
    task = _task(draft.case, command.task)
    draft.add(
        f.TaskDone(
            task=task.id,
            by=command.by,
            at=draft.now,
            result=command.result,
            note=command.note,
        )
    )
    if task.kind in ("first_contact", "check_in") and draft.case.status is CaseStatus.OPEN:
        after = times.check_in_after(draft.case.severity, max(draft.case.check_ins - 1, 0))
        raise_task(draft, "check_in", due_at=draft.now + after)


def fall_due(draft: Draft, task: Task) -> None:
    """A task is due: tell its owner; owned by nobody, or told in vain, wake the whole ladder."""
    grace = times.ANSWER_WITHIN[draft.case.severity]
    if draft.case.status is CaseStatus.MONITORED:
        grace = timedelta(hours=24)
    state = draft.case.track(TrackName.DUTY)
    quiet = state is None or state.hold_until is not None or state.next_at is None
    to_owner = bool(task.owner) and not task.reminded
    reached = to_owner and paging.tell_person(draft, task.owner, detail=task.kind)
    if not reached and quiet and state is not None:
        draft.add(f.TrackWoken(track=TrackName.DUTY, at=draft.now, reason="task_overdue"))
    draft.add(f.TaskReminded(task=task.id, next_at=draft.now + grace, escalated=not reached))


def _task(case: Case, task_id: str) -> Task:
    task = case.task(task_id)
    if task is None:
        raise Refusal(RefusedBecause.UNKNOWN_TASK, "It may have been finished already.")
    return task
