"""What people and the engine ask about keeping and erasing what is sealed of a case."""

from dataclasses import dataclass
from datetime import datetime

from engine.case.identity import Inbox
from schemas.facts.erasing import WhyErased, WhyKept


@dataclass(frozen=True, slots=True, kw_only=True)
class Erase:
    """A person wants what is sealed of a case that is over destroyed for good."""

    inbox: Inbox
    case: str
    why: WhyErased
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepSealed:
    """A person wants what is sealed kept until then, whatever the usual time."""

    inbox: Inbox
    case: str
    until: datetime
    why: WhyKept
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndKeeping:
    """A person says that it need not be kept any longer."""

    inbox: Inbox
    case: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnounceErasure:
    """The case has been closed for nearly as long as its content is kept: say on what day it ends.

    `on`: the day by the settings; announced is never less than `erasing.NOTICE` ahead.
    """

    case: str
    on: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseInTime:
    """The day that was announced has come."""

    case: str
