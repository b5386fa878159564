"""Counting what became of the rows of a file: rows read = imported + ambiguous + refused."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from engine.registry.rows import Fate, RowRead, Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Rows of one file that share a fate and why."""

    fate: Fate
    why: Why
    column: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The rows of one file."""

    read: int
    imported: int
    ambiguous: int
    refused: int
    reasons: tuple[Reason, ...]
    """Refused first, the most frequent first."""


def tally(rows: Iterable[RowRead]) -> Tally:
    """Count each row once."""
    fates: Counter[Fate] = Counter()
    lines: dict[tuple[Fate, Why, str], list[int]] = {}
    for row in rows:
        fates[row.fate] += 1
        if row.why is not None:
            lines.setdefault((row.fate, row.why, row.column), []).append(row.line)
    reasons = [
        Reason(fate=fate, why=why, column=column, lines=tuple(sorted(found)))
        for (fate, why, column), found in lines.items()
    ]
    return Tally(
        read=fates.total(),
        imported=fates[Fate.IMPORTED],
        ambiguous=fates[Fate.AMBIGUOUS],
        refused=fates[Fate.REFUSED],
        reasons=tuple(sorted(reasons, key=_first)),
    )


def _first(reason: Reason) -> tuple[bool, int, str, str]:
    return reason.fate is not Fate.REFUSED, -len(reason.lines), reason.why, reason.column
