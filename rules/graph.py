"""The registry snapshot: parties, links and contacts, immutable, found by id and by neighbour.

Links lie in flat arrays (`rules.snapshot`); every listing has a fixed order, so that the same
registry always leads to the same plan. Links may name parties that are not there: exclusion keeps
their ids, walks never include them.

Nodes and links have numbers, for code that looks at very many. A number means something within
one registry only and says nothing about order: results are sorted by id.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from rules import digest
from rules.columns import Columns
from rules.snapshot import Snapshot
from rules.view import View
from schemas.contact import Contact, Endpoint
from schemas.link import Link, LinkKind
from schemas.party import Party, PartyKind

T = TypeVar("T")
K = TypeVar("K")

EVERY_KIND: frozenset[LinkKind] = frozenset(LinkKind)


class DuplicateIdError(ValueError):
    """Two records of one kind bear the same id; the snapshot would silently lose one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """Ids of records that are no more."""

    parties: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    contacts: frozenset[str] = frozenset()


class Registry:
    """An immutable snapshot. `version` is a digest: the same records, the same version."""

    __slots__ = (
        "_by_kind",
        "_by_state",
        "_contacts",
        "_contacts_of",
        "_endpoints",
        "_parties",
        "_snapshot",
        "_total",
        "columns",
        "version",
    )

    columns: Columns
    """The links by number; see `rules.columns`."""

    def __init__(
        self,
        parties: Iterable[Party] = (),
        *,
        links: Iterable[Link] = (),
        contacts: Iterable[Contact] = (),
    ) -> None:
        """Raises DuplicateIdError when two parties, links, contacts or endpoints share an id."""
        self._parties = _unique("party", ((party.id, party) for party in parties))
        by_id = _unique("link", ((link.id, link) for link in links))
        self._contacts = _unique("contact", ((contact.id, contact) for contact in contacts))
        self._endpoints = _unique(
            "endpoint",
            ((end.id, end) for contact in self._contacts.values() for end in contact.endpoints),
        )
        self._snapshot = Snapshot.of(self._parties, by_id.values())
        self.columns = self._snapshot.columns
        self._contacts_of = _grouped(
            (contact.party, contact)
            for contact in sorted(self._contacts.values(), key=lambda each: (each.rank, each.id))
        )
        listed = sorted(self._parties.values(), key=lambda party: party.id)
        self._by_kind = _grouped((party.kind, party) for party in listed)
        self._by_state = _grouped((party.state, party) for party in listed if party.state)
        self._total = digest.total(self._parties.values())
        self._total = digest.total(by_id.values(), self._total)
        self._total = digest.total(self._contacts.values(), self._total)
        self.version = digest.version(self._total)

    def party(self, id: str) -> Party | None:
        """The party of this id, or None."""
        return self._parties.get(id)

    def link(self, id: str) -> Link | None:
        """The link of this id, or None."""
        number = self._snapshot.link_number(id)
        return None if number is None else self.link_at(number)

    def contact(self, id: str) -> Contact | None:
        """The contact of this id, or None."""
        return self._contacts.get(id)

    def endpoint(self, id: str) -> Endpoint | None:
        """The endpoint of this id, or None."""
        return self._endpoints.get(id)

    def links_from(self, id: str, kinds: Set[LinkKind] = EVERY_KIND) -> tuple[Link, ...]:
        """Links whose `a` is this party, of whatever status."""
        return self._links(id, self.view(frozenset(kinds)))

    def links_to(self, id: str, kinds: Set[LinkKind] = EVERY_KIND) -> tuple[Link, ...]:
        """Links whose `b` is this party, of whatever status."""
        return self._links(id, self.view(frozenset(kinds), forward=False))

    def contacts(self, party_id: str) -> tuple[Contact, ...]:
        """The party's contacts, the one to be told first standing first."""
        return self._contacts_of.get(party_id, ())

    def of_kind(self, kind: PartyKind) -> tuple[Party, ...]:
        """All parties of a kind, by id."""
        return self._by_kind.get(kind, ())

    def of_state(self, code: str) -> tuple[Party, ...]:
        """All parties seated in, or sent by, this state, by id."""
        return self._by_state.get(code, ())

    # By number, for code that looks at many.

    def number(self, id: str) -> int | None:
        """The node of this id, or None when neither a party nor a link has it."""
        return self._snapshot.number(id)

    def id_of(self, node: int) -> str:
        """The id of a node."""
        return self._snapshot.ids[node]

    def kind_of(self, node: int) -> PartyKind | None:
        """What the party at a node is. None: a link names it, and no party."""
        return self._snapshot.kind_of(node)

    def view(self, kinds: frozenset[LinkKind], forward: bool = True) -> View:
        """One hop over links of these kinds, from `a` to `b`, or else from `b` to `a`."""
        return self.merged(kinds, frozenset()) if forward else self.merged(frozenset(), kinds)

    def merged(self, along: frozenset[LinkKind], against: frozenset[LinkKind]) -> View:
        """One hop `along` links of some kinds (`a` to `b`), or `against` those of others."""
        return self._snapshot.view(along, against)

    def link_at(self, number: int) -> Link:
        """The link of a number."""
        return self.columns.link(number, self._snapshot.ids)

    def changed(
        self,
        *,
        parties: Iterable[Party] = (),
        links: Iterable[Link] = (),
        contacts: Iterable[Contact] = (),
        gone: Gone | None = None,
    ) -> "Registry":
        """The registry with these records added or in place of those with their ids, less `gone`.

        What is named in both is there. Raises DuplicateIdError when two of them share an id.
        """
        gone = gone or Gone()
        before = [self.link_at(number) for number in range(len(self.columns))]
        return Registry(
            _replaced(self._parties.values(), gone.parties, parties),
            links=_replaced(before, gone.links, links),
            contacts=_replaced(self._contacts.values(), gone.contacts, contacts),
        )

    def _links(self, id: str, view: View) -> tuple[Link, ...]:
        node = self.number(id)
        if node is None:
            return ()
        return tuple(self.link_at(number) for _, number in view.each(node))


R = TypeVar("R", Party, Link, Contact)


def _replaced(before: Iterable[R], gone: Set[str], named: Iterable[R]) -> list[R]:
    records: list[R] = list(named)
    left_out = gone | {record.id for record in records}
    return [record for record in before if record.id not in left_out] + records


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
