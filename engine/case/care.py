"""What a person of ours says of the defender: how they are, and who may speak with them."""

from engine.case import check_ins, closing, standing, wellbeing
from engine.case import commands as c
from engine.case.draft import Draft, Refusal
from engine.case.replacing import replace
from engine.case.state import Case, CaseStatus
from schemas import facts as f
from schemas.codes import SubjectStatus
from schemas.responses import RefusedBecause

_OWNERS_MOST = 12


def note_status(draft: Draft, command: c.NoteStatus) -> None:
    """Take it in. Worse news opens a watched case again and calls duty. Raises Refusal."""
    _must_be_alive(draft.case)
    if command.subject and command.subject not in draft.case.subjects:
        raise Refusal(RefusedBecause.INCOMPLETE, "subject: nobody whom this case is about.")
    if draft.case.status is CaseStatus.MONITORED and _worse(draft.case, command):
        reopening = c.Reopen(inbox=command.inbox, case=command.case, by=command.by)
        closing.reopen(draft, reopening)
    stood = _worse(draft.case, command) and standing.happened(draft, by=command.by)
    wellbeing.note(
        draft,
        status=command.status,
        subject=command.subject,
        by=command.by,
        words=command.note,
    )
    if stood:
        standing.call(draft)


def set_owners(draft: Draft, command: c.SetContactOwners) -> None:
    """Say who alone speaks with the person; open talks of others become theirs. Raises Refusal."""
    _must_be_alive(draft.case)
    owners = tuple(dict.fromkeys(command.owners))
    known = {person.id for person in draft.case.around.roster.people}
    strangers = [person for person in owners if person not in known]
    if strangers:
        raise Refusal(RefusedBecause.INCOMPLETE, "owners: people of the duty roster only.")
    if len(owners) > _OWNERS_MOST:
        raise Refusal(RefusedBecause.INCOMPLETE, f"owners: {_OWNERS_MOST} at most.")
    then = replace(draft.case, contact_owners=owners)
    to = check_ins.owner(then, draft.now) if owners else ""
    draft.add(f.ContactOwnersSet(owners=owners, by=command.by, at=draft.now, to=to))


def _must_be_alive(case: Case) -> None:
    if not case.status.alive or case.kind != "case":
        raise Refusal(RefusedBecause.NOT_OPEN, "A further event opens the next generation.")


def _worse(case: Case, command: c.NoteStatus) -> bool:
    known = {each.subject: each.status for each in case.conditions}
    before = known.get(command.subject, known.get("", SubjectStatus.UNKNOWN))
    return command.status.worse_than(before)
