"""Modes: how openly recipients may act. Only a person makes it louder; anybody makes it quieter."""

from engine.case import commands as c
from engine.case import tasks
from engine.case.arrival import ask_for_releases
from engine.case.draft import Draft, Refusal
from engine.case.freezing import must_be_open, track_of
from engine.case.protect import UNCONSENTED, judge_party
from engine.case.recheck import recheck
from engine.case.state import Alert, Case
from schemas import facts as f
from schemas.codes import ActionKind, Mode, TrackName
from schemas.responses import RefusedBecause

_PUBLIC_NEEDS = (
    "public: it would need the person's consent to it, the local partner's sign-off, a forecast of "
    "the harm and two people who release it; and this release has no public channel."
)


def raise_mode(draft: Draft, command: c.RaiseMode) -> None:
    """A person raises the ceiling of the case, or a track below it. Nobody is told by that."""
    must_be_open(draft.case)
    if command.mode is Mode.PUBLIC:
        raise Refusal(RefusedBecause.GUARD, _PUBLIC_NEEDS)
    if command.mode.within(_now(draft, command)):
        raise Refusal(RefusedBecause.INCOMPLETE, "mode: that is allowed already.")
    if command.track is not None and not command.mode.within(draft.case.mode_ceiling):
        raise Refusal(RefusedBecause.GUARD, "mode: louder than the case allows; raise that first.")
    if command.track is not None and _would_close(draft, command.track, command.mode):
        raise Refusal(
            RefusedBecause.GUARD,
            "mode: louder than the person allows, so whoever was told would be asked no more; ask "
            "the person first.",
        )
    draft.add(f.ModeRaised(mode=command.mode, by=command.by, track=command.track))
    ask_for_releases(draft)


def lower_mode(draft: Draft, command: c.LowerMode) -> None:
    """A person makes it quieter, at once: what has not left and would be louder does not leave."""
    must_be_open(draft.case)
    now = _now(draft, command)
    if now.within(command.mode):
        raise Refusal(RefusedBecause.INCOMPLETE, "mode: it is that quiet already.")
    draft.add(f.ModeLowered(mode=command.mode, by=command.by, at=draft.now, track=command.track))
    recheck(draft)
    ask_for_releases(draft)


def allowed(case: Case, kind: ActionKind, *, on: TrackName) -> bool:
    """Whether an action is as quiet as its track and its case ask for."""
    state = case.track(on)
    quiet = state is None or kind.mode.within(state.mode)
    return quiet and kind.mode.within(case.mode_ceiling)


def too_loud(draft: Draft, alert: Alert, kind: ActionKind) -> None:
    """Whoever was told decides for themselves; when it is louder than agreed, a person calls."""
    if not allowed(draft.case, kind, on=alert.track):
        tasks.raise_task(draft, "too_loud", alert=alert.id, critical=True)


def _would_close(draft: Draft, name: TrackName, mode: Mode) -> bool:
    """Whether somebody who was told and may be asked now might not be in this mode."""
    told = (a for a in draft.case.alerts if a.track is name and (a.live or a.acts))
    return any(_may(draft, each) and not _may(draft, each, mode=mode) for each in told)


def _may(draft: Draft, alert: Alert, *, mode: Mode | None = None) -> bool:
    judged = judge_party(draft.case, track=alert.track, party=alert.party, now=draft.now, mode=mode)
    return judged.reason not in UNCONSENTED


def _now(draft: Draft, command: c.RaiseMode | c.LowerMode) -> Mode:
    if command.track is None:
        return draft.case.mode_ceiling
    return track_of(draft.case, command.track).mode
