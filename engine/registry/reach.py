"""Whether everybody whom a page may be for has an address: without one, a page is silence."""

from collections.abc import Iterator

from rules.graph import Registry
from schemas.roster import Roster


class OutOfReachError(ValueError):
    """Somebody of the roster has a way that the registry does not know. Names each."""


def check_reach(roster: Roster, registry: Registry) -> None:
    """Raises OutOfReachError, naming who, and which of their ways no contact has."""
    lost = list(_lost(roster, registry))
    if lost:
        raise OutOfReachError(
            "Pages would not arrive: no contact of the registry has " + "; ".join(lost) + "."
        )


def _lost(roster: Roster, registry: Registry) -> Iterator[str]:
    floor = () if roster.floor is None else (roster.floor,)
    for person in (*roster.people, *floor):
        for way in person.endpoints:
            channel, _, id = way.partition(":")
            endpoint = registry.endpoint(id)
            if endpoint is None or endpoint.channel != channel:
                yield f"{way} of {person.id}"
