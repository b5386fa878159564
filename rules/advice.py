"""What a sound rulebook says that its author can hardly mean. Advice: it loads all the same."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from rules.source import At, Problem, Source
from schemas.codes import Severity, TrackName
from schemas.plan import Anchor, Spread
from schemas.rulebook import RulebookShape, StepShape, TrackShape

_Finding = tuple[At, str, str]
BUSINESS = frozenset({TrackName.COMPANIES, TrackName.INVESTORS, TrackName.SPORTS})
"""Tracks whose parties are businesses: they alone are no balance of those who know (A29)."""
_ONE_SIDED = (
    "Only businesses are told here, and nobody whose task it is to stand by people.",
    "Add protection, missions, nhris, mechanisms, unions or legal, if somebody there can help.",
)


def advice(shape: RulebookShape, source: Source) -> list[Problem]:
    """Every piece of advice, in the order of the file."""
    used = {(rule.policy, tell.track) for rule in shape.rules for tell in rule.tell}
    found: list[_Finding] = []
    for name, policy in shape.policies.items():
        if policy.tracks and BUSINESS.issuperset(policy.tracks):
            place: At = ("policies", name)
            found.append((place, *_ONE_SIDED))
        for track, spec in policy.tracks.items():
            at: At = ("policies", name, "tracks", track.value)
            if (name, track) not in used:
                found.append((at, "No rule puts anybody on this track.", "Name it in a rule."))
            found.extend(_track(at, track, spec))
    for severity, pauses in shape.duty.repeat_every.items():
        found.extend(_repeats(("duty", "repeat_every", severity.value), pauses))
    return sorted(Problem(*source.key_place(at), said, todo) for at, said, todo in found)


def _repeats(at: At, pauses: Sequence[int]) -> Iterator[_Finding]:
    """Duty's rounds, which go on without end: nobody answers sooner for being called more often."""
    if any(later < before for before, later in pairwise(pauses)):
        yield (
            at,
            "Pages come closer together here the longer nobody answers.",
            "List each pause as long as the one before it, or longer.",
        )


def _track(at: At, track: TrackName, spec: TrackShape) -> Iterator[_Finding]:
    if spec.repeat_every:
        yield (
            (*at, "repeat_every"),
            "Only duty is called again and again; nothing comes of this.",
            "Leave it out: a silent party's next contact is told instead.",
        )
    if spec.anchor is Anchor.WOKEN:
        yield (
            (*at, "anchor"),
            "Nothing wakes a track but duty's: its steps count from the release.",
            "Write anchor: released, or leave it out.",
        )
    grave = spec.severity or tuple(Severity)
    for severity in grave:
        mine = [step for step in spec.steps if not step.severity or severity in step.severity]
        if not mine:
            yield (
                (*at, "steps"),
                f"A case that is {severity} has no step here: nobody is told.",
                f"Add a step for {severity}, or take it out of the track's severity.",
            )
    yield from _steps(at, spec, grave)
    several = any(step.spread is Spread.ALL for step in spec.steps)
    if spec.until.enough == 1 and several and track is not TrackName.PROTECTION:
        yield (
            (*at, "until"),
            "All are told at once, and one of them is enough to let the others be.",
            "Write spread: next, or {acted: each}.",
        )


def _steps(at: At, spec: TrackShape, grave: tuple[Severity, ...]) -> Iterator[_Finding]:
    for index, step in enumerate(spec.steps):
        place: At = (*at, "steps", index)
        never = [s for s in step.severity if s not in grave]
        if never:
            yield (
                (*place, "severity"),
                f"The track is not for cases that are {never[0]}.",
                "Take it out here, or add it to the track.",
            )
        late = [s for s in grave if _counts(step, s) and step.after > spec.answer_by[s]]
        if late and index and not step.only:
            yield (
                (*place, "after"),
                f"Answers for {late[0]} are due before this step.",
                "Set it earlier: whoever is silent by then is followed up anyway.",
            )
        twin = any(
            other.after == step.after
            and set(other.only) == set(step.only)
            and any(_counts(other, s) and _counts(step, s) for s in grave)
            for other in spec.steps[:index]
        )
        if twin:
            yield place, "A step at the same time tells the same parties.", "Remove one of them."


def _counts(step: StepShape, severity: Severity) -> bool:
    return not step.severity or severity in step.severity
