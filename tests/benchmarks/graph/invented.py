"""An invented registry of any size: parties in three layers, six kinds of links, few hubs.

Seeded, so that every run asks the same of the same. Of ten links one is not verified, six have a
first day, two a last one; of holdings and parents the share is known.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from rules import columns as cols
from rules.columns import About, Columns, Notes
from rules.snapshot import NOBODY, PARTY_KINDS, Snapshot, arranged
from rules.texts import Texts
from schemas.link import LinkKind, LinkStatus
from schemas.party import PartyKind

Numbers = npt.NDArray[Any]
STATES = ("", "QM", "QN", "QO", "QP", "QR", "QS", "QT", "QU", "QV", "QW", "QX", "QY", "QZ")
SOURCES = ("invented register", "invented funds", "invented lists")
FIRST, LAST = date(2010, 1, 1).toordinal(), date(2026, 12, 31).toordinal()
NAMED = 40
"""Distinct sets of what links have in common: editions of a few sources."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What was drawn, before anything is sorted: the arrays a registry is built from."""

    ids: Texts
    kinds: Numbers
    states: Numbers
    columns: Columns
    sites: Numbers
    companies: Numbers

    def snapshot(self) -> Snapshot:
        """The registry's own arrays."""
        return arranged(
            self.ids, kinds=self.kinds, states=self.states, codes=STATES, columns=self.columns
        )


def drawn(parties: int, *, seed: int = 5) -> Drawn:
    """So many parties, and three links for each."""
    chance = np.random.default_rng(seed)
    nodes = chance.permutation(parties).astype(np.uint32)
    cuts = [int(parties * share) for share in (0.3, 0.9, 0.96)]
    sites, companies, investors, others = np.split(nodes, cuts)
    each = parties // 2

    def some(among: Numbers, skew: float) -> Numbers:
        picked: Numbers = among[(len(among) * chance.random(each) ** skew).astype(np.int64)]
        return picked

    linked = {
        LinkKind.OPERATES: (some(companies, 2.0), some(sites, 1.2)),
        LinkKind.PARENT_OF: _groups(chance, companies, each),
        LinkKind.BUYS_FROM: (some(companies, 2.5), some(companies, 1.6)),
        LinkKind.INVESTS_IN: (some(investors, 2.5), some(companies, 2.0)),
        LinkKind.MEMBER_OF: (some(companies, 1.5), some(others, 2.5)),
        LinkKind.FINANCES: (some(investors, 2.0), some(companies, 1.5)),
    }
    kinds = np.full(parties, NOBODY, dtype=np.uint8)
    for some_nodes, kind in (
        (sites, PartyKind.SITE),
        (companies, PartyKind.COMPANY),
        (investors, PartyKind.INVESTOR),
        (others, PartyKind.ASSOCIATION),
    ):
        kinds[some_nodes] = PARTY_KINDS.index(kind)
    return Drawn(
        ids=Texts.of(f"p{number:07}" for number in range(parties)),
        kinds=kinds,
        states=chance.integers(1, len(STATES), parties).astype(np.uint16),
        columns=_columns(chance, linked),
        sites=sites,
        companies=companies,
    )


def _groups(chance: np.random.Generator, companies: Numbers, count: int) -> tuple[Numbers, Numbers]:
    """Parents and children: groups from one company to some thousands, each a tree."""
    size = len(companies)
    group = np.sort((size // 6 * chance.random(size) ** 3).astype(np.int64))
    first = np.searchsorted(group, group)
    place = np.arange(size)
    parent = first + ((place - first) * chance.random(size) ** 2).astype(np.int64)
    children = np.flatnonzero(place != first)
    picked = chance.choice(children, count, replace=count > len(children))
    return companies[parent[picked]], companies[picked]


def _columns(
    chance: np.random.Generator, linked: dict[LinkKind, tuple[Numbers, Numbers]]
) -> Columns:
    kind = np.concatenate([np.full(len(a), cols.KINDS.index(k)) for k, (a, _) in linked.items()])
    count = len(kind)
    order = chance.permutation(count)
    since = chance.integers(FIRST, LAST, count)
    since[chance.random(count) < 0.4] = cols.NO_START
    until = chance.integers(FIRST, LAST, count) + 1000
    until[chance.random(count) < 0.8] = cols.NO_END
    good = chance.random(count) < 0.9
    status = np.where(
        good,
        cols.STATUSES.index(LinkStatus.VERIFIED),
        cols.STATUSES.index(LinkStatus.UNVERIFIED),
    )
    # Few hold more than a tenth, one in two hundred more than the half.
    share = np.round(chance.random(count) * np.where(chance.random(count) < 0.995, 10, 100), 2)
    shared = [cols.KINDS.index(k) for k in (LinkKind.INVESTS_IN, LinkKind.PARENT_OF)]
    share[~np.isin(kind, shared)] = np.nan
    abouts = tuple(
        About(SOURCES[n % 3], None, (), "", date(2026, 1, 1 + n % 28), (), f"desk {n}", None)
        for n in range(NAMED)
    )
    return Columns(
        a=_as(np.concatenate([a for a, _ in linked.values()])[order], np.uint32),
        b=_as(np.concatenate([b for _, b in linked.values()])[order], np.uint32),
        kind=_as(kind[order], np.uint8),
        status=_as(status, np.uint8),
        opens=_as(np.where(good, since, cols.NEVER + np.maximum(since, 0)), np.int32),
        until=_as(until, np.int32),
        share=_as(share[order], np.float64),
        about=_as(chance.integers(0, NAMED, count), np.uint8),
        ids=Texts.of(f"l{number:07}" for number in range(count)),
        abouts=abouts,
        notes=Notes(_as(np.empty(0), np.uint32), Texts.of(())),
    )


def _as(values: Numbers, dtype: npt.DTypeLike) -> memoryview:
    return values.astype(dtype).data
