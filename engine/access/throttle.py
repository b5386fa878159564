"""How long somebody waits after wrong tries: growing, and short enough for three in the morning.

A lock would let anybody who knows a name keep that person out of the board; a wait of at most
42 seconds (GlobaLeaks' figure) stops guessing just as well.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

from engine.vault.keys import keyed
from engine.vault.secret import Secret

FREE = 2  # wrong tries that cost nothing: fingers slip
LONGEST = timedelta(seconds=42)
_STRANGERS_MOST = 10_000


def wait_after(failures: int) -> timedelta:
    """The wait after so many failures in a row."""
    if failures <= FREE:
        return timedelta()
    return min(LONGEST, timedelta(seconds=2 ** min(failures - FREE - 1, 10)))


class Strangers:
    """Failures of names nobody here bears, so that they wait like the others.

    Kept in memory, bounded, by keyed hash: people type passwords into the wrong field.
    """

    def __init__(self, key: Secret) -> None:
        self._key = key
        self._known: OrderedDict[bytes, tuple[int, datetime]] = OrderedDict()

    def locked(self, name: str, *, now: datetime) -> bool:
        """Whether this name has to wait."""
        found = self._known.get(keyed(self._key, name))
        return found is not None and now < found[1]

    def failed(self, name: str, *, now: datetime) -> None:
        """Count one more wrong try."""
        digest = keyed(self._key, name)
        failures = self._known.pop(digest, (0, now))[0] + 1
        self._known[digest] = (failures, now + wait_after(failures))
        if len(self._known) > _STRANGERS_MOST:
            self._known.popitem(last=False)
