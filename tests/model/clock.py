"""A machine's clock that may be set back, below the time of day by which the engine decides."""

from datetime import datetime, timedelta

from engine.desk.time_of_day import TimeOfDay


class Machine:
    """Two readings, as every machine has them: the time of day, and what has passed."""

    def __init__(self, start: datetime) -> None:
        self._start, self._passed, self._off = start, timedelta(), timedelta()

    def now(self) -> datetime:
        """What the clock shows, right or wrong."""
        return self._start + self._passed + self._off

    def monotonic(self) -> float:
        """Seconds that have passed, whatever the clock was set to."""
        return self._passed.total_seconds()

    async def sleep(self, seconds: float) -> None:
        """Nobody waits in these tests: time passes when they say so."""
        raise NotImplementedError

    def passes(self, span: timedelta) -> None:
        """Let that much time pass; none where it would be less than none."""
        self._passed += max(span, timedelta())

    def is_set_back(self, by: timedelta) -> None:
        """From now on it shows so much less than it would have."""
        self._off -= by


class Time:
    """The time at which the engine decides; asserts what the page says of it."""

    def __init__(self, start: datetime) -> None:
        self.machine = Machine(start)
        self.newest = start
        """When the newest fact of the case was written."""
        self.restart()

    def restart(self) -> None:
        """What an engine knows when it starts: the journal, and what the clock shows."""
        self._day = TimeOfDay(self.machine)
        self._day.met(self.newest)

    def now(self) -> datetime:
        """Of the clock; while that is behind the newest fact, on from that fact."""
        now, shown = self._day.now(), self.machine.now()
        assert now >= self.newest, "time went back in the case"
        assert now >= shown, "what the clock shows has not come yet"
        return now

    def decided(self, at: datetime) -> None:
        """Facts were written."""
        self.newest = at
        self._day.met(at)
