"""A crash run that never came to a point is no proof of that point."""

import pytest

from tests.crash.faults import NOT_REACHED, Struck
from tests.crash.outcome import MISSED, Outcome


def an_outcome(*names: str) -> Outcome:
    struck = [Struck(name=name, began=0.0, ended=1.0) for name in names]
    return Outcome(store="sqlite", runner="faust", seed=1, lasting_members=False, struck=struck)


@pytest.mark.parametrize(
    ("names", "never"),
    [
        ([f"{NOT_REACHED}send.after"] * MISSED, ["send.after"]),
        ([f"{NOT_REACHED}send.after"] * (MISSED - 1), []),
        ([*[f"{NOT_REACHED}send.after"] * MISSED, "send.after"], []),
        (["send.after", "kill", "zombie"], []),
    ],
)
def test_a_point_that_nobody_ever_came_to_is_named_and_fails_the_run(
    names: list[str], never: list[str]
) -> None:
    outcome = an_outcome(*names)

    assert outcome.never_reached() == never
    assert outcome.sound is not bool(never)
    assert [line for line in outcome.lines() if line.startswith("never reached")] == [
        f"never reached: {point}" for point in never
    ]
