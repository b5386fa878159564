"""Comparing a file with what is known. Pure: a dry run shows the result, `apply` stores it."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from engine.registry.history.changes import Change, Changes, Kept
from engine.registry.history.known import Known
from engine.registry.history.trusting import stood_for, trusted_link, trusted_party
from engine.registry.rows import RowRead, Why
from engine.store.versions import Record, What
from schemas.contact import Contact, Endpoint
from schemas.link import Link, LinkStatus
from schemas.party import Party

OPEN = frozenset({LinkStatus.VERIFIED, LinkStatus.UNVERIFIED})
"""What lapses when a complete edition names it no more."""
_DECIDED = frozenset({LinkStatus.REFUTED, LinkStatus.DECLARED, LinkStatus.WITHDRAWN})
"""What goes on excluding as it is when its source takes the link back."""


CLOSABLE = frozenset({What.LINK, What.CONTACT})
"""Parties stay for ever."""


def compare(
    known: Known,
    rows: Iterable[RowRead],
    *,
    source: str,
    complete: bool = False,
    closes: Collection[What] = CLOSABLE,
) -> Changes:
    """What these rows, one edition of `source`, would change of what is known.

    What a file says last of an id counts. Contents equal: unchanged, wherever it stands in the
    file. `complete`: the rows are all that the source says, so its links that they do not name
    lapse and its contacts go, or of the two what `closes` has. Parties stay for ever. What is not
    taken is in `Changes.kept`.
    """
    closing = frozenset(closes) if complete else frozenset()
    return _Comparison(known=known, source=source).run(rows, closing=closing)


@dataclass(slots=True, kw_only=True)
class _Comparison:
    known: Known
    source: str
    changes: dict[str, list[Change]] = field(
        default_factory=lambda: {"added": [], "changed": [], "closed": [], "withdrawn": []}
    )
    kept: list[Kept] = field(default_factory=list)
    unchanged: int = 0

    def run(self, rows: Iterable[RowRead], *, closing: frozenset[What]) -> Changes:
        parties: dict[str, tuple[Party, int]] = {}
        links: dict[str, tuple[Link, int]] = {}
        contacts: dict[str, tuple[Contact, int]] = {}
        gone: dict[str, int] = {}
        for row in rows:
            parties.update({each.id: (each, row.line) for each in row.parties})
            contacts.update({each.id: (each, row.line) for each in row.contacts})
            for link in row.links:
                gone.pop(link.id, None)
                links[link.id] = (link, row.line)
            gone.update(dict.fromkeys(row.gone, row.line))
        for party, line in parties.values():
            self._party(party, line)
        for link, line in links.values():
            if link.id not in gone:
                self._link(link, line)
        for id, line in gone.items():
            self._take_back(id, line, links.get(id))
        endpoints = self._endpoints_that_stay(set(contacts), complete=What.CONTACT in closing)
        for contact, line in contacts.values():
            self._contact(contact, line, endpoints)
        if What.LINK in closing:
            self._close_links(named={*links, *gone})
        if What.CONTACT in closing:
            self._close_contacts(named=set(contacts))
        return Changes(
            source=self.source,
            base=self.known.base,
            unchanged=self.unchanged,
            kept=tuple(self.kept),
            in_force=self._in_force(),
            **{name: tuple(found) for name, found in self.changes.items()},
        )

    def _party(self, new: Party, line: int) -> None:
        own = self.known.claims.get((new.id, self.source))
        taken = trusted_party(new, own=own, known=self.known.parties.get(new.id))
        if taken != new:
            self._keep(What.PARTY, new.id, line, Why.NOT_TRUSTED)
        self._put(What.PARTY, taken, line, was=own)

    def _link(self, new: Link, line: int) -> None:
        known = self.known.links.get(new.id)
        taken = trusted_link(stood_for(new, known), known)
        if taken.status is not new.status and taken.status is not LinkStatus.VERIFIED:
            self._keep(What.LINK, new.id, line, Why.NOT_TRUSTED)
        if known is not None and replace(taken, verified_at=known.verified_at) == known:
            taken = known  # looked at again is no news
        if taken != known and self._of_another(What.LINK, new.id):
            self._keep(What.LINK, new.id, line, Why.ID_TWICE)
            return
        self._put(What.LINK, taken, line, was=known)

    def _take_back(self, id: str, line: int, named: tuple[Link, int] | None) -> None:
        known = self.known.links.get(id)
        link = named[0] if named is not None else known
        if link is None:
            return
        if self._of_another(What.LINK, id):
            self._keep(What.LINK, id, line, Why.ID_TWICE)
        elif known is not None and known.status in _DECIDED:
            self.unchanged += 1
        else:
            back = replace(link, status=LinkStatus.WITHDRAWN)
            self._put(What.LINK, back, line, was=known, list_of="withdrawn")

    def _contact(self, new: Contact, line: int, endpoints: dict[str, Endpoint]) -> None:
        known = self.known.contacts.get(new.id)
        taken_by_another = new != known and self._of_another(What.CONTACT, new.id)
        if taken_by_another or any(endpoints.get(e.id, e) != e for e in new.endpoints):
            self._keep(What.CONTACT, new.id, line, Why.ID_TWICE)
            return
        endpoints.update({end.id: end for end in new.endpoints})
        self._put(What.CONTACT, new, line, was=known)

    def _endpoints_that_stay(self, named: set[str], *, complete: bool) -> dict[str, Endpoint]:
        """By id, those that this file neither replaces nor drops."""
        return {
            end.id: end
            for contact in self.known.contacts.values()
            if not (self._is_ours(What.CONTACT, contact.id) and (complete or contact.id in named))
            for end in contact.endpoints
        }

    def _close_links(self, *, named: set[str]) -> None:
        for link in self.known.links.values():
            if link.id not in named and link.status in OPEN and self._is_ours(What.LINK, link.id):
                lapsed = replace(link, status=LinkStatus.LAPSED)
                self._put(What.LINK, lapsed, 0, was=link, list_of="closed")

    def _close_contacts(self, *, named: set[str]) -> None:
        for contact in self.known.contacts.values():
            if contact.id not in named and self._is_ours(What.CONTACT, contact.id):
                number = self.known.numbers[What.CONTACT, contact.id]
                self.changes["closed"].append(
                    Change(
                        what=What.CONTACT,
                        id=contact.id,
                        n=number + 1,
                        source=self.source,
                        line=0,
                        record=None,
                        was=contact,
                    )
                )

    def _put(
        self, what: What, record: Record, line: int, *, was: Record | None, list_of: str = ""
    ) -> None:
        if record == was:
            self.unchanged += 1
            return
        number = self.known.numbers.get((what, record.id), 0)
        self.changes[list_of or ("added" if was is None else "changed")].append(
            Change(
                what=what,
                id=record.id,
                n=number + 1,
                source=self.source,
                line=line,
                record=record,
                was=was,
            )
        )

    def _keep(self, what: What, id: str, line: int, why: Why) -> None:
        self.kept.append(Kept(what=what, id=id, line=line, why=why))

    def _of_another(self, what: What, id: str) -> bool:
        return self.known.sources.get((what, id), self.source) != self.source

    def _is_ours(self, what: What, id: str) -> bool:
        return self.known.sources.get((what, id)) == self.source

    def _in_force(self) -> int:
        counted = Counter(
            what
            for (what, id), source in self.known.sources.items()
            if source == self.source
            and (what is What.CONTACT or self.known.links[id].status in OPEN)
        )
        return counted.total()
