"""How a lane stands: whether it reads, and if not, why and since when; how far it is behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import structlog

from engine.clock import Clock
from engine.intake.trouble import LogTroubleError
from engine.metrics import Metrics
from engine.store.offsets import Partition

SILENT_AFTER = 10.0
"""Seconds without any answer to a fetch, each of which a broker answers within two."""
UNHELD_LONGEST = 15.0
"""Seconds between being assigned a partition and having taken it over, at most."""

_log = structlog.get_logger(__name__)


class State(StrEnum):
    """What a lane is doing."""

    STARTING = "starting"
    """Not connected yet."""
    READING = "reading"
    """Records are taken as they come."""
    WAITING = "waiting"
    """The log cannot be read now; it is tried again and again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """One look at a lane."""

    state: State
    why: str
    """One line for a person; empty while it reads."""
    seconds: float
    """How long it has been so."""
    behind: int
    """Records that are in the log and not yet dealt with, as far as known."""

    def __str__(self) -> str:
        since = f"for {self.seconds:.0f} s"
        match self.state:
            case State.READING:
                return f"reading {since}, {self.behind} records behind"
            case State.WAITING:
                return f"not being read {since}: {self.why}"
        return f"starting {since}"


class Standing:
    """Kept by a lane and its runner; looked at by `readyz`, metrics and the watchdog.

    How far behind is counted by what the broker has and we have not dealt with. Transaction markers
    take an offset and are no record, so it is never computed from the stored position alone.
    """

    def __init__(self, lane: str, *, clock: Clock, metrics: Metrics | None = None) -> None:
        self._lane = lane
        self._clock = clock
        self._metrics = metrics
        self._state = State.STARTING
        self._why = ""
        self._since = clock.monotonic()
        self._behind: dict[Partition, int] = {}
        self._answers: dict[Partition, tuple[int, float]] = {}
        self._unheld_since: float | None = None
        self._heard_at: float | None = None
        self._begins_at: float | None = None
        self._deals_at: float | None = None
        self.counted = 0
        """How often it was counted: its reader goes round, or nothing is read."""

    @property
    def now(self) -> Stands:
        """How it stands."""
        return Stands(
            state=self._state,
            why=self._why,
            seconds=self._clock.monotonic() - self._since,
            behind=sum(self._behind.values()),
        )

    @property
    def partitions(self) -> frozenset[Partition]:
        """What is read here, as last counted."""
        return frozenset(self._behind)

    @property
    def waiting(self) -> frozenset[Partition]:
        """Those in which records are still to be dealt with, as last counted."""
        return frozenset(one for one, records in self._behind.items() if records)

    @property
    def listens(self) -> bool:
        """Whether a reader is there, and brokers are asked."""
        return self._heard_at is not None

    @property
    def silent(self) -> bool:
        """Whether it should be reading, and no broker has answered for long.

        A reader whose broker is away only waits, and finds its way back by itself.
        """
        return self.silent_for >= SILENT_AFTER

    @property
    def begun_for(self) -> float:
        """Seconds since a reader was begun that does not read yet."""
        return self._since_then(self._begins_at)

    @property
    def silent_for(self) -> float:
        """Seconds since a reader last heard of a broker."""
        return self._since_then(self._heard_at)

    def begins(self) -> None:
        """A reader is begun."""
        self._begins_at = self._clock.monotonic()

    def heard(self) -> None:
        """Brokers are there, right now. While what came was dealt with, none was asked."""
        now = self._clock.monotonic()
        dealt = 0.0 if self._deals_at is None else now - self._deals_at
        self._answers = {one: (last, at + dealt) for one, (last, at) in self._answers.items()}
        self._heard_at, self._deals_at = now, None

    def asked(self, answers: Mapping[Partition, int | None]) -> None:
        """When the broker of each partition here last answered a fetch, by the reader's own clock.

        None: what came is being dealt with, and nothing is asked for meanwhile.
        """
        now = self._clock.monotonic()
        before, self._answers = self._answers, {}
        news = not answers
        for partition, answered in answers.items():
            last, at = before.get(partition, (0, now))
            if answered is None or answered > last:
                last, at, news = answered or last, now, True
            self._answers[partition] = last, at
        if news:
            self._heard_at = now

    def unanswered(self, seconds: float) -> tuple[Partition, ...]:
        """Partitions of which no broker has said anything for so long, though others are read."""
        since = self._clock.monotonic() - seconds
        return tuple(sorted(one for one, (_, at) in self._answers.items() if at <= since))

    def deals(self) -> None:
        """What came is being dealt with, which may take long; nothing is asked for meanwhile."""
        self._heard_at, self._deals_at = None, self._clock.monotonic()

    def holds(self, everything: bool) -> None:
        """Whether every partition that is assigned to us was taken over from the store.

        Raises LogTroubleError when one long was not: its records would be dropped in silence.
        """
        now = self._clock.monotonic()
        if everything:
            self._unheld_since = None
        elif self._unheld_since is None:
            self._unheld_since = now
        elif now - self._unheld_since >= UNHELD_LONGEST:
            self._unheld_since = None
            raise LogTroubleError("partitions are assigned to us and were not taken over")

    def reads(self) -> None:
        """Partitions are ours and read."""
        self._heard_at = self._clock.monotonic()
        self._begins_at = None
        if self._state is not State.READING:
            _log.info("intake.reading", lane=self._lane)
            self._move(State.READING, "")

    def waits(self, why: str) -> None:
        """It cannot be read; said once for each reason."""
        if self._state is not State.WAITING or self._why != why:
            _log.error("intake.waiting", lane=self._lane, why=why)
            self._move(State.WAITING, why)

    def ends(self) -> None:
        """Nothing is read here any more."""
        self._heard_at = self._begins_at = self._deals_at = None
        self._answers = {}
        self.count({})

    def count(self, behind: Mapping[Partition, int]) -> None:
        """How many records of each partition are still to be dealt with; others are not ours."""
        if self._metrics is not None:
            for topic, partition in sorted(self._behind.keys() - behind.keys()):
                self._metrics.not_ours(topic=topic, partition=partition)
            for (topic, partition), records in sorted(behind.items()):
                self._metrics.behind(topic=topic, partition=partition, records=records)
        self._behind = dict(behind)
        self.counted += 1

    def _since_then(self, then: float | None) -> float:
        return 0.0 if then is None else self._clock.monotonic() - then

    def _move(self, state: State, why: str) -> None:
        if state is not self._state:
            self._since = self._clock.monotonic()
        self._state, self._why = state, why
