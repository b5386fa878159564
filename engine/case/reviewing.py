"""The look back: after each resolution a person says what was promised, what was kept, what is
learned. Until then the case is not archived."""

from engine.case import commands as c
from engine.case import tasks
from engine.case.draft import Draft, Refusal, id_only
from engine.case.state import CaseStatus
from schemas import facts as f
from schemas.responses import RefusedBecause


def owe(draft: Draft) -> None:
    """A review is owed by the end of monitoring, by whoever had the case."""
    if draft.case.kind == "case":
        tasks.raise_task(draft, "review", due_at=draft.case.monitored_until)


def review(draft: Draft, command: c.ReviewCase) -> None:
    """A person reviewed it. Raises Refusal for a case that owes no review."""
    case = draft.case
    owed = next((task for task in case.tasks if task.kind == "review"), None)
    if case.status is not CaseStatus.MONITORED or owed is None:
        raise Refusal(
            RefusedBecause.NOT_OPEN, "Only a resolved case owes a review, and each but one."
        )
    draft.add(
        f.Reviewed(
            by=command.by,
            at=draft.now,
            lesson=command.lesson,
            note=id_only(command.note, of="note"),
            spill_over=command.spill_over,
        )
    )
    draft.add(f.TaskDone(task=owed.id, by=command.by, at=draft.now, result="reviewed"))
