"""Since when nothing stood between us and the store; before, nobody could be in time.

A machine that slept, a process that was stopped, a store that did not answer, a clock that was set:
after each of them everything is late at once, and a minute later nothing is. Whoever is called at
night for that stops listening.
"""

from datetime import datetime, timedelta


class Uptime:
    """Told after each look that succeeded; `lost` after one that did not."""

    def __init__(self, *, began: datetime, patience: timedelta) -> None:
        """`patience`: a longer pause between two looks means that we stood still ourselves."""
        self._since: datetime | None = began
        self._last = began
        self._patience = patience

    def since(self, now: datetime) -> datetime:
        """Since when we have been up, asked at the beginning of a look."""
        gap = now - self._last
        if self._since is None or gap > self._patience or gap < timedelta(0):
            self._since = now
        self._last = now
        return self._since

    def lost(self) -> None:
        """The store could not be read."""
        self._since = None
