"""Dates of a case: set, moved, checked, passed; and who was asked whether it still holds."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from schemas.codes import DateKind, Precision, TrackName

WhyNotChecked = Literal["date_moved", "date_removed", "superseded_by_later"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DateSet:
    """A date of the case became known."""

    kind: Literal["date_set"] = "date_set"
    v: Literal[1] = 1
    date: str
    date_kind: DateKind
    on: datetime
    """When it will be."""
    precision: Precision = Precision.HOUR
    tracks: tuple[TrackName, ...] = ()
    """Whom it concerns; none: every outward track that was released."""
    by: str
    """A person of ours, or the row id of the event that says so."""
    said: datetime | None = None
    """What its publisher said, where an event did."""
    at: datetime
    next_at: datetime | None
    """Its next check; None: nothing is owed for it any more."""
    past: tuple[int, ...] = ()
    """Checks that lay in the past when it became known, in seconds from the date: never late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMoved:
    """A date of the case is at another time now; its checks count from there."""

    kind: Literal["date_moved"] = "date_moved"
    v: Literal[1] = 1
    date: str
    was: datetime
    on: datetime
    by: str
    said: datetime | None = None
    at: datetime
    next_at: datetime | None
    past: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DateRemoved:
    """A date fell away, or was none: nothing is owed for it any more."""

    kind: Literal["date_removed"] = "date_removed"
    v: Literal[1] = 1
    date: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DateChecked:
    """A check of a date was decided: who has not promised for it. It is never decided again."""

    kind: Literal["date_checked"] = "date_checked"
    v: Literal[1] = 1
    date: str
    check: int
    """Seconds from the date: -1209600 is fourteen days before it."""
    due_at: datetime
    at: datetime
    uncovered: tuple[TrackName, ...] = ()
    satisfied: bool = True
    next_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSuperseded:
    """A check of a date will not be, or gave way to a later one."""

    kind: Literal["check_superseded"] = "check_superseded"
    v: Literal[1] = 1
    date: str
    check: int
    due_at: datetime
    reason: WhyNotChecked


@dataclass(frozen=True, slots=True, kw_only=True)
class DatePassed:
    """A date lies behind the case."""

    kind: Literal["date_passed"] = "date_passed"
    v: Literal[1] = 1
    date: str
    on: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmAsked:
    """Somebody who promised or acted for a date has to say whether that holds for its new time."""

    kind: Literal["confirm_asked"] = "confirm_asked"
    v: Literal[1] = 1
    date: str
    alert: str
    contact: str
    at: datetime
    answer_by: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmMissed:
    """Nobody said in time whether it holds; a person asks them."""

    kind: Literal["confirm_missed"] = "confirm_missed"
    v: Literal[1] = 1
    date: str
    alert: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DateConfirmed:
    """What somebody promised or did holds for the new time of a date."""

    kind: Literal["date_confirmed"] = "date_confirmed"
    v: Literal[1] = 1
    date: str
    alert: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DateCovered:
    """Somebody acted while this date lay ahead: its checks ask nothing more of that party."""

    kind: Literal["date_covered"] = "date_covered"
    v: Literal[1] = 1
    date: str
    alert: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseMoved:
    """A promise for a date goes with it: its giver is asked when the date has been, not before."""

    kind: Literal["promise_moved"] = "promise_moved"
    v: Literal[1] = 1
    alert: str
    action: str
    due_at: datetime
    ask_at: datetime
    for_date: str = ""
