"""Erasing what is sealed of a case: asked by one person, carried out when another agrees."""

from engine.case import commands as c
from engine.case.draft import Draft, Refusal
from engine.case.state import CaseStatus
from schemas import facts as f
from schemas.responses import RefusedBecause

OVER = frozenset({CaseStatus.MONITORED, CaseStatus.CLOSED})
"""When nobody helps any more."""


def erase(draft: Draft, command: c.Erase) -> None:
    """Two people destroy the key of a case that is over; journal and figures stay as they are.

    An open case is never erased: without names, places and the contact protocol duty could help
    nobody any more (N11 of the mission reference: help comes before tidiness).
    """
    case = draft.case
    if case.status not in OVER:
        raise Refusal(
            RefusedBecause.INCOMPLETE,
            "The case still goes on, and whoever helps needs what is sealed. Resolve it first.",
        )
    if command.by in case.erasing:
        raise Refusal(RefusedBecause.SAME_PERSON, "A second person has to agree to erase it.")
    draft.add(f.ErasureGiven(by=command.by, at=draft.now, why=command.why))
    if case.erasing:
        draft.add(f.Erased(by=(*case.erasing, command.by), at=draft.now))
