"""What a roster allows and nobody will want at night. Warnings: none of it stops an import."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from rules.rota.outlook import HORIZON, Run, Say, Slice, slices_of
from rules.rota.rota import SHIFTS, UPWARD
from rules.source import At
from rules.wall_clock import zone_named
from schemas.roster import Layer, Role, Roster, Shift


class Flaw(StrEnum):
    """What is found, and what it would mean."""

    NO_FLOOR = "no_floor"
    """Nobody is left to wake where a shift is empty: no engine starts."""
    FLOOR_ONE_CHANNEL = "floor_one_channel"
    """Where that channel fails, the last resort hears nothing."""
    NOBODY = "nobody"
    """At times nobody has the role: its pages go to the next one up."""
    NO_WAY = "no_way"
    """Somebody cannot be paged: the rota passes over them, or their page is lost."""
    TOO_LONG = "too_long"
    """Whoever is called first is so for longer than a person stays awake and fair."""
    ALONE = "alone"
    """One person in every role: the ladder wakes nobody else."""
    SECOND_IS_HANDLER = "second_is_handler"
    """The second rung wakes who has not answered the first."""
    NEVER_REACHED = "never_reached"
    """Written down, and never in force: somebody believes that it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Warning:
    """One thing to look at."""

    flaw: Flaw
    at: At
    """Where in the roster: `("layers", 2)`."""
    what: str
    next_step: str
    role: Role | None = None
    person: str = ""
    starts: datetime | None = None
    """The first time that it is so."""
    ends: datetime | None = None
    times: int = 1
    """How often, until the horizon."""


def lint(
    roster: Roster,
    *,
    now: datetime,
    zone: str,
    ways: Callable[[str], bool] = bool,
) -> tuple[Warning, ...]:
    """Everything to look at from `now` for eight weeks, and around the next change of clocks.

    `zone`: in which times are said. `ways`: whether a page would leave by this `channel:endpoint`.
    """
    slices = list(slices_of(roster, now))
    say = Say(zone_named(zone) or ZoneInfo("UTC"), zone)
    return (
        *_floor(roster),
        *_members(roster, ways),
        *_gaps(roster, slices, say),
        *_same(roster, slices, say),
        *_long(roster, slices, say),
        *_unreached(roster, slices),
    )


def _floor(roster: Roster) -> Iterator[Warning]:
    channels = {way.partition(":")[0] for way in roster.floor.endpoints} if roster.floor else set()
    if not channels:
        yield Warning(
            flaw=Flaw.NO_FLOOR,
            at=("floor",),
            what="There is no floor contact: an empty shift would wake nobody.",
            next_step="Name floor, with two ways to reach them.",
        )
    elif len(channels) < 2:
        yield Warning(
            flaw=Flaw.FLOOR_ONE_CHANNEL,
            at=("floor", "endpoints"),
            what="The floor contact is reached by one channel only.",
            next_step="Add a second channel to floor, so that one failing is not silence.",
        )


def _members(roster: Roster, ways: Callable[[str], bool]) -> Iterator[Warning]:
    ours: list[tuple[At, str, tuple[str, ...]]] = [
        (("people", n, "endpoints"), each.id, each.endpoints)
        for n, each in enumerate(roster.people)
    ]
    if roster.floor is not None:
        ours.append((("floor", "endpoints"), roster.floor.id, roster.floor.endpoints))
    for at, person, endpoints in ours:
        if not any(ways(way) for way in endpoints):
            yield Warning(
                flaw=Flaw.NO_WAY,
                at=at,
                person=person,
                what=f"No page reaches {person}: none of their endpoints works.",
                next_step="Give them an endpoint of a channel that is switched on.",
            )


def _gaps(roster: Roster, slices: Iterable[Slice], say: Say) -> Iterator[Warning]:
    slices = list(slices)
    for role in UPWARD:
        run = Run()
        for each in slices:
            if not each.holds[role].people:
                run.add(each)
        if run.first is None:
            continue
        ever = any(each.holds[role].people for each in slices)
        when = f"from {say.span(run.first)}{say.often(run)}" if ever else "at any time"
        yield Warning(
            flaw=Flaw.NOBODY,
            at=_place(roster, role),
            role=role,
            starts=run.first[0],
            ends=run.first[1],
            times=run.times,
            what=f"Nobody is {_word(role)} {when}: its pages go to the next role up.",
            next_step="Add a layer that is there then."
            if ever
            else "Add a layer or a shift for it.",
        )


def _same(roster: Roster, slices: Iterable[Slice], say: Say) -> Iterator[Warning]:
    alone, second = Run(), Run()
    for each in slices:
        handlers = set(each.holds[Role.HANDLER].people)
        seconds = set(each.holds[Role.SECOND].people)
        everybody = {p for held in each.holds.values() for p in held.people}
        if len(everybody) == 1 and all(held.people for held in each.holds.values()):
            alone.add(each)
        elif seconds and seconds <= handlers:
            second.add(each)
    if alone.first is not None:
        yield Warning(
            flaw=Flaw.ALONE,
            at=_place(roster, Role.DIRECTOR),
            starts=alone.first[0],
            ends=alone.first[1],
            times=alone.times,
            what=f"One person has every role from {say.span(alone.first)}{say.often(alone)}:"
            " the ladder wakes nobody else.",
            next_step="Give one of the roles to somebody else then.",
        )
    if second.first is not None:
        yield Warning(
            flaw=Flaw.SECOND_IS_HANDLER,
            at=_place(roster, Role.SECOND),
            role=Role.SECOND,
            starts=second.first[0],
            ends=second.first[1],
            times=second.times,
            what=f"Second and handler are the same from {say.span(second.first)}"
            f"{say.often(second)}: who has not answered is woken again, and nobody else.",
            next_step="Let the second begin with another person.",
        )


def _long(roster: Roster, slices: Iterable[Slice], say: Say) -> Iterator[Warning]:
    """Of every role, whoever is woken by each page: the handler, or who stands where none is."""
    runs: dict[str, Run] = {}
    steps_in: dict[str, Role] = {}
    for each in slices:
        first = next((role for role in UPWARD if each.holds[role].people), None)
        for person in each.holds[first].people if first is not None else ():
            runs.setdefault(person, Run()).add(each)
            if first is not None and first is not Role.HANDLER:
                steps_in.setdefault(person, first)
    limit = timedelta(hours=roster.longest_hours)
    for person, run in sorted(runs.items()):
        if run.longest > limit and run.first is not None:
            hours = int(run.longest / timedelta(hours=1))
            how = "at all hours" if run.longest >= HORIZON else f"for {hours} hours without a break"
            role = steps_in.get(person, Role.HANDLER)
            called = (
                "is handler"
                if role is Role.HANDLER
                else f"is called first, as {_word(role)} where there is no handler,"
            )
            yield Warning(
                flaw=Flaw.TOO_LONG,
                at=_place(roster, role),
                role=role,
                person=person,
                starts=run.first[0],
                ends=run.first[1],
                what=f"{person} {called} {how}; the limit is {roster.longest_hours}.",
                next_step="Let two people share the day, or set longest_hours.",
            )


def _unreached(roster: Roster, slices: Iterable[Slice]) -> Iterator[Warning]:
    slices = list(slices)
    used = {held.by for each in slices for held in each.holds.values()}
    last = {layer.role: layer.id for layer in roster.layers}
    for index, layer in enumerate(roster.layers):
        # The lowest layer of a role may be a net that nobody falls into.
        if layer.id not in used and last[layer.role] != layer.id:
            yield _dead(("layers", index), f"The layer {layer.id} is never in force.")
    named = {layer.rotation for layer in roster.layers}
    for index, rotation in enumerate(roster.rotations):
        if rotation.id not in named:
            yield _dead(("rotations", index), f"No layer uses the rotation {rotation.id}.")
    for index, shift in enumerate(roster.shifts):
        if shift.starts is not None and _hidden(shift, slices):
            what = f"The shift of {shift.person} is never in force: layers come first."
            yield _dead(("shifts", index), what, "Write it as a cover.")


def _dead(
    at: At, what: str, next_step: str = "Put it above the one that is always there, or remove it."
) -> Warning:
    return Warning(flaw=Flaw.NEVER_REACHED, at=at, what=what, next_step=next_step)


def _hidden(shift: Shift, slices: Collection[Slice]) -> bool:
    during = [
        each.holds.get(shift.role)
        for each in slices
        if shift.starts is not None
        and each.starts >= shift.starts
        and (shift.ends is None or each.ends <= shift.ends)
    ]
    return bool(during) and all(held is not None and held.by != SHIFTS for held in during)


def _place(roster: Roster, role: Role) -> At:
    parts: tuple[tuple[str, tuple[Layer | Shift, ...]], ...] = (
        ("layers", roster.layers),
        ("shifts", roster.shifts),
    )
    for name, records in parts:
        for index, record in enumerate(records):
            if record.role is role:
                return (name, index)
    return ()


def _word(role: Role) -> str:
    return role.value.replace("_", " ")
