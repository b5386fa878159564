"""How far a case may be passed on, and whom its recipients may speak to (N10, N19).

Stricter holds at once, by a report or by anybody. Wider takes two people: whom a label or a contact
rule protects is not the one who asks. A report that says either anew ends what was asked before it.
"""

from datetime import timedelta

from engine.case import commands as c
from engine.case import tasks
from engine.case.draft import Draft, Refusal, code_only
from engine.case.freezing import must_be_open
from engine.case.state import Case
from engine.case.wider_sharing import WiderSharing
from schemas import facts as f
from schemas.codes import ContactRule, Label
from schemas.responses import RefusedBecause

AGREE_WITHIN = timedelta(days=7)
"""After this the second person asks anew instead of agreeing."""


def set_sharing(draft: Draft, command: c.SetSharing) -> None:
    """Tighten at once, ask for more, or agree with who asked. Raises Refusal."""
    must_be_open(draft.case)
    code_only(command.why, of="why")
    if (command.label is None) == (command.may_contact is None):
        raise Refusal(RefusedBecause.INCOMPLETE, "sharing: a label, or whom they may speak to.")
    if _stands_so(draft.case, command):
        raise Refusal(RefusedBecause.INCOMPLETE, "sharing: that is how it stands already.")
    if not _widens(draft.case, command):
        return _set(draft, command, by=(command.by,))
    asked = draft.case.wider_sharing
    same = asked is not None and _what(asked) == _what(command)
    if asked is None or not same or draft.now - asked.at > AGREE_WITHIN:
        draft.add(
            f.WiderSharingAsked(
                by=command.by,
                at=draft.now,
                why=command.why,
                label=command.label,
                may_contact=command.may_contact,
                note=command.note,
            )
        )
        tasks.raise_task(draft, "widen_sharing")
        return None
    if asked.by == command.by:
        raise Refusal(RefusedBecause.SAME_PERSON, "A second person has to agree to this.")
    return _set(draft, command, by=(asked.by, command.by))


def _set(draft: Draft, command: c.SetSharing, *, by: tuple[str, ...]) -> None:
    draft.add(
        f.SharingSet(
            by=by,
            at=draft.now,
            why=command.why,
            label=command.label,
            may_contact=command.may_contact,
            note=command.note,
        )
    )
    forget(draft)


def forget(draft: Draft) -> None:
    """Ask nobody to agree any more to what is not asked for."""
    if draft.case.wider_sharing is None:
        tasks.drop_tasks(draft, "widen_sharing")


def _what(said: WiderSharing | c.SetSharing) -> tuple[Label | None, ContactRule | None]:
    return said.label, said.may_contact


def _stands_so(case: Case, command: c.SetSharing) -> bool:
    if command.label is not None:
        return command.label is case.label
    return command.may_contact is (case.may_contact or ContactRule.NOBODY)


def _widens(case: Case, command: c.SetSharing) -> bool:
    if command.label is not None:
        return case.label is not None and command.label.rank < case.label.rank
    return command.may_contact is not ContactRule.NOBODY
