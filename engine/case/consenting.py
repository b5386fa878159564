"""A subject's consent changed: tightening is immediate, widening needs a person."""

from engine.case import commands as c
from engine.case.arrival import ask_for_releases
from engine.case.draft import Draft
from engine.case.recheck import recheck
from engine.case.state import CaseStatus
from schemas import facts as f


def change(draft: Draft, command: c.ConsentChanged) -> None:
    """Take note of the consent, which the desk has already put into the surroundings.

    What is no longer allowed is cancelled and stood down here; what is newly allowed becomes a
    task to release, because only a person widens.
    """
    draft.add(f.ConsentApplied(consent=command.consent.id, state=command.state, at=draft.now))
    recheck(draft)
    if draft.case.status is CaseStatus.OPEN:
        ask_for_releases(draft)
