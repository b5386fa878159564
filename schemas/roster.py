"""Duty rosters: who is on shift in which role, and the floor contact below them all."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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

    Without bounds a shift holds at all hours. Rotations arrive with the duty issue; until then
    a roster is a list of shifts and standing duties.
    """

    role: Role
    person: str
    starts: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Everything needed to say who is on duty at an instant; immutable, versioned by digest."""

    version: str
    people: tuple[DutyPerson, ...] = ()
    shifts: tuple[Shift, ...] = ()
    floor: DutyPerson | None = None
