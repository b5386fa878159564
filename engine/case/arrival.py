"""A report reaches a case: opening or joining it, planning, and suspecting a reprisal."""

from collections.abc import Iterator
from typing import Literal

from engine.case import alike, ids, reprisals, sources, tasks, telling, unheard, wellbeing
from engine.case import commands as c
from engine.case.draft import Draft, Refusal
from engine.case.protect import (
    CLOSURE,
    EXCLUDED,
    UNCONSENTED,
    cleared,
    judge_contact,
    judge_party,
    liftable,
)
from engine.case.recheck import recheck
from engine.case.sources import RELIABLE, counted
from engine.case.state import Alert, AlertStatus, Case, CaseStatus
from rules import duty, exclusion
from schemas import facts as f
from schemas.codes import PATTERN, Certainty, EventType, Mode, Reliability, Severity, TrackName
from schemas.event import ThreatEvent
from schemas.plan import Candidate, Candidates, Reason, Track, Trouble, Verdict, Withheld
from schemas.responses import RefusedBecause

_WISHES_AGAINST: dict[str, tuple[TrackName, ...]] = {
    "no_company_contact": (TrackName.COMPANIES,),
    "no_state_contact": (TrackName.NHRIS, TrackName.MECHANISMS),
    "no_mission_contact": (TrackName.MISSIONS,),
}

_PAGES_AGAIN = (EventType.ACT, EventType.EXERCISE)
_ABOUT_NOBODY = (EventType.CHANGE, EventType.CONSENT)


def arrive(draft: Draft, command: c.EventArrived) -> None:
    """Take an event into the case: it opens it, joins it, or reopens it."""
    event, candidates = command.report.event, command.candidates
    was = draft.case.status
    if was is CaseStatus.CLOSED:
        raise Refusal(RefusedBecause.NOT_OPEN, "A further event opens the next generation.")
    if was is CaseStatus.NEW:
        _open(draft, event, candidates)
    elif was is CaseStatus.MONITORED:
        draft.add(f.Reopened(at=draft.now, by="event"))
        tasks.drop_tasks(draft, "review")
        unheard.forget(draft)
    elif draft.case.proposal is not None:
        draft.add(f.ProposalDropped(reason="new_event"))
        tasks.drop_tasks(draft, "confirm_resolution")
    after = reprisals.notice_before(draft.case, event, now=draft.now)
    _join(draft, command)
    severity = candidates.severity if after is None else Severity.CRITICAL
    raised = severity.rank < draft.case.severity.rank
    tasks.raise_severity(draft, severity, duty=_duty_of(draft.case, candidates, severity))
    worse = wellbeing.learn(draft, source=command.report.source, event=event)
    if was in (CaseStatus.NEW, CaseStatus.MONITORED):
        tasks.raise_task(draft, "triage")
        tasks.raise_task(draft, "first_contact")
    if was is CaseStatus.NEW:
        alike.compare(draft)
    if draft.case.certainty_by and _surer(event, than=draft.case.certainty):
        tasks.raise_task(draft, "certainty")
    exclude(draft, candidates)
    plan(draft, candidates)
    recheck(draft)
    if after is not None:
        reprisals.suspect(draft, event=command.report.event_id, after=after)
    elif was is CaseStatus.MONITORED:
        draft.add(f.TrackWoken(track=TrackName.DUTY, at=draft.now, reason="reopened"))
    elif was is not CaseStatus.NEW and (raised or worse or event.type in _PAGES_AGAIN):
        draft.add(
            f.TrackWoken(
                track=TrackName.DUTY,
                at=draft.now,
                reason=_why_again(event, raised=raised),
            )
        )
    ask_for_releases(draft)


def _why_again(
    event: ThreatEvent, *, raised: bool
) -> Literal["severity_raised", "new_act", "status_worse"]:
    """Why duty is called again; without an act, and no graver, there is worse news of somebody."""
    if raised:
        return "severity_raised"
    return "new_act" if event.type in _PAGES_AGAIN else "status_worse"


def plan(draft: Draft, candidates: Candidates) -> None:
    """Freeze what these candidates add: tracks, alerts, and who is left out and why.

    What is already planned is never replaced: editing a rulebook never touches a running case.
    """
    case = draft.case
    new = (track for track in candidates.tracks if case.track(track.name) is None)
    tracks = tuple(_as_grave_as(case, track, candidates) for track in new)
    if case.track(TrackName.DUTY) is None and all(t.name is not TrackName.DUTY for t in tracks):
        tracks = (duty.built_in(case.severity), *tracks)  # No plan goes without duty.
    known = {(a.track, a.party) for a in case.alerts}
    fresh = [x for x in candidates.candidates if (x.track, x.party) not in known]
    modes = {t.name: t.mode for t in tracks} | {s.track.name: s.mode for s in case.tracks}
    alerts: list[f.PlannedAlert] = []
    withheld = list(candidates.withheld)
    shown = {(x.party, x.contact) for x in withheld}
    for candidate in fresh:
        verdict = judge_party(
            case,
            track=candidate.track,
            party=candidate.party,
            now=draft.now,
            mode=modes.get(candidate.track),
        )
        if not verdict.allowed and (candidate.party, "") not in shown:
            withheld.append(_left_out(candidate, verdict))
        shut = verdict.reason in EXCLUDED
        if verdict.allowed or not shut or liftable(case, candidate.party, verdict.reason):
            alert = ids.alert_id(case.id, candidate.track, candidate.party)
            ref = ids.alert_ref(case.around.ref_key, alert, extra=case.around.ref_extra)
            alerts.append(f.PlannedAlert(alert=alert, ref=ref, candidate=candidate))
        if verdict.allowed:
            withheld.extend(_lists(draft, candidate, mode=modes.get(candidate.track)))
    for candidate in candidates.explained:
        verdict = judge_party(
            case,
            track=candidate.track,
            party=candidate.party,
            now=draft.now,
            mode=modes.get(candidate.track, Mode.QUIET),
        )
        if (candidate.party, "") not in shown and (candidate.track, candidate.party) not in known:
            withheld.append(_left_out(candidate, verdict))
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
    wait_for_release(draft, case, tuple(x.alert for x in alerts))
    reprisals.keep_frozen(draft, tuple(t.name for t in tracks))
    chosen = {(x.track, x.party) for x in candidates.candidates}
    for known_one in case.alerts:
        if known_one.reason is Reason.NOT_CHOSEN and (known_one.track, known_one.party) in chosen:
            draft.add(f.AlertWithheld(alert=known_one.id, reason=Reason.GATE_CLOSED))
    for trouble in candidates.troubles:
        critical = draft.case.severity.grave or trouble is Trouble.PLANNING_FAILED
        tasks.raise_task(draft, "planning_trouble", detail=trouble.value, critical=critical)


def wait_for_release(draft: Draft, before: Case, alerts: tuple[str, ...]) -> None:
    """Whoever is found on a track that runs was in nobody's release: no later rung tells them."""
    for alert in alerts:
        state = before.track(draft.alert(alert).track)
        if state is not None and state.anchor_at is not None:
            draft.add(f.AlertWithheld(alert=alert, reason=Reason.GATE_CLOSED))


def _as_grave_as(case: Case, track: Track, candidates: Candidates) -> Track:
    """A case that opens as a suspected reprisal is graver than its report: so duty is called."""
    if track.name is not TrackName.DUTY or candidates.severity is case.severity:
        return track
    return _duty_of(case, candidates, case.severity)


def _left_out(candidate: Candidate, verdict: Verdict) -> Withheld:
    """Why this party is not told; one that no rule chose and nothing forbids waits at the gate."""
    return Withheld(
        party=candidate.party,
        reason=Reason.GATE_CLOSED if verdict.allowed else verdict.reason,
        track=candidate.track,
        path=verdict.path or candidate.path,
    )


def _lists(draft: Draft, candidate: Candidate, *, mode: Mode | None) -> Iterator[Withheld]:
    """Addresses of this party that others read as well, who may not: shown, as every refusal is."""
    registry = draft.case.around.registry
    for ref in candidate.contacts:
        contact = registry.contact(ref.id)
        if contact is None or not any(each.members for each in contact.endpoints):
            continue
        alert = Alert(id="", ref="", track=candidate.track, party=candidate.party, contacts=(ref,))
        verdict = judge_contact(draft.case, alert, ref, now=draft.now, mode=mode)
        if verdict.reason is Reason.ENDPOINT_FANS_OUT:
            yield Withheld(
                party=candidate.party,
                reason=verdict.reason,
                track=candidate.track,
                path=candidate.path,
                contact=ref.id,
            )


def _duty_of(case: Case, candidates: Candidates, severity: Severity) -> Track:
    """Duty's ladder for this severity: the one planned where the event is that grave itself."""
    if candidates.severity is severity:
        for track in candidates.tracks:
            if track.name is TrackName.DUTY:
                return track
    return case.around.ladder(severity)


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


def _join(draft: Draft, command: c.EventArrived) -> None:
    report = command.report
    refused = {t for wish in report.event.wishes for t in _WISHES_AGAINST.get(wish, ())}
    pattern = report.event.code == PATTERN
    people = sum(subject.count for subject in report.event.subjects)
    # What a line says that is run for whoever it accuses, a person has to judge.
    accused = sources.of_the_accused(command.candidates, report.source_party)
    reliability = Reliability.LOW if accused else report.event.source_reliability
    draft.add(
        f.EventJoined(
            event=report.event_id,
            event_type=report.event.type,
            code=report.event.code,
            at=draft.now,
            certainty=counted(report.event.certainty, reliability=reliability),
            source=report.source,
            source_party=report.source_party,
            independent_sources=_reliable_sources(report.event, reliability),
            subjects=subjects_of(report.source, report.event),
            refused_tracks=tuple(sorted(refused)),
            label=report.event.label,
            may_contact=report.event.may_contact,
            personal=not pattern and report.event.type not in _ABOUT_NOBODY,
            people=people if pattern else None,
            small_cell=command.candidates.small_cell if pattern else 0,
        )
    )


def _surer(event: ThreatEvent, *, than: Certainty) -> bool:
    """Whether this report would open what a person's own judgement keeps shut."""
    said = counted(event.certainty, reliability=event.source_reliability)
    return said.likely_or_better and not than.likely_or_better


def _reliable_sources(event: ThreatEvent, reliability: Reliability) -> int:
    """Independent sources that count towards certainty: only reliable ones (design 6.5)."""
    return event.independent_sources if reliability in RELIABLE else 0


def subjects_of(source: str, event: ThreatEvent) -> tuple[str, ...]:
    """The pseudonyms whose consent counts, as `source/pseudonym`."""
    named = {s.pseudonym for s in event.subjects if s.pseudonym is not None}
    return tuple(sorted(f"{source}/{pseudonym}" for pseudonym in named))


def exclude(draft: Draft, candidates: Candidates) -> None:
    """Join what these candidates leave out to what the case leaves out."""
    joined = exclusion.join(draft.case.around.closure, candidates.closure)
    if joined.digest and joined.digest != draft.case.closure_digest:
        draft.add(f.ExclusionsJoined(digest=joined.digest, closure=joined))


def ask_for_releases(draft: Draft) -> None:
    """Ask a person about every track that a release would make tell somebody for the first time."""
    free = cleared(draft.case)
    for alert in draft.case.alerts:
        freed = alert.reason in UNCONSENTED or (alert.reason in CLOSURE and alert.party in free)
        if alert.status is AlertStatus.CLOSED and freed:
            verdict = judge_party(draft.case, track=alert.track, party=alert.party, now=draft.now)
            # Consent came back, or two people cleared it: a person may tell it again, no machine.
            if verdict.allowed:
                draft.add(f.AlertWithheld(alert=alert.id, reason=Reason.GATE_CLOSED))
    for state in draft.case.tracks:
        name = state.track.name
        in_turn = state.anchor_at is not None and telling.one_at_a_time(draft.case, name)
        if name is TrackName.DUTY or (in_turn and telling.somebody_has_it(draft.case, name)):
            continue
        if any(
            a.track is name
            and telling.may_be_released(a)
            and not telling.told_by_itself(state, a, now=draft.now)
            and judge_party(draft.case, track=name, party=a.party, now=draft.now).allowed
            for a in draft.case.alerts
        ):
            tasks.raise_task(draft, "release", detail=name.value)
