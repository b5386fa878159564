"""Steering by hand in words: why, why somebody is not added, and what a re-plan would change."""

from collections.abc import Iterator, Mapping

from engine.case.replanning import Changed, Difference
from engine.case.state import Case
from engine.web.words.reasons import why
from engine.web.words.remedies import REMEDY
from engine.web.words.states import TRACK
from rules.graph import Registry
from schemas.facts import WhySteered
from schemas.plan import Step, Track, Until
from schemas.reason import Reason, Remedy

WHY_STEERED: Mapping[WhySteered, str] = {
    "faster": "it has to go faster",
    "already_done": "it is done already",
    "not_useful": "it would not help",
    "would_harm": "it would do harm now",
    "wish": "the person wishes it so",
    "new_facts": "there is news",
    "other": "another reason",
}


def in_words(detail: str) -> tuple[str, str] | None:
    """The guard's `reason/remedy`, wherever it stands in a text, as two sentences; None without."""
    for word in detail.split():
        reason, _, remedy = word.partition("/")
        if reason in set(Reason) and remedy in set(Remedy):
            return why(Reason(reason)), REMEDY[Remedy(remedy)]
    return None


def differences(shown: Difference, case: Case, registry: Registry) -> Iterator[str]:
    """One line for each thing that would change, and for what would not though nothing finds it."""

    def name(party: str) -> str:
        known = registry.party(party)
        return party if known is None else known.name

    for track in shown.tracks:
        yield f"New: {TRACK[track.name]}. Nobody is told before its release."
    for changed in shown.changed:
        yield from _changed(changed)
    for of, party in shown.parties:
        yield f"Found now: {name(party)}, on {TRACK[of]}. The release tells it."
    for alert in case.alerts:
        if alert.id in shown.left_out:
            yield f"No longer found, never told: {name(alert.party)}. It is left out."
        elif alert.id in shown.told_all_the_same:
            yield f"No longer found, but told: {name(alert.party)}. It stays."


def length(seconds: int) -> str:
    """`0`, `45s`, `15m`, `4h`, `2d`, `-3d`: as a rulebook writes it."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s" if seconds else "0"


def step_words(step: Step) -> str:
    """One rung: when, whom, for which cases."""
    said = [f"after {length(step.offset)}", "one at a time" if step.spread == "next" else "all"]
    if step.only:
        said.append("only " + ", ".join(kind.value.replace("_", " ") for kind in step.only))
    if step.contacts > 1:
        said.append(f"{step.contacts} contacts of each")
    if step.severities:
        said.append("for " + ", ".join(each.value for each in step.severities))
    return ", ".join(said)


def until_words(track: Track) -> str:
    """What quietens a track, as one would say it."""
    what = "promised or acted" if track.until is Until.COMMITTED else "acted"
    many = track.enough
    if many is None:
        many = 1 if track.until is Until.COMMITTED else 0
    who = {0: "each party has", 1: "any party has"}.get(many, f"{many} parties have")
    return f"quiet when {who} {what}{', of every kind' if track.per_kind else ''}"


def _changed(changed: Changed) -> Iterator[str]:
    name, before, after = TRACK[changed.after.name], changed.before, changed.after
    for step in changed.added:
        yield f"{name}: a step comes in: {step_words(step)}."
    for step in changed.removed:
        yield f"{name}: a step falls away: {step_words(step)}."
    if before.answer_by != after.answer_by:
        yield f"{name}: an answer within {length(after.answer_by)}, not {length(before.answer_by)}."
    if (before.until, before.enough, before.per_kind) != (
        after.until,
        after.enough,
        after.per_kind,
    ):
        yield f"{name}: it is quiet under another condition than before."
    rest = ("gate", "mode", "ask", "answer_holds_for", "dates", "release_at_most")
    other = [field for field in rest if getattr(before, field) != getattr(after, field)]
    if other:
        yield f"{name}: also different: {', '.join(each.replace('_', ' ') for each in other)}."
