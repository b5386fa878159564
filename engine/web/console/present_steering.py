"""What people steered by hand, in sentences: jumps, skips, hand-overs, additions, re-plans."""

from collections.abc import Callable
from typing import Any

from engine.web.console.names import Names
from engine.web.console.present_line import Line, tracks
from engine.web.words.states import TRACK
from engine.web.words.steering import WHY_STEERED
from schemas import facts as f


def _jumped(fact: f.TrackJumped, names: Names) -> Line:
    said = f" let {TRACK[fact.track]} go on to step {fact.step + 1} now."
    return Line((names.person(fact.by), said), "warm", _why(fact.why, fact.note))


def _left_out(fact: f.StepLeftOut, names: Names) -> Line:
    said = f" left out step {fact.step + 1} of {TRACK[fact.track]}. It does not come again."
    return Line((names.person(fact.by), said), "warm", _why(fact.why, fact.note))


def _caught_up(fact: f.StepCaughtUp, names: Names) -> Line:
    return Line(
        (f"{TRACK[fact.track]}: step {fact.step + 1} counts now that the case is graver.",), "warm"
    )


def _withdrawn(fact: f.ReleaseWithdrawn, names: Names) -> Line:
    said = f" took the release of {TRACK[fact.track]} back. What had not left is cancelled."
    return Line((names.person(fact.by), said), "warm", _why(fact.why, fact.note))


def _handed_over(fact: f.CaseHandedOver, names: Names) -> Line:
    count = len(fact.tasks)
    what = "the case" if fact.whole else f"{count} task{'' if count == 1 else 's'}"
    written = ("More was written; it lies sealed in the vault.",) if fact.note else ()
    return Line(
        (names.person(fact.by), f" handed {what} to ", names.person(fact.to), "."), "plain", written
    )


def _added(fact: f.RecipientAdded, names: Names) -> Line:
    return Line(
        (
            names.person(fact.by),
            " added ",
            names.party(fact.party),
            f" to {TRACK[fact.track]} by hand. The release of the track tells it.",
        ),
        "warm",
        _why(fact.why, fact.note),
    )


def _replanned(fact: f.Replanned, names: Names) -> Line:
    changed = tracks(tuple(track.name for track in fact.tracks))
    more = [f"Ladders that changed: {changed}."] if fact.tracks else []
    if fact.left_out:
        more.append(f"No longer asked, and never told: {len(fact.left_out)}.")
    return Line(
        (names.person(fact.by), " planned the case anew, over the rules and registry of that day."),
        "warm",
        (" ".join(more),) if more else (),
    )


def _why(why: str, note: str) -> tuple[str, ...]:
    words = WHY_STEERED.get(why, "")  # type: ignore[call-overload]  # a code of a later release
    written = " More was written; it lies sealed in the vault." if note else ""
    return (f"{words[:1].upper()}{words[1:]}.{written}",) if words else ()


STEERING: dict[type, Callable[[Any, Names], Line]] = {
    f.TrackJumped: _jumped,
    f.StepLeftOut: _left_out,
    f.StepCaughtUp: _caught_up,
    f.ReleaseWithdrawn: _withdrawn,
    f.CaseHandedOver: _handed_over,
    f.RecipientAdded: _added,
    f.Replanned: _replanned,
}
