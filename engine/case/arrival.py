"""A report reaches a case: opening or joining it, planning, and suspecting a reprisal."""

from engine.case import commands as c
from engine.case import ids, tasks, times
from engine.case.draft import Draft
from engine.case.protect import EXCLUDED, judge_party
from engine.case.recheck import recheck
from engine.case.state import CaseStatus
from rules import exclusion
from schemas import facts as f
from schemas.codes import EventType, Reliability, Severity, TrackName
from schemas.event import ThreatEvent
from schemas.plan import Candidates, Trouble, Withheld

_WISHES_AGAINST: dict[str, tuple[TrackName, ...]] = {
    "no_company_contact": (TrackName.COMPANIES,),
    "no_state_contact": (TrackName.NHRIS, TrackName.MECHANISMS),
    "no_mission_contact": (TrackName.MISSIONS,),
}

_PAGES_AGAIN = (EventType.ACT, EventType.EXERCISE)


def arrive(draft: Draft, command: c.EventArrived) -> None:
    """Take an event into the case: it opens it, joins it, or reopens it."""
    event, candidates = command.report.event, command.candidates
    was = draft.case.status
    if was is CaseStatus.NEW:
        _open(draft, event, candidates)
    elif was is CaseStatus.MONITORED:
        draft.add(f.Reopened(at=draft.now, by="event"))
        _owe_contact(draft)
    elif draft.case.proposal is not None:
        draft.add(f.ProposalDropped(reason="new_event"))
    had_told_outward = draft.case.last_outward_at
    _join(draft, command)
    raised = candidates.severity.rank < draft.case.severity.rank
    if raised:
        draft.add(f.SeverityRaised(severity=candidates.severity))
    _exclude(draft, candidates)
    plan(draft, candidates)
    recheck(draft)
    reprisal = (
        event.type is EventType.ACT
        and had_told_outward is not None
        and draft.now - had_told_outward <= times.REPRISAL_WINDOW
    )
    if reprisal:
        _suspect_reprisal(draft, command.report.event_id)
    elif was is CaseStatus.MONITORED:
        draft.add(f.TrackWoken(track=TrackName.DUTY, at=draft.now, reason="reopened"))
    elif was is not CaseStatus.NEW and (raised or event.type in _PAGES_AGAIN):
        draft.add(
            f.TrackWoken(
                track=TrackName.DUTY,
                at=draft.now,
                reason="severity_raised" if raised else "new_act",
            )
        )


def plan(draft: Draft, candidates: Candidates) -> None:
    """Freeze what these candidates add: tracks, alerts, and who is left out and why.

    What is already planned is never replaced: editing a rulebook never touches a running case.
    """
    case = draft.case
    tracks = tuple(t for t in candidates.tracks if case.track(t.name) is None)
    known = {(a.track, a.party) for a in case.alerts}
    fresh = [x for x in candidates.candidates if (x.track, x.party) not in known]
    modes = {t.name: t.mode for t in tracks} | {s.track.name: s.track.mode for s in case.tracks}
    alerts: list[f.PlannedAlert] = []
    withheld = list(candidates.withheld)
    for candidate in fresh:
        verdict = judge_party(
            case,
            track=candidate.track,
            party=candidate.party,
            now=draft.now,
            mode=modes.get(candidate.track),
        )
        if not verdict.allowed:
            withheld.append(
                Withheld(
                    party=candidate.party,
                    reason=verdict.reason,
                    track=candidate.track,
                    path=verdict.path or candidate.path,
                )
            )
        if verdict.allowed or verdict.reason not in EXCLUDED:
            alert = ids.alert_id(case.id, candidate.track, candidate.party)
            ref = ids.alert_ref(case.around.ref_key, alert, extra=case.around.ref_extra)
            alerts.append(f.PlannedAlert(alert=alert, ref=ref, candidate=candidate))
    draft.add(
        f.Planned(
            plan_no=case.plan_no + 1,
            world=candidates.world,
            policy=candidates.policy,
            rules=candidates.rules,
            at=draft.now,
            tracks=tracks,
            alerts=tuple(alerts),
            withheld=tuple(withheld),
            troubles=candidates.troubles,
        )
    )
    _ask_for_releases(draft, {a.candidate.track for a in alerts})
    for trouble in candidates.troubles:
        critical = draft.case.severity.grave or trouble is Trouble.PLANNING_FAILED
        tasks.raise_task(draft, "planning_trouble", detail=trouble.value, critical=critical)


def _open(draft: Draft, event: ThreatEvent, candidates: Candidates) -> None:
    around = draft.case.around
    draft.add(
        f.CaseOpened(
            case=draft.case.id,
            ref=ids.case_ref(around.ref_key, draft.case.id, extra=around.ref_extra),
            case_kind="case",
            severity=candidates.severity,
            generation=draft.case.generation,
            opened_at=draft.now,
            exercise=event.exercise,
        )
    )
    tasks.raise_task(draft, "triage")
    _owe_contact(draft)


def _owe_contact(draft: Draft) -> None:
    tasks.raise_task(draft, "first_contact")


def _join(draft: Draft, command: c.EventArrived) -> None:
    report = command.report
    refused = {t for wish in report.event.wishes for t in _WISHES_AGAINST.get(wish, ())}
    draft.add(
        f.EventJoined(
            event=report.event_id,
            event_type=report.event.type,
            code=report.event.code,
            at=draft.now,
            certainty=report.event.certainty,
            independent_sources=_reliable_sources(report.event),
            subjects=subjects_of(report.source, report.event),
            refused_tracks=tuple(sorted(refused)),
        )
    )


def _reliable_sources(event: ThreatEvent) -> int:
    """Independent sources that count towards certainty: only reliable ones (design 6.5)."""
    reliable = event.source_reliability in (Reliability.HIGH, Reliability.MODERATE)
    return event.independent_sources if reliable else 0


def subjects_of(source: str, event: ThreatEvent) -> tuple[str, ...]:
    """The pseudonyms whose consent counts, as `source/pseudonym`."""
    named = {s.pseudonym for s in event.subjects if s.pseudonym is not None}
    return tuple(sorted(f"{source}/{pseudonym}" for pseudonym in named))


def _exclude(draft: Draft, candidates: Candidates) -> None:
    joined = exclusion.join(draft.case.around.closure, candidates.closure)
    if joined.digest and joined.digest != draft.case.closure_digest:
        draft.add(f.ExclusionsJoined(digest=joined.digest, closure=joined))


def _ask_for_releases(draft: Draft, tracks: set[TrackName]) -> None:
    for name in sorted(tracks):
        allowed = any(
            judge_party(draft.case, track=name, party=a.party, now=draft.now).allowed
            for a in draft.case.alerts
            if a.track is name
        )
        if allowed:
            tasks.raise_task(draft, "release", detail=name.value)


def ask_for_releases(draft: Draft) -> None:
    """Ask a person about every outward track that could now tell somebody and has not."""
    waiting = {a.track for a in draft.case.alerts if not a.told_contacts and not a.handed_off}
    _ask_for_releases(draft, waiting - {TrackName.DUTY})


def _suspect_reprisal(draft: Draft, event: str) -> None:
    draft.add(f.ReprisalSuspected(event=event, at=draft.now))
    outward = tuple(s.track.name for s in draft.case.tracks if s.track.name.outward)
    if outward:
        draft.add(
            f.TrackFrozen(
                tracks=outward,
                at=draft.now,
                by="engine",
                reason="suspected_reprisal",
                needs_two=True,
            )
        )
    if draft.case.severity is not Severity.CRITICAL:
        draft.add(f.SeverityRaised(severity=Severity.CRITICAL))
    tasks.raise_task(draft, "reprisal", critical=True)
    draft.add(f.TrackWoken(track=TrackName.DUTY, at=draft.now, reason="suspected_reprisal"))
