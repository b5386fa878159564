"""What somebody should have heard and did not: a person phones, at once or when a hold is over."""

from engine.case import tasks
from engine.case.draft import Draft
from engine.case.protect import NO_WAY, judge_stand_down
from engine.case.state import Alert, AlertStatus, Task
from schemas.plan import Reason
from schemas.projection import Purpose

_STAND_DOWN = Purpose.STAND_DOWN.value


def phone(draft: Draft, alert: Alert, purpose: Purpose | None = None) -> None:
    """Ask a person to phone them: no way works. `purpose`: what to say; None: all of it."""
    tasks.raise_task(
        draft,
        "unreachable",
        alert=alert.id,
        detail="" if purpose is None else purpose.value,
        critical=draft.case.severity.grave,
    )


def stand_down(draft: Draft, alert: Alert) -> None:
    """No stand-down reaches them, so that they may still act on what is over.

    Whoever the guard keeps from hearing it is not phoned either; whoever is held, once that ends.
    """
    verdict = judge_stand_down(draft.case, alert, None, now=draft.now)
    if verdict.reason is Reason.HELD:
        holds = (each.hold for each in draft.case.holds)
        until = next((hold.until for hold in holds if hold.id == verdict.evidence), draft.now)
        tasks.raise_task(draft, "stand_down_held", alert=alert.id, due_at=until)
    elif verdict.allowed or verdict.reason in NO_WAY:
        phone(draft, alert, Purpose.STAND_DOWN)


def outlives(task: Task) -> bool:
    """Whether this is still to be said once the case is resolved."""
    return task.kind == "stand_down_held" or (
        (task.kind, task.detail) == ("unreachable", _STAND_DOWN)
    )


def forget(draft: Draft) -> None:
    """The case goes on: whoever is planned anew is not told any more that nothing is asked."""
    for task in filter(outlives, draft.case.tasks):
        if draft.alert(task.alert).status is AlertStatus.PLANNED:
            tasks.drop_tasks(draft, task.kind, alert=task.alert, detail=task.detail)
