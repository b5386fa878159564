"""A roster made ready: who holds a role at an instant, and when that may change."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from rules.hours import Hours, HoursError
from rules.rota.feasts import Feasts, feasts
from rules.rota.standing_in import StandingIn
from rules.rota.turns import Turns, turns
from schemas.roster import Layer, Role, Roster, Shift

UPWARD = (Role.HANDLER, Role.SECOND, Role.SHIFT_LEAD, Role.DIRECTOR)
"""Where a page goes when nobody is in a role."""
SHIFTS = "shifts"
"""What holds a role where no layer has anybody."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Held:
    """Who holds a role, and what puts them there: the id of a layer or cover, or `shifts`."""

    people: tuple[str, ...] = ()
    by: str = ""


NOBODY = Held()


@dataclass(frozen=True, slots=True)
class _Open:
    """A layer, ready to be asked."""

    layer: Layer
    turns: Turns | None
    hours: Hours | None
    except_on: Feasts | None
    only_on: Feasts | None
    broken: bool
    """It names a rotation, hours or a calendar that cannot be used."""

    def pool(self, at: datetime) -> tuple[str, ...]:
        """Whom it offers at this instant, in their order; one of them if they take turns."""
        if self.broken or (self.hours is not None and not self.hours.open_at(at)):
            return ()
        if self.except_on is not None and self.except_on.on(at):
            return ()
        if self.only_on is not None and not self.only_on.on(at):
            return ()
        return self.layer.people if self.turns is None else self.turns.order(at)

    def edges(self, starts: datetime, ends: datetime) -> Iterator[datetime]:
        """When its pool may change between these."""
        for part in (self.turns, self.hours, self.except_on, self.only_on):
            if part is not None:
                yield from part.edges(starts, ends)


@dataclass(frozen=True, slots=True)
class _Day:
    """What was asked about one day: between two edges the answer is the same."""

    starts: datetime
    ends: datetime
    edges: list[datetime]
    answers: dict[tuple[Role, int], Held] = field(default_factory=dict)


class Rota:
    """What one roster says. Asked often, so it keeps the answers of the day it was asked about."""

    def __init__(self, roster: Roster) -> None:
        self.roster = roster
        self.people = {person.id: person for person in roster.people}
        self._changes = StandingIn(roster)
        self._layers = _layers(roster)
        self._shifts = tuple(_bounded(shift) for shift in roster.shifts)
        self._kept = _Day(_LONG_AGO, _LONG_AGO, [])

    def holds(self, role: Role, at: datetime) -> Held:
        """Who holds this role at this instant: the same as `work_out`, from memory."""
        kept = self._kept  # read once: another thread may ask about another day meanwhile
        if not kept.starts <= at < kept.ends:
            day = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
            kept = self._kept = _Day(day, day + _DAY, self.edges(day, day + _DAY))
        key = (role, bisect_right(kept.edges, at))
        found = kept.answers.get(key)
        if found is None:
            found = kept.answers[key] = self.work_out(role, at)
        return found

    def work_out(self, role: Role, at: datetime) -> Held:
        """Who holds this role: a cover of it, else its first layer with anybody, else shifts."""
        for person, id in self._changes.over(role, at):
            if self._changes.fit(person, at):
                return Held((person,), id)
        for each in self._layers.get(role, ()):
            people = self._present(each.pool(at), role, at)
            if people:
                first = people[:1] if each.turns is not None else people
                return Held(first, each.layer.id)
        people = self._present(self._on_shift(role, at), role, at)
        return Held(people, SHIFTS) if people else NOBODY

    def edges(self, starts: datetime, ends: datetime) -> list[datetime]:
        """Every instant after `starts` and before `ends` at which anything may change, in order."""
        found = {
            edge
            for layers in self._layers.values()
            for each in layers
            for edge in each.edges(starts, ends)
        }
        found.update(self._changes.edges())
        found.update(edge for _, s, e in self._shifts for edge in (s, e) if edge is not None)
        return sorted(edge.astimezone(UTC) for edge in found if starts < edge < ends)

    def _present(self, pool: Iterable[str], role: Role, at: datetime) -> tuple[str, ...]:
        """Those of a pool who can come, each by whoever stands in for them, none twice."""
        stand = (self._changes.place_of(person, role, at) for person in pool)
        return tuple(dict.fromkeys(person for person in stand if self._changes.fit(person, at)))

    def _on_shift(self, role: Role, at: datetime) -> Iterator[str]:
        for shift, starts, ends in self._shifts:
            if (
                shift.role is role
                and (starts is None or starts <= at)
                and (ends is None or at < ends)
            ):
                yield shift.person


_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def rota(roster: Roster) -> Rota:
    """The roster made ready; made once for each roster."""
    found = roster.worked_out.get("rota")
    if not isinstance(found, Rota) or found.roster is not roster:  # a copy is another roster
        found = roster.worked_out["rota"] = Rota(roster)
    return found


def _layers(roster: Roster) -> dict[Role, tuple[_Open, ...]]:
    rotations = {each.id: turns(each) for each in roster.rotations}
    calendars = {each.id: feasts(each) for each in roster.calendars}
    made: dict[Role, tuple[_Open, ...]] = {}
    for layer in roster.layers:
        hours = _hours(layer.hours)
        named = (
            (layer.rotation, rotations.get(layer.rotation)),
            (layer.except_holidays, calendars.get(layer.except_holidays)),
            (layer.only_holidays, calendars.get(layer.only_holidays)),
            (layer.hours, hours),
        )
        opened = _Open(
            layer=layer,
            turns=rotations.get(layer.rotation),
            hours=hours,
            except_on=calendars.get(layer.except_holidays),
            only_on=calendars.get(layer.only_holidays),
            # Nobody by such a layer: the page goes to the next one, and up, never to a wrong one.
            broken=any(name and part is None for name, part in named),
        )
        made[layer.role] = (*made.get(layer.role, ()), opened)
    return made


def _hours(text: str) -> Hours | None:
    try:
        return Hours.read(text) if text.strip() else None
    except HoursError:
        return None


def _bounded(shift: Shift) -> tuple[Shift, datetime | None, datetime | None]:
    return shift, _aware(shift.starts), _aware(shift.ends)


def _aware(at: datetime | None) -> datetime | None:
    """Rosters of former releases may hold times without an offset; those are in UTC."""
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at
