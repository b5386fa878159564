"""Sources that publish changes: what a file says, beside what is known from it of another day.

A register's files may be imported in any order, a late one before an early one. What counts is the
day its source said so (`RowRead.as_of`), as it is within one file (the rule is that of
`ownership.states`). Of one day, what lapsed or was withdrawn stays so: no other file of that day
revives it. A party is as its newest day has it, and goes on bearing the names it had. All of it
goes on excluding. Rows without a day are left as they are.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from engine.registry.history.known import Known
from engine.registry.imports.ownership.states import OPEN, lapsed, one_holds
from engine.registry.rows import RowRead
from engine.store.versions import What
from schemas.link import Link, LinkStatus
from schemas.party import Party

AS_OF = "as_of"
"""The detail of a party that holds the day its source said so."""
_OVER = frozenset({LinkStatus.LAPSED, LinkStatus.WITHDRAWN})
_ORDERED = OPEN | _OVER
"""What a source may say; what our people decided is theirs."""


def in_order(rows: Iterable[RowRead], *, known: Known, source: str) -> list[RowRead]:
    """The rows, with what they say put beside what is known. Pure."""
    rows = list(rows)
    if all(row.as_of is None for row in rows):
        return rows
    named = frozenset(link.id for row in rows for link in row.links)
    order = _Order(known=known, source=source, ids=sorted(known.links), named=named)
    rows = [row if row.as_of is None else order.of(row, row.as_of) for row in rows]
    return order.with_rivals(rows)


@dataclass(slots=True, kw_only=True)
class _Order:
    known: Known
    source: str
    ids: list[str]
    named: frozenset[str]
    """Links that the file names: how they stand to one another is settled within it."""

    def of(self, row: RowRead, day: date) -> RowRead:
        """What the row says, and of the same records what it replaces."""
        known = [link for prefix in row.replaces for link in self._under(prefix)]
        overtaken = any(link.as_of and link.as_of > day for link in known)
        beside = [link for link in known if link.id not in self.named]
        over = [lapsed(link) for link in beside if link.as_of is None or link.as_of <= day]
        said = (lapsed(link) if overtaken else link for link in row.links)
        return replace(
            row,
            parties=tuple(self._party(party, day) for party in row.parties),
            links=(*map(self._newer, said), *over),
        )

    def with_rivals(self, rows: list[RowRead]) -> list[RowRead]:
        """Of rivals, known and new, the later holds."""
        slots: dict[str, dict[str, Link]] = {}
        for row in rows:
            if row.rivals:
                links = slots.setdefault(row.rivals, {})
                links.update((link.id, link) for link in row.links)
        moved: dict[str, list[Link]] = {}
        for slot, links in slots.items():
            known = [link for link in self._under(slot) if link.id not in links]
            stand = {link.id: link for link in one_holds([*links.values(), *known])}
            links.update((id, stand[id]) for id in links)
            moved[slot] = [stand[link.id] for link in known if stand[link.id] != link]
        return [
            replace(
                row,
                links=(
                    *(slots[row.rivals][link.id] for link in row.links),
                    *moved.pop(row.rivals, ()),
                ),
            )
            if row.rivals
            else row
            for row in rows
        ]

    def _newer(self, new: Link) -> Link:
        known = self.known.links.get(new.id)
        if known is None or known.as_of is None or new.as_of is None:
            return new
        if known.status not in _ORDERED:
            return new
        revived = known.as_of == new.as_of and known.status in _OVER and new.status in OPEN
        return known if known.as_of > new.as_of or revived else new

    def _under(self, prefix: str) -> Iterator[Link]:
        """What this source said under this beginning of ids."""
        for id in self.ids[bisect_left(self.ids, prefix) :]:
            if not id.startswith(prefix):
                return
            link = self.known.links[id]
            ours = self.known.sources.get((What.LINK, id)) == self.source
            if ours and link.status in _ORDERED:
                yield link

    def _party(self, new: Party, day: date) -> Party:
        known = self.known.claims.get((new.id, self.source))
        said = dict(known.details).get(AS_OF, "") if known is not None else ""
        if known is None or not said:
            return new
        names = {new.name, *new.aliases, known.name, *known.aliases}
        # Two editions of one day: any of them, but always the same.
        newest = max(
            (said, replace(known, aliases=())),
            (day.isoformat(), replace(new, aliases=())),
            key=repr,
        )[1]
        return replace(newest, aliases=tuple(sorted(names - {newest.name})))
