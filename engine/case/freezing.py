"""Freezes of a case: anybody stops its tracks at once; letting them go on takes two people."""

from datetime import datetime

from engine.case import commands as c
from engine.case import tasks, telling, times, waiting
from engine.case.arrival import ask_for_releases
from engine.case.draft import Draft, Refusal
from engine.case.state import Case, CaseStatus, TrackState
from schemas import facts as f
from schemas.codes import TrackName
from schemas.responses import RefusedBecause

_LOOKED_AT: tuple[f.TaskKind, ...] = ("reprisal", "warning", "passed_on_inside", "frozen")
"""Tasks of freezes: they end with the last of them."""


def freeze(draft: Draft, command: c.Freeze) -> None:
    """A person stops tracks of a case: now, for everything that has not left. Duty is told."""
    if draft.case.status is not CaseStatus.STANDING:  # which anybody may stop: it harms nobody
        must_be_open(draft.case)
    if command.until is not None and command.until <= draft.now:
        raise Refusal(RefusedBecause.INCOMPLETE, "until: a time ahead, or none.")
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
            needs_two=True,
        )
    )
    tasks.raise_task(draft, "frozen", due_at=command.until, critical=True)


def lift(draft: Draft, command: c.Lift) -> None:
    """A person agrees that a frozen track goes on; it does when a second, different one agrees."""
    must_be_open(draft.case)
    state = track_of(draft.case, command.track)
    if not state.frozen:
        raise Refusal(RefusedBecause.NO_SUCH_TRACK, "This track is not frozen.")
    if command.by in state.lifted_by:
        raise Refusal(RefusedBecause.SAME_PERSON, "A second person has to lift this freeze.")
    draft.add(f.LiftGiven(track=command.track, by=command.by, at=draft.now))
    if not state.lifted_by:
        return
    by = (*state.lifted_by, command.by)
    draft.add(f.TrackLifted(track=command.track, at=draft.now, by=by))
    if not any(each.frozen for each in draft.case.tracks):
        tasks.drop_tasks(draft, *_LOOKED_AT)
    go_on(draft, command.track)


def go_on(draft: Draft, name: TrackName, *, due: datetime | None = None) -> None:
    """A freeze ended: tell whom it kept waiting. Where it should have ended long ago, ask a person.

    `due`: when it was to end by itself; None: people ended it now.
    """
    late = due is not None and draft.now - due > times.STALE_AFTER
    if late and telling.waits_for_end(draft.case, name):
        tasks.ask_if_still_right(draft, detail=name.value)
    else:
        telling.resume(draft, name)
        waiting.over(draft, name)
    ask_for_releases(draft)


def must_be_open(case: Case) -> None:
    """Raises Refusal for a case that nobody works on any more."""
    if case.status is CaseStatus.STANDING:
        raise Refusal(RefusedBecause.NOT_OPEN, "The case stands; open it again first.")
    if case.status is not CaseStatus.OPEN:
        raise Refusal(RefusedBecause.NOT_OPEN, "Reopen the case first.")


def track_of(case: Case, name: TrackName) -> TrackState:
    """A track that can be released, frozen or lifted. Raises Refusal for duty and unknown ones."""
    state = case.track(name)
    if state is None or name is TrackName.DUTY:
        raise Refusal(RefusedBecause.NO_SUCH_TRACK)
    return state
