"""`evolve`: what a fact makes of a case. Pure; replaying the journal gives the same state."""

from collections.abc import Callable
from typing import Any

from engine.case import (
    evolve_alerts,
    evolve_answers,
    evolve_care,
    evolve_dates,
    evolve_duty,
    evolve_erasing,
    evolve_gates,
    evolve_holding,
    evolve_life,
    evolve_rounds,
    evolve_sharing,
    evolve_steering,
)
from engine.case.replacing import replace
from engine.case.state import (
    Alert,
    AlertStatus,
    Case,
    CaseStatus,
    Clearing,
    House,
    Proposal,
    TrackState,
)
from schemas import facts as f
from schemas.codes import Certainty, ContactRule, TrackName, strictest
from schemas.pattern import Pattern
from schemas.plan import Anchor, Gate, Reason, Track


def evolve(case: Case, fact: f.Fact) -> Case:
    """Return the case after the fact. Raises KeyError for a fact of no known kind."""
    after = _STEPS[type(fact)](case, fact)
    if isinstance(fact, f.CaseFaulted):
        return replace(after, version=case.version + 1)
    return replace(after, version=case.version + 1, faults=0, retry_at=None)


def _opened(case: Case, fact: f.CaseOpened) -> Case:
    return replace(
        case,
        id=fact.case,
        ref=fact.ref,
        kind=fact.case_kind,
        incident=fact.incident,
        status=CaseStatus.OPEN,
        severity=fact.severity,
        generation=fact.generation,
        exercise=fact.exercise,
        opened_at=fact.opened_at,
    )


_CERTAINTY_ORDER = (
    Certainty.UNKNOWN,
    Certainty.UNLIKELY,
    Certainty.POSSIBLE,
    Certainty.LIKELY,
    Certainty.CONFIRMED,
)


def _event_joined(case: Case, fact: f.EventJoined) -> Case:
    return replace(
        case,
        certainty=case.certainty
        if case.certainty_by
        else max(case.certainty, fact.certainty, key=_CERTAINTY_ORDER.index),
        publishers=_with(case.publishers, fact.source),
        houses=_housed(case.houses, fact),
        independent_sources=max(case.independent_sources, fact.independent_sources),
        subjects=tuple(sorted({*case.subjects, *fact.subjects})),
        refused_tracks=tuple(sorted({*case.refused_tracks, *fact.refused_tracks})),
        label=strictest((case.label, fact.label)),
        may_contact=_may_contact(case.may_contact, fact.may_contact),
        wider_sharing=case.wider_sharing
        if fact.label is None and fact.may_contact is None
        else None,
        pattern=case.pattern
        if fact.people is None
        else Pattern(people=fact.people, at_least=fact.small_cell, event=fact.event),
        personal=case.personal or fact.personal,
    )


def _housed(known: tuple[House, ...], fact: f.EventJoined) -> tuple[House, ...]:
    house = House(source=fact.source, party=fact.source_party)
    there = any((each.source, each.party) == (house.source, house.party) for each in known)
    return known if there or not house.party else (*known, house)


def _source_inside(case: Case, fact: f.SourceInside) -> Case:
    houses = tuple(
        replace(each, noted=True)
        if (each.source, each.party) == (fact.source, fact.party)
        else each
        for each in case.houses
    )
    return replace(case, houses=houses)


def _with(known: tuple[str, ...], one: str) -> tuple[str, ...]:
    return known if one in ("", *known) else (*known, one)


def _may_contact(known: ContactRule | None, said: ContactRule | None) -> ContactRule | None:
    """Where two reports differ, nobody may be spoken to."""
    if known is None or said is None or known is said:
        return known if said is None else said
    return ContactRule.NOBODY


def _severity_raised(case: Case, fact: f.SeverityRaised) -> Case:
    case = replace(case, severity=fact.severity)
    state = case.track(TrackName.DUTY)
    if fact.duty is None or state is None:
        return case
    return evolve_duty.swap(case, replace(state, track=evolve_duty.on(state, fact.duty)))


def _planned(case: Case, fact: f.Planned) -> Case:
    tracks = tuple(
        TrackState(
            track=track,
            anchor_at=fact.at if _starts_itself(track) else None,
            next_at=fact.at + evolve_duty.offset(track, 0)
            if _starts_itself(track) and track.steps
            else None,
        )
        for track in fact.tracks
    )
    alerts = tuple(
        Alert(
            id=planned.alert,
            ref=planned.ref,
            track=planned.candidate.track,
            party=planned.candidate.party,
            contacts=planned.candidate.contacts,
            rank=planned.candidate.rank,
            kind=planned.candidate.kind,
        )
        for planned in fact.alerts
    )
    return evolve_dates.aligned(
        replace(
            case,
            plan_no=fact.plan_no,
            tracks=case.tracks + tracks,
            alerts=case.alerts + alerts,
        )
    )


def _starts_itself(track: Track) -> bool:
    """Whatever a policy says of its clock, nothing that has a gate or goes outward starts alone."""
    gated = track.gate is not Gate.NONE or track.name.outward
    return track.anchor is Anchor.OPENED and not gated


def _exclusions_joined(case: Case, fact: f.ExclusionsJoined) -> Case:
    around = case.around
    if fact.closure.digest:
        around = replace(around, closure=fact.closure)
    return replace(case, closure_digest=fact.digest, around=around)


def _clearance_given(case: Case, fact: f.ClearanceGiven) -> Case:
    """The first of two; one who saw other grounds begins anew."""
    known = next((each for each in case.clearings if each.party == fact.party), None)
    if known is not None and set(known.grounds) == set(fact.grounds):
        return case
    return _with_clearing(case, Clearing(party=fact.party, grounds=fact.grounds, by=(fact.by,)))


def _exclusion_cleared(case: Case, fact: f.ExclusionCleared) -> Case:
    return _with_clearing(case, Clearing(party=fact.party, grounds=fact.grounds, by=fact.by))


def _with_clearing(case: Case, clearing: Clearing) -> Case:
    others = tuple(each for each in case.clearings if each.party != clearing.party)
    return replace(case, clearings=(*others, clearing))


def _unchanged(case: Case, fact: object) -> Case:
    return case


def _proposed(case: Case, fact: f.ResolutionProposed) -> Case:
    proposal = Proposal(by=fact.by, at=fact.at, outcome=fact.outcome, remedy=fact.remedy)
    return replace(case, proposal=proposal)


def _resolved(case: Case, fact: f.Resolved) -> Case:
    over = tuple(
        replace(alert, status=AlertStatus.CLOSED, reason=Reason.CASE_OVER, calls=(), promises=())
        if alert.live or alert.status in (AlertStatus.PLANNED, AlertStatus.ACTED)
        else alert
        for alert in case.alerts
    )
    case = evolve_rounds.over(replace(case, alerts=over), fact)
    still = tuple(replace(evolve_gates.shut(state), hold_until=None) for state in case.tracks)
    return replace(
        case,
        status=CaseStatus.MONITORED,
        monitored_until=fact.monitored_until,
        remedy_sought=case.proposal is not None and case.proposal.remedy == "sought",
        proposal=None,
        standing_proposal=None,
        attempts=(),
        tracks=still,
        necessity=None,
    )


def _proposal_dropped(case: Case, fact: f.ProposalDropped) -> Case:
    return replace(case, proposal=None)


def _reopened(case: Case, fact: f.Reopened) -> Case:
    again = tuple(
        replace(
            alert, status=AlertStatus.PLANNED, reason=None, told_contacts=(), reached=(), acts=()
        )
        if alert.reason is Reason.CASE_OVER and alert.status is not AlertStatus.DECLINED
        else alert
        for alert in case.alerts
    )
    case = evolve_dates.reopened(case, fact)
    return replace(
        case,
        status=CaseStatus.OPEN,
        monitored_until=None,
        erasing=(),
        erase_on=None,
        owner="",
        check_ins=0,
        alerts=again,
        # What two people opened ends with the case: opened again, it takes two again.
        clearings=(),
        released_controllers=(),
    )


def _archived(case: Case, fact: f.Archived) -> Case:
    return replace(case, status=CaseStatus.CLOSED, monitored_until=None)


def _faulted(case: Case, fact: f.CaseFaulted) -> Case:
    return replace(case, faults=case.faults + 1, retry_at=fact.retry_at)


_STEPS: dict[type[Any], Callable[[Case, Any], Case]] = {
    f.CaseOpened: _opened,
    f.EventJoined: _event_joined,
    f.SourceInside: _source_inside,
    f.SeverityRaised: _severity_raised,
    f.Planned: _planned,
    f.ExclusionsJoined: _exclusions_joined,
    f.ClearanceGiven: _clearance_given,
    f.ExclusionCleared: _exclusion_cleared,
    f.ConsentApplied: _unchanged,
    f.ReprisalSuspected: _unchanged,
    f.ResolutionProposed: _proposed,
    f.Resolved: _resolved,
    f.ProposalDropped: _proposal_dropped,
    f.Reopened: _reopened,
    f.Archived: _archived,
    f.IncidentRepeated: _unchanged,
    f.CaseFaulted: _faulted,
    **evolve_alerts.STEPS,
    **evolve_answers.STEPS,
    **evolve_care.STEPS,
    **evolve_dates.STEPS,
    **evolve_duty.STEPS,
    **evolve_erasing.STEPS,
    **evolve_gates.STEPS,
    **evolve_holding.STEPS,
    **evolve_life.STEPS,
    **evolve_rounds.STEPS,
    **evolve_sharing.STEPS,
    **evolve_steering.STEPS,
}
