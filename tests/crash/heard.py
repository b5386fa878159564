"""Answers, looked for in what is stored: done once, and meant from then on.

As the oracle it reads facts as JSON. Times are told from outside: what began after somebody was
told that it is done, began after it was done.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from tests.crash.answers import Answer, Answers, Deed

Fact = dict[str, Any]
ENDS = ("track_frozen", "alert_withheld", "alert_closed")
CALLS = ("page", "overdue")
"""Purposes by which duty's ladder calls."""
NEWS = {
    "new_act": ("event_joined",),
    "severity_raised": ("event_joined", "severity_raised"),
}
"""Why a ladder that was answered starts again -> what has to have come meanwhile."""
GRACE = 0.05
"""Seconds by which two readings of one clock may differ that were taken in order."""


class Heard:
    """What became of answers. `facts`: case -> its facts, in order."""

    def __init__(self, answers: Answers, facts: dict[str, list[Fact]]) -> None:
        self._answers = answers
        self._facts = facts
        self._case = {
            fact["ref"]: case
            for case, told in facts.items()
            for fact in told
            if fact["kind"] == "case_opened"
        }
        self._alert = {
            fact["ref"]: (case, fact["alert"])
            for case, told in facts.items()
            for fact in told
            if fact["kind"] == "told"
        }

    def lost(self) -> Iterator[str]:
        """What was said to be done and stands nowhere."""
        for answer, there in self._done():
            if not there:
                yield f"{_named(answer)}: said to be done, and not there"
        for answer in (self._answers.given[id] for id in sorted(self._answers.closed)):
            case, alert = self._alert.get(answer.ref, ("", ""))
            if not any(fact.get("alert") == alert for fact in self._ended(case)):
                yield f"{_named(answer)}: said to be closed, and it is not"
        for what, n in sorted(self._answers.refused.items()):
            yield f"{n} answers were refused: {what}"

    def applied_twice(self) -> Iterator[str]:
        """What was done more than once, or by nobody."""
        known = 0
        for answer, there in self._done():
            known += len(there)
            if len(there) > 1:
                yield f"{_named(answer)}: done {len(there)} times"
        every = sum(_is_deed(fact) for told in self._facts.values() for fact in told)
        if every != known:
            yield f"{every} answers are stored, and {known} were given"

    def not_meant(self, begun: Mapping[str, Sequence[datetime]]) -> Iterator[str]:
        """Where somebody was told on although an answer held. `begun`: key -> when it was tried."""
        first: dict[str, int] = {}
        for answer, there in self._done():
            if answer.deed is Deed.TAKE and there:
                case = self._case[answer.ref]
                first[case] = min(there[0], first.get(case, there[0]))
                yield from self._queued(begun, answer, case, there[0])
            if answer.deed is Deed.REPLY and there:
                yield from self._asked_again(answer, there[0])
        for case, at in first.items():
            yield from _called_on(case, self._facts[case], at)

    def unheard(self, arrived: set[str]) -> Iterator[str]:
        """Releases after which nobody outside was told. `arrived`: keys of messages that were.

        What comes in between may freeze the track or take somebody off it: then nobody has to be.
        """
        for answer in self._answers.given.values():
            done = answer.id in self._answers.acknowledged
            if answer.deed is not Deed.RELEASE or not done or answer.ref not in self._case:
                continue
            told = self._facts[self._case[answer.ref]]
            keys = {
                notice["key"]
                for fact in told
                if fact["kind"] in ("told", "rerouted") and fact["track"] == "missions"
                for notice in fact["notices"]
            }
            stopped = self._ended(self._case[answer.ref])
            if not (stopped or answer.id in self._answers.told_nobody or keys & arrived):
                yield f"{_named(answer)}: released, and nobody outside was ever told"

    def _ended(self, case: str) -> list[Fact]:
        """By what a case stopped telling whom it would have told."""
        return [fact for fact in self._facts.get(case, ()) if fact["kind"] in ENDS]

    def _done(self) -> Iterator[tuple[Answer, list[int]]]:
        """Each answer that was acknowledged, and where it stands among the facts of its case."""
        for id in self._answers.acknowledged:
            answer = self._answers.given[id]
            case, alert = self._alert.get(answer.ref, ("", ""))
            if answer.deed is not Deed.REPLY:
                case = self._case.get(answer.ref, "")
            facts = enumerate(self._facts.get(case, ()))
            yield answer, [n for n, fact in facts if _is(fact, answer, alert)]

    def _queued(
        self, begun: Mapping[str, Sequence[datetime]], answer: Answer, case: str, at: int
    ) -> Iterator[str]:
        """Pages that had not left when somebody was told that the case is theirs."""
        since = self._answers.acknowledged[answer.id] + GRACE
        for fact in self._facts[case][:at]:
            if fact["kind"] == "told" and fact["track"] == "duty" and fact["purpose"] in CALLS:
                for key in (notice["key"] for notice in fact["notices"]):
                    if any(each.timestamp() > since for each in begun.get(key, ())):
                        yield f"{key}: tried after {_named(answer)}"

    def _asked_again(self, answer: Answer, at: int) -> Iterator[str]:
        """Nobody who answered is asked the same again while it holds: for hours, at least."""
        case, alert = self._alert[answer.ref]
        for fact in self._facts[case][at:]:
            again = fact["kind"] == "told" and fact["alert"] == alert and fact["purpose"] == "tell"
            if again and any(one["contact"] == answer.by for one in fact["notices"]):
                yield f"{_named(answer)}: asked the same again at {fact['at']}"


def _called_on(case: str, facts: Sequence[Fact], at: int) -> Iterator[str]:
    """Calls after position `at`, where the case was taken, that no news explains."""
    woken = False
    since = [fact["kind"] for fact in facts[:at]]
    for fact in facts[at:]:
        if fact["kind"] == "answered" and fact["by"].startswith("person:"):
            woken, since = False, []
        elif fact["kind"] == "track_woken" and fact["track"] == "duty":
            woken, reason = True, fact["reason"]
            wanted = NEWS.get(reason)
            if wanted is not None and not set(wanted) & set(since):
                yield f"{case}: woken as {reason}, and nothing of it had come since it was taken"
        elif fact["kind"] == "told" and fact["track"] == "duty" and fact["purpose"] in CALLS:
            if not woken:
                yield f"{case}: {fact['party']} was called after somebody had taken it"
        since.append(fact["kind"])


def _is_deed(fact: Fact) -> bool:
    return fact["kind"] in ("answered", "promised", "declined", "release_given")


def _is(fact: Fact, answer: Answer, alert: str) -> bool:
    """Whether this fact is this answer: nobody does the same twice to one thing."""
    match answer.deed:
        case Deed.TAKE:
            return fact["kind"] == "answered" and fact["by"] == answer.by
        case Deed.RELEASE:
            return fact["kind"] == "release_given" and fact["by"] == answer.by
        case Deed.REPLY:
            same = fact["kind"] == answer.kind and fact["by"] == answer.by
            return same and fact["alert"] == alert


def _named(answer: Answer) -> str:
    return f"{answer.id} of {answer.by} on {answer.ref}"
