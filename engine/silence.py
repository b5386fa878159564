"""How long others have been silent, as one process hears it. No two clocks are compared."""

from collections.abc import Hashable, Mapping

SILENT_AFTER = 10.0
"""Seconds without a sign of life after which a run is taken for dead."""

DEAF_AFTER = 2.5
"""Between two looks at most so much silence counts.

Who did not look for longer was stopped, or cut off from the store as the others may have been: of
that time it knows nothing.
"""


class Silence:
    """Remembers when the sign of life of each run last changed. Belongs to one loop."""

    def __init__(
        self, *, silent_after: float = SILENT_AFTER, deaf_after: float = DEAF_AFTER
    ) -> None:
        self._silent_after = silent_after
        self._deaf_after = deaf_after
        self._looked: float | None = None
        self._heard: dict[str, tuple[Hashable, float]] = {}
        """Name -> its last sign, and for how many seconds it has been the same."""

    def look(self, signs: Mapping[str, Hashable], *, at: float) -> tuple[str, ...]:
        """Take the signs as they are now, `at` on the own monotonic clock; return who is silent.

        A run that is seen for the first time is not silent, however old its sign.
        """
        passed = 0.0 if self._looked is None else min(max(0.0, at - self._looked), self._deaf_after)
        self._looked = at
        heard = {}
        for name, sign in signs.items():
            before, silent = self._heard.get(name, (None, 0.0))
            heard[name] = (sign, silent + passed if sign == before else 0.0)
        self._heard = heard
        return tuple(sorted(n for n, (_, silent) in heard.items() if silent >= self._silent_after))
