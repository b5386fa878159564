"""The desk's time of day: it never goes back behind a fact that the desk wrote or met."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from engine.clock import Clock
from engine.store import journal
from engine.store.dialect import is_alone


class TimeOfDay:
    """Goes on from the newest fact where the clock was set back.

    A clock that was set back must not put a fact before its cause, and must not stop time either:
    after an hour that never was, the next page would come an hour late.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last: datetime | None = None
        self._last_at = 0.0
        """On the clock's monotonic time: when `_last` was."""

    def now(self) -> datetime:
        """The instant, for what is decided next."""
        now, elapsed = self._clock.now(), self._clock.monotonic()
        if self._last is not None and now <= self._last:
            now = self._last + timedelta(seconds=max(0.0, elapsed - self._last_at))
        self._last, self._last_at = now, elapsed
        return now

    def met(self, fact_at: datetime | None) -> None:
        """A fact was written at this instant, by us or by another engine."""
        if fact_at is not None and (self._last is None or fact_at > self._last):
            self._last, self._last_at = fact_at, self._clock.monotonic()


def not_before(conn: Connection, versions: Mapping[str, int], *, now: datetime) -> datetime:
    """`now`, or when the newest leaf of these locked cases was written if that is later.

    `versions`: case id -> number of its newest leaf. Another engine wrote it, by another clock, or
    by this one before it was set back. Whoever owns the whole store wrote everything itself.
    """
    if is_alone(conn):
        return now
    newest = journal.newest_of(conn, versions)
    return now if newest is None else max(now, newest)
