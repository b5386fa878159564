"""Sources that publish changes: what a file says, beside what is known from it of another day.

A register's files may be imported in any order, a late one before an early one. What counts is the
day its source said so (`RowRead.as_of`), as within one file (`engine.registry.imports.states`):

* a link that is known of a later day stays as it is, and so does one that lapsed or was withdrawn
  on the same day: no file of that day revives it;
* what a row replaces (a new parent in place of the old one) lapses, whichever of the two came
  first; all of it goes on excluding;
* a party is as its newest day has it, and goes on bearing the names it had.

Rows without a day are left as they are.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from engine.registry.history.known import Known
from engine.registry.imports.rows import RowRead
from engine.store.versions import What
from schemas.link import Link, LinkStatus
from schemas.party import Party

AS_OF = "as_of"
"""The detail of a party that holds the day its source said so."""
_OPEN = frozenset({LinkStatus.VERIFIED, LinkStatus.UNVERIFIED})
_OVER = frozenset({LinkStatus.LAPSED, LinkStatus.WITHDRAWN})


def in_order(rows: Iterable[RowRead], *, known: Known, source: str) -> list[RowRead]:
    """The rows, with what they say put beside what is known. Pure."""
    rows = list(rows)
    if all(row.as_of is None for row in rows):
        return rows
    ids = sorted(known.links) if any(row.replaces for row in rows) else []
    named = frozenset(link.id for row in rows for link in row.links)
    order = _Order(known=known, source=source, ids=ids, named=named)
    return [row if row.as_of is None else order.of(row, row.as_of) for row in rows]


@dataclass(slots=True, kw_only=True)
class _Order:
    known: Known
    source: str
    ids: list[str]
    named: frozenset[str]
    """Links that the file names: how they stand to one another is settled within it."""

    def of(self, row: RowRead, day: date) -> RowRead:
        beside = [link for prefix in row.replaces for link in self._under(prefix)]
        overtaken = any(link.as_of and link.as_of > day for link in beside)
        lapsed = (
            replace(link, status=LinkStatus.LAPSED)
            for link in beside
            if link.as_of is None or link.as_of <= day
        )
        return replace(
            row,
            parties=tuple(self._party(party, day) for party in row.parties),
            links=(*(self._link(link, overtaken=overtaken) for link in row.links), *lapsed),
        )

    def _link(self, new: Link, *, overtaken: bool) -> Link:
        if overtaken and new.status in _OPEN:
            new = replace(new, status=LinkStatus.LAPSED)
        known = self.known.links.get(new.id)
        if known is None or known.as_of is None or new.as_of is None:
            return new
        revived = known.as_of == new.as_of and known.status in _OVER and new.status in _OPEN
        return known if known.as_of > new.as_of or revived else new

    def _under(self, prefix: str) -> Iterator[Link]:
        """What is open under this beginning of ids, of this source, and not named by the file."""
        for id in self.ids[bisect_left(self.ids, prefix) :]:
            if not id.startswith(prefix):
                return
            link = self.known.links[id]
            ours = self.known.sources.get((What.LINK, id)) == self.source
            if ours and link.status in _OPEN and id not in self.named:
                yield link

    def _party(self, new: Party, day: date) -> Party:
        known = self.known.claims.get((new.id, self.source))
        said = dict(known.details).get(AS_OF, "") if known is not None else ""
        if known is None or not said:
            return new
        newest = known if said > day.isoformat() else new
        names = {new.name, *new.aliases, known.name, *known.aliases}
        return replace(newest, aliases=tuple(sorted(names - {newest.name})))
