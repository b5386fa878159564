"""Who is on duty at an instant: the role asked for, else the next one up, at last the floor."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rules.rota.rota import UPWARD as UPWARD
from rules.rota.rota import Held, rota
from schemas.plan import Oncall
from schemas.roster import DutyPerson, Role, Roster

_LOOK_AHEAD = (timedelta(days=2), timedelta(days=16), timedelta(days=400))
"""How far the next change is looked for, in steps: it is near, as a rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Who is paged for a role over an interval; the interval is half-open."""

    role: Role
    starts: datetime
    ends: datetime
    people: tuple[str, ...]
    """Empty only where no floor contact exists either."""
    held_by: Role | None
    """Whose page it is then: the role's own, one further up, or the floor's. None: nobody's."""

    @property
    def held(self) -> bool:
        """Whether somebody is in this very role."""
        return self.held_by is self.role


@dataclass(frozen=True, slots=True)
class _Paged:
    held_by: Role | None
    people: tuple[str, ...]


def on_call(roster: Roster, role: Role, now: datetime) -> tuple[Oncall, ...]:
    """Everybody to be paged for this role now, in the roster's order.

    Falls through to the next role up and at last to the floor contact, so that it is empty only
    where no floor contact exists either. Each answer bears the role that was asked for. Somebody
    who is not in the roster, cannot be reached or is away counts as nobody.
    """
    ready = rota(roster)
    paged = _paged(roster, role, now, ready.holds)
    if paged.held_by is Role.FLOOR and roster.floor is not None:
        return (_oncall(roster.floor, role, now),)
    return tuple(_oncall(ready.people[person], role, now) for person in paged.people)


def next_change(roster: Roster, role: Role, now: datetime) -> datetime | None:
    """When other people than now are paged for this role, in UTC; None: not within a year."""
    ready = rota(roster)
    before, since = _paged(roster, role, now, ready.work_out).people, now
    for ahead in _LOOK_AHEAD:
        for edge in ready.edges(since, now + ahead):
            since = edge
            if _paged(roster, role, edge, ready.work_out).people != before:
                return edge
    return None


def coverage(
    roster: Roster, starts: datetime, ends: datetime, *, roles: Iterable[Role] = UPWARD
) -> tuple[Watch, ...]:
    """Who is paged for each role from `starts` up to `ends`: of each role every instant once.

    In order of the roles, then of time; neighbours of one role differ.
    """
    starts, ends = starts.astimezone(UTC), ends.astimezone(UTC)
    if starts >= ends:
        return ()
    edges = (starts, *rota(roster).edges(starts, ends))
    return tuple(watch for role in roles for watch in _watches(roster, role, edges, ends))


def _watches(
    roster: Roster, role: Role, edges: tuple[datetime, ...], ends: datetime
) -> Iterator[Watch]:
    ask = rota(roster).work_out
    begun, before = edges[0], _paged(roster, role, edges[0], ask)
    for edge in edges[1:]:
        found = _paged(roster, role, edge, ask)
        if found != before:
            yield _watch(role, begun, edge, before)
            begun, before = edge, found
    yield _watch(role, begun, ends, before)


def _watch(role: Role, starts: datetime, ends: datetime, paged: _Paged) -> Watch:
    return Watch(role=role, starts=starts, ends=ends, people=paged.people, held_by=paged.held_by)


def _paged(
    roster: Roster, role: Role, at: datetime, ask: Callable[[Role, datetime], Held]
) -> _Paged:
    for each in UPWARD[UPWARD.index(role) :] if role in UPWARD else ():
        held = ask(each, at)
        if held.people:
            return _Paged(each, held.people)
    if roster.floor is not None:
        return _Paged(Role.FLOOR, (roster.floor.id,))
    return _Paged(None, ())


def _oncall(person: DutyPerson, role: Role, now: datetime) -> Oncall:
    return Oncall(role=role.value, person=person.id, endpoints=person.endpoints, at=now)
