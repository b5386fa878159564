"""A person gives a case, or some of its tasks, to a colleague, who is told at once."""

from engine.case import check_ins, paging, tasks
from engine.case import commands as c
from engine.case.draft import Draft, Refusal
from engine.case.state import Task
from schemas import facts as f
from schemas.responses import RefusedBecause


def hand_over(draft: Draft, command: c.HandOver) -> None:
    """The colleague owns it from now on; until they take it, it is a task that escalates.

    Check-ins stay with whom the contact protocol names. Nobody is handed a case whom no message
    reaches: duty would be quiet for somebody who never heard of it.
    """
    if not draft.case.status.unresolved:
        raise Refusal(RefusedBecause.NOT_OPEN, "Reopen the case first.")
    if command.to == command.by:
        raise Refusal(RefusedBecause.SAME_PERSON, "It would stay with you: take the case instead.")
    if not paging.reachable(draft, command.to):
        raise Refusal(
            RefusedBecause.INCOMPLETE, "to: nobody of duty with a phone or mailbox of this name."
        )
    for task in command.tasks:
        check_ins.must_be_theirs(draft, tasks.find(draft.case, task), command.to)
    draft.add(
        f.CaseHandedOver(
            by=command.by,
            to=command.to,
            at=draft.now,
            tasks=command.tasks or _all(draft, command),
            whole=not command.tasks,
            note=command.note,
        )
    )
    tasks.drop_tasks(draft, "handed_over")
    tasks.raise_task(draft, "handed_over", owner=command.to, critical=True)


def _all(draft: Draft, command: c.HandOver) -> tuple[str, ...]:
    """Tasks of the owner, of whoever hands over, and of nobody."""
    owners = {"", command.by, draft.case.owner}
    return tuple(
        task.id for task in draft.case.tasks if task.owner in owners and _may(draft, task, command)
    )


def _may(draft: Draft, task: Task, command: c.HandOver) -> bool:
    try:
        check_ins.must_be_theirs(draft, task, command.to)
    except Refusal:
        return False
    return True
