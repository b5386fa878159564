"""A subject's consent changed: tightening is immediate, widening needs a person."""

import hashlib

from engine.case import commands as c
from engine.case import tasks
from engine.case.arrival import ask_for_releases
from engine.case.draft import Draft
from engine.case.recheck import recheck
from engine.case.state import CaseStatus
from schemas import facts as f
from schemas.consent import Consent, ConsentDoor


def change(draft: Draft, command: c.ConsentChanged) -> None:
    """Take note of the consent, which the desk has already put into the surroundings.

    What is no longer allowed is cancelled and stood down here; what is newly allowed becomes a
    task to release, because only a person widens.
    """
    consent = command.consent
    draft.add(
        f.ConsentApplied(
            consent=consent.id,
            state=command.state,
            at=draft.now,
            by=consent.by,
            door=consent.door,
        )
    )
    recheck(draft)
    if not draft.case.status.unresolved:
        return
    if draft.case.status is CaseStatus.OPEN:
        ask_for_releases(draft)
    _ask_to_agree(draft, consent)
    if command.state == "revoked" and consent.door is ConsentDoor.HOLDER:
        # Their page says that somebody will try to speak to them: why they stop may be news.
        mark = subject_mark(consent.pseudonym)
        tasks.raise_task(draft, "first_contact", detail=mark, critical=True)


def subject_mark(pseudonym: str) -> str:
    """Tells the subjects of a case apart in its tasks, where a pseudonym is too long."""
    return hashlib.sha256(pseudonym.encode()).hexdigest()[:16]


def _ask_to_agree(draft: Draft, consent: Consent) -> None:
    """A person hears that the subject is said to allow more, for as long as that is so."""
    mark = subject_mark(consent.pseudonym)
    if consent.wider is None:
        tasks.drop_tasks(draft, "widen_consent", detail=mark)
    else:
        tasks.raise_task(draft, "widen_consent", detail=mark)
