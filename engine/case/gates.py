"""Gates and freezes: who lets a track tell anybody, and who stops it."""

from engine.case import commands as c
from engine.case import tasks, telling
from engine.case.arrival import ask_for_releases
from engine.case.draft import Draft, Refusal, code_only, id_only
from engine.case.evolve_duty import releasers
from engine.case.state import Case, CaseStatus, TrackState
from schemas import facts as f
from schemas.codes import Mode, TrackName
from schemas.plan import Gate, Spread
from schemas.responses import RefusedBecause


def release(draft: Draft, command: c.Release) -> None:
    """A person allows a track; when everybody needed has, its parties are told in this decision.

    Releasing a running track again tells the parties that were found or consented to since; it
    takes as many people as the first time.
    """
    _must_be_open(draft.case)
    state = _outward(draft.case, command.track)
    missing = _preflight(state, command.record)
    if missing:
        raise Refusal(RefusedBecause.INCOMPLETE, "preflight: " + ", ".join(missing))
    record = command.record
    if record.expires_at is not None and record.expires_at <= draft.now:
        raise Refusal(RefusedBecause.EXPIRED, "The release record has run out; write a new one.")
    running = state.anchor_at is not None
    agreed = state.again_by if running else state.released_by
    if command.by in agreed:
        raise Refusal(RefusedBecause.SAME_PERSON, "A second person has to release this track.")
    complete = len(agreed) + 1 >= releasers(state.track)
    draft.add(
        f.ReleaseGiven(
            track=command.track,
            by=command.by,
            at=draft.now,
            record=record.id,
            why=code_only(record.why, of="why"),
            how=code_only(record.how, of="how"),
            reprisal_forecast=record.reprisal_forecast,
            wishes_read=record.wishes_read,
            local_partner=id_only(record.local_partner, of="local_partner"),
            expires_at=record.expires_at,
            controllers=command.controllers,
            note=record.note,
        )
    )
    if not complete:
        return
    if running:
        spread = Spread.NEXT if telling.one_at_a_time(draft.case, command.track) else Spread.ALL
        telling.tell_track(draft, command.track, spread=spread, by_hand=True)
    else:
        by = (*agreed, command.by)
        draft.add(f.TrackReleased(track=command.track, at=draft.now, by=by))
        tasks.drop_tasks(draft, "triage")
    tasks.drop_tasks(draft, "release", detail=command.track.value)


def freeze(draft: Draft, command: c.Freeze) -> None:
    """A person stops tracks of a case: now, for everything that has not left."""
    _must_be_open(draft.case)
    tracks = tuple(
        s.track.name
        for s in draft.case.tracks
        if s.track.name is not TrackName.DUTY
        and (not command.tracks or s.track.name in command.tracks)
    )
    if not tracks:
        raise Refusal(RefusedBecause.NO_SUCH_TRACK)
    draft.add(
        f.TrackFrozen(
            tracks=tracks,
            at=draft.now,
            by=command.by,
            reason="by_hand",
            until=command.until,
        )
    )


def lift(draft: Draft, command: c.Lift) -> None:
    """A person lets a frozen track go on; some freezes need two."""
    _must_be_open(draft.case)
    state = _outward(draft.case, command.track)
    if not state.frozen:
        raise Refusal(RefusedBecause.NO_SUCH_TRACK, "This track is not frozen.")
    if state.lift_needs_two:
        if command.by in state.lifted_by:
            raise Refusal(RefusedBecause.SAME_PERSON, "A second person has to lift this freeze.")
        draft.add(f.LiftGiven(track=command.track, by=command.by, at=draft.now))
        if not state.lifted_by:
            return
    by = tuple(dict.fromkeys((*state.lifted_by, command.by)))
    draft.add(f.TrackLifted(track=command.track, at=draft.now, by=by))
    if not any(each.frozen for each in draft.case.tracks):
        tasks.drop_tasks(draft, "reprisal", "warning", "passed_on_inside")
    telling.resume(draft, command.track)


def raise_mode(draft: Draft, command: c.RaiseMode) -> None:
    """A person raises the ceiling. Public needs what this release does not have."""
    _must_be_open(draft.case)
    if command.mode is Mode.PUBLIC:
        raise Refusal(RefusedBecause.NOT_AUTHORISED, "No public channel exists in this release.")
    if command.mode.within(draft.case.mode_ceiling):
        raise Refusal(RefusedBecause.INCOMPLETE, "mode: the case allows that already.")
    draft.add(f.ModeRaised(mode=command.mode, by=command.by))
    ask_for_releases(draft)


def _must_be_open(case: Case) -> None:
    if case.status is not CaseStatus.OPEN:
        raise Refusal(RefusedBecause.NOT_OPEN, "Reopen the case first.")


def _outward(case: Case, name: TrackName) -> TrackState:
    state = case.track(name)
    if state is None or name is TrackName.DUTY:
        raise Refusal(RefusedBecause.NO_SUCH_TRACK)
    return state


def _preflight(state: TrackState, record: c.ReleaseRecord) -> list[str]:
    """What a release record lacks: three fields for missions, more for companies (row P10)."""
    missing = []
    if not record.why:
        missing.append("why")
    if record.reprisal_forecast == "unknown":
        missing.append("reprisal_forecast")
    if not record.wishes_read:
        missing.append("wishes_read")
    if state.track.gate is Gate.RELEASE_TWO:
        if not record.local_partner:
            missing.append("local_partner")
        if record.reprisal_forecast == "high":
            missing.append("reprisal_forecast_not_high")
    return missing
