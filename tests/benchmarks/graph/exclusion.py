"""How long it takes to say who must never hear of an event, small closures and large ones."""

import statistics
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from rules.exclusion import closure
from rules.graph import Registry
from schemas.event import ThreatEvent
from tests.unit.rules.build import a_role, an_event

SMALL = 1_000
"""Members up to which a closure counts as small."""


@dataclass(frozen=True, slots=True)
class Closures:
    """Milliseconds of the slowest hundredth of the small ones; microseconds a member beyond.

    That is until the guard has its answer about a party; `read_us` a member is what it takes
    besides to spell out every entry with its path, as when a closure is stored.
    """

    small: int
    p50_ms: float
    p99_ms: float
    large: int
    beyond_us: float
    largest: int
    read_us: float


def measured(registry: Registry, companies: list[str], *, day: datetime) -> Closures:
    """The closure of each of these as the one alleged perpetrator."""
    small: list[float] = []
    read: list[float] = []
    large: list[tuple[float, int]] = []
    for company in companies:
        event = _event(company, day)
        began = time.process_time()
        found = closure(registry, event)
        assert found.find(company) is not None
        spent = time.process_time() - began
        members = len(found.entries)
        read.append((time.process_time() - began - spent) / members)
        del found  # before the clock runs again: to let go of a large one takes its time
        if members <= SMALL:
            small.append(spent)
        else:
            large.append((spent, members))
    beyond = [spent / members for spent, members in large]
    return Closures(
        small=len(small),
        p50_ms=statistics.median(small) * 1e3 if small else 0.0,
        p99_ms=float(np.percentile(small, 99)) * 1e3 if small else 0.0,
        large=len(large),
        beyond_us=statistics.median(beyond) * 1e6 if beyond else 0.0,
        largest=max((members for _, members in large), default=0),
        read_us=statistics.median(read) * 1e6,
    )


def _event(company: str, day: datetime) -> ThreatEvent:
    return an_event(parties=[a_role(company)], at=day)


DAY = datetime(2026, 6, 1, tzinfo=UTC)
