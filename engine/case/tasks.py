"""What duty owes: raising, taking, hastening and, when late, reminding and escalating."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from engine.case import check_ins, paging, times
from engine.case import commands as c
from engine.case.draft import Draft, Refusal
from engine.case.state import Case, CaseStatus, Task
from schemas import facts as f
from schemas.codes import Severity, TrackName
from schemas.plan import Step, Track
from schemas.projection import Purpose
from schemas.responses import RefusedBecause

_CALLED_FOR_TASKS = ("task_overdue", "hold_expired")
"""Duty was called because something owed was late or nobody's; for nothing else."""
_QUIET_FOR = timedelta(minutes=30)
"""How long an acknowledgement holds in a case that lost its duty track."""


def raise_task(
    draft: Draft,
    kind: f.TaskKind,
    *,
    due_at: datetime | None = None,
    alert: str = "",
    detail: str = "",
    critical: bool = False,
    owner: str = "",
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
            owner=owner or _owner(draft, kind),
            critical=critical,
            alert=alert,
            detail=detail,
        )
    )


def ask_if_still_right(draft: Draft, *, alert: str = "", detail: str = "") -> None:
    """What an outage held back waits for a person, who in a grave case hears of it at once."""
    grave = draft.case.severity.grave
    raise_task(draft, "still_right", alert=alert, detail=detail, critical=grave)


def _owner(draft: Draft, kind: f.TaskKind) -> str:
    talk = kind in check_ins.TALKS
    return check_ins.owner(draft.case, draft.now) if talk else draft.case.owner


def drop_tasks(draft: Draft, *kinds: f.TaskKind, alert: str = "", detail: str = "") -> None:
    """Close tasks that are no longer needed; empty `alert` or `detail` match any."""
    for task in draft.case.tasks:
        if (
            task.kind in kinds
            and (not alert or task.alert == alert)
            and (not detail or task.detail == detail)
        ):
            draft.add(f.TaskDone(task=task.id, by="engine", at=draft.now, result="not_needed"))


def raise_severity(draft: Draft, severity: Severity, *, duty: Track | None = None) -> None:
    """The case is graver: duty's ladder and what it owes to the person follow at once.

    `duty`: the ladder; None: the desk's own for this severity.
    """
    if severity.rank >= draft.case.severity.rank:
        return
    ladder = draft.case.around.ladder(severity) if duty is None else duty
    draft.add(f.SeverityRaised(severity=severity, duty=ladder))
    hasten(draft)
    ask_sooner(draft)


def ask_sooner(draft: Draft) -> None:
    """Outward, too, answers are asked for as soon as in a case that is as grave as this."""
    for state in draft.case.tracks:
        track = state.track
        for severity, answer_by, holds in track.graver:
            sooner = answer_by < track.answer_by or holds < track.answer_holds_for
            if severity is draft.case.severity and sooner:
                draft.add(
                    f.TrackHastened(
                        track=track.name,
                        at=draft.now,
                        answer_by=min(answer_by, track.answer_by),
                        answer_holds_for=min(holds, track.answer_holds_for),
                    )
                )


def hasten(draft: Draft) -> None:
    """Bring forward what duty owes to the person, where by now it would be due sooner."""
    for task in draft.case.tasks:
        if task.kind == "check_in":
            due = draft.now + check_ins.after(draft.case)
        elif task.kind in ("triage", "first_contact", "release"):
            due = draft.now + times.task_within(draft.case.severity, task.kind)
        else:
            continue
        if due < task.due_at:
            draft.add(f.TaskDone(task=task.id, by="engine", at=draft.now, result="superseded"))
            draft.add(
                f.TaskRaised(
                    task=f"{draft.case.id}.t{draft.case.serial}",
                    task_kind=task.kind,
                    at=draft.now,
                    due_at=due,
                    owner=task.owner,
                    detail=task.detail,
                )
            )


def own(draft: Draft, by: str) -> None:
    """A person has what this case owes: duty is quiet for a while, and queued pages go."""
    state = draft.case.track(TrackName.DUTY)
    holds = _QUIET_FOR if state is None else timedelta(seconds=state.track.answer_holds_for)
    draft.add(f.Owned(by=by, at=draft.now, hold_until=draft.now + holds))
    drop_tasks(draft, "handed_over")
    everyone = tuple(a.id for a in draft.case.alerts if a.track is TrackName.DUTY)
    draft.add(
        f.NoticesCancelled(
            alerts=everyone,
            purposes=(Purpose.PAGE, Purpose.INCIDENT, Purpose.OVERDUE),
            reason="acknowledged",
        )
    )


def take(draft: Draft, command: c.TakeTask) -> None:
    """A person takes a task. When everything owed is now somebody's, duty is quiet."""
    task = find(draft.case, command.task)
    check_ins.must_be_theirs(draft, task, command.by)
    draft.add(f.TaskTaken(task=task.id, by=command.by, at=draft.now))
    if task.kind == "handed_over":  # Taking it is all that it asks for.
        draft.add(f.TaskDone(task=task.id, by=command.by, at=draft.now))
    state = draft.case.track(TrackName.DUTY)
    calling = state is not None and state.hold_until is None
    if draft.case.status.unresolved and calling and all_owned(draft):
        own(draft, command.by)


def done(draft: Draft, by: str) -> None:
    """What duty was called for is done. When everything owed is somebody's, duty is quiet."""
    state = draft.case.track(TrackName.DUTY)
    if state is None or state.hold_until is not None or not draft.case.status.unresolved:
        return
    if state.woken_by in _CALLED_FOR_TASKS and all_owned(draft):
        own(draft, by)


def all_owned(draft: Draft) -> bool:
    """Whether everything owed has an owner and a future time; nothing owed is not that."""
    owed = draft.case.tasks
    return bool(owed) and all(t.owner and t.due_at > draft.now for t in owed)


def fall_due(draft: Draft, task: Task) -> None:
    """A task is due: tell its owner; owned by nobody, or told in vain, wake the whole ladder."""
    monitored = draft.case.status is CaseStatus.MONITORED
    grace = times.ANSWER_WITHIN[draft.case.severity]
    if monitored and not task.critical:
        grace = timedelta(hours=24)
    to_owner = bool(task.owner) and not task.reminded
    reached = to_owner and paging.tell_person(
        draft, task.owner, detail=task.kind, critical=task.critical
    )
    if not reached:
        _escalate(draft, task, monitored=monitored)
    draft.add(f.TaskReminded(task=task.id, next_at=draft.now + grace, escalated=not reached))


def told_in_vain(draft: Draft, owner: str) -> None:
    """No way reaches this person, who has the case or a task, and nobody else would hear of it.

    Duty is quiet then, for they have it: it is woken. Where its ladder rests, everybody on it is
    paged once, if something is late.
    """
    state = draft.case.track(TrackName.DUTY)
    if state is None:
        return
    if draft.case.status is CaseStatus.MONITORED:
        if any(task.owner == owner and task.reminded for task in draft.case.tasks):
            paging.page_roles(draft, _roles(state.track.steps), besides=True)
    elif draft.case.status.unresolved and state.hold_until is not None:
        draft.add(f.TrackWoken(track=TrackName.DUTY, at=draft.now, reason="nobody_reached"))


def _escalate(draft: Draft, task: Task, *, monitored: bool) -> None:
    state = draft.case.track(TrackName.DUTY)
    if state is None:
        return
    if monitored:
        # Its ladder rests; the task itself comes back, wider each time.
        steps = state.track.steps if task.reminded else state.track.steps[:1]
        paging.page_roles(draft, _roles(steps), besides=True)
    elif state.hold_until is not None or state.next_at is None:
        draft.add(f.TrackWoken(track=TrackName.DUTY, at=draft.now, reason="task_overdue"))
    elif task.critical and not task.reminded:
        # The ladder calls already, but its next rung may be an hour away.
        steps = state.track.steps[: max(state.step, 1)]
        paging.page_roles(draft, _roles(steps), besides=True)


def _roles(steps: Iterable[Step]) -> Iterable[str]:
    return dict.fromkeys(role for step in steps for role in step.roles)


def find(case: Case, task_id: str) -> Task:
    """The open task of this id. Raises Refusal when there is none."""
    task = case.task(task_id)
    if task is None:
        raise Refusal(RefusedBecause.UNKNOWN_TASK, "It may have been finished already.")
    return task
