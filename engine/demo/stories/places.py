"""Invented parties, people and duty, in the words a coordinator would use to describe them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rules.graph import Registry
from schemas.contact import Contact, Endpoint, Level
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Party, PartyKind
from schemas.roster import DutyPerson, Role, Roster, Shift

_CAPITALS = ("nhri", *(f"q{letter}" for letter in "mnopqrstuvwxyz"))
OFFICE = "Mon-Fri 08:00-16:00 UTC"
ALWAYS = ""
"""Hours of somebody who can be reached at any time."""


def party(id: str, kind: PartyKind | str, state: str | None = None, **more: Any) -> Party:
    """One party; its name is made of its id."""
    name = str(more.pop("name", " ".join(_word(word) for word in id.split("-"))))
    return Party(id=id, kind=PartyKind(kind), name=name, state=state, **more)


def _word(word: str) -> str:
    return word.upper() if word in _CAPITALS else word.capitalize()


def link(a: str, kind: LinkKind | str, b: str, **more: Any) -> Link:
    """`a` does it to `b`, verified and current unless said otherwise."""
    more.setdefault("status", LinkStatus.VERIFIED)
    kind = LinkKind(kind)
    return Link(id=f"{a}.{kind}.{b}", kind=kind, a=a, b=b, source="invented", **more)


def contact(
    id: str,
    party: str,
    level: Level | str = Level.GENERAL,
    *,
    ways: Iterable[str] = ("email",),
    hours: str = ALWAYS,
    rank: int = 0,
    members: tuple[str, ...] = (),
) -> Contact:
    """Somebody of a party, with one address on each of these channels."""
    return Contact(
        id=id,
        party=party,
        label=id,
        level=Level(level),
        endpoints=tuple(
            Endpoint(id=f"{id}.{way}", channel=way, address=f"{id}@{way}.example", members=members)
            for way in ways
        ),
        hours=hours,
        rank=rank,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The records of an invented place, from which registries are made."""

    parties: tuple[Party, ...]
    links: tuple[Link, ...]
    contacts: tuple[Contact, ...]

    @property
    def registry(self) -> Registry:
        """The parties alone."""
        return Registry(self.parties, links=self.links, contacts=self.contacts)

    def with_duty(self, roster: Roster, *, addresses: Mapping[str, str] | None = None) -> Registry:
        """The parties, and the addresses of our own people beside them.

        `addresses`: channel -> the one address that everybody of ours has on it.
        """
        at = addresses or {}
        ours = [*roster.people, *([roster.floor] if roster.floor is not None else [])]
        known = {each.id: each for each in ours}
        duty = [
            Contact(
                id=each.id,
                party="duty",
                label=each.label,
                level=Level.GENERAL,
                endpoints=tuple(_endpoint(name, at) for name in each.endpoints),
            )
            for each in known.values()
        ]
        return Registry(self.parties, links=self.links, contacts=[*self.contacts, *duty])


def place(
    *, parties: Iterable[Party], links: Iterable[Link] = (), contacts: Iterable[Contact] = ()
) -> Place:
    """A place of these records."""
    return Place(parties=tuple(parties), links=tuple(links), contacts=tuple(contacts))


def person(name: str, *, ways: Iterable[str] = ("sms",)) -> DutyPerson:
    """One of our own people: `person("Ana")` is `person:ana` with a phone `sms:ana.sms`."""
    short = name.lower()
    return DutyPerson(
        id=f"person:{short}", label=name, endpoints=tuple(f"{way}:{short}.{way}" for way in ways)
    )


def duty(
    *,
    handlers: Iterable[str] = (),
    seconds: Iterable[str] = (),
    shift_leads: Iterable[str] = (),
    directors: Iterable[str] = (),
    floor: str | None = "Flo",
    until: datetime | None = None,
    ways: Iterable[str] = ("sms",),
) -> Roster:
    """Who is on duty at all hours; `until` ends every shift then. The floor has two channels."""
    ways = tuple(ways)
    roles = (
        (Role.HANDLER, tuple(handlers)),
        (Role.SECOND, tuple(seconds)),
        (Role.SHIFT_LEAD, tuple(shift_leads)),
        (Role.DIRECTOR, tuple(directors)),
    )
    names = dict.fromkeys(name for _, some in roles for name in some)
    return Roster(
        version="invented",
        people=tuple(person(name, ways=ways) for name in names),
        shifts=tuple(
            Shift(role=role, person=f"person:{name.lower()}", ends=until)
            for role, some in roles
            for name in some
        ),
        floor=None if floor is None else person(floor, ways=dict.fromkeys((*ways, "email"))),
    )


def faro() -> Roster:
    """The Faro desk: Ana and Ben (handlers), Chi (shift lead), Dia (director)."""
    return duty(handlers=("Ana",), seconds=("Ben",), shift_leads=("Chi",), directors=("Dia",))


def _endpoint(name: str, addresses: Mapping[str, str]) -> Endpoint:
    channel, _, id = name.partition(":")
    address = addresses.get(channel, f"{id.partition('.')[0]}@{channel}.example")
    return Endpoint(id=id, channel=channel, address=address)
