"""Counting sources: reliable ones, each once, and none that is tied to who must not know."""

from engine.case.state import Case
from schemas.codes import Certainty, Reliability
from schemas.plan import Candidates

RELIABLE = frozenset({Reliability.HIGH, Reliability.MODERATE})
"""Of a source that nobody has judged it is not known, so it does not count."""


def counted(said: Certainty, *, reliability: Reliability) -> Certainty:
    """What a report's certainty counts for: of an unreliable source no more than *possible*."""
    if reliability is Reliability.LOW and said.likely_or_better:
        return Certainty.POSSIBLE
    return said


def of_the_accused(candidates: Candidates, party: str) -> bool:
    """Whether the party that runs a publisher is among those of whom its own report tells."""
    return bool(party) and candidates.closure.find(party) is not None


def independent(case: Case) -> int:
    """Independent reliable sources: the publishers' count, and those that we heard ourselves.

    Asked anew each time: one that turned out to be tied to the perpetrator counts no more.
    """
    closure = case.around.excluded
    heard = (s for s in case.heard if s not in case.publishers and closure.find(s) is None)
    return case.independent_sources + sum(1 for _ in heard)
