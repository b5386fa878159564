"""A date of a case, and when it is looked at: what the state remembers of it.

Without slots: `engine.case.replacing` copies them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.codes import DateKind, Precision, TrackName

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)

_CHECKS = (-14 * _DAY, -72 * _HOUR, -24 * _HOUR)
"""Before a date, for whoever is asked outside (design section 5.2)."""
_CUSTODY_CHECKS = (-24 * _HOUR,)
"""24 h into a detention; the date itself is its 48th hour."""
_ASKED_AFTER = 4 * _HOUR
"""How long after its time one asks how a hearing, visit or meeting went."""


@dataclass(frozen=True, kw_only=True)
class Confirming:
    """A party that has not yet said whether what it promised or did holds for the new time."""

    alert: str
    answer_by: datetime | None
    """None: it was silent; a person asks it."""


@dataclass(frozen=True, kw_only=True)
class CaseDate:
    """Something that will be at a time; its history lies in the journal."""

    id: str
    kind: DateKind
    at: datetime
    by: str
    precision: Precision = Precision.HOUR
    tracks: tuple[TrackName, ...] = ()
    """Whom it concerns; none: every outward track that was released."""
    said: datetime | None = None
    """What its publisher said last: repeating that is no news, whatever people have set since."""
    next_at: datetime | None = None
    """When it is looked at next. None: never again."""
    acted: tuple[str, ...] = ()
    """Alerts of parties that did something while it lay ahead."""
    confirming: tuple[Confirming, ...] = ()

    @property
    def due_at(self) -> datetime | None:
        """The earliest time at which something is owed for it."""
        waits = [each.answer_by for each in self.confirming if each.answer_by is not None]
        return min((*waits, *(() if self.next_at is None else (self.next_at,))), default=None)


def checks_of(kind: DateKind) -> tuple[timedelta, ...]:
    """When a date of this kind is checked, from its time, the earliest first."""
    if kind is DateKind.CUSTODY:
        return _CUSTODY_CHECKS
    return _CHECKS if kind.outward else ()


def over_at(kind: DateKind, at: datetime) -> datetime:
    """When a date of this kind is behind the case, and one asks what came of it."""
    return at + (_ASKED_AFTER if kind.takes_place else timedelta(0))


def ahead(kind: DateKind, at: datetime, *, now: datetime) -> tuple[timedelta, ...]:
    """The checks that still lie ahead."""
    return tuple(check for check in checks_of(kind) if at + check > now)


def behind(kind: DateKind, at: datetime, *, now: datetime) -> tuple[int, ...]:
    """The checks that lie in the past, in seconds from the date."""
    return tuple(int(c.total_seconds()) for c in checks_of(kind) if at + c <= now)


def next_look(kind: DateKind, at: datetime, *, now: datetime) -> datetime:
    """When this date is looked at next: its next check, or when it is over."""
    coming = (at + check for check in ahead(kind, at, now=now))
    return next(coming, over_at(kind, at))
