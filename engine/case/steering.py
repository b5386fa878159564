"""A person steers ladders by hand: on to a later rung, a rung left out, duty called now."""

from engine.case import commands as c
from engine.case import tasks, telling
from engine.case.draft import Draft, Refusal
from engine.case.freezing import must_be_open, track_of
from engine.case.state import TrackState
from schemas import facts as f
from schemas.codes import TrackName
from schemas.responses import RefusedBecause


def jump(draft: Draft, command: c.JumpStep) -> None:
    """Let a released ladder go on to this rung now; whoever was told already hears nothing of it.

    Rungs between are passed over, each on the record. What is due later keeps its time.
    """
    state = _running(draft, command.track)
    _must_be_ahead(state, command.step)
    for step in range(state.step, command.step):
        draft.add(f.StepSuperseded(track=command.track, step=step, reason="jumped"))
    draft.add(
        f.TrackJumped(
            track=command.track,
            step=command.step,
            by=command.by,
            at=draft.now,
            why=command.why,
            note=command.note,
        )
    )


def skip(draft: Draft, command: c.SkipStep) -> None:
    """Leave the next rung out. With nobody told and no rung left, that is a task, aloud."""
    must_be_open(draft.case)
    state = track_of(draft.case, command.track)
    _must_be_ahead(state, command.step)
    if command.step != state.step:
        raise Refusal(
            RefusedBecause.NO_SUCH_STEP, f"The next step is {state.step + 1}; skip that one first."
        )
    if state.anchor_at is None:
        raise Refusal(
            RefusedBecause.NO_SUCH_STEP,
            "Nobody has released this track: there is nothing to skip yet.",
        )
    draft.add(
        f.StepLeftOut(
            track=command.track,
            step=command.step,
            by=command.by,
            at=draft.now,
            why=command.why,
            note=command.note,
        )
    )
    after = draft.case.track(command.track)
    over = after is not None and after.next_at is None
    if over and not telling.somebody_has_it(draft.case, command.track, or_waits=True):
        tasks.raise_task(draft, "nobody_left", detail=command.track.value)


def escalate(draft: Draft, command: c.Escalate) -> None:
    """Call duty now, from this rung on. It only ever adds calls, so nobody has to agree."""
    if not draft.case.status.unresolved:
        raise Refusal(RefusedBecause.NOT_OPEN, "Reopen the case first.")
    state = draft.case.track(TrackName.DUTY)
    if state is None or not 0 <= command.step < len(state.track.steps):
        raise Refusal(RefusedBecause.NO_SUCH_STEP, "Duty's ladder has no such step.")
    draft.add(
        f.TrackWoken(
            track=TrackName.DUTY,
            at=draft.now,
            reason="by_hand",
            step=command.step,
            by=command.by,
        )
    )


def _running(draft: Draft, name: TrackName) -> TrackState:
    must_be_open(draft.case)
    state = track_of(draft.case, name)
    if not state.open_at(draft.now):
        raise Refusal(RefusedBecause.NO_SUCH_STEP, "Release the track first; then it can go on.")
    if state.frozen:
        raise Refusal(RefusedBecause.NO_SUCH_STEP, "The track is frozen; two people lift it first.")
    return state


def _must_be_ahead(state: TrackState, step: int) -> None:
    if not state.step <= step < len(state.track.steps):
        raise Refusal(RefusedBecause.NO_SUCH_STEP, "Name one that lies ahead.")
