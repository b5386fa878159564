"""What a release record must say before a track's parties are told (rows P10, P30)."""

from datetime import datetime, timedelta

from engine.case import commands as c
from engine.case.draft import Refusal, code_only, id_only
from engine.case.state import AlertStatus, Case, TrackState
from schemas.codes import TrackName
from schemas.plan import Gate, Spread
from schemas.preflight import CODES, Check, unanswered
from schemas.responses import RefusedBecause

LATEST_START = timedelta(days=60)
"""Who would start later looks at the case again by then, and releases it."""


def needs_all(case: Case, state: TrackState) -> bool:
    """Whether the whole pre-flight is due: companies, several investors together, joint action.

    Whatever two people release counts as collective (design section 5.1).
    """
    name = state.track.name
    if name is TrackName.COMPANIES or state.track.gate is Gate.RELEASE_TWO:
        return True
    return state.joint is not None or (name is TrackName.INVESTORS and _together(case, state))


def missing(case: Case, state: TrackState, record: c.ReleaseRecord) -> tuple[str, ...]:
    """Names of what this record lacks: three fields suffice for missions.

    Who agrees with the first person's record, as it was read, repeats nothing of it, but reads the
    wishes and judges the reprisal for themselves.
    """
    lacks = []
    if not record.why and not record.agrees_with:
        lacks.append("why")
    if record.reprisal_forecast == "unknown":
        lacks.append("reprisal_forecast")
    if not record.wishes_read:
        lacks.append("wishes_read")
    if not needs_all(case, state):
        return tuple(lacks)
    if record.reprisal_forecast == "high":
        lacks.append("reprisal_forecast_not_high")
    if record.agrees_with:
        return tuple(lacks)
    if not record.local_partner:
        lacks.append("local_partner")
    if not record.whether:
        lacks.append("whether")
    if record.risk_of_waiting in ("", "unknown"):
        lacks.append("risk_of_waiting")
    if record.expires_at is None:
        lacks.append("expires_at")
    lacks.extend(check.value for check in unanswered(record.preflight))
    if _potential(record) == "high":
        lacks.append("reprisal_potential_not_high")
    return tuple(lacks)


def latest_end(state: TrackState, starts_at: datetime | None, *, now: datetime) -> datetime:
    """When a release of this track ends at the latest: nothing is let go for ever."""
    return max(now, starts_at or now) + timedelta(seconds=state.track.release_at_most)


def sound(record: c.ReleaseRecord, state: TrackState, *, now: datetime) -> None:
    """Refuse a record that ran out, runs too long, or holds words: the journal keeps codes only."""
    if record.expires_at is not None and record.expires_at <= now:
        raise Refusal(RefusedBecause.EXPIRED, "The release record has run out; write a new one.")
    if record.starts_at is not None and not now < record.starts_at <= now + LATEST_START:
        raise Refusal(
            RefusedBecause.INCOMPLETE, f"starts_at: ahead, by {LATEST_START.days} days at most."
        )
    if record.starts_at and record.expires_at and record.starts_at >= record.expires_at:
        raise Refusal(RefusedBecause.INCOMPLETE, "starts_at: before the release runs out.")
    latest = latest_end(state, record.starts_at, now=now)
    if record.expires_at is not None and record.expires_at > latest:
        days = state.track.release_at_most // 86_400
        raise Refusal(
            RefusedBecause.INCOMPLETE,
            f"expires_at: by {latest:%Y-%m-%d %H:%M} UTC at the latest"
            f"{f', {days} days' if days else ''}; release it again before then.",
        )
    code_only(record.how, of="how")
    for name in ("why", "whether", "risk_of_waiting"):
        if getattr(record, name):
            code_only(getattr(record, name), of=name)
    id_only(record.local_partner, of="local_partner")
    for finding in record.preflight:
        if finding.code not in CODES[finding.check]:
            known = ", ".join(CODES[finding.check])
            raise Refusal(RefusedBecause.INCOMPLETE, f"{finding.check}: one of {known}.")


def _potential(record: c.ReleaseRecord) -> str:
    return next((x.code for x in record.preflight if x.check is Check.REPRISAL_POTENTIAL), "")


def _together(case: Case, state: TrackState) -> bool:
    """Whether one rung would ask several of this track at once."""
    at_once = any(step.spread is Spread.ALL for step in state.track.steps)
    asked = [
        alert
        for alert in case.alerts
        if alert.track is state.track.name
        and alert.status not in (AlertStatus.CLOSED, AlertStatus.DECLINED)
    ]
    return at_once and len(asked) > 1
