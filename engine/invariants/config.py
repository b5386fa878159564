"""I25: nothing that is loaded can leave a grave case without anybody to wake."""

from collections.abc import Iterator
from datetime import timedelta

from engine.invariants.violation import Violation
from rules import duty
from rules.roster import UPWARD
from rules.rulebook import Rulebook
from schemas.codes import Severity
from schemas.plan import Track
from schemas.roster import Roster

FIRST_WITHIN = timedelta(0)
"""The first rung of duty wakes somebody at once."""

REPEAT_WITHIN = timedelta(hours=24)
"""Duty repeats at least this often, without end (design section 5.5)."""


def check_rulebook(rulebook: Rulebook | None) -> Iterator[Violation]:
    """Every severity has a duty ladder that begins at once and never ends.

    Without a rulebook it is the built-in one.
    """
    for severity in Severity:
        track = duty.built_in(severity) if rulebook is None else rulebook.duty_track(severity)
        for what in _disarmed(track):
            yield Violation(
                invariant="I25",
                row=f"rulebook/{severity}",
                what=what,
                remedy="Correct the duty ladder of the rulebook and activate it again.",
            )


def _disarmed(track: Track) -> Iterator[str]:
    if not track.steps or not any(step.roles for step in track.steps):
        yield "Duty's ladder wakes nobody."
    elif track.steps[0].offset > FIRST_WITHIN.total_seconds():
        yield "Duty's ladder does not begin at once."
    if not track.repeat_every:
        yield "Duty's ladder ends."
    elif max(track.repeat_every) > REPEAT_WITHIN.total_seconds() or min(track.repeat_every) <= 0:
        yield "Duty's ladder pauses for longer than a day, or not at all."


def check_roster(roster: Roster) -> Iterator[Violation]:
    """Somebody can be reached at any hour, whatever the shifts say."""
    floor = roster.floor
    if floor is None or not floor.endpoints:
        yield Violation(
            invariant="I25",
            row="roster/floor",
            what="The roster has no floor contact: an empty shift would wake nobody.",
            remedy="Name a floor contact with two channels.",
        )
    known = {person.id for person in roster.people}
    named = [shift.person for shift in roster.shifts if shift.role in UPWARD]
    named += [person for layer in roster.layers for person in layer.people]
    named += [person for rotation in roster.rotations for person in rotation.people]
    for person in dict.fromkeys(named):
        if person not in known:
            yield Violation(
                invariant="I25",
                row=f"roster/{person}",
                what="A shift names somebody the roster does not know.",
                remedy="Add the person, or correct the shift.",
            )
