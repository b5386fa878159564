"""What the shape of a rulebook cannot say, above all that it never disarms duty (invariant I25)."""

import difflib
from collections.abc import Iterable, Iterator

from rules.source import At, Problem, Source
from rules.walks import WALKS
from schemas.codes import HeightenedRisk, Mode, Severity, TrackName, is_country, threat_of
from schemas.plan import Anchor, Gate, Until
from schemas.rulebook import RulebookShape, StepShape, TrackShape

MAX_OFFSET = 30 * 86_400
"""Seconds. An answer is never waited for longer."""
MAX_STEP = 180 * 86_400
"""Seconds. A step later than this is a mistake in writing, not a plan."""
MAX_BEFORE = 90 * 86_400
"""Seconds. Farther before a date nobody knows of it."""
LETHAL_FLOOR = Severity.HIGH
"""A code that is critical by itself may not be set below this."""
_MODIFIERS = frozenset({"danger_now", "heightened_risk", *(risk.value for risk in HeightenedRisk)})


def lint(shape: RulebookShape, source: Source) -> list[Problem]:
    """Every problem found, in no particular order."""
    found = [
        *_duty(shape),
        *_policies(shape),
        *_severity(shape),
        *_rules(shape),
        *_walks(shape),
        *_protocols(shape),
    ]
    return [Problem(*source.key_place(at), message, remedy) for at, message, remedy in found]


_Finding = tuple[At, str, str]


def _duty(shape: RulebookShape) -> Iterator[_Finding]:
    for severity in Severity:
        at: At = ("duty", "steps", severity.value)
        steps = shape.duty.steps.get(severity, ())
        if not steps:
            yield at, f"Duty has no step for {severity}.", "Give every severity at least one."
        else:
            if steps[0].after != 0:
                yield (
                    (*at, 0, "after"),
                    f"The first page for {severity} comes late.",
                    "Set after: 0; a page is never delayed.",
                )
            yield from _offsets(at, steps)
        for index, step in enumerate(steps):
            if step.only or step.severity or step.contacts > 1:
                yield (
                    (*at, index),
                    "Duty's steps are for everybody in their roles.",
                    "Leave out only, severity and contacts.",
                )
            if not step.roles:
                yield (
                    (*at, index),
                    "This step wakes nobody.",
                    "Name a role; whoever is missing there, the floor contact is paged.",
                )
        repeats = shape.duty.repeat_every.get(severity, ())
        if not repeats or not all(60 <= pause <= 86_400 for pause in repeats):
            yield (
                ("duty", "repeat_every", severity.value),
                f"Pages for {severity} would not go on.",
                "List pauses between 1m and 1d; the last one repeats.",
            )
        holds = shape.duty.answer_holds_for.get(severity, 0)
        if not 60 <= holds <= MAX_OFFSET:
            yield (
                ("duty", "answer_holds_for", severity.value),
                f"An answer to a page for {severity} must hold between 1m and 30d.",
                "Use for example 30m for critical.",
            )


def _offsets(at: At, steps: tuple[StepShape, ...], *, before: bool = False) -> Iterator[_Finding]:
    """`before`: the anchor is a date, and a step may come ahead of it."""
    last = -MAX_BEFORE if before else 0
    for index, step in enumerate(steps):
        if step.after < 0 and not before:
            yield (
                (*at, index, "after"),
                "Only a date has steps before it.",
                "Write anchor: date, or a time without a minus.",
            )
            continue
        if step.after < -MAX_BEFORE:
            yield (*at, index, "after"), "This is over 90d before the date.", "Set it later."
            continue
        if step.after > MAX_STEP:
            yield (*at, index, "after"), "This step comes after more than 180d.", "Set it earlier."
        if step.after < last:
            yield (
                (*at, index, "after"),
                "This step comes before the one above it.",
                "Put the steps in the order of their times.",
            )
        last = step.after


def _policies(shape: RulebookShape) -> Iterator[_Finding]:
    for name, policy in shape.policies.items():
        for track, spec in policy.tracks.items():
            at: At = ("policies", name, "tracks", track.value)
            if track is TrackName.DUTY:
                yield at, "Duty is no part of a policy.", "Its ladder stands under duty:."
                continue
            yield from _track(at, track, spec)
            if spec.gate is Gate.PROTOCOL and not shape.protocols:
                yield (*at, "gate"), "There is no protocol.", "Use release, or write a protocol."


def _track(at: At, track: TrackName, spec: TrackShape) -> Iterator[_Finding]:
    if spec.mode is Mode.PUBLIC:
        yield (*at, "mode"), "No track may be public.", "Use quiet or private."
    if spec.gate is Gate.NONE:
        yield (*at, "gate"), f"{track} has no gate.", "Use release: a person looks first."
    if track is TrackName.COMPANIES and spec.gate is not Gate.RELEASE_TWO:
        yield (*at, "gate"), "Companies need two people.", "Use release_two."
    if spec.gate is Gate.NECESSITY and track is not TrackName.PROTECTION:
        yield (*at, "gate"), "Necessity is for protection only.", "Use release."
    if spec.until.what is Until.OWNED:
        expected = Until.ACTED if track.outward else Until.COMMITTED
        yield (*at, "until"), f"{track} cannot end when {spec.until.what}.", f"Use {expected}."
    if spec.anchor is Anchor.OPENED:
        yield (*at, "anchor"), f"{track} cannot start before its gate.", "Use released."
    if not spec.steps:
        yield (*at, "steps"), "This track has no step.", "Add `- after: 0`."
    yield from _offsets((*at, "steps"), spec.steps, before=spec.anchor is Anchor.DATE)
    if spec.dates and spec.anchor is not Anchor.DATE:
        yield (*at, "dates"), "This track counts from no date.", "Write anchor: date."
    for index, step in enumerate(spec.steps):
        if step.roles:
            yield (
                (*at, "steps", index, "roles"),
                "Roles are for duty.",
                "Name a walk in a rule instead.",
            )
    for severity in Severity:
        if not 60 <= spec.answer_by.get(severity, 0) <= MAX_OFFSET:
            yield (
                (*at, "answer_by"),
                f"Answers for {severity} must be due between 1m and 30d.",
                "Give every severity a time.",
            )
        if spec.answer_holds_for is not None and not spec.answer_holds_for.get(severity):
            yield (
                (*at, "answer_holds_for"),
                f"It is not said how long an answer for {severity} holds.",
                "Give every severity a time, or leave the key out.",
            )


def _severity(shape: RulebookShape) -> Iterator[_Finding]:
    for code, severity in shape.severity.codes.items():
        at: At = ("severity", "codes", code)
        threat = threat_of(code)
        if threat is None:
            yield at, f"There is no event code {code!r}.", "Use a code of the vocabulary."
        elif threat.severity is Severity.CRITICAL and not severity.at_least(LETHAL_FLOOR):
            yield at, f"{code} may kill and cannot be {severity}.", "Use critical or high."
    for name in shape.severity.modifiers:
        if name not in _MODIFIERS:
            yield (
                ("severity", "modifiers", name),
                f"There is no circumstance {name!r}.",
                "Use danger_now, heightened_risk or a heightened-risk code.",
            )


def _rules(shape: RulebookShape) -> Iterator[_Finding]:
    seen: set[str] = set()
    walks = {*WALKS, *shape.walks}
    for index, rule in enumerate(shape.rules):
        at: At = ("rules", index)
        if rule.id in seen:
            yield (*at, "id"), f"There are two rules {rule.id!r}.", "Give each its own id."
        seen.add(rule.id)
        policy = shape.policies.get(rule.policy)
        if policy is None:
            yield (*at, "policy"), f"There is no policy {rule.policy!r}.", _of(shape.policies)
        for number, tell in enumerate(rule.tell):
            place: At = (*at, "tell", number)
            if tell.walk not in walks:
                yield (*place, "walk"), f"There is no walk {tell.walk!r}.", _like(tell.walk, walks)
            if policy is not None and tell.track not in policy.tracks:
                yield (
                    (*place, "track"),
                    f"The policy {rule.policy!r} has no track {tell.track}.",
                    _of(track.value for track in policy.tracks),
                )
            if tell.track is not TrackName.DUTY and tell.track not in shape.field_classes:
                yield (
                    (*place, "track"),
                    f"It is not said which fields {tell.track} may see.",
                    f"Add field_classes.{tell.track}.",
                )
        for number, walk in enumerate(rule.explain):
            if walk not in walks:
                yield (*at, "explain", number), f"There is no walk {walk!r}.", _like(walk, walks)


def _walks(shape: RulebookShape) -> Iterator[_Finding]:
    for name, walk in shape.walks.items():
        at: At = ("walks", name)
        if (walk.walk is None) is (walk.path is None):
            yield at, "A walk is another walk, or a path.", "Give it walk: or path:, and not both."
        elif walk.walk is not None and walk.walk not in WALKS:
            yield (*at, "walk"), f"There is no walk {walk.walk!r}.", _like(walk.walk, WALKS)
        for index, code in enumerate(walk.states):
            if not is_country(code):
                yield (
                    (*at, "states", index),
                    f"There is no country {code!r}.",
                    "Use ISO 3166-1 alpha-2 codes.",
                )


def _protocols(shape: RulebookShape) -> Iterator[_Finding]:
    for index, protocol in enumerate(shape.protocols):
        at: At = ("protocols", index)
        if len(set(protocol.agreed_by)) < 2:
            yield (*at, "agreed_by"), "One person agreed twice.", "A protocol takes two people."
        for number, track in enumerate(protocol.audiences):
            if track is TrackName.COMPANIES or not track.outward:
                yield (
                    (*at, "audiences", number),
                    f"No protocol may release {track}.",
                    "Leave it out: people release it, case by case.",
                )
        for number, code in enumerate(protocol.codes):
            if threat_of(code) is None:
                yield (
                    (*at, "codes", number),
                    f"There is no event code {code!r}.",
                    "Use a code of the vocabulary.",
                )


def _like(name: str, walks: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, sorted(walks), n=1, cutoff=0.6)
    return f"Did you mean {near[0]}?" if near else "docs/reference/walks.md lists those there are."


def _of(names: Iterable[str]) -> str:
    known = ", ".join(sorted(names))
    return f"Use one of: {known}."
