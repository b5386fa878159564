"""What came of the events, counted at the recipient: told, told again, lost."""

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """One run, event by event. `waits`: seconds from acceptance to the first telling, sorted."""

    accepted: int
    told: int
    lost: tuple[str, ...]
    """Accepted and never told: by the ids that their publisher gave them."""
    duplicates: int
    """Tellings of an event beyond its first."""
    strangers: int
    """Tellings of what nobody accepted: none, or the count is wrong."""
    waits: tuple[float, ...]


def tally(accepted: Mapping[str, float], hits: Iterable[tuple[str, float]]) -> Tally:
    """Count. `accepted`: event -> when its publisher read the 2xx; `hits`: event, when it came.

    A hit may come before its acceptance was read: its wait is none.
    """
    counts: Counter[str] = Counter()
    first: dict[str, float] = {}
    for event, at in hits:
        counts[event] += 1
        first[event] = min(at, first.get(event, at))
    told = [event for event in accepted if event in counts]
    return Tally(
        accepted=len(accepted),
        told=len(told),
        lost=tuple(sorted(event for event in accepted if event not in counts)),
        duplicates=sum(counts[event] - 1 for event in told),
        strangers=sum(count for event, count in counts.items() if event not in accepted),
        waits=tuple(sorted(max(0.0, first[event] - accepted[event]) for event in told)),
    )


class Ended(StrEnum):
    """How a process is ended."""

    KILL = "kill"
    STOP = "stop"


SAID = {Ended.KILL: "kill -9", Ended.STOP: "SIGTERM"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One run as the table shows it."""

    posted: str
    """`once`, or how often again."""
    recipient: str
    ended: Ended
    system: str
    strikes: int
    repeated: int
    """Posts that were not acknowledged, and so were made again."""
    back: tuple[float, ...]
    """Seconds from each end until it served again."""
    tally: Tally

    @property
    def cells(self) -> tuple[str, ...]:
        found = self.tally
        return (
            self.posted,
            self.recipient,
            f"{self.strikes} × {SAID[self.ended]}",
            self.system,
            str(found.accepted),
            str(found.told),
            str(len(found.lost)),
            str(found.duplicates),
            str(self.repeated),
            _seconds(statistics.median(found.waits) if found.waits else None),
            _seconds(found.waits[-1] if found.waits else None),
            _seconds(statistics.median(self.back) if self.back else None),
        )


HEAD = (
    *("posted", "recipient", "ended", "system", "accepted", "told", "lost", "told again"),
    *("posts repeated", "first told after, p50", "max", "back after, p50"),
)


def table(rows: Iterable[Row]) -> list[str]:
    """The rows as a table that a page can take over as it is."""
    lines = [HEAD, tuple("---" for _ in HEAD), *(row.cells for row in rows)]
    return [f"| {' | '.join(cells)} |" for cells in lines]


def last_line(rows: Iterable[Row], *, events: int, seed: int) -> str:
    """The sums over all rows, for machines: `kills` and `stops` are what each system met."""
    rows = tuple(rows)
    systems = tuple(dict.fromkeys(row.system for row in rows))
    met = [row for row in rows if row.system in systems[:1]]
    said = [
        f"events={events}",
        f"kills={sum(row.strikes for row in met if row.ended is Ended.KILL)}",
        f"stops={sum(row.strikes for row in met if row.ended is Ended.STOP)}",
    ]
    for system in systems:
        own = [row.tally for row in rows if row.system == system]
        said += [
            f"{system}_lost={sum(len(each.lost) for each in own)}",
            f"{system}_duplicates={sum(each.duplicates for each in own)}",
        ]
    return " ".join([*said, f"seed={seed}"])


def _seconds(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.2g} s" if value < 10 else f"{value:.0f} s"
