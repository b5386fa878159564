"""What releases, protocols, necessity, modes and judgements make of a case."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from engine.case.evolve_dates import aligned
from engine.case.evolve_duty import offset, swap
from engine.case.replacing import replace
from engine.case.sources import RELIABLE
from engine.case.state import AlertStatus, Case, Necessity, TrackState
from schemas import facts as f
from schemas.codes import TrackName
from schemas.plan import Gate

_RELEASERS = {Gate.RELEASE: 1, Gate.PROTOCOL: 1, Gate.NECESSITY: 1, Gate.RELEASE_TWO: 2}


def releasers(state: TrackState) -> int:
    """How many people a gate asks for; joint action, or a gate nobody thought of, asks for two."""
    return 2 if state.joint is not None else _RELEASERS.get(state.track.gate, 2)


def shut(state: TrackState) -> TrackState:
    """The track with its gate closed, as if nobody had ever released it."""
    return replace(
        state,
        anchor_at=None,
        next_at=None,
        release_until=None,
        protocol="",
        left_out=(),
        passed=(),
        **_nothing_given(),
    )


def _nothing_given() -> dict[str, Any]:
    return {
        "released_by": (),
        "again_by": (),
        "record": "",
        "given_until": None,
        "given_start": None,
        "named_controllers": (),
        "named_by": "",
    }


def earlier(*times: datetime | None) -> datetime | None:
    """The first of these times; None where none is set."""
    return min((time for time in times if time is not None), default=None)


def later(*times: datetime | None) -> datetime | None:
    """The last of these times; None where none is set."""
    return max((time for time in times if time is not None), default=None)


def _release_given(case: Case, fact: f.ReleaseGiven) -> Case:
    state = case.track(fact.track)
    if state is None:
        return case
    case, state = _named(case, state, fact)
    state = replace(
        state,
        record=state.record or fact.record,
        given_until=earlier(state.given_until, fact.expires_at),
        given_start=later(state.given_start, fact.starts_at),
    )
    if state.anchor_at is None:
        return swap(case, replace(state, released_by=_with(state.released_by, fact.by)))
    again = _with(state.again_by, fact.by)
    if len(again) < releasers(state):
        return swap(case, replace(state, again_by=again))
    # A later release that says nothing of its end leaves the end as it was.
    until = state.given_until or state.release_until
    state = replace(
        state, again_by=(), record="", given_until=None, given_start=None, release_until=until
    )
    return swap(case, state)


def _named(case: Case, state: TrackState, fact: f.ReleaseGiven) -> tuple[Case, TrackState]:
    named, named_by = state.named_controllers, state.named_by
    if fact.controllers and named_by not in ("", fact.by):
        agreed = {c for c in fact.controllers if c in named}
        both = tuple(sorted({*case.released_controllers, *agreed}))
        case = replace(case, released_controllers=both)
        named = tuple(c for c in fact.controllers if c not in agreed)
        named_by = fact.by if named else ""
    elif fact.controllers:
        named, named_by = fact.controllers, fact.by
    return case, replace(state, named_controllers=named, named_by=named_by)


def _with(people: tuple[str, ...], person: str) -> tuple[str, ...]:
    return people if person in people else (*people, person)


def _released(case: Case, fact: f.TrackReleased) -> Case:
    state = case.track(fact.track)
    if state is None:
        return case
    anchor = later(fact.at, fact.starts_at) or fact.at
    first = anchor + offset(state.track, 0) if state.track.steps else None
    released = swap(
        case,
        replace(
            state,
            anchor_at=anchor,
            step=0,
            next_at=first,
            released_by=fact.by,
            again_by=(),
            record="",
            given_until=None,
            given_start=None,
            release_until=fact.until,
            protocol="",
            left_out=(),
            passed=(),
            answer_due=None,
        ),
    )
    alerts = tuple(
        replace(alert, status=AlertStatus.PLANNED, reason=None) if alert.id in fact.frees else alert
        for alert in released.alerts
    )
    return aligned(replace(released, alerts=alerts) if fact.frees else released)


def _expired(case: Case, fact: f.ReleaseExpired) -> Case:
    state = case.track(fact.track)
    if state is None:
        return case
    if not fact.pending:
        return close(case, fact.track)
    given = _nothing_given()
    if state.anchor_at is not None:
        given.pop("released_by")
    return swap(case, replace(state, **given))


def close(case: Case, name: TrackName) -> Case:
    """The case when a release is over; whoever two people named was named for this release."""
    state = case.track(name)
    if state is None:
        return case
    mine = {alert.party for alert in case.alerts if alert.track is name}
    kept = tuple(party for party in case.released_controllers if party not in mine)
    return swap(replace(case, released_controllers=kept), shut(state))


def _joint(case: Case, fact: f.JointProposed) -> Case:
    state = case.track(fact.track)
    if state is None:
        return case
    return swap(case, replace(shut(state), joint=fact.action, joint_by=fact.by))


def _protocol(case: Case, fact: f.ProtocolApplied) -> Case:
    state = case.track(fact.track)
    if state is None or fact.again:
        return case
    case = _released(case, f.TrackReleased(track=fact.track, at=fact.at, by=(), until=fact.until))
    state = case.track(fact.track)
    return case if state is None else swap(case, replace(state, protocol=fact.protocol))


def _certainty(case: Case, fact: f.CertaintyJudged) -> Case:
    return replace(case, certainty=fact.certainty, certainty_by=fact.by)


def _heard(case: Case, fact: f.SourceHeard) -> Case:
    """What was said of a source last counts: one that turns out unreliable counts no more."""
    others = tuple(source for source in case.heard if source != fact.source)
    counts = fact.reliability in RELIABLE
    return replace(case, heard=(*others, fact.source) if counts else others)


def _mode(case: Case, fact: f.ModeRaised | f.ModeLowered) -> Case:
    if fact.track is None:
        return replace(case, mode_ceiling=fact.mode)
    state = case.track(fact.track)
    return case if state is None else swap(case, replace(state, mode_set=fact.mode))


def _necessity_given(case: Case, fact: f.NecessityGiven) -> Case:
    return replace(case, necessity=Necessity(by=(fact.by,)))


def _necessity_decided(case: Case, fact: f.NecessityDecided) -> Case:
    necessity = Necessity(by=fact.by, in_force=True, review_by=fact.review_by)
    return replace(case, necessity=necessity)


def _necessity_reviewed(case: Case, fact: f.NecessityReviewed) -> Case:
    if case.necessity is None:
        return case
    by = _with(case.necessity.by, fact.by)
    return replace(case, necessity=Necessity(by=by, in_force=True))


def _necessity_withdrawn(case: Case, fact: f.NecessityWithdrawn) -> Case:
    case = replace(case, necessity=None)
    state = case.track(TrackName.PROTECTION)
    return case if state is None else swap(case, shut(state))


STEPS: dict[type[Any], Callable[[Case, Any], Case]] = {
    f.ReleaseGiven: _release_given,
    f.TrackReleased: _released,
    f.ReleaseExpired: _expired,
    f.JointProposed: _joint,
    f.ProtocolApplied: _protocol,
    f.CertaintyJudged: _certainty,
    f.SourceHeard: _heard,
    f.ModeRaised: _mode,
    f.ModeLowered: _mode,
    f.NecessityGiven: _necessity_given,
    f.NecessityDecided: _necessity_decided,
    f.NecessityReviewed: _necessity_reviewed,
    f.NecessityWithdrawn: _necessity_withdrawn,
}
