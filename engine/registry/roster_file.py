"""The roster's part of registry files: joined over several files, checked, and warned about.

A roster may be spread over files as parties are; what is named in one may stand in another.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rules.rota import mistakes
from rules.rota.lint import Warning, lint
from rules.source import At, Source
from schemas.roster import (
    Absence,
    Calendar,
    Cover,
    DutyPerson,
    Layer,
    LimitHours,
    Roster,
    Rotation,
    Shift,
    Swap,
)

LISTS = (
    "people",
    "rotations",
    "calendars",
    "layers",
    "shifts",
    "absences",
    "covers",
    "swaps",
)
"""Lists of a roster's records, as a file calls them."""
HOLDS_ROSTER = re.compile(rf"^[\s{{]*\"?(?:{'|'.join((*LISTS, 'floor'))})\"?\s*:", re.M)
"""Whether a text may hold any of it."""
NAMED = ("people", "rotations", "calendars", "layers")
"""Those whose records have ids that others name."""
_USUAL_HOURS = 12


@dataclass(frozen=True, kw_only=True)
class RosterPart:
    """What one file may say of a roster."""

    people: tuple[DutyPerson, ...] = ()
    rotations: tuple[Rotation, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    layers: tuple[Layer, ...] = ()
    shifts: tuple[Shift, ...] = ()
    absences: tuple[Absence, ...] = ()
    covers: tuple[Cover, ...] = ()
    swaps: tuple[Swap, ...] = ()
    floor: DutyPerson | None = None
    longest_hours: LimitHours | None = None


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Warned:
    """A warning, and where in the files it stands; lines count from 1."""

    file: str
    line: int
    column: int
    flaw: str
    what: str
    next_step: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.what} {self.next_step}"


def joined(files: Sequence[RosterPart]) -> Roster | None:
    """The roster that files make together; None when none of them holds one."""
    parts: dict[str, tuple[Any, ...]] = {
        name: tuple(each for file in files for each in getattr(file, name)) for name in LISTS
    }
    floors = [file.floor for file in files if file.floor is not None]
    if not parts["people"] and not floors:
        return None
    hours = [file.longest_hours for file in files if file.longest_hours is not None]
    return Roster(
        version="",
        floor=floors[0] if floors else None,
        longest_hours=hours[0] if hours else _USUAL_HOURS,
        **parts,
    )


def mistaken(file: RosterPart, *, among: Sequence[RosterPart]) -> Iterator[tuple[At, str]]:
    """What is wrong in one file of these, and where."""
    people, rotations, calendars = (
        {each.id for other in among for each in getattr(other, name)}
        for name in ("people", "rotations", "calendars")
    )
    for n, rotation in enumerate(file.rotations):
        yield from mistakes.in_rotation(rotation, ("rotations", n), people=people)
    for n, calendar in enumerate(file.calendars):
        yield from mistakes.in_calendar(calendar, ("calendars", n))
    for n, layer in enumerate(file.layers):
        yield from mistakes.in_layer(
            layer, ("layers", n), people=people, rotations=rotations, calendars=calendars
        )
    for n, shift in enumerate(file.shifts):
        yield from mistakes.in_shift(shift, ("shifts", n), people=people)
    for name in ("absences", "covers", "swaps"):
        for n, change in enumerate(getattr(file, name)):
            yield from mistakes.in_change(change, (name, n), people=people)


def warned(
    read_ones: Mapping[str, tuple[Source, RosterPart]],
    *,
    now: datetime,
    zone: str,
    ways: Callable[[str], bool],
) -> tuple[Warned, ...]:
    """What `rules.rota.lint` finds in files that are without mistakes, where it stands in them."""
    roster = joined([file for _, file in read_ones.values()])
    if roster is None:
        return ()
    found = lint(roster, now=now, zone=zone, ways=ways)
    return tuple(_placed(each, read_ones) for each in found)


def _placed(found: Warning, read_ones: Mapping[str, tuple[Source, RosterPart]]) -> Warned:
    name, line, column = _where(found.at, read_ones)
    return Warned(
        file=name,
        line=line,
        column=column,
        flaw=found.flaw.value,
        what=found.what,
        next_step=found.next_step,
    )


def _where(at: At, read_ones: Mapping[str, tuple[Source, RosterPart]]) -> tuple[str, int, int]:
    """File, line and column; a list goes on from file to file."""
    if len(at) > 1 and isinstance(at[1], int):
        part, index = str(at[0]), at[1]
        for name, (source, file) in read_ones.items():
            count = len(getattr(file, part))
            if index < count:
                return name, *source.place((part, index, *at[2:]))
            index -= count
    for name, (source, file) in read_ones.items():
        if at[:1] == ("floor",) and file.floor is not None:
            return name, *source.place(at)
    first = next((n for n, (_, file) in read_ones.items() if file.people), next(iter(read_ones)))
    return first, 1, 1
