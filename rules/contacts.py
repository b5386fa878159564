"""Contacts and their endpoints, found by id and by party."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from rules.unique import grouped, unique
from schemas.contact import Contact, Endpoint


class Contacts:
    """Immutable. Of one party the contact to be told first stands first."""

    __slots__ = ("_by_id", "_endpoints", "_of")

    def __init__(self, contacts: Iterable[Contact] = ()) -> None:
        """Raises DuplicateIdError when two contacts or two endpoints share an id."""
        self._by_id = unique("contact", ((contact.id, contact) for contact in contacts))
        self._endpoints = unique(
            "endpoint", ((end.id, end) for each in self._by_id.values() for end in each.endpoints)
        )
        ordered = sorted(self._by_id.values(), key=lambda each: (each.rank, each.id))
        self._of: Mapping[str, tuple[Contact, ...]] = grouped(
            (contact.party, contact) for contact in ordered
        )

    def __iter__(self) -> Iterator[Contact]:
        return iter(self._by_id.values())

    def get(self, id: str) -> Contact | None:
        """The contact of this id, or None."""
        return self._by_id.get(id)

    def endpoint(self, id: str) -> Endpoint | None:
        """The endpoint of this id, or None."""
        return self._endpoints.get(id)

    def of(self, party: str) -> tuple[Contact, ...]:
        """The party's contacts."""
        return self._of.get(party, ())

    def changed(self, named: Mapping[str, Contact | None]) -> "Contacts":
        """With these in place of those with their ids; None: gone. Looks at every contact."""
        if not named:
            return self
        kept = (contact for contact in self if contact.id not in named)
        return Contacts(chain(kept, (each for each in named.values() if each is not None)))
