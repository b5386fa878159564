"""The registry snapshot: parties, links and contacts, immutable, found by id and by neighbour.

Links lie in flat arrays (`rules.snapshot`), with what changed since on top (`rules.overlay`);
every listing has a fixed order, so that the same registry always leads to the same plan. Links may
name parties that are not there: exclusion keeps their ids, walks never include them.

Nodes and links have numbers, for code that looks at very many. A number means something within
one registry only and says nothing about order: results are sorted by id.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import TypeVar

from rules import digest
from rules.columns import Columns
from rules.contacts import Contacts
from rules.overlay import Changes, Overlay
from rules.snapshot import NOBODY, PARTY_KINDS, VIEWS, Snapshot, Ways
from rules.states import of_state, speaks
from rules.texts import Texts
from rules.unique import DuplicateIdError, unique
from rules.view import View
from schemas.contact import Contact, Endpoint
from schemas.link import Link, LinkKind
from schemas.party import Party, PartyKind

__all__ = ["EVERY_KIND", "DuplicateIdError", "Gone", "Registry"]

R = TypeVar("R", Party, Link, Contact)

EVERY_KIND: frozenset[LinkKind] = frozenset(LinkKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """Ids of records that are no more."""

    parties: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    contacts: frozenset[str] = frozenset()


class Registry:
    """An immutable snapshot. `version` is a digest: the same records, the same version."""

    __slots__ = (
        "_contacts", "_overlay", "_parties", "_views", "columns", "ids", "kinds", "snapshot",
        "total", "version",
    )  # fmt: skip

    columns: Columns
    """The links by number; see `rules.columns`."""
    ids: Texts
    """Of each node its id."""
    kinds: bytes
    """Of each node the place of its kind in `snapshot.PARTY_KINDS`, or `snapshot.NOBODY`."""

    def __init__(
        self,
        parties: Iterable[Party] = (),
        *,
        links: Iterable[Link] = (),
        contacts: Iterable[Contact] = (),
    ) -> None:
        """Raises DuplicateIdError when two parties, links, contacts or endpoints share an id."""
        by_id = unique("party", ((party.id, party) for party in parties))
        linked = unique("link", ((link.id, link) for link in links)).values()
        reached = Contacts(contacts)
        total = digest.total(reached, digest.total(linked, digest.total(by_id.values())))
        self._set(Snapshot.of(by_id, linked), by_id, reached, total)

    @classmethod
    def opened(
        cls, snapshot: Snapshot, parties: Mapping[str, Party], contacts: Contacts, *, total: int
    ) -> "Registry":
        """Of parts made before: `parties` are those of the snapshot, `total` as in `digest`."""
        registry = cls.__new__(cls)
        registry._set(snapshot, parties, contacts, total)
        return registry

    def _set(
        self, snapshot: Snapshot, parties: Mapping[str, Party], contacts: Contacts, total: int
    ) -> None:
        self.snapshot = snapshot
        self.columns = snapshot.columns
        self.kinds = snapshot.kinds
        self.ids = snapshot.ids
        self.total = total
        self.version = digest.version(total)
        self._parties = parties
        self._contacts = contacts
        self._overlay = Overlay()
        self._views: dict[Ways, View] = {}

    def party(self, id: str) -> Party | None:
        """The party of this id, or None."""
        changed = self._overlay.parties
        return changed[id] if id in changed else self._parties.get(id)

    def link(self, id: str) -> Link | None:
        """The link of this id, or None."""
        number = self._link_number(id)
        return None if number is None else self.link_at(number)

    def contact(self, id: str) -> Contact | None:
        """The contact of this id, or None."""
        return self._contacts.get(id)

    def endpoint(self, id: str) -> Endpoint | None:
        """The endpoint of this id, or None."""
        return self._contacts.endpoint(id)

    def links_from(self, id: str, kinds: Set[LinkKind] = EVERY_KIND) -> tuple[Link, ...]:
        """Links whose `a` is this party, of whatever status."""
        return self._near(id, self.view(frozenset(kinds)))

    def links_to(self, id: str, kinds: Set[LinkKind] = EVERY_KIND) -> tuple[Link, ...]:
        """Links whose `b` is this party, of whatever status."""
        return self._near(id, self.view(frozenset(kinds), forward=False))

    def between(self, a: str, kind: LinkKind, b: str) -> tuple[Link, ...]:
        """Links of this kind from the one to the other, of whatever status, by id.

        No view is made for it, so it costs little even where somebody has very many links.
        """
        start, end = self.number(a), self.number(b)
        if start is None or end is None:
            return ()
        known = (
            n for n in self.snapshot.between(start, kind, end) if n not in self._overlay.hidden
        )
        ends = (a, kind, b)
        changed = (self.link_at(n) for n in self._overlay.at.get(start, ()))
        added = (link for link in changed if (link.a, link.kind, link.b) == ends)
        found = (*map(self.link_at, known), *added)
        return tuple(sorted(found, key=lambda link: link.id))

    def contacts(self, party_id: str) -> tuple[Contact, ...]:
        """The party's contacts, the one to be told first standing first."""
        return self._contacts.of(party_id)

    def everybody_reached(self) -> Iterator[Contact]:
        """Every contact."""
        return iter(self._contacts)

    def of_kind(self, kind: PartyKind) -> tuple[Party, ...]:
        """All parties of a kind, by id."""
        changed = (party for party in self._changed_parties() if party.kind is kind)
        return self._listed(self.snapshot.of_kind(kind), changed)

    def of_state(self, code: str) -> tuple[Party, ...]:
        """All parties seated in, or sent by, this state, by id."""
        changed = (party for party in self._changed_parties() if code and party.state == code)
        return self._listed(self.snapshot.of_state(code), changed)

    def speaking_for(self, code: str) -> tuple[Party, ...]:
        """All parties that speak for this state or belong to it (`rules.states`), by id."""
        known = self.snapshot.speaking.get(code)
        if known is None:
            ids = (self.snapshot.ids[node] for node in self.snapshot.of_state(code))
            known = tuple(id for id in ids if speaks(self._parties[id]))
            self.snapshot.speaking[code] = known
        overlay = self._overlay.parties
        kept = [self._parties[id] for id in known if id not in overlay]
        if not overlay:
            return tuple(kept)
        changed = [each for each in self._changed_parties() if of_state(each, (code,))]
        return tuple(sorted((*kept, *changed), key=lambda party: party.id))

    def parties(self) -> Iterator[Party]:
        """Every party."""
        yield from (each for id, each in self._parties.items() if id not in self._overlay.parties)
        yield from self._changed_parties()

    def links(self) -> Iterator[Link]:
        """Every link."""
        hidden = self._overlay.hidden
        yield from (self.link_at(n) for n in range(len(self.columns)) if n not in hidden)
        yield from self._overlay.links.values()

    # By number, for code that looks at many.

    def number(self, id: str) -> int | None:
        """The node of this id; None: nobody has it. Of what is gone there may still be one."""
        known = self.snapshot.number(id)
        return self._overlay.nodes.get(id) if known is None else known

    def id_of(self, node: int) -> str:
        """The id of a node."""
        return self.ids[node]

    def kind_of(self, node: int) -> PartyKind | None:
        """What the party at a node is. None: a link names it, and no party."""
        place = self.kinds[node]
        return None if place == NOBODY else PARTY_KINDS[place]

    def view(self, kinds: frozenset[LinkKind], forward: bool = True) -> View:
        """One hop over links of these kinds, from `a` to `b`, or else from `b` to `a`."""
        return self.merged(kinds, frozenset()) if forward else self.merged(frozenset(), kinds)

    def merged(self, along: frozenset[LinkKind], against: frozenset[LinkKind]) -> View:
        """One hop `along` links of some kinds (`a` to `b`), or `against` those of others."""
        if not self._overlay.at:
            return self.snapshot.view(along, against)
        ways = (along, against)
        view = self._views.get(ways)
        if view is None:
            base, touched = self.snapshot.view(along, against), self._overlay.at
            view = self._overlay.patched(self.snapshot, base, ways, touched)
            if len(self._views) < VIEWS:
                self._views[ways] = view
        return view

    def link_at(self, number: int) -> Link:
        """The link of a number."""
        link = self._overlay.links.get(number)
        return self.snapshot.link(number) if link is None else link

    @property
    def edits(self) -> int:
        """Parties and links that are others than in the arrays: what a rebuild would fold in."""
        return len(self._overlay)

    def changed(
        self,
        *,
        parties: Iterable[Party] = (),
        links: Iterable[Link] = (),
        contacts: Iterable[Contact] = (),
        gone: Gone | None = None,
    ) -> "Registry":
        """The registry with these records added or in place of those with their ids, less `gone`.

        What is named in both is there. It shares the arrays; only when there are more links than
        rows to spare it is made anew. Raises DuplicateIdError when two of them share an id.
        """
        gone = gone or Gone()
        held = _named("party", parties, gone.parties)
        linked = _named("link", links, gone.links)
        reached = _named("contact", contacts, gone.contacts)
        changes, total = Changes(self._overlay, self.snapshot), self.total
        for id, contact in reached.items():
            total = digest.swapped(total, self.contact(id), contact)
        for id, party in held.items():
            before = self.party(id)
            if party != before:
                total = digest.swapped(total, before, party)
                changes.party(id, party)
        for id, link in linked.items():
            number = self._link_number(id)
            old = None if number is None else self.link_at(number)
            if link == old:
                continue
            total = digest.swapped(total, old, link)
            if number is not None and old is not None:
                changes.drop(old, number)
            if link is not None and not changes.add(link):
                return self._anew(held, linked, reached)
        after = Registry.opened(
            self.snapshot, self._parties, self._contacts.changed(reached), total=total
        )
        after._lay(changes, self._views)
        return after

    def _lay(self, changes: Changes, views: Mapping[Ways, View]) -> None:
        self._overlay = changes.done()
        self.kinds = self._overlay.kinds(self.snapshot)
        self.columns = self._overlay.columns(self.snapshot)
        self.ids = self._overlay.ids(self.snapshot)
        self._views = {
            ways: self._overlay.patched(self.snapshot, view, ways, changes.touched)
            for ways, view in tuple(views.items())
        }

    def _anew(
        self,
        parties: Mapping[str, Party | None],
        links: Mapping[str, Link | None],
        contacts: Mapping[str, Contact | None],
    ) -> "Registry":
        return Registry(
            _replaced(self.parties(), parties),
            links=_replaced(self.links(), links),
            contacts=self._contacts.changed(contacts),
        )

    def _link_number(self, id: str) -> int | None:
        changed = self._overlay.numbers
        return changed[id] if id in changed else self.snapshot.link_number(id)

    def _near(self, id: str, view: View) -> tuple[Link, ...]:
        node = self.number(id)
        if node is None:
            return ()
        return tuple(self.link_at(number) for _, number in view.each(node))

    def _changed_parties(self) -> Iterator[Party]:
        return (party for party in self._overlay.parties.values() if party is not None)

    def _listed(self, nodes: Iterable[int], changed: Iterable[Party]) -> tuple[Party, ...]:
        ids = (self.snapshot.ids[node] for node in nodes)
        kept = [self._parties[id] for id in ids if id not in self._overlay.parties]
        return tuple(sorted((*kept, *changed), key=lambda party: party.id))


def _named(what: str, records: Iterable[R], gone: Iterable[str]) -> dict[str, R | None]:
    """By id what is to stand there; None: nothing."""
    named = unique(what, ((record.id, record) for record in records))
    return {**dict.fromkeys(sorted(gone)), **named}


def _replaced(before: Iterable[R], changed: Mapping[str, R | None]) -> list[R]:
    kept = [record for record in before if record.id not in changed]
    return kept + [record for record in changed.values() if record is not None]
