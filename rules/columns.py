"""Links as typed columns: some forty bytes each, and a `Link` again whenever one is asked for.

Numbered by kind, then `a`, `b` and id: the order in which walks look at them. What nearly every
link of a source has in common stands once, in a table; what few links have, beside the columns.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rules.texts import Texts
from schemas.link import Link, LinkKind, LinkStatus

KINDS: tuple[LinkKind, ...] = tuple(sorted(LinkKind))
"""What the numbers of the column `kind` mean."""
STATUSES: tuple[LinkStatus, ...] = tuple(sorted(LinkStatus))
"""What the numbers of the column `status` mean."""

NO_START = -(2**31)
"""In `since`: it has held for ever, as far as is known."""
NO_END = 2**31 - 2
"""In `until`: no end is known. As a day: later than any end."""
NEVER = 2**31 - 1
"""In `opens`: it never includes."""


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


class Note(NamedTuple):
    """What is a link's own and most have not."""

    value: float | None
    evidence: str


def day_number(on: date | None) -> int:
    """The day to compare with `opens` and `until`. None: only links without an end pass."""
    return NO_END if on is None else on.toordinal()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Columns:
    """One number per link in each. It includes on a day when `opens[n] <= day <= until[n]`."""

    a: memoryview
    """Node, unsigned 32 bits."""
    b: memoryview
    kind: memoryview
    """Place in KINDS, 8 bits."""
    status: memoryview
    """Place in STATUSES, 8 bits."""
    since: memoryview
    """First day (`date.toordinal`), signed 32 bits; NO_START."""
    until: memoryview
    """Last day; NO_END."""
    opens: memoryview
    """`since` of a verified link; NEVER of any other, so that one comparison decides."""
    share: memoryview
    """Per cent, 64 bits; not-a-number: none is known."""
    about: memoryview
    """Place in `abouts`."""
    ids: Texts
    abouts: tuple[About, ...]
    notes: Mapping[int, Note]

    def __len__(self) -> int:
        return len(self.ids)

    def link(self, number: int, nodes: Texts) -> Link:
        """The link of this number, equal to the one that came in."""
        note = self.notes.get(number)
        share = self.share[number]
        return Link(
            id=self.ids[number],
            kind=KINDS[self.kind[number]],
            a=nodes[self.a[number]],
            b=nodes[self.b[number]],
            status=STATUSES[self.status[number]],
            valid_from=_date(self.since[number], NO_START),
            valid_until=_date(self.until[number], NO_END),
            share=None if share != share else share,
            value=note.value if note else None,
            evidence=note.evidence if note else "",
            **self.abouts[self.about[number]]._asdict(),
        )


def columns_of(links: Sequence[Link], node: Mapping[str, int]) -> Columns:
    """Columns of these links, numbered in the fixed order; `node` has the numbers of their ends."""
    links = sorted(links, key=lambda link: (link.kind, node[link.a], node[link.b], link.id))
    kinds = {kind: place for place, kind in enumerate(KINDS)}
    statuses = {status: place for place, status in enumerate(STATUSES)}
    known: dict[About, int] = {}
    about = [known.setdefault(_about(link), len(known)) for link in links]
    since = [_ordinal(link.valid_from, NO_START) for link in links]
    verified = [link.status is LinkStatus.VERIFIED for link in links]
    return Columns(
        a=_column((node[link.a] for link in links), np.uint32),
        b=_column((node[link.b] for link in links), np.uint32),
        kind=_column((kinds[link.kind] for link in links), np.uint8),
        status=_column((statuses[link.status] for link in links), np.uint8),
        since=_column(since, np.int32),
        until=_column((_ordinal(link.valid_until, NO_END) for link in links), np.int32),
        opens=_column(
            (day if true else NEVER for day, true in zip(since, verified, strict=True)), np.int32
        ),
        share=_column((np.nan if link.share is None else link.share for link in links), np.float64),
        about=_column(about, np.uint32),
        ids=Texts.of(link.id for link in links),
        abouts=tuple(known),
        notes={
            number: Note(link.value, link.evidence)
            for number, link in enumerate(links)
            if link.value is not None or link.evidence
        },
    )


def _about(link: Link) -> About:
    return About(**{name: getattr(link, name) for name in About._fields})


def _column(values: Iterable[Any], dtype: npt.DTypeLike) -> memoryview:
    return np.fromiter(values, dtype=dtype).data


def _ordinal(day: date | None, unknown: int) -> int:
    return unknown if day is None else day.toordinal()


def _date(day: int, unknown: int) -> date | None:
    return None if day == unknown else date.fromordinal(day)
