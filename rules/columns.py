"""Links as typed columns: some forty bytes each, and a `Link` again whenever one is asked for.

Numbered by kind, then `a`, `b` and id: the order in which walks look at them. What nearly every
link of a source has in common stands once, in a table; what is a link's own, beside the columns.
Behind the last link there are rows to spare, for those that come before the next rebuild.
"""

import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rules.texts import Numbers, Texts
from schemas.link import Link, LinkKind, LinkStatus

KINDS: tuple[LinkKind, ...] = tuple(sorted(LinkKind))
"""What the numbers of the column `kind` mean."""
STATUSES: tuple[LinkStatus, ...] = tuple(sorted(LinkStatus))
"""What the numbers of the column `status` mean."""

NO_START = -(2**31)
"""In `opens`: it has held for ever, as far as is known."""
NO_END = 2**30 - 1
"""In `until`: no end is known. As a day: later than any end."""
NEVER = 2**30
"""In `opens`, from here on: it never includes. The first day is what lies above; 0: none."""

SPARE = 500
"""Rows to spare at least; more in a large registry (`SPARE_SHARE`)."""
SPARE_SHARE = 0.01
NAMES = ("a", "b", "kind", "status", "opens", "until", "share", "about")


class About(NamedTuple):
    """What the links of one source have in common."""

    source: str
    tier: int | None
    sectors: tuple[str, ...]
    currency: str
    as_of: date | None
    terms: tuple[str, ...]
    verified_by: str
    verified_at: datetime | None


@dataclass(frozen=True, slots=True, eq=False)
class Notes:
    """What is a link's own and many have not: its value and the evidence for it."""

    numbers: memoryview
    """Links that have a note, ascending; unsigned 32 bits."""
    texts: Texts
    """Of each `[value, evidence]`, JSON."""

    def at(self, number: int) -> tuple[float | None, str]:
        """Value and evidence of a link."""
        place = bisect_left(self.numbers, number)
        if place == len(self.numbers) or self.numbers[place] != number:
            return None, ""
        value, evidence = json.loads(self.texts.raw(place))
        return value, evidence


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Columns:
    """One number per link in each.

    It may include on a day when `opens[n] <= day <= until[n]`, the day as `day_number` gives it.
    """

    a: memoryview
    """Node, unsigned 32 bits."""
    b: memoryview
    kind: memoryview
    """Place in KINDS, 8 bits."""
    status: memoryview
    """Place in STATUSES, 8 bits."""
    opens: memoryview
    """First day (`date.toordinal`), signed 32 bits; NO_START. Of a link that is not verified NEVER
    or more, so that one comparison decides."""
    until: memoryview
    """Last day; NO_END."""
    share: memoryview
    """Per cent, 64 bits; not-a-number: none is known."""
    about: memoryview
    """Place in `abouts`."""
    ids: Texts
    abouts: tuple[About, ...]
    notes: Notes
    spare: Iterator[int] = field(default_factory=lambda: iter(()))
    """Hands out each row to spare once, to whoever asks: snapshots share the columns, and every
    one looks only at the rows it asked for itself or was made from."""

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays that walks and their reasons need."""
        notes = self.notes.numbers.nbytes + self.notes.texts.nbytes
        mine: int = sum(getattr(self, name).nbytes for name in NAMES)
        return mine + self.ids.nbytes + notes

    def since(self, number: int) -> date | None:
        """The first day of a link; None: it has held for ever, as far as is known."""
        opens = self.opens[number]
        return _date(opens, NO_START) if opens < NEVER else _date(opens - NEVER, 0)

    def link(self, number: int, nodes: Texts) -> Link:
        """The link of this number, equal to the one that came in. Not for rows to spare."""
        value, evidence = self.notes.at(number)
        share = self.share[number]
        source, tier, sectors, currency, as_of, terms, by, at = self.abouts[self.about[number]]
        return Link(
            id=self.ids[number],
            kind=KINDS[self.kind[number]],
            a=nodes[self.a[number]],
            b=nodes[self.b[number]],
            status=STATUSES[self.status[number]],
            source=source,
            valid_from=self.since(number),
            valid_until=_date(self.until[number], NO_END),
            share=None if share != share else share,
            tier=tier,
            sectors=sectors,
            value=value,
            currency=currency,
            as_of=as_of,
            terms=terms,
            evidence=evidence,
            verified_by=by,
            verified_at=at,
        )

    def add(self, link: Link, *, a: int, b: int, about: int) -> int | None:
        """Write a link between two nodes into a row to spare; None when there is none left."""
        number = next(self.spare, None)
        if number is not None:
            self.a[number], self.b[number] = a, b
            self.kind[number] = KINDS.index(link.kind)
            self.status[number] = STATUSES.index(link.status)
            self.opens[number] = _opens(link)
            self.until[number] = _ordinal(link.valid_until, NO_END)
            np.asarray(self.share)[number] = np.nan if link.share is None else link.share
            self.about[number] = about
        return number

    def arranged(self, place: Numbers) -> "Columns":
        """In their fixed order, with rows to spare; `place`: the new number of each node."""
        a, b = place[np.asarray(self.a)], place[np.asarray(self.b)]
        order = _order(np.asarray(self.kind), a, b, self.ids)
        new = np.empty(len(order), dtype=np.uint32)
        new[order] = np.arange(len(order), dtype=np.uint32)
        noted = new[np.asarray(self.notes.numbers)]
        by_number = np.argsort(noted)
        mine = {name: np.asarray(getattr(self, name)) for name in NAMES} | {"a": a, "b": b}
        small = np.min_scalar_type(len(self.abouts) + _room(len(order)))
        mine["about"] = mine["about"].astype(small)
        return Columns(
            **room_for({name: column[order] for name, column in mine.items()}),
            ids=self.ids.take(order),
            abouts=self.abouts,
            notes=Notes(noted[by_number].data, self.notes.texts.take(by_number)),
        )


def columns_of(links: Sequence[Link], node: dict[str, int]) -> Columns:
    """Columns of these links as they come; `node` has the numbers of their ends."""
    kinds = {kind: place for place, kind in enumerate(KINDS)}
    statuses = {status: place for place, status in enumerate(STATUSES)}
    known: dict[About, int] = {}
    about = [known.setdefault(about_of(link), len(known)) for link in links]
    noted = [n for n, link in enumerate(links) if link.value is not None or link.evidence]
    texts = (json.dumps([links[n].value, links[n].evidence]) for n in noted)
    return Columns(
        a=_column((node[link.a] for link in links), np.uint32),
        b=_column((node[link.b] for link in links), np.uint32),
        kind=_column((kinds[link.kind] for link in links), np.uint8),
        status=_column((statuses[link.status] for link in links), np.uint8),
        opens=_column(map(_opens, links), np.int32),
        until=_column((_ordinal(link.valid_until, NO_END) for link in links), np.int32),
        share=_column((np.nan if link.share is None else link.share for link in links), np.float64),
        about=_column(about, np.uint32),
        ids=Texts.of(link.id for link in links),
        abouts=tuple(known),
        notes=Notes(_column(noted, np.uint32), Texts.of(texts)),
    )


def day_number(on: date | None) -> int:
    """The day to compare with `opens` and `until`. None: only links without an end pass."""
    return NO_END if on is None else on.toordinal()


def _order(kind: Numbers, a: Numbers, b: Numbers, ids: Texts) -> Numbers:
    """The links by kind, a, b and id."""
    # One number of 64 bits sorts many times faster than three keys: 5 bits, 29 and 30.
    key = (kind.astype(np.uint64) << np.uint64(59)) | (a.astype(np.uint64) << np.uint64(30))
    key |= b.astype(np.uint64)
    order: Numbers = np.argsort(key)
    same = np.flatnonzero(np.diff(key[order]) == 0)
    if len(same):  # links of one kind between the same two: few
        starts = same[np.diff(same, prepend=-2) > 1]
        ends = same[np.diff(same, append=same[-1] + 2) > 1] + 2
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            order[start:end] = sorted(order[start:end].tolist(), key=ids.raw)
    return order


def about_of(link: Link) -> About:
    return About(
        link.source,
        link.tier,
        link.sectors,
        link.currency,
        link.as_of,
        link.terms,
        link.verified_by,
        link.verified_at,
    )


def _column(values: Iterable[Any], dtype: npt.DTypeLike) -> memoryview:
    return np.fromiter(values, dtype=dtype).data


def room_for(columns: Mapping[str, Numbers]) -> dict[str, Any]:
    """The NAMES of `Columns` with rows to spare behind these, and `spare`."""
    count = len(columns["a"])
    roomy = {}
    for name in NAMES:
        roomy[name] = np.zeros(count + _room(count), dtype=columns[name].dtype)
        roomy[name][:count] = columns[name]
    return with_room(roomy, count)


def with_room(roomy: Mapping[str, Numbers], count: int) -> dict[str, Any]:
    """The NAMES of `Columns` and `spare`, of arrays with rows to spare behind so many links.

    The rows to spare are written to: nobody else may hold these arrays.
    """
    columns: dict[str, Any] = {name: roomy[name].data for name in NAMES}
    return {**columns, "spare": iter(range(count, len(roomy["a"])))}


def _room(count: int) -> int:
    return max(SPARE, int(count * SPARE_SHARE))


def _ordinal(day: date | None, unknown: int) -> int:
    return unknown if day is None else day.toordinal()


def _opens(link: Link) -> int:
    if link.status is LinkStatus.VERIFIED:
        return _ordinal(link.valid_from, NO_START)
    return NEVER + _ordinal(link.valid_from, 0)


def _date(day: int, unknown: int) -> date | None:
    return None if day == unknown else date.fromordinal(day)
