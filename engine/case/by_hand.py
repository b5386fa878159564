"""Tasks by hand: a person writes down what must be done, by when, by whom.

It escalates like everything that is owed. The words lie sealed in the vault; a message says only
that there is a task.
"""

from datetime import timedelta

from engine.case import commands as c
from engine.case import paging
from engine.case.draft import Draft, Refusal
from schemas import facts as f
from schemas.responses import RefusedBecause

AT_ONCE = 30
"""Open ones of one case. Whoever needs more finishes one first."""
FARTHEST = timedelta(days=400)


def add(draft: Draft, command: c.AddTask) -> None:
    """Put it on the board. Whoever it is given to is told at once. Raises Refusal."""
    case = draft.case
    if not case.status.alive:
        raise Refusal(RefusedBecause.NOT_OPEN, "A further event opens the next generation.")
    if not command.note:
        raise Refusal(RefusedBecause.INCOMPLETE, "words: say what must be done.")
    if not draft.now < command.due_at <= draft.now + FARTHEST:
        raise Refusal(RefusedBecause.INCOMPLETE, "due: a time ahead, within a year.")
    if sum(task.kind == "by_hand" for task in case.tasks) >= AT_ONCE:
        raise Refusal(RefusedBecause.INCOMPLETE, f"{AT_ONCE} are open here; finish one first.")
    if command.owner and not paging.reachable(draft, command.owner):
        raise Refusal(RefusedBecause.INCOMPLETE, "owner: somebody of the roster whom we can reach.")
    draft.add(
        f.TaskRaised(
            task=f"{case.id}.t{case.serial}",
            task_kind="by_hand",
            at=draft.now,
            due_at=command.due_at,
            owner=command.owner or case.owner,
            critical=command.critical,
            by=command.by,
            note=command.note,
        )
    )
    if command.owner not in ("", command.by) and not command.critical:
        paging.tell_person(draft, command.owner, detail="by_hand", critical=False)
