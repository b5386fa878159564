"""Remedy: while the person seeks one, following it up is owed, before resolution and after it."""

from engine.case import commands as c
from engine.case import tasks, times
from engine.case.draft import Draft, Refusal
from engine.case.state import CaseStatus
from schemas import facts as f
from schemas.responses import RefusedBecause


def note(draft: Draft, command: c.NoteRemedy) -> None:
    """A person says whether a remedy is sought. Raises Refusal for a case that is closed."""
    case = draft.case
    if not case.status.alive or case.kind != "case":
        raise Refusal(RefusedBecause.NOT_OPEN, "A further event opens the next generation.")
    if (command.state == "sought") is case.remedy_sought and case.remedy_sought:
        raise Refusal(RefusedBecause.INCOMPLETE, "remedy: it is sought already.")
    draft.add(f.RemedyNoted(state=command.state, by=command.by, at=draft.now, note=command.note))
    if draft.case.remedy_sought:
        _again(draft)
    else:
        tasks.drop_tasks(draft, "remedy")


def followed_up(draft: Draft, result: str, *, by: str) -> None:
    """A person looked how the remedy goes. Until it was had or given up, it is owed again."""
    if result in ("obtained", "not_possible"):
        state: f.RemedyState = "obtained" if result == "obtained" else "none_sought"
        draft.add(f.RemedyNoted(state=state, by=by, at=draft.now))
        return
    watched = draft.case.status is CaseStatus.MONITORED
    if draft.case.remedy_sought and (result == "still_sought" or not watched):
        _again(draft)


def _again(draft: Draft) -> None:
    tasks.raise_task(draft, "remedy", due_at=draft.now + times.REMEDY_EVERY)
