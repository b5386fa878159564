"""Severity down: by a person with a reason, never by a report, a relief or a timer.

What is owed already keeps its time; what is planned from now on goes by the lesser severity. Duty's
call goes on where it was, on the slower ladder: nothing that fired fires again, nothing is skipped.
"""

from engine.case import commands as c
from engine.case.conditions import gravest
from engine.case.draft import Draft, Refusal
from engine.case.freezing import must_be_open
from rules import duty
from schemas import facts as f
from schemas.responses import RefusedBecause


def lower(draft: Draft, command: c.LowerSeverity) -> None:
    """A person says that it is less grave. Raises Refusal where something speaks against it."""
    must_be_open(draft.case)
    case = draft.case
    if command.was is not case.severity:
        raise Refusal(RefusedBecause.INCOMPLETE, "severity: it changed meanwhile; look again.")
    if command.severity.rank <= case.severity.rank:
        raise Refusal(RefusedBecause.INCOMPLETE, "severity: it is no graver than that already.")
    least = gravest(case.conditions).at_least
    if not command.severity.at_least(least):
        raise Refusal(RefusedBecause.INCOMPLETE, "status: first say how the person is now.")
    if any(task.kind == "reprisal" for task in case.tasks):
        raise Refusal(RefusedBecause.INCOMPLETE, "reprisal: look at the suspected reprisal first.")
    draft.add(
        f.SeverityLowered(
            severity=command.severity,
            by=command.by,
            at=draft.now,
            why=command.why,
            duty=command.duty or duty.built_in(command.severity),
            note=command.note,
        )
    )
