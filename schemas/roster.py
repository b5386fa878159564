"""Duty rosters: who is on duty in which role, and the floor contact below them all.

A roster is one frozen value. Rotations, layers and calendars come from a file; absences, covers and
swaps come from people while the engine runs. Each change makes another roster with another version.
What follows from one at an instant is decided in `rules.roster`.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, Field

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_LENGTH = re.compile(r"daily|weekly|[1-9]\d{0,2} (hours|days|weeks)")


def _clock(text: str) -> str:
    if _CLOCK.fullmatch(text) is None:
        raise ValueError("write a time of day as 09:00")
    return text


def _length(text: str) -> str:
    if _LENGTH.fullmatch(text) is None:
        raise ValueError("write daily, weekly, 12 hours, 3 days or 2 weeks")
    return text


Clock = Annotated[str, AfterValidator(_clock)]
"""A time of day as a clock on the wall shows it: `09:00`."""
Length = Annotated[str, AfterValidator(_length)]
"""How long a turn lasts: `daily`, `weekly`, `3 days`, `12 hours`. Counted on the wall clock."""
LimitHours = Annotated[int, Field(ge=1, le=168)]
"""Up to a week."""


class Role(StrEnum):
    """Whom a step of the duty track wakes."""

    HANDLER = "handler"
    SECOND = "second"
    SHIFT_LEAD = "shift_lead"
    DIRECTOR = "director"
    FLOOR = "floor"
    """Duty's last resort: no roster, no hours, two channels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyPerson:
    """Somebody who can be paged: one of our own people and their endpoints."""

    id: str
    label: str
    endpoints: tuple[str, ...]
    """`channel:endpoint id` in the order told; all of them are used for a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One person in one role over an interval; the interval is half-open.

    Without bounds a shift holds at all hours. Shifts count where no layer has anybody.
    """

    role: Role
    person: str
    starts: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """People in turn, who hand over at a time of day in their zone.

    A turn is counted on the wall clock: a daily one lasts 23 or 25 hours where the clock changes.
    """

    id: str
    people: tuple[str, ...]
    """In their order; the first begins."""
    every: Length
    starts: date
    """The day of the first hand-over; before it nobody has a turn."""
    at: Clock
    zone: str
    """IANA: `Europe/Berlin`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Who holds a role when: of the layers of a role, the first with anybody counts."""

    id: str
    role: Role
    rotation: str = ""
    """Id of a rotation, of whom one person has the turn; or, instead of it:"""
    people: tuple[str, ...] = ()
    """All of them together."""
    hours: str = ""
    """Only then: `Mon-Fri 18:00-08:00 Europe/Berlin` (`rules.hours`); empty: at all hours."""
    except_holidays: str = ""
    """Id of a calendar: nobody on its days."""
    only_holidays: str = ""
    """Id of a calendar: nobody but on its days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Public holidays of a country, days of one's own, or both."""

    id: str
    zone: str
    """In which its days begin and end."""
    country: str = ""
    """ISO code of two letters; empty: only the days below."""
    region: str = ""
    """Part of the country, as ISO 3166-2 writes it without the country."""
    dates: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Somebody is away; the interval is half-open. The next in the rotation or layer takes over.

    Not why: nobody pages by it, and somebody's health is nobody's business here.
    """

    id: str = ""
    person: str
    starts: AwareDatetime
    ends: AwareDatetime
    by: str = ""
    """Who typed it in; empty where it came from a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """Somebody takes a role, or another person's place in it, for a while (an override)."""

    id: str = ""
    person: str
    starts: AwareDatetime
    ends: AwareDatetime
    role: Role | None = None
    """None: every role of whoever is replaced."""
    instead_of: str = ""
    """Whose place; empty: the whole role, whoever has it."""
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stint:
    """A time on duty that somebody gives away; half-open."""

    person: str
    role: Role
    starts: AwareDatetime
    ends: AwareDatetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """Two people exchange what they have: each takes the other's."""

    id: str = ""
    first: Stint
    second: Stint
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class Roster:
    """Everything needed to say who is on duty at an instant; immutable, versioned by digest."""

    version: str
    people: tuple[DutyPerson, ...] = ()
    shifts: tuple[Shift, ...] = ()
    floor: DutyPerson | None = None
    rotations: tuple[Rotation, ...] = ()
    layers: tuple[Layer, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    absences: tuple[Absence, ...] = ()
    covers: tuple[Cover, ...] = ()
    swaps: tuple[Swap, ...] = ()
    longest_hours: LimitHours = 12
    """The check warns of whoever is called first for longer without a break."""

    @cached_property
    def worked_out(self) -> dict[str, Any]:
        """What `rules.rota` worked out of this value, kept beside it and never part of it.

        Each tick of each case asks the same roster.
        """
        return {}
