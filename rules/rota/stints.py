"""When somebody is on duty in a role, as one stretch after another."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from rules.roster import UPWARD, coverage
from schemas.roster import Role, Roster, Stint

_AROUND = timedelta(weeks=9)
"""No shift that somebody can give away begins or ends further off."""


def stints(
    roster: Roster,
    starts: datetime,
    ends: datetime,
    *,
    person: str = "",
    roles: Iterable[Role] = UPWARD,
) -> tuple[Stint, ...]:
    """Every stretch between these, of one person or of all; by time, then role, then person.

    Only what somebody holds themselves: not the pages that reach them because nobody was there.
    """
    found: list[Stint] = []
    running: dict[tuple[Role, str], Stint] = {}
    for watch in coverage(roster, starts, ends, roles=roles):
        for id in watch.people if watch.held else ():
            if person in ("", id):
                key = (watch.role, id)
                before = running.get(key)
                if before is not None and before.ends != watch.starts:
                    found.append(before)
                    before = None
                running[key] = Stint(
                    person=id,
                    role=watch.role,
                    starts=watch.starts if before is None else before.starts,
                    ends=watch.ends,
                )
    found += running.values()
    return tuple(sorted(found, key=lambda s: (s.starts, UPWARD.index(s.role), s.person)))


def stint_at(roster: Roster, person: str, at: datetime) -> Stint | None:
    """The stretch in which somebody is on duty at this instant, the first of their roles.

    None where there is none, or where it has no beginning or end that could be exchanged.
    """
    starts, ends = at - _AROUND, at + _AROUND
    for each in stints(roster, starts, ends, person=person):
        if each.starts <= at < each.ends:
            return each if starts < each.starts and each.ends < ends else None
    return None
