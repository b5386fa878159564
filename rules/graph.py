"""The registry snapshot: parties, links and contacts, immutable, found by id and by neighbour.

Plain dictionaries both ways; every listing has a fixed order, so that the same registry always
leads to the same plan. Links may name parties that are not there: exclusion keeps their ids,
walks never include them.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import asdict
from types import MappingProxyType
from typing import TypeVar

from schemas.contact import Contact, Endpoint
from schemas.link import Link, LinkKind
from schemas.party import Party, PartyKind

T = TypeVar("T")
K = TypeVar("K")

EVERY_KIND: frozenset[LinkKind] = frozenset(LinkKind)


class DuplicateIdError(ValueError):
    """Two records of one kind bear the same id; the snapshot would silently lose one of them."""


class Registry:
    """An immutable snapshot. `version` is a digest: the same records, the same version."""

    __slots__ = (
        "_by_kind",
        "_by_state",
        "_contacts",
        "_contacts_of",
        "_endpoints",
        "_from",
        "_links",
        "_parties",
        "_to",
        "version",
    )

    def __init__(
        self,
        parties: Iterable[Party] = (),
        *,
        links: Iterable[Link] = (),
        contacts: Iterable[Contact] = (),
    ) -> None:
        """Raises DuplicateIdError when two parties, links, contacts or endpoints share an id."""
        self._parties = _unique("party", ((party.id, party) for party in parties))
        self._links = _unique("link", ((link.id, link) for link in links))
        self._contacts = _unique("contact", ((contact.id, contact) for contact in contacts))
        self._endpoints = _unique(
            "endpoint",
            ((end.id, end) for contact in self._contacts.values() for end in contact.endpoints),
        )
        ordered = sorted(
            self._links.values(), key=lambda link: (link.kind, link.a, link.b, link.id)
        )
        self._from = _grouped((link.a, link) for link in ordered)
        self._to = _grouped((link.b, link) for link in ordered)
        self._contacts_of = _grouped(
            (contact.party, contact)
            for contact in sorted(self._contacts.values(), key=lambda each: (each.rank, each.id))
        )
        by_id = sorted(self._parties.values(), key=lambda party: party.id)
        self._by_kind = _grouped((party.kind, party) for party in by_id)
        self._by_state = _grouped((party.state, party) for party in by_id if party.state)
        self.version = _digest(self._parties, self._links, self._contacts)

    def party(self, id: str) -> Party | None:
        """The party of this id, or None."""
        return self._parties.get(id)

    def link(self, id: str) -> Link | None:
        """The link of this id, or None."""
        return self._links.get(id)

    def contact(self, id: str) -> Contact | None:
        """The contact of this id, or None."""
        return self._contacts.get(id)

    def endpoint(self, id: str) -> Endpoint | None:
        """The endpoint of this id, or None."""
        return self._endpoints.get(id)

    def links_from(self, id: str, kinds: Set[LinkKind] = EVERY_KIND) -> tuple[Link, ...]:
        """Links whose `a` is this party, of whatever status."""
        return tuple(link for link in self._from.get(id, ()) if link.kind in kinds)

    def links_to(self, id: str, kinds: Set[LinkKind] = EVERY_KIND) -> tuple[Link, ...]:
        """Links whose `b` is this party, of whatever status."""
        return tuple(link for link in self._to.get(id, ()) if link.kind in kinds)

    def contacts(self, party_id: str) -> tuple[Contact, ...]:
        """The party's contacts, the one to be told first standing first."""
        return self._contacts_of.get(party_id, ())

    def of_kind(self, kind: PartyKind) -> tuple[Party, ...]:
        """All parties of a kind, by id."""
        return self._by_kind.get(kind, ())

    def of_state(self, code: str) -> tuple[Party, ...]:
        """All parties seated in, or sent by, this state, by id."""
        return self._by_state.get(code, ())


def _unique(what: str, pairs: Iterable[tuple[str, T]]) -> Mapping[str, T]:
    found: dict[str, T] = {}
    for id, record in pairs:
        if id in found and found[id] != record:
            raise DuplicateIdError(
                f"Two different records of kind {what} have the id {id!r}. Rename or merge one."
            )
        found[id] = record
    return MappingProxyType(found)


def _grouped(pairs: Iterable[tuple[K, T]]) -> Mapping[K, tuple[T, ...]]:
    groups: defaultdict[K, list[T]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return MappingProxyType({key: tuple(values) for key, values in groups.items()})


def _digest(*tables: Mapping[str, Party] | Mapping[str, Link] | Mapping[str, Contact]) -> str:
    """32 hex characters over all records, independent of the order they came in."""
    whole = hashlib.sha256()
    for table in tables:
        for id in sorted(table):
            record = json.dumps(asdict(table[id]), sort_keys=True, default=str)
            whole.update(record.encode() + b"\n")
        whole.update(b"--\n")
    return whole.hexdigest()[:32]
