"""Commands about the dates of a case."""

from dataclasses import dataclass
from datetime import datetime

from engine.case.identity import Inbox
from schemas.codes import DateKind, Precision, TrackName


@dataclass(frozen=True, slots=True, kw_only=True)
class AddDate:
    """A person says that something will be on a date."""

    inbox: Inbox
    case: str
    date_kind: DateKind
    on: datetime
    by: str
    precision: Precision = Precision.HOUR
    tracks: tuple[TrackName, ...] = ()
    """Whom it concerns; none: every outward track that was released."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveDate:
    """A person says that a date is at another time now."""

    inbox: Inbox
    case: str
    date: str
    on: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveDate:
    """A person says that a date fell away."""

    inbox: Inbox
    case: str
    date: str
    by: str
