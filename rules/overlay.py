"""What changed since a snapshot was made: records added, replaced or gone, over shared arrays."""

from bisect import insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from rules.columns import KINDS, About, Columns, about_of
from rules.snapshot import NOBODY, PARTY_KINDS, Snapshot, Ways
from rules.texts import MoreTexts, Texts
from rules.view import Near, View
from schemas.link import Link
from schemas.party import Party


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Overlay:
    """Immutable; `Changes` makes the next one."""

    parties: Mapping[str, Party | None] = field(default_factory=dict)
    """Changed since; None: gone."""
    nodes: Mapping[str, int] = field(default_factory=dict)
    """Numbers of nodes that the snapshot has not."""
    names: tuple[str, ...] = ()
    """Their ids, from the snapshot's last node on."""
    links: Mapping[int, Link] = field(default_factory=dict)
    """Links in rows to spare."""
    numbers: Mapping[str, int | None] = field(default_factory=dict)
    """Of each changed link's id the row; None: gone."""
    at: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    """Of each node that a change touched those of `links` that begin or end there."""
    hidden: frozenset[int] = frozenset()
    """Links of the snapshot that are gone or replaced."""
    abouts: tuple[About, ...] = ()
    """What links have in common, the snapshot's included; empty: the snapshot's."""

    def __len__(self) -> int:
        return len(self.parties) + len(self.numbers)

    def patched(self, snapshot: Snapshot, view: View, ways: Ways, nodes: Iterable[int]) -> View:
        """A view of the snapshot, or of an overlay before, with these nodes brought up to date."""
        base = snapshot.view(*ways)
        near, ids = dict(view.changed), self.ids(snapshot)
        for node in nodes:
            near[node] = self._near(snapshot, base, ways, node, ids)
        return replace(view, changed=MappingProxyType(near))

    def _near(self, snapshot: Snapshot, base: View, ways: Ways, node: int, ids: Texts) -> Near:
        along, against = ways
        columns, looped = snapshot.columns, set()
        known: list[tuple[int, int, bool]] = []
        for other, number in base.each(node) if node < len(snapshot.ids) else ():
            if number in self.hidden:
                continue
            # Of a link from a node to itself the second mention is the way back.
            back = columns.a[number] != node or number in looped
            back = back or KINDS[columns.kind[number]] not in along
            if other == node:
                looped.add(number)
            known.append((other, number, back))

        def place(hop: tuple[int, int, bool]) -> tuple[int, bool, str, str]:
            other, number, back = hop
            link = self.links.get(number)
            id = columns.ids[number] if link is None else link.id
            return columns.kind[number], back, ids[other], id

        for number in self.at.get(node, ()):
            kind = self.links[number].kind
            if kind in along and columns.a[number] == node:
                insort(known, (columns.b[number], number, False), key=place)
            if kind in against and columns.b[number] == node:
                insort(known, (columns.a[number], number, True), key=place)
        return tuple((other, number) for other, number, _ in known)

    def columns(self, snapshot: Snapshot) -> Columns:
        """The columns, with the ids and what is common of links in rows to spare."""
        if not self.links:
            return snapshot.columns
        ids = {number: link.id for number, link in self.links.items()}
        columns = snapshot.columns
        return replace(columns, ids=MoreTexts(columns.ids, ids), abouts=self.abouts)

    def kinds(self, snapshot: Snapshot) -> bytes:
        """Of each node the place of its kind, as in the snapshot."""
        if not (self.parties or self.names):
            return snapshot.kinds
        kinds = bytearray(snapshot.kinds) + bytes([NOBODY]) * len(self.names)
        for id, party in self.parties.items():
            node = snapshot.number(id)
            place = NOBODY if party is None else PARTY_KINDS.index(party.kind)
            kinds[self.nodes[id] if node is None else node] = place
        return bytes(kinds)

    def ids(self, snapshot: Snapshot) -> Texts:
        """The ids of all nodes."""
        if not self.names:
            return snapshot.ids
        return MoreTexts(snapshot.ids, dict(enumerate(self.names, start=len(snapshot.ids))))


class Changes:
    """An overlay in the making. `touched`: the nodes whose links are others than before."""

    def __init__(self, before: Overlay, snapshot: Snapshot) -> None:
        self._before = before
        self._snapshot = snapshot
        self._parties = dict(before.parties)
        self._nodes = dict(before.nodes)
        self._names = list(before.names)
        self._links = dict(before.links)
        self._numbers = dict(before.numbers)
        self._at = dict(before.at)
        self._hidden = set(before.hidden)
        known = before.abouts or snapshot.columns.abouts
        self._abouts = {about: place for place, about in enumerate(known)}
        self.touched: set[int] = set()

    def party(self, id: str, party: Party | None) -> None:
        """A party added, replaced or (None) gone."""
        self._parties[id] = party
        self._node(id)

    def drop(self, link: Link, number: int) -> None:
        """A link of this number is no more."""
        columns = self._snapshot.columns
        self._numbers[link.id] = None
        if self._links.pop(number, None) is None:
            self._hidden.add(number)
        for node in {columns.a[number], columns.b[number]}:
            self._at[node] = tuple(each for each in self._at.get(node, ()) if each != number)
            self.touched.add(node)

    def add(self, link: Link) -> bool:
        """A link that was not there. False: there is no row to spare for it."""
        a, b = self._node(link.a), self._node(link.b)
        about = self._abouts.setdefault(about_of(link), len(self._abouts))
        number = self._snapshot.columns.add(link, a=a, b=b, about=about)
        if number is None:
            return False
        self._numbers[link.id] = number
        self._links[number] = link
        for node in {a, b}:
            self._at[node] = (*self._at.get(node, ()), number)
            self.touched.add(node)
        return True

    def done(self) -> Overlay:
        """The overlay with these changes."""
        return Overlay(
            parties=self._parties,
            nodes=self._nodes,
            names=tuple(self._names),
            links=self._links,
            numbers=self._numbers,
            at=self._at,
            hidden=frozenset(self._hidden),
            abouts=tuple(self._abouts),
        )

    def _node(self, id: str) -> int:
        known = self._snapshot.number(id)
        if known is None:
            known = self._nodes.get(id)
        if known is None:
            known = self._nodes[id] = len(self._snapshot.ids) + len(self._names)
            self._names.append(id)
            self._at[known] = ()
            self.touched.add(known)
        return known
