"""Attempts to reach whoever holds the consent: without their word, a case is resolved only so."""

from datetime import timedelta

from engine.case import commands as c
from engine.case.draft import Draft, Refusal, id_only
from engine.case.state import Case
from schemas import facts as f
from schemas.responses import RefusedBecause

AT_LEAST = 2
APART = timedelta(days=2)
"""Between the first and the last of them: who is out for a day has not vanished (practice 6)."""


def document(draft: Draft, command: c.DocumentAttempt) -> None:
    """A person tried, and reached nobody. A talk that was had since makes it void."""
    case = draft.case
    if case.kind != "case" or not case.status.unresolved:
        raise Refusal(RefusedBecause.NOT_OPEN, "Reopen the case first.")
    began, tried_at = case.opened_at or draft.now, command.tried_at or draft.now
    if not began <= tried_at <= draft.now:
        raise Refusal(RefusedBecause.INCOMPLETE, "at: when it was tried, since the case began.")
    if any(each.at == tried_at for each in case.attempts):
        raise Refusal(RefusedBecause.ALREADY_ANSWERED, "This attempt is documented already.")
    draft.add(
        f.AttemptDocumented(
            by=command.by,
            at=draft.now,
            tried_at=tried_at,
            way=command.way,
            note=id_only(command.note, of="note"),
        )
    )


def must_be_enough(case: Case) -> None:
    """Raises Refusal where nobody has tried often and long enough to call somebody unreachable."""
    tried = sorted(each.at for each in case.attempts)
    if len(tried) < AT_LEAST or tried[-1] - tried[0] < APART:
        raise Refusal(
            RefusedBecause.INCOMPLETE,
            f"heard: {AT_LEAST} documented attempts, {APART.days} days apart, since anybody last "
            f"spoke to them; there are {len(tried)}.",
        )
