"""Who is away, who has swapped, and who stands in for whom at an instant."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from schemas.roster import Role, Roster, Stint


class StandingIn:
    """What people changed, over what the rota alone would say. What was entered last counts."""

    def __init__(self, roster: Roster) -> None:
        self._reachable = frozenset(person.id for person in roster.people if person.endpoints)
        self._away: defaultdict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
        for absence in roster.absences:
            self._away[absence.person].append((absence.starts, absence.ends))
        self._given: list[tuple[Stint, str]] = []
        for swap in reversed(roster.swaps):
            self._given += [(swap.first, swap.second.person), (swap.second, swap.first.person)]
        self._covers = tuple(reversed(roster.covers))

    def fit(self, person: str, at: datetime) -> bool:
        """Whether they are known, have a way to be reached, and are not away."""
        return person in self._reachable and not any(
            starts <= at < ends for starts, ends in self._away.get(person, ())
        )

    def place_of(self, person: str, role: Role, at: datetime) -> str:
        """Who stands in for this person: whom they swapped with, then who covers for that one."""
        taken = self._swapped(person, role, at)
        for cover in self._covers:
            if (
                cover.instead_of == taken
                and cover.role in (None, role)
                and cover.starts <= at < cover.ends
            ):
                return cover.person
        return taken

    def over(self, role: Role, at: datetime) -> Iterator[tuple[str, str]]:
        """Who took the whole role, and the id of what says so; the newest first."""
        for cover in self._covers:
            if not cover.instead_of and cover.role is role and cover.starts <= at < cover.ends:
                yield self.place_of(cover.person, role, at), cover.id

    def edges(self) -> Iterator[datetime]:
        """Every instant at which something of this begins or ends."""
        for spans in self._away.values():
            for span in spans:
                yield from span
        for cover in self._covers:
            yield from (cover.starts, cover.ends)
        for stint, _ in self._given:
            yield from (stint.starts, stint.ends)

    def _swapped(self, person: str, role: Role, at: datetime) -> str:
        for stint, other in self._given:
            if stint.person == person and stint.role is role and stint.starts <= at < stint.ends:
                return other
        return person
