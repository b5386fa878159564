"""When the process is ended: the same moments of the same stream for whoever is compared."""

import random  # noqa: TID251 (seeded: the same number, the same moments)
from dataclasses import dataclass

PAUSE = 0.2
"""Seconds at most between the event that a strike waits for and the strike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """End the process `pause` seconds after event number `after` was first posted."""

    after: int
    pause: float


def plan(*, events: int, kills: int, seed: int) -> tuple[Strike, ...]:
    """So many strikes over a stream of `events`, in the order in which they come.

    They hang on the stream and not on a clock: whoever takes longer to come back is struck at the
    same events as whoever is quick. Raises ValueError where there is nothing to strike in.
    """
    if events < 1 or kills < 0:
        raise ValueError("there must be events, and no fewer kills than none")
    rng = random.Random(seed)
    strikes = [
        Strike(after=rng.randint(1, events), pause=rng.uniform(0.0, PAUSE)) for _ in range(kills)
    ]
    return tuple(sorted(strikes, key=lambda each: (each.after, each.pause)))
