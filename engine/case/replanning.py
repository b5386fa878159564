"""Planning a running case anew: the difference first, then what of it has not happened yet."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import TypeAdapter

from engine.case import arrival, recheck
from engine.case import commands as c
from engine.case.draft import Draft, Refusal
from engine.case.freezing import must_be_open
from engine.case.state import AlertStatus, Case, TrackState
from rules.candidates import GATE_STRENGTH
from schemas import facts as f
from schemas.codes import Severity, TrackName
from schemas.plan import Candidates, Reason, Step, Track
from schemas.responses import RefusedBecause

_UNTOLD = (AlertStatus.PLANNED, AlertStatus.WITHHELD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """Where a ladder, or a party on it, stands while people look at a difference."""

    id: str
    state: str
    step: int
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A ladder that would change, before and after."""

    before: Track
    after: Track

    @property
    def added(self) -> tuple[Step, ...]:
        """Rungs that come in."""
        return tuple(step for step in self.after.steps if step not in self.before.steps)

    @property
    def removed(self) -> tuple[Step, ...]:
        """Rungs that fall away. None of them has fired."""
        return tuple(step for step in self.before.steps if step not in self.after.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What rulebook and registry of today would change of a case. Ids and codes only."""

    world: str
    severity: Severity
    plan_no: int
    closure: str
    stands: tuple[Stands, ...]
    """Where the case stood: once it moved, this is another difference."""
    tracks: tuple[Track, ...] = ()
    """Ladders that are new."""
    changed: tuple[Changed, ...] = ()
    parties: tuple[tuple[TrackName, str], ...] = ()
    """Who is found now and was not planned."""
    left_out: tuple[str, ...] = ()
    """Alerts of which nothing left the house, and whom nothing finds any more."""
    told_all_the_same: tuple[str, ...] = ()
    """Alerts that nothing finds any more and that were told: they stay as they are."""

    @property
    def empty(self) -> bool:
        """Whether a re-plan would change nothing."""
        return not (self.tracks or self.changed or self.parties or self.left_out)

    @property
    def digest(self) -> str:
        """Names it: 32 hex characters of a hash of all of it."""
        return hashlib.sha256(_DIFFERENCE.dump_json(self)).hexdigest()[:32]


_DIFFERENCE: TypeAdapter[Difference] = TypeAdapter(Difference)


def difference(case: Case, candidates: Candidates) -> Difference:
    """What these candidates, of all events of the case together, would change. Pure.

    Duty's ladder is not part of it: it follows severity by itself.
    """
    found = {(each.track, each.party) for each in candidates.candidates}
    planned = {(a.track, a.party): a for a in case.alerts if a.track is not TrackName.DUTY}
    gone = [a for key, a in planned.items() if key not in found and not a.by_hand]
    fresh = {track.name: track for track in candidates.tracks if track.name is not TrackName.DUTY}
    pairs = [(state.track, _merged(state, fresh[state.track.name])) for state in case.tracks
             if state.track.name in fresh]  # fmt: skip
    return Difference(
        world=candidates.world,
        severity=case.severity,
        plan_no=case.plan_no,
        closure=case.closure_digest,
        stands=_stands(case),
        tracks=tuple(t for name, t in fresh.items() if case.track(name) is None),
        changed=tuple(Changed(before=b, after=a) for b, a in pairs if a != b),
        parties=tuple(
            sorted(
                key
                for key in found
                if key not in planned or planned[key].reason is Reason.NOT_CHOSEN
            )
        ),
        left_out=tuple(
            a.id
            for a in gone
            if not a.handed_off and a.status in _UNTOLD and a.reason is not Reason.NOT_CHOSEN
        ),
        told_all_the_same=tuple(a.id for a in gone if a.tell_no and a.live),
    )


def replan(draft: Draft, command: c.Replan) -> None:
    """Apply the difference that was shown: additions, and rungs that have not fired.

    Nobody who was told hears of it again, no rung fires twice, no gate is opened by it.
    """
    must_be_open(draft.case)
    found = difference(draft.case, command.candidates)
    if found.digest != command.difference:
        raise Refusal(RefusedBecause.STALE)
    if found.empty:
        raise Refusal(RefusedBecause.INCOMPLETE, "Nothing would change.")
    draft.add(
        f.Replanned(
            by=command.by,
            at=draft.now,
            world=found.world,
            difference=found.digest,
            tracks=tuple(each.after for each in found.changed),
            left_out=found.left_out,
        )
    )
    arrival.exclude(draft, command.candidates)
    arrival.plan(draft, replace(command.candidates, troubles=()))
    recheck.recheck(draft)
    arrival.ask_for_releases(draft)


def _stands(case: Case) -> tuple[Stands, ...]:
    tracks = [
        Stands(
            id=state.track.name.value,
            state="frozen" if state.frozen else "",
            step=state.step,
            since=state.anchor_at,
        )
        for state in case.tracks
        if state.track.name is not TrackName.DUTY
    ]
    alerts = [
        Stands(id=a.id, state=f"{a.status.value}/{a.reason or ''}", step=a.tell_no)
        for a in case.alerts
        if a.track is not TrackName.DUTY
    ]
    return (*tracks, *alerts)


def _merged(state: TrackState, new: Track) -> Track:
    """The ladder of today behind the rungs that fired; never a weaker gate, nor a louder mode."""
    old = state.track
    gate = max(old.gate, new.gate, key=GATE_STRENGTH.index)
    mode = old.mode if old.mode.within(new.mode) else new.mode
    if state.anchor_at is None:
        return replace(new, gate=gate, mode=mode)
    fired = old.steps[: state.step]
    times = {step.offset for step in fired}
    ahead = tuple(step for step in new.steps if step.offset not in times)
    return replace(new, gate=gate, mode=mode, anchor=old.anchor, steps=(*fired, *ahead))
