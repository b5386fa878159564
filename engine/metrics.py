"""What can be counted from outside, for Prometheus. Labels never carry a country with a threat."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST

CONTENT_TYPE = CONTENT_TYPE_LATEST


class Paced(Protocol):
    """What knows how often somebody was sent less at once."""

    held_back: int
    together: int


@dataclass(frozen=True, slots=True)
class _Pacing:
    """Reads the counts where they are kept, when somebody asks."""

    paced: Paced

    def collect(self) -> Iterator[CounterMetricFamily]:
        yield CounterMetricFamily(
            "tocsin_messages_held_back",
            "Times a message waited because its recipient had many lately.",
            value=self.paced.held_back,
        )
        yield CounterMetricFamily(
            "tocsin_messages_told_together",
            "Messages to duty that were told within another one.",
            value=self.paced.together,
        )


class Metrics:
    """The counters of one engine: several may live in one interpreter."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        """Others register their own collectors here."""
        self._taken = Counter(
            "tocsin_reports",
            "Reports at the door, by the way they came and what became of them.",
            ("way", "outcome"),
            registry=self.registry,
        )
        self._receipts = Counter(
            "tocsin_receipts",
            "Delivery receipts, by what they said; unknown: of no message that left that way.",
            ("outcome",),
            registry=self.registry,
        )
        self._planning_failed = Counter(
            "tocsin_planning_failed",
            "Reports for which the rules raised and the built-in duty plan ran.",
            registry=self.registry,
        )
        self._refused = Counter(
            "tocsin_http_refused",
            "HTTP requests refused before a report was read, by status.",
            ("status",),
            registry=self.registry,
        )
        self._answered = Histogram(
            "tocsin_http_event_seconds",
            "Seconds from the last byte of a request with reports to its durable answer.",
            registry=self.registry,
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
        )
        self._position = Gauge(
            "tocsin_log_next_offset",
            "Next offset to be read, by topic and partition, from the store.",
            ("topic", "partition"),
            registry=self.registry,
        )
        self._behind = Gauge(
            "tocsin_log_behind_records",
            "Records in the log that are not yet dealt with, for the partitions read here.",
            ("topic", "partition"),
            registry=self.registry,
        )
        self._open = Gauge(
            "tocsin_open",
            "Cases and incidents that are open, by severity.",
            ("kind", "severity"),
            registry=self.registry,
        )
        self._waiting = Gauge(
            "tocsin_messages_waiting",
            "Messages that still have to leave, and those on their way.",
            registry=self.registry,
        )
        self._next = Gauge(
            "tocsin_next_due_timestamp_seconds",
            "When the engine owes something next; in the past: it is late. 0: it owes nothing.",
            registry=self.registry,
        )

        self._canary = Gauge(
            "tocsin_canary_seconds",
            "Seconds the last trial report took from being let go to the sink, by its way.",
            ("way",),
            registry=self.registry,
        )
        self._canary_failed = Counter(
            "tocsin_canary_failed",
            "Trial reports that did not come through in time, by their way.",
            ("way",),
            registry=self.registry,
        )

    def follow(self, paced: Paced) -> None:
        """Show how often recipients were spared."""
        self.registry.register(_Pacing(paced))

    def canary(self, *, way: str, seconds: float) -> None:
        """A canary came through."""
        self._canary.labels(way=way).set(seconds)

    def canary_failed(self, *, way: str) -> None:
        """A canary did not come through in time."""
        self._canary_failed.labels(way=way).inc()

    def taken(self, *, way: str, outcome: str) -> None:
        """A report was dealt with."""
        self._taken.labels(way=way, outcome=outcome).inc()

    def receipt(self, *, outcome: str) -> None:
        """A provider reported on a message."""
        self._receipts.labels(outcome=outcome).inc()

    def planning_failed(self) -> None:
        """The rules raised."""
        self._planning_failed.inc()

    def refused(self, *, status: int) -> None:
        """A request was turned away."""
        self._refused.labels(status=str(status)).inc()

    def answered(self, seconds: float) -> None:
        """A request with reports was answered."""
        self._answered.observe(seconds)

    def position(self, *, topic: str, partition: int, next_offset: int) -> None:
        """Where a log stands."""
        self._position.labels(topic=topic, partition=str(partition)).set(next_offset)

    def behind(self, *, topic: str, partition: int, records: int) -> None:
        """How much of a log is still to be dealt with by this process."""
        self._behind.labels(topic=topic, partition=str(partition)).set(records)

    def not_ours(self, *, topic: str, partition: int) -> None:
        """Another process reads this partition now, or nobody: say nothing of it any more."""
        self._behind.remove(topic, str(partition))

    def stands(
        self, *, open_now: Mapping[tuple[str, str], int], waiting: int, next_due: datetime | None
    ) -> None:
        """How much is open and owed, by the store."""
        self._open.clear()
        for (kind, severity), count in sorted(open_now.items()):
            self._open.labels(kind=kind, severity=severity).set(count)
        self._waiting.set(waiting)
        self._next.set(0 if next_due is None else next_due.timestamp())

    def exposed(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self.registry)
