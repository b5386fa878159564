"""Incidents: something is wrong with Tocsin itself. Duty only, until two people close it."""

from engine.case import commands as c
from engine.case import ids, tasks
from engine.case.draft import Draft, Refusal
from engine.case.state import CaseStatus
from rules.candidates import fallback
from rules.duty import built_in
from schemas import facts as f
from schemas.codes import Severity, TrackName
from schemas.responses import RefusedBecause


def raise_incident(draft: Draft, command: c.RaiseIncident) -> None:
    """Open the incident, or note that it was seen again; one that is quiet is woken once."""
    case = draft.case
    if case.status is CaseStatus.NEW:
        severity = Severity.CRITICAL if command.severe else Severity.HIGH
        plain = fallback(severity)
        draft.add(
            f.CaseOpened(
                case=case.id,
                ref=ids.case_ref(case.around.ref_key, case.id, extra=case.around.ref_extra),
                case_kind="incident",
                severity=severity,
                generation=case.generation,
                opened_at=draft.now,
                incident=command.code,
            )
        )
        draft.add(
            f.Planned(
                plan_no=1,
                world=plain.world,
                policy=plain.policy,
                rules=(),
                at=draft.now,
                tracks=plain.tracks,
            )
        )
        tasks.raise_task(draft, "incident")
        return
    if case.status is CaseStatus.MONITORED:
        draft.add(f.IncidentRepeated(at=draft.now))
        draft.add(f.Reopened(at=draft.now, by="engine"))
        tasks.raise_task(draft, "incident")
        draft.add(f.TrackWoken(track=TrackName.DUTY, at=draft.now, reason="incident_repeated"))
        return
    if case.status is not CaseStatus.OPEN:
        raise Refusal(RefusedBecause.NOT_OPEN, "A repeated incident opens the next generation.")
    # An open incident already pages; noting each repeat would bury the journal.
    if command.severe and case.severity is not Severity.CRITICAL:
        tasks.raise_severity(draft, Severity.CRITICAL, duty=built_in(Severity.CRITICAL))
        draft.add(f.TrackWoken(track=TrackName.DUTY, at=draft.now, reason="severity_raised"))


def taken(draft: Draft, *, by: str) -> None:
    """Whoever takes an incident owes it: what was done about it, by a time of their own."""
    if draft.case.kind != "incident" or not draft.case.status.unresolved:
        return
    for task in draft.case.tasks:
        if task.kind == "incident":
            draft.add(f.TaskDone(task=task.id, by="engine", at=draft.now, result="superseded"))
    tasks.raise_task(draft, "incident", owner=by)
