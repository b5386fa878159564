"""What makes a roster unusable: names that nobody has, zones and hours that cannot be read."""

from collections.abc import Collection, Iterator
from datetime import datetime

from rules.hours import HoursError, check
from rules.rota.feasts import is_known, regions_of
from rules.rota.rota import UPWARD
from rules.source import At
from rules.wall_clock import zone_named
from schemas.roster import Absence, Calendar, Cover, Layer, Role, Rotation, Shift, Swap

Wrong = tuple[At, str]
"""Where in the file, and what is wrong with what to do."""


def in_rotation(rotation: Rotation, at: At, *, people: Collection[str]) -> Iterator[Wrong]:
    """What is wrong with people in turn."""
    if not rotation.people:
        yield (*at, "people"), "nobody takes turns here; name the people in their order"
    yield from _unknown(rotation.people, (*at, "people"), people)
    yield from _zone(rotation.zone, at)


def in_layer(
    layer: Layer,
    at: At,
    *,
    people: Collection[str],
    rotations: Collection[str],
    calendars: Collection[str],
) -> Iterator[Wrong]:
    """What is wrong with a layer."""
    if layer.role not in UPWARD:
        yield (*at, "role"), "the floor contact is named under floor and has no layers"
    if bool(layer.rotation) is bool(layer.people):
        yield at, "name either a rotation or people, and not both"
    if layer.rotation and layer.rotation not in rotations:
        yield (*at, "rotation"), f"the rotation {layer.rotation!r} is not here; add or correct it"
    yield from _unknown(layer.people, (*at, "people"), people)
    for key in ("except_holidays", "only_holidays"):
        named = getattr(layer, key)
        if named and named not in calendars:
            yield (*at, key), f"the calendar {named!r} is not here; add or correct it"
    try:
        check(layer.hours)
    except HoursError as error:
        yield (*at, "hours"), str(error)


def in_calendar(calendar: Calendar, at: At) -> Iterator[Wrong]:
    """What is wrong with a calendar."""
    yield from _zone(calendar.zone, at)
    if calendar.country and not is_known(calendar.country):
        yield (
            (*at, "country"),
            f"no holidays are known of {calendar.country!r}; write its ISO code of two letters,"
            " or list the days under dates",
        )
    elif calendar.country and not is_known(calendar.country, calendar.region):
        regions = ", ".join(regions_of(calendar.country)) or "none"
        yield (
            (*at, "region"),
            f"no region {calendar.region!r} of {calendar.country} has holidays; known: {regions}",
        )
    if not calendar.country and not calendar.dates:
        yield at, "this calendar has no days; name a country, or list dates"


def in_shift(shift: Shift, at: At, *, people: Collection[str]) -> Iterator[Wrong]:
    """What is wrong with a shift."""
    if shift.person not in people:
        yield (*at, "person"), f"the person {shift.person!r} is not here; add them to people"
    for key in ("starts", "ends"):
        moment = getattr(shift, key)
        if moment is not None and moment.tzinfo is None:
            yield (*at, key), "this time has no offset; write it as 2027-03-02T12:00+01:00"
    if shift.starts and shift.ends and shift.starts.tzinfo and shift.ends.tzinfo:
        yield from _span(shift.starts, shift.ends, at)


def in_change(
    change: Absence | Cover | Swap, at: At, *, people: Collection[str]
) -> Iterator[Wrong]:
    """What is wrong with an absence, a cover or a swap."""
    if isinstance(change, Swap):
        for key, stint in (("first", change.first), ("second", change.second)):
            yield from _unknown((stint.person,), (*at, key, "person"), people, alone=True)
            yield from _span(stint.starts, stint.ends, (*at, key))
        if change.first.person == change.second.person:
            yield at, "a swap takes two people"
        return
    yield from _unknown((change.person,), (*at, "person"), people, alone=True)
    yield from _span(change.starts, change.ends, at)
    if isinstance(change, Cover):
        if change.instead_of:
            yield from _unknown((change.instead_of,), (*at, "instead_of"), people, alone=True)
        if change.instead_of == change.person:
            yield (*at, "instead_of"), "nobody covers for themselves"
        if not change.instead_of and change.role is None:
            yield at, "name the role that is covered, or instead_of whom"
        if change.role is Role.FLOOR:
            yield (*at, "role"), "the floor contact is named under floor and is not covered"


def _unknown(
    named: Collection[str], at: At, people: Collection[str], *, alone: bool = False
) -> Iterator[Wrong]:
    for index, person in enumerate(named):
        if person not in people:
            where = at if alone else (*at, index)
            yield where, f"the person {person!r} is not here; add them to people"


def _zone(zone: str, at: At) -> Iterator[Wrong]:
    if zone_named(zone) is None:
        yield (*at, "zone"), f"there is no time zone {zone!r}; use a name such as Europe/Berlin"


def _span(starts: datetime, ends: datetime, at: At) -> Iterator[Wrong]:
    if ends <= starts:
        yield (*at, "ends"), "this ends before it begins"
