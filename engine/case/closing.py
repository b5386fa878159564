"""Ending a case: proposed by one person, confirmed by another; then monitored, then archived."""

from engine.case import attempts, reviewing, tasks, telling, times, unheard
from engine.case import commands as c
from engine.case.arrival import ask_for_releases
from engine.case.draft import Draft, Refusal, code_only
from engine.case.freezing import must_be_open
from engine.case.protect import judge_stand_down
from engine.case.state import Alert, AlertStatus, CaseStatus
from schemas import facts as f
from schemas.codes import TrackName
from schemas.projection import Purpose
from schemas.responses import RefusedBecause


def propose(draft: Draft, command: c.ProposeResolution) -> None:
    """One person says that it is resolved; a second one has to agree."""
    must_be_open(draft.case)
    if command.said == "objects":
        raise Refusal(
            RefusedBecause.INCOMPLETE, "said: they do not agree that it is over; keep it open."
        )
    unreachable = command.heard == "unreachable_documented"
    if unreachable:
        attempts.must_be_enough(draft.case)
    draft.add(
        f.ResolutionProposed(
            by=command.by,
            at=draft.now,
            outcome=code_only(command.outcome, of="outcome"),
            residual_risk=code_only(command.residual_risk, of="residual_risk"),
            remedy=command.remedy,
            heard=command.heard,
            said="" if unreachable else command.said,
            note=command.note,
        )
    )
    tasks.raise_task(draft, "confirm_resolution")


def confirm(draft: Draft, command: c.ConfirmResolution) -> None:
    """Another person agrees: nothing more is asked of anybody, and those told hear so."""
    case = draft.case
    must_be_open(case)
    if case.proposal is None:
        raise Refusal(RefusedBecause.NOT_PROPOSED, "Propose the resolution first.")
    if case.proposal.by == command.by:
        raise Refusal(RefusedBecause.SAME_PERSON, "Closing always takes two people.")
    told = [a for a in case.alerts if _was_asked(a)]
    draft.add(
        f.NoticesCancelled(
            alerts=tuple(a.id for a in case.alerts),
            purposes=tuple(p for p in Purpose if p is not Purpose.STAND_DOWN),
            reason="resolved",
        )
    )
    for task in (task for task in case.tasks if not unheard.outlives(task)):
        draft.add(f.TaskDone(task=task.id, by=command.by, at=draft.now, result="case_resolved"))
    until = draft.now + times.MONITOR_FOR
    draft.add(f.Resolved(by=command.by, at=draft.now, monitored_until=until))
    for alert in told:
        verdict = judge_stand_down(draft.case, alert, None, now=draft.now)
        if not verdict.allowed:
            unheard.stand_down(draft, alert)
            continue
        contacts = tuple(
            ref
            for ref in alert.contacts
            if ref.id in alert.reached and ref.id not in alert.dropped_contacts
        )
        telling.tell(draft, draft.alert(alert.id), contacts, purpose=Purpose.STAND_DOWN)
    if draft.case.remedy_sought:
        tasks.raise_task(draft, "remedy", due_at=until)
    reviewing.owe(draft)


def reopen(draft: Draft, command: c.Reopen) -> None:
    """A person opens a monitored case again, or takes back a proposal to resolve it."""
    case = draft.case
    if case.status is CaseStatus.OPEN and case.proposal is not None:
        draft.add(f.ProposalDropped(reason="withdrawn"))
        tasks.drop_tasks(draft, "confirm_resolution")
        return
    if case.status is not CaseStatus.MONITORED:
        raise Refusal(RefusedBecause.NOT_OPEN, "Only a monitored case can be reopened.")
    draft.add(f.Reopened(at=draft.now, by=command.by))
    tasks.drop_tasks(draft, "review")
    unheard.forget(draft)
    tasks.raise_task(draft, "triage")
    tasks.raise_task(draft, "first_contact")
    ask_for_releases(draft)
    draft.add(f.TrackWoken(track=TrackName.DUTY, at=draft.now, reason="reopened"))


def end_monitoring(draft: Draft) -> None:
    """Monitoring ran out with nothing owed: the case is archived, and nobody is told anything."""
    draft.add(f.Archived(at=draft.now))


def _was_asked(alert: Alert) -> bool:
    if alert.track is TrackName.DUTY or not alert.handed_off:
        return False
    return alert.status not in (AlertStatus.CLOSED, AlertStatus.DECLINED)
