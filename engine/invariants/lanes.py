"""I21: while lesser reports flood in, the gravest are handed over nearly as soon as ever."""

from collections.abc import Iterator, Sequence

from engine.invariants.violation import Violation
from engine.invariants.world import Outside

AT_MOST_TIMES = 1.2
"""How much longer the gravest may take during a flood (reliability reference, section 5)."""

TOO_FEW = 20
"""Fewer measured than this say nothing."""

NOTHING = 1.0
"""Seconds that matter to nobody, however many times more they are."""


def check(world: Outside) -> Iterator[Violation]:
    """Compare the slow end of both: what nineteen of twenty took at most."""
    calm, flood = world.calm_seconds, world.flood_seconds
    if min(len(calm), len(flood)) < TOO_FEW:
        return
    before, during = _most_of(calm), _most_of(flood)
    if during > max(before * AT_MOST_TIMES, before + NOTHING):
        yield Violation(
            invariant="I21",
            row="lanes",
            what=f"During a flood the gravest took {during:.1f} s, at rest {before:.1f} s.",
            remedy="Work grave cases from the board; stop the source that floods.",
        )


def _most_of(seconds: Sequence[float]) -> float:
    return sorted(seconds)[len(seconds) * 19 // 20]
