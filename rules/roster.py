"""Who is on duty at an instant: the role asked for, else the next one up, at last the floor."""

from collections.abc import Iterator
from datetime import datetime

from schemas.plan import Oncall
from schemas.roster import DutyPerson, Role, Roster

UPWARD = (Role.HANDLER, Role.SECOND, Role.SHIFT_LEAD, Role.DIRECTOR)
"""Where a page goes when nobody is in a role."""


def on_call(roster: Roster, role: Role, now: datetime) -> tuple[Oncall, ...]:
    """Everybody to be paged for this role now, in the roster's order.

    Falls through to the next role up and at last to the floor contact, so that it is empty only
    where no floor contact exists either. Each answer bears the role that was asked for. A shift
    whose person is not in the roster, or cannot be reached, counts as nobody.
    """
    for each in _from(role):
        people = tuple(_on_shift(roster, each, now))
        if people:
            return tuple(_oncall(person, role, now) for person in people)
    if roster.floor is not None:
        return (_oncall(roster.floor, role, now),)
    return ()


def _from(role: Role) -> tuple[Role, ...]:
    return UPWARD[UPWARD.index(role) :] if role in UPWARD else ()


def _on_shift(roster: Roster, role: Role, now: datetime) -> Iterator[DutyPerson]:
    people = {person.id: person for person in roster.people}
    told: set[str] = set()
    for shift in roster.shifts:
        started = shift.starts is None or shift.starts <= now
        ended = shift.ends is not None and shift.ends <= now
        person = people.get(shift.person)
        if shift.role is not role or not started or ended or person is None:
            continue
        if person.endpoints and person.id not in told:
            told.add(person.id)
            yield person


def _oncall(person: DutyPerson, role: Role, now: datetime) -> Oncall:
    return Oncall(role=role.value, person=person.id, endpoints=person.endpoints, at=now)
