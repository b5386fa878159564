"""Passing on: to a colleague, who is told at once; or to somebody who must not know."""

from engine.case import questions, tasks, telling
from engine.case.answerers import (
    answerer,
    cancel,
    freeze_companies,
    go_on_if_silent,
    needs_no_call,
    silence,
)
from engine.case.draft import Draft, id_only
from engine.case.protect import EXCLUDED, judge_party
from engine.case.state import Alert
from schemas import facts as f
from schemas.plan import Reason
from schemas.responses import Response


def pass_on(draft: Draft, alert: Alert, response: Response) -> None:
    """Somebody of the party gave it to somebody else."""
    meant = (_id(draft, alert, response.passed_on_to), *response.passed_on_any)
    inside = next((each for each in meant if _inside(draft, alert, each)), "")
    to = inside or response.passed_on_to
    giver = answerer(alert, response)
    draft.add(
        f.PassedOn(
            alert=alert.id,
            by=response.by,
            way=response.way.value,
            at=draft.now,
            to=to,
            inside_closure=bool(inside),
            note=response.note,
            contact=giver,
        )
    )
    if inside:
        draft.add(f.AlertClosed(alert=alert.id, reason=Reason.PASSED_ON_INSIDE))
        silence(draft, alert, reason="passed_on_inside")
        needs_no_call(draft, alert)
        freeze_companies(draft, reason="passed_on_inside")
        tasks.raise_task(draft, "passed_on_inside", alert=alert.id, critical=True)
        return
    if giver:  # It is their colleague's now: what has not left to them asks for nothing.
        cancel(draft, alert, contact=giver, reason="passed_on")
    colleague = telling.contact_of(alert, to)
    if colleague is None:
        tasks.raise_task(draft, "question", alert=alert.id, detail=questions.PASSED_ON)
    elif colleague.id not in alert.told_contacts:
        telling.tell_again(draft, alert.id, colleague.id)
    go_on_if_silent(draft, alert)


def _id(draft: Draft, alert: Alert, to: str) -> str:
    """As it was said, if it is an id: the registry has some that look like none. Raises Refusal."""
    registry = draft.case.around.registry
    known = telling.contact_of(alert, to) or registry.contact(to) or registry.party(to)
    return to if known is not None else id_only(to, of="passed_on_to")


def _inside(draft: Draft, alert: Alert, to: str) -> bool:
    if not to or telling.contact_of(alert, to) is not None:
        return False
    contact = draft.case.around.registry.contact(to)
    party = to if contact is None else contact.party
    if draft.case.around.excluded.find(party) is not None or party in draft.case.conflicts:
        return True
    if draft.case.around.registry.party(party) is None:
        return False
    verdict = judge_party(draft.case, track=alert.track, party=party, now=draft.now)
    return verdict.reason in EXCLUDED - {Reason.EXERCISE}
